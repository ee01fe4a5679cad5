package benchcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/bench"
	"tagline/internal/bench/fleet"
	"tagline/internal/clock"
	"tagline/internal/simulate"
)

// Shell is what the program gives a command.
type Shell struct {
	Out, Err io.Writer
	In       io.Reader
	Misuse   func(error) error // marks an error of the call itself
	// Args marks a wrong number of arguments as misuse.
	Args func(cobra.PositionalArgs) cobra.PositionalArgs
	// Progress draws how far something is; end takes the drawing away.
	Progress func(what string) (set func(done, total int), end func())
}

// New makes the command.
func New(s Shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the server as a ratio to a bare handler in the same run",
		Example: `  tagline bench tap
  tagline bench tap --json --clients 64 --duration 5s`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newBenchTap(s), newBenchResolve(s), newBenchTrace(s), newBenchIntake(s), newBenchBare(s), newBenchBareMQTT(s))
	return c
}

func newBenchTap(s Shell) *cobra.Command {
	var (
		o      bench.Options
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "tap",
		Short: "Authentic taps and plain redirects against the same bytes from bare net/http",
		Long: `Start a server and a bare net/http handler as processes of their own, on temporary data, and
load both in alternating rounds from this process: authentic taps (verified, counter and event
durable, answered with 303), the page behind them, and plain Digital Link redirects with a
durable scan event. The figure that counts is the ratio.`,
		Example: `  tagline bench tap
  tagline bench tap --json --rounds 5`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return runBench(s, &o, asJSON, func(o bench.Options) (bench.Report, error) { return bench.Tap(c.Context(), o) })
		},
	}
	benchFlags(c, &o, &asJSON)
	return c
}

func newBenchResolve(s Shell) *cobra.Command {
	var (
		o      bench.ResolveOptions
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "resolve",
		Short: "Digital Links among many products and items against the same bytes from bare net/http",
		Long: `Start a server and a bare net/http handler as processes of their own, fill the server with products
and items through its API, and load both in alternating rounds: redirects of products, of items and
of compressed links, each with a durable scan event, and linksets. Every request asks for another
key. The report also says what a million items cost in memory.`,
		Example: `  tagline bench resolve
  tagline bench resolve --json --products 1000 --items 10000 --rounds 1`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Products < 1 || o.Products > 200_000 || o.Items < 0 || o.Items > 10_000_000 || o.Items%1000 != 0 || o.Items/1000 > o.Products {
				return s.Misuse(errors.New("--products is 1 to 200000, --items a multiple of 1000 and at most 1000 for each product"))
			}
			return runBench(s, &o.Options, asJSON, func(plain bench.Options) (bench.Report, error) {
				o.Options = plain
				return bench.Resolve(c.Context(), o)
			})
		},
	}
	benchFlags(c, &o.Options, &asJSON)
	c.Flags().IntVar(&o.Products, "products", 100_000, "products, each with a redirect of its own")
	c.Flags().IntVar(&o.Items, "items", 1_000_000, "items, 1,000 of each of the first products")
	return c
}

func newBenchTrace(s Shell) *cobra.Command {
	var (
		o       bench.TraceOptions
		bottles int
		seed    uint64
		asJSON  bool
	)
	c := &cobra.Command{
		Use:   "trace",
		Short: "Captures, queries and ways of the supply chain, and how well the rules tell what went wrong",
		Long: `Start a server, send it documents of supply-chain events over HTTP until it has as many as were
asked for, and measure captures, queries by thing and ways in alternating rounds against a bare
net/http handler that reads and answers the same bytes. Then let a simulated world live on a
fresh server, and compare its alarms with what really went wrong: precision and recall by rule.`,
		Example: `  tagline bench trace --json
  tagline bench trace --events 20000 --bottles 600 --rounds 1 --duration 1s`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Events < 1 || o.Events > 20_000_000 || bottles < 0 || bottles > 100_000 {
				return s.Misuse(errors.New("--events is 1 to 20000000, --bottles 0 to 100000"))
			}
			return runBench(s, &o.Options, asJSON, func(plain bench.Options) (bench.TraceReport, error) {
				o.Options = plain
				if bottles > 0 {
					o.World = world(seed, bottles, plain.Clock)
				}
				return bench.Trace(c.Context(), o)
			})
		},
	}
	benchFlags(c, &o.Options, &asJSON)
	c.Flags().IntVar(&o.Events, "events", 200_000, "events in the repository when it is asked")
	c.Flags().IntVar(&bottles, "bottles", 3000, "bottles of the simulated world whose rules are judged; 0 leaves it out")
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed makes the same world")
	return c
}

func newBenchIntake(s Shell) *cobra.Command {
	var (
		o      fleet.Options
		plain  bench.Options
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "intake",
		Short: "Messages of devices, over MQTT and HTTP, against the same broker without storage",
		Long: `Start a server and the same MQTT front door without storage as processes of their own, and load
both in alternating rounds: QoS 1 publishes that are acknowledged when they are durable and
applied (twin, detectors), with one publish of each device under way and with many. Then events
in batches over HTTP, the memory of idle connections, and how long a fleet needs to come back
after the server was killed.`,
		Example: `  tagline bench intake --json
  tagline bench intake --connections 0 --rounds 1 --duration 2s`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Devices < 1 || o.Devices > 1000 || o.Window < 1 || o.Window > 100 || o.Batch < 1 || o.Batch > 5000 || o.Connections < 0 || o.Connections > 50_000 {
				return s.Misuse(errors.New("--devices is 1 to 1000, --window 1 to 100, --batch 1 to 5000, --connections 0 to 50000"))
			}
			return runBench(s, &plain, asJSON, func(p bench.Options) (fleet.Report, error) {
				o.Binary, o.Duration, o.Rounds, o.Database, o.Clock, o.Progress = p.Binary, p.Duration, p.Rounds, p.Database, p.Clock, p.Progress
				return fleet.Run(c.Context(), o)
			})
		},
	}
	benchFlags(c, &plain, &asJSON)
	c.Flags().IntVar(&o.Devices, "devices", 100, "devices that send at a time")
	c.Flags().IntVar(&o.Window, "window", 10, "publishes of each device under way, in the second measurement")
	c.Flags().IntVar(&o.Batch, "batch", 500, "events in a body over HTTP")
	c.Flags().IntVar(&o.Connections, "connections", 10_000, "idle connections; 0 leaves them out")
	_ = c.Flags().MarkHidden("clients")
	return c
}

func newBenchBareMQTT(s Shell) *cobra.Command {
	return &cobra.Command{
		Use:    "bare-mqtt",
		Short:  "The MQTT front door without storage",
		Hidden: true,
		Args:   s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return fleet.ServeBare(c.Context(), clock.System{}, func(address string) { fmt.Fprintf(s.Out, "ready at http://%s\n", address) })
		},
	}
}

func benchFlags(c *cobra.Command, o *bench.Options, asJSON *bool) {
	c.Flags().IntVar(&o.Clients, "clients", 256, "connections at a time")
	c.Flags().DurationVar(&o.Duration, "duration", 4*time.Second, "length of one round")
	c.Flags().IntVar(&o.Rounds, "rounds", 3, "rounds of each side")
	c.Flags().StringVar(&o.Database, "db", "", "measure on PostgreSQL: an empty database, postgres://…")
	c.Flags().BoolVar(asJSON, "json", false, "print the report as JSON")
}

// runBench runs a measurement with a bar of its progress, and prints the report.
func runBench[R interface{ Write(io.Writer) error }](s Shell, o *bench.Options, asJSON bool, run func(bench.Options) (R, error)) (err error) {
	if o.Clients < 1 || o.Clients > 512 || o.Rounds < 1 || o.Rounds > 100 || o.Duration <= 0 || o.Duration > time.Minute {
		return s.Misuse(errors.New("--clients is 1 to 512, --rounds 1 to 100, --duration up to 1m"))
	}
	if o.Binary, err = os.Executable(); err != nil {
		return err
	}
	o.Clock = clock.System{}
	progress, end := s.Progress("measuring")
	o.Progress = progress
	report, err := run(*o)
	end()
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(s.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return report.Write(s.Out)
}

func newBenchBare(s Shell) *cobra.Command {
	return &cobra.Command{
		Use:    "bare",
		Short:  "The bare handler: answers read from standard input as JSON",
		Hidden: true,
		Args:   s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			replies, err := bench.ReadReplies(s.In)
			if err != nil {
				return err
			}
			return bench.ServeBare(c.Context(), replies, func(url string) { fmt.Fprintf(s.Out, "ready at %s\n", url) })
		},
	}
}

// worldSpeed is how fast the world of the rules lives: a day in a fifth of a second.
const worldSpeed = 400_000

// world lets simulated bottles live, and tells what went wrong with them.
func world(seed uint64, bottles int, c clock.Clock) func(ctx context.Context, server, key string, progress func(done, total int)) (bench.Truth, error) {
	return func(ctx context.Context, server, key string, progress func(done, total int)) (bench.Truth, error) {
		truth, err := simulate.Run(ctx, simulate.Config{Server: server, Key: key, Seed: seed, Bottles: bottles, Speed: worldSpeed, Chain: true,
			Country: bench.CountryHeader, Address: bench.AddressHeader, Clock: c, Log: slog.New(slog.DiscardHandler), Progress: progress})
		out := bench.Truth{Bottles: truth.Bottles, Events: truth.Events}
		for _, d := range truth.Deviations {
			out.Deviations = append(out.Deviations, bench.Deviation{Key: d.Key, Expect: d.Expect, May: d.May})
		}
		return out, err
	}
}
