package app

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tagline/internal/clock"
)

// metrics are the figures of /metrics. Labels are few and closed: no path, no id,
// nothing that a visitor chooses.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	clock    clock.Clock
}

func newMetrics(c clock.Clock, version, engine string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		clock:    c,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tagline_http_requests_total", Help: "Requests answered, by surface and status.",
		}, []string{"surface", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tagline_http_request_seconds", Help: "Time to answer, by surface. Live streams are left out.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"surface"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tagline_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "engine": engine},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2})
}

// count wraps a surface so that its answers are counted.
func (m *metrics) count(surface string, next http.Handler) http.Handler {
	seconds := m.seconds.WithLabelValues(surface)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := m.clock.Now()
		s := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, r)
		m.requests.WithLabelValues(surface, strconv.Itoa(s.status)).Inc()
		if !s.streams {
			seconds.Observe(float64(m.clock.Now().Sub(start)) / float64(time.Second))
		}
	})
}

// statusWriter remembers the status of an answer, and whether it was a stream.
type statusWriter struct {
	http.ResponseWriter
	status  int
	written bool
	streams bool
}

// WriteHeader implements http.ResponseWriter.
func (s *statusWriter) WriteHeader(status int) {
	if !s.written {
		s.status, s.written = status, true
		s.streams = s.Header().Get("Content-Type") == "text/event-stream"
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (s *statusWriter) Write(p []byte) (int, error) {
	if !s.written {
		s.WriteHeader(http.StatusOK)
	}
	return s.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the writer below.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
