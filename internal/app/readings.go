package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// readings are the figures that the rooms keep anyway, read when somebody asks.
type readings struct {
	rooms *rooms

	taps, unrecorded, waiting, head, lag, failures, queue *prometheus.Desc
}

// readingTime bounds the one look into the database.
const readingTime = 2 * time.Second

func newReadings(r *rooms) *readings {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &readings{
		rooms:      r,
		taps:       desc("tagline_taps_total", "Taps answered, by verdict.", "verdict"),
		unrecorded: desc("tagline_taps_unrecorded_total", "Refused taps that were counted and not recorded."),
		waiting:    desc("tagline_taps_unrecorded_waiting", "Of the taps that were not recorded, those that no recorded tap has carried yet."),
		head:       desc("tagline_ledger_head", "Number of the newest event; -1 when the database does not answer."),
		lag:        desc("tagline_ledger_lag", "Events that a follower has yet to take in.", "follower"),
		failures:   desc("tagline_database_failures_total", "Transactions that failed by the database's doing, by kind.", "kind"),
		queue:      desc("tagline_database_queue", "Updates that wait for SQLite's writer."),
	}
}

// Describe implements prometheus.Collector.
func (r *readings) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{r.taps, r.unrecorded, r.waiting, r.head, r.lag, r.failures, r.queue} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What cannot be read just now is left out.
func (r *readings) Collect(out chan<- prometheus.Metric) {
	say := func(d *prometheus.Desc, kind prometheus.ValueType, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, float64(n), labels...)
	}
	seen := r.rooms.things.Seen()
	for verdict, n := range seen.Verdicts {
		say(r.taps, prometheus.CounterValue, n, string(verdict))
	}
	say(r.unrecorded, prometheus.CounterValue, seen.Unrecorded)
	say(r.waiting, prometheus.GaugeValue, seen.Waiting)

	ctx, cancel := context.WithTimeout(context.Background(), readingTime)
	defer cancel()
	head, cursors := int64(-1), []ledger.Cursor(nil)
	err := r.rooms.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if head, err = r.rooms.ledger.Head(tx); err != nil {
			return err
		}
		cursors, err = r.rooms.ledger.Cursors(tx)
		return err
	})
	if err != nil {
		head, cursors = -1, nil
	}
	say(r.head, prometheus.GaugeValue, head)
	for _, c := range cursors {
		say(r.lag, prometheus.GaugeValue, c.Lag, c.Name)
	}
	strain := r.rooms.db.Strain.Figures()
	say(r.failures, prometheus.CounterValue, strain.Unavailable, "unavailable")
	say(r.failures, prometheus.CounterValue, strain.Broken, "other")
	say(r.queue, prometheus.GaugeValue, int64(strain.Queue))
}
