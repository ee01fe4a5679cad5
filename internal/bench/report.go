package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"tagline/internal/bench/process"
)

// subject is one thing to measure, with its baseline.
type subject struct {
	name, says   string
	address      string
	next         func(client, n int) (exchange, bool)
	bareAddress  string
	bareExchange func(client, n int) (exchange, bool)
}

// Report is the outcome of a bench.
type Report struct {
	Version  string        `json:"goVersion"`
	Cores    int           `json:"cores"`
	Engine   string        `json:"engine"`
	Clients  int           `json:"clients"`
	Rounds   int           `json:"rounds"`
	Seconds  float64       `json:"secondsPerRound"`
	ServerMB float64       `json:"serverResidentMB"` // after the last round; 0 where it cannot be read
	Loaded   *Loaded       `json:"loaded,omitempty"`
	Results  []Measurement `json:"results"`
}

// Measurement compares one subject with the bare handler.
type Measurement struct {
	Name     string  `json:"name"`
	Says     string  `json:"says"`
	Tagline  Figures `json:"tagline"`
	Bare     Figures `json:"bare"`
	Ratio    float64 `json:"ratio"` // requests per second, Tagline over bare
	Requests int     `json:"requests"`
}

// Figures are the throughput and the latencies of one side.
type Figures struct {
	PerSecond float64 `json:"requestsPerSecond"`
	P50ms     float64 `json:"p50ms"`
	P99ms     float64 `json:"p99ms"`
}

func figures(s Sample) Figures {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Figures{PerSecond: s.PerSecond(), P50ms: ms(s.Percentile(0.50)), P99ms: ms(s.Percentile(0.99))}
}

// measure runs the rounds: for each subject bare and Tagline in turn, after one
// short round of each that does not count.
func measure(ctx context.Context, o Options, subjects []subject, server *process.Child) (Report, error) {
	report := Report{Version: runtime.Version(), Cores: runtime.NumCPU(), Engine: "sqlite", Clients: o.Clients, Rounds: o.Rounds, Seconds: o.Duration.Seconds()}
	if o.Database != "" {
		report.Engine = "postgres"
	}
	total, done := len(subjects)*(o.Rounds+1), 0
	for _, s := range subjects {
		var ours, bare []Sample
		for round := range o.Rounds + 1 {
			limit := o.Duration
			if round == 0 {
				limit = min(limit, time.Second)
			}
			b, err := load(ctx, o.Clock, s.bareAddress, o.Clients, limit, s.bareExchange)
			if err != nil {
				return report, fmt.Errorf("%s, bare handler: %w", s.name, err)
			}
			t, err := load(ctx, o.Clock, s.address, o.Clients, limit, s.next)
			if err != nil {
				return report, fmt.Errorf("%s: %w\n%s", s.name, err, server.Log())
			}
			if round > 0 {
				ours, bare = append(ours, t), append(bare, b)
			}
			if done++; o.Progress != nil {
				o.Progress(done, total)
			}
		}
		t, b := merge(ours), merge(bare)
		report.Results = append(report.Results, Measurement{
			Name: s.name, Says: s.says, Tagline: figures(t), Bare: figures(b),
			Ratio: t.PerSecond() / b.PerSecond(), Requests: t.Requests,
		})
	}
	report.ServerMB = process.ResidentMB(server.PID())
	return report, nil
}

// Write prints the report as a table.
func (r Report) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %d cores, %s, %d connections, %d rounds of %.0f s each side in turn; server %.0f MB\n\n",
		r.Version, r.Cores, r.Engine, r.Clients, r.Rounds, r.Seconds, r.ServerMB)
	if l := r.Loaded; l != nil {
		growth := fmt.Sprintf("%.0f MB for a million items", l.MBPerMillion)
		if l.MBPerMillion <= 0 {
			growth = "no growth by the items, which stay in the database"
		}
		fmt.Fprintf(w, "%d products and %d items, filled in %.0f s; resident memory %.0f MB empty, %.0f MB with the products, %.0f MB with the items: %s\n\n",
			l.Products, l.Items, l.SecondsForFilled, l.EmptyMB, l.ProductsMB, l.ItemsMB, growth)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "what\treq/s\tp50 ms\tp99 ms\tbare req/s\tbare p50\tbare p99\tratio\t")
	for _, m := range r.Results {
		fmt.Fprintf(t, "%s\t%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t%.1f %%\t\n", m.Name,
			m.Tagline.PerSecond, m.Tagline.P50ms, m.Tagline.P99ms, m.Bare.PerSecond, m.Bare.P50ms, m.Bare.P99ms, 100*m.Ratio)
	}
	return t.Flush()
}
