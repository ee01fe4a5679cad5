package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"tagline/internal/bench/process"
	"tagline/internal/clock"
	"tagline/internal/mqtt"
)

// Options say what to measure.
type Options struct {
	Binary   string        // the tagline program
	Duration time.Duration // of one round
	Rounds   int
	Database string // postgres://… or "" for SQLite
	Clock    clock.Clock
	Progress func(done, total int) // may be nil

	Devices     int // that send at a time
	Window      int // publishes of each that are not answered yet
	Batch       int // events in a body over HTTP
	Connections int // idle ones whose memory is measured; 0 leaves it out
}

// Report is the outcome.
type Report struct {
	Version string  `json:"goVersion"`
	Cores   int     `json:"cores"`
	Engine  string  `json:"engine"`
	Rounds  int     `json:"rounds"`
	Seconds float64 `json:"secondsPerRound"`
	MQTT    []Side  `json:"mqtt"`
	HTTP    Batches `json:"http"`
	Idle    *Idle   `json:"idle,omitempty"`
}

// Side compares publishes with the same broker without storage.
type Side struct {
	Devices int     `json:"devices"`
	Window  int     `json:"window"`
	Tagline Figures `json:"tagline"` // durable and applied
	Bare    Figures `json:"bare"`    // acknowledged at once
	Ratio   float64 `json:"ratio"`
}

// Figures are messages per second and the time to their acknowledgement.
type Figures struct {
	PerSecond float64 `json:"messagesPerSecond"`
	P50ms     float64 `json:"p50ms"`
	P99ms     float64 `json:"p99ms"`
}

// Batches are events over HTTP.
type Batches struct {
	Clients   int     `json:"clients"`
	Batch     int     `json:"eventsInABody"`
	PerSecond float64 `json:"eventsPerSecond"`
	P99ms     float64 `json:"p99ms"` // of a body
}

// Idle is what connections cost, and how a fleet comes back.
type Idle struct {
	Connections int     `json:"connections"`
	KiB         float64 `json:"kibEach"` // of resident memory
	PerSecond   float64 `json:"connectsPerSecond"`
	Storm       float64 `json:"secondsUntilAllAreBack"` // after a SIGKILL, counted from when the server is ready again
	StormP99ms  float64 `json:"stormP99ms"`             // of a CONNECT that was let in
}

const (
	key   = "bench-bootstrap-key-0123456789abcdef"
	brand = `kind: Brand
slug: bench
name: Bench
---
kind: Model
name: meter
kindOfThing: other
rate: {perMinute: 60000, burst: 100000}
properties:
  fill: {unit: "%", min: 0, max: 100}
  temperature: {unit: Cel, min: -20, max: 60}
  seal: {enum: [sealed, opened]}
detect:
  - {moment: opened, when: {property: seal, becomes: opened}, once: per-thing}
  - {moment: poured, when: {property: fill, falls-by: 90, within: 2m}, every: 1h}
  - {moment: low, when: {property: fill, below: 20, for: 2}, once: per-epoch}
  - {moment: warm, when: {property: temperature, above: 50, for: 3}, once: per-day}
  - {moment: silent, absent: 3d}
`
)

// Run measures.
func Run(ctx context.Context, o Options) (r Report, err error) {
	r = Report{Version: runtime.Version(), Cores: runtime.NumCPU(), Engine: "sqlite", Rounds: o.Rounds, Seconds: o.Duration.Seconds()}
	if o.Database != "" {
		r.Engine = "postgres"
	}
	dir, err := os.MkdirTemp("", "tagline-bench-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	s, err := start(ctx, o, filepath.Join(dir, "data"))
	if err != nil {
		return r, err
	}
	defer func() { s.child.Kill() }()
	bare, err := process.Start(ctx, o.Binary, nil, nil, "bench", "bare-mqtt")
	if err != nil {
		return r, err
	}
	defer bare.Kill()
	if err := s.call("/apply", "application/yaml", []byte(brand), nil); err != nil {
		return r, err
	}
	tokens, err := s.register(max(o.Devices, o.Connections), o.Progress)
	if err != nil {
		return r, err
	}
	for _, window := range []int{1, o.Window} {
		side := Side{Devices: o.Devices, Window: window}
		var ours, theirs sample
		for range o.Rounds {
			t, err := o.send(ctx, bare.Address(), tokens, window)
			if err != nil {
				return r, fmt.Errorf("the broker without storage: %w", err)
			}
			theirs.add(t)
			if t, err = o.send(ctx, s.mqtt, tokens, window); err != nil {
				return r, fmt.Errorf("%w\n%s", err, s.child.Log())
			}
			ours.add(t)
		}
		side.Tagline, side.Bare = ours.figures(), theirs.figures()
		side.Ratio = side.Tagline.PerSecond / side.Bare.PerSecond
		if r.MQTT = append(r.MQTT, side); window == o.Window {
			break
		}
	}
	if r.HTTP, err = o.batches(ctx, s); err != nil {
		return r, fmt.Errorf("%w\n%s", err, s.child.Log())
	}
	if o.Connections > 0 {
		r.Idle, err = o.idle(ctx, &s, tokens)
	}
	return r, err
}

// served is a running server.
type served struct {
	child *process.Child
	mqtt  string
	args  []string
	env   []string
	bin   string
}

func start(ctx context.Context, o Options, data string) (s served, err error) {
	at, err := free()
	if err != nil {
		return s, err
	}
	s = served{mqtt: at, bin: o.Binary, env: append(os.Environ(), "TAGLINE_BOOTSTRAP_KEY="+key), args: []string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--mqtt", at, "--log-level", "warn"}}
	if o.Database != "" {
		s.args = append(s.args, "--db", o.Database)
	}
	s.child, err = process.Start(ctx, s.bin, s.env, nil, s.args...)
	return s, err
}

// free finds an address of loopback that nobody has: the server must come back to it.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s served) call(path, contentType string, body []byte, into any) error {
	q, err := http.NewRequest(http.MethodPost, s.child.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+key)
	q.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s is answered with %d %s", path, resp.StatusCode, data)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func name(i int) string { return "d" + strconv.Itoa(i) }

// register makes devices with tokens.
func (s served) register(n int, progress func(done, total int)) ([]string, error) {
	tokens := make([]string, n)
	for from := 0; from < n; from += 1000 {
		var list []map[string]string
		for i := from; i < min(from+1000, n); i++ {
			list = append(list, map[string]string{"brand": "bench", "name": name(i), "model": "meter"})
		}
		body, err := json.Marshal(map[string]any{"devices": list})
		if err != nil {
			return nil, err
		}
		if err := s.call("/devices", "application/json", body, nil); err != nil {
			return nil, err
		}
	}
	var wait sync.WaitGroup
	var next, failed atomic.Int64
	var first error
	var mu sync.Mutex
	for range 16 {
		wait.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= n || failed.Load() > 0 {
					return
				}
				var made struct{ Secret string }
				if err := s.call("/devices/bench/"+name(i)+"/credentials", "application/json", []byte(`{"kind":"token"}`), &made); err != nil {
					failed.Add(1)
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				tokens[i] = made.Secret
				if progress != nil && i%100 == 0 {
					progress(i, n)
				}
			}
		})
	}
	wait.Wait()
	return tokens, first
}

// sample is what one side did.
type sample struct {
	n       int
	elapsed time.Duration
	took    []time.Duration
}

func (s *sample) add(o sample) {
	s.n, s.elapsed, s.took = s.n+o.n, s.elapsed+o.elapsed, append(s.took, o.took...)
}

func (s sample) figures() Figures {
	slices.Sort(s.took)
	at := func(p float64) float64 {
		if len(s.took) == 0 {
			return 0
		}
		return float64(s.took[min(int(p*float64(len(s.took))), len(s.took)-1)].Microseconds()) / 1000
	}
	return Figures{PerSecond: float64(s.n) / s.elapsed.Seconds(), P50ms: at(0.5), P99ms: at(0.99)}
}

// send has all devices publish for the time of a round.
func (o Options) send(ctx context.Context, address string, tokens []string, window int) (sample, error) {
	began := o.Clock.Now()
	until := began.Add(o.Duration)
	samples, errs := make([]sample, o.Devices), make([]error, o.Devices)
	wires := make([]*wire, o.Devices)
	for i := range wires {
		w, err := dial(address, "bench_"+name(i), tokens[i], 60, until.Add(30*time.Second))
		if err != nil {
			return sample{}, err
		}
		defer w.Close()
		wires[i] = w
	}
	began = o.Clock.Now()
	until = began.Add(o.Duration)
	var wait sync.WaitGroup
	for i, w := range wires {
		wait.Go(func() { samples[i], errs[i] = o.one(w, i, window, began, until) })
	}
	wait.Wait()
	all := sample{elapsed: o.Clock.Now().Sub(began)}
	for i := range samples {
		if errs[i] != nil {
			return all, errs[i]
		}
		all.n += samples[i].n
		all.took = append(all.took, samples[i].took...)
	}
	return all, ctx.Err()
}

// one is one device.
func (o Options) one(w *wire, i, window int, began, until time.Time) (s sample, err error) {
	topic := "tl/1/bench/" + name(i) + "/up/ev"
	boot := strconv.FormatInt(began.UnixMicro(), 36)
	sent := make(map[uint16]time.Time, window)
	var buffer [8]byte
	seq, id := 0, uint16(0)
	push := func(now time.Time) error {
		seq++
		if id++; id == 0 {
			id = 1
		}
		body := fmt.Appendf(nil, `{"id":"%s-%d","type":"tl.meter.reading.v1","t":%d,"data":{"fill":%d,"temperature":%d.5}}`, boot, seq, now.UnixMilli(), seq*7%100, seq%40)
		sent[id] = now
		_, err := w.Write(publish(topic, id, body))
		return err
	}
	for range window {
		if err := push(o.Clock.Now()); err != nil {
			return s, err
		}
	}
	for len(sent) > 0 {
		first, body, err := w.next(buffer[:])
		if err != nil {
			return s, err
		}
		if first>>4 != 4 || len(body) < 2 {
			continue
		}
		now := o.Clock.Now()
		acked := uint16(body[0])<<8 | uint16(body[1])
		s.took = append(s.took, now.Sub(sent[acked]))
		delete(sent, acked)
		s.n++
		if now.Before(until) {
			if err := push(now); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// batches sends CloudEvents of many devices in bodies.
func (o Options) batches(ctx context.Context, s served) (Batches, error) {
	const clients = 4
	out := Batches{Clients: clients, Batch: o.Batch}
	began := o.Clock.Now()
	until := began.Add(o.Duration * time.Duration(o.Rounds))
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	samples, errs := make([]sample, clients), make([]error, clients)
	var seq atomic.Int64
	var wait sync.WaitGroup
	for c := range clients {
		wait.Go(func() {
			for o.Clock.Now().Before(until) && errs[c] == nil {
				now := o.Clock.Now()
				var b strings.Builder
				b.WriteByte('[')
				for i := range o.Batch {
					n := seq.Add(1)
					if i > 0 {
						b.WriteByte(',')
					}
					fmt.Fprintf(&b, `{"specversion":"1.0","id":"h%d-%d","source":"urn:tl:bench:%s","type":"tl.meter.reading.v1","time":%q,"data":{"fill":%d,"temperature":%d.5}}`,
						began.UnixMicro(), n, name(int(n)%o.Devices), now.Format(time.RFC3339Nano), n*7%100, n%40)
				}
				b.WriteByte(']')
				q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.child.URL+"/d/v1/events", strings.NewReader(b.String()))
				if err != nil {
					errs[c] = err
					return
				}
				q.Header.Set("Authorization", "Bearer "+key)
				q.Header.Set("Content-Type", "application/cloudevents-batch+json")
				resp, err := client.Do(q)
				if err != nil {
					errs[c] = err
					return
				}
				data, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					errs[c] = fmt.Errorf("a batch is answered with %d %.300s", resp.StatusCode, data)
				}
				samples[c].n += o.Batch
				samples[c].took = append(samples[c].took, o.Clock.Now().Sub(now))
			}
		})
	}
	wait.Wait()
	all := sample{elapsed: o.Clock.Now().Sub(began)}
	for c := range samples {
		if errs[c] != nil {
			return out, errs[c]
		}
		all.n += samples[c].n
		all.took = append(all.took, samples[c].took...)
	}
	f := all.figures()
	out.PerSecond, out.P99ms = f.PerSecond, f.P99ms
	return out, nil
}

// idle connects many devices that say nothing, weighs them, kills the server, and waits
// until all are back.
func (o Options) idle(ctx context.Context, s *served, tokens []string) (*Idle, error) {
	out := &Idle{Connections: o.Connections}
	before := process.ResidentMB(s.child.PID())
	began := o.Clock.Now()
	wires, _, err := o.connectAll(ctx, s.mqtt, tokens)
	if err != nil {
		return nil, err
	}
	out.PerSecond = float64(o.Connections) / o.Clock.Now().Sub(began).Seconds()
	out.KiB = (process.ResidentMB(s.child.PID()) - before) * 1024 / float64(o.Connections)
	s.child.Kill()
	for _, w := range wires {
		w.Close()
	}
	if s.child, err = process.Start(ctx, s.bin, s.env, nil, s.args...); err != nil {
		return nil, err
	}
	began = o.Clock.Now()
	wires, took, err := o.connectAll(ctx, s.mqtt, tokens)
	if err != nil {
		return nil, err
	}
	out.Storm = o.Clock.Now().Sub(began).Seconds()
	out.StormP99ms = sample{elapsed: time.Second, took: took}.figures().P99ms
	for _, w := range wires {
		w.Close()
	}
	return out, nil
}

// connectAll connects every device, as fast as the server lets them in.
func (o Options) connectAll(ctx context.Context, address string, tokens []string) ([]*wire, []time.Duration, error) {
	wires, took := make([]*wire, o.Connections), make([]time.Duration, o.Connections)
	var next atomic.Int64
	var wait sync.WaitGroup
	var failed atomic.Pointer[error]
	end := o.Clock.Now().Add(5 * time.Minute)
	for range 64 {
		wait.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= o.Connections || failed.Load() != nil {
					return
				}
				for wires[i] == nil {
					now := o.Clock.Now()
					w, err := dial(address, "bench_"+name(i), tokens[i], 300, end)
					if err == nil {
						wires[i], took[i] = w, o.Clock.Now().Sub(now)
						break
					}
					if ctx.Err() != nil || now.After(end) {
						failed.Store(&err)
						return
					}
					select { // it was not let in yet: it comes again
					case <-o.Clock.After(time.Duration(50+i%200) * time.Millisecond):
					case <-ctx.Done():
					}
				}
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		return nil, nil, *err
	}
	return wires, took, nil
}

// Write prints the report.
func (r Report) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %d cores, %s, %d rounds of %.0f s each side in turn\n\n", r.Version, r.Cores, r.Engine, r.Rounds, r.Seconds)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "MQTT QoS 1\tmsg/s\tp50 ms\tp99 ms\tno storage msg/s\tp50\tp99\tratio\t")
	for _, m := range r.MQTT {
		fmt.Fprintf(t, "%d x %d\t%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t%.1f %%\t\n", m.Devices, m.Window, m.Tagline.PerSecond, m.Tagline.P50ms, m.Tagline.P99ms, m.Bare.PerSecond, m.Bare.P50ms, m.Bare.P99ms, 100*m.Ratio)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nHTTP, %d connections, bodies of %d CloudEvents: %.0f events/s durable and applied, p99 of a body %.1f ms\n", r.HTTP.Clients, r.HTTP.Batch, r.HTTP.PerSecond, r.HTTP.P99ms)
	if i := r.Idle; i != nil {
		fmt.Fprintf(w, "%d idle connections: %.1f KiB each, %.0f connects/s; after SIGKILL all were back in %.1f s, p99 of a CONNECT %.0f ms\n", i.Connections, i.KiB, i.PerSecond, i.Storm, i.StormP99ms)
	}
	return nil
}

// ServeBare serves the front door before a hub that keeps nothing, until ctx ends.
func ServeBare(ctx context.Context, c clock.Clock, ready func(address string)) error {
	s, err := mqtt.New(mqtt.Config{Plain: "127.0.0.1:0", Hub: nobody{}, Clock: c, Limits: mqtt.Limits{PerAddress: 1 << 20, PerSecond: 1 << 20}})
	if err != nil {
		return err
	}
	ready(s.Address().String())
	if err := s.Serve(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// nobody lets everybody in and acknowledges at once.
type nobody struct{}

func (nobody) Authenticate(_ context.Context, c mqtt.Credentials) (mqtt.Identity, error) {
	brand, device, _ := strings.Cut(c.ClientID, "_")
	return mqtt.Identity{Brand: brand, Device: device}, nil
}
func (nobody) Connected(mqtt.Identity, int64)                {}
func (nobody) Disconnected(mqtt.Identity, int64, mqtt.Ended) {}
func (nobody) Listening(mqtt.Identity)                       {}
func (nobody) Offer(_ context.Context, _ mqtt.Uplink, done func(mqtt.Outcome, string, string)) error {
	done(mqtt.Stored, "", "")
	return nil
}
