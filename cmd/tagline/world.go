package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/app"
	"tagline/internal/bench"
	"tagline/internal/clock"
	"tagline/internal/simulate"
)

// worldFlags are shared by demo and simulate.
type worldFlags struct {
	seed    uint64
	bottles int
	speed   float64
	warm    int
	days    int
	chain   bool
}

func (f *worldFlags) add(c *cobra.Command) {
	c.Flags().Uint64Var(&f.seed, "seed", 1, "the same seed makes the same world")
	c.Flags().IntVar(&f.bottles, "bottles", 600, "how many bottles there are")
	c.Flags().Float64Var(&f.speed, "speed", 3600, "world seconds per second")
	c.Flags().IntVar(&f.warm, "warm", 8, "days of the world that pass at full speed at the start")
	c.Flags().BoolVar(&f.chain, "chain", true, "tell the supply chain too: pallets and cases from the works to shops, with theft, diversion and copies")
	c.Flags().IntVar(&f.days, "days", 0, "the world ends after so many days (default: when nothing is left to happen)")
}

func (f *worldFlags) check() error {
	if f.bottles < 1 || f.bottles > 100_000 {
		return misuse{fmt.Errorf("--bottles %d: between 1 and 100000", f.bottles)}
	}
	if !(f.speed >= 1 && f.speed <= 1e9) {
		return misuse{fmt.Errorf("--speed %g: at least 1", f.speed)}
	}
	if f.warm < 0 || f.days < 0 {
		return misuse{errors.New("--warm and --days cannot be negative")}
	}
	return nil
}

func (f *worldFlags) config(server, key, country, address string) simulate.Config {
	return simulate.Config{
		Server: server, Key: key, Country: country, Address: address, Seed: f.seed, Bottles: f.bottles, Speed: f.speed, Chain: f.chain,
		Warm: time.Duration(f.warm) * 24 * time.Hour, Days: f.days, Clock: clock.System{},
	}
}

// The headers by which simulated phones say where they are, as a proxy in front of
// a real server would.
const (
	demoCountryHeader = "X-Visitor-Country"
	demoAddressHeader = "X-Visitor-Address"
)

func newDemo(s *streams) *cobra.Command {
	var (
		flags serverFlags
		world worldFlags
	)
	c := &cobra.Command{
		Use:   "demo",
		Short: "Serve a small fictional brand and let its bottles live",
		Long: `Serve on a temporary folder (or the one given), apply the sample brand, and run a simulated
world against it: bottles are made, shipped, tapped, sold, opened, emptied, copied and
forged. The one-time sign-in link is printed. Nothing leaves this machine.`,
		Example: `  tagline demo
  tagline demo --listen 127.0.0.1:8080 --speed 36000 --seed 7`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := world.check(); err != nil {
				return err
			}
			if flags.data == "" {
				dir, remove, err := temporaryFolder()
				if err != nil {
					return err
				}
				defer remove()
				flags.data = dir
			}
			if flags.country == "" {
				flags.country = demoCountryHeader
			}
			if flags.address == "" {
				flags.address = demoAddressHeader
			}
			config, err := flags.config(s)
			if err != nil {
				return err
			}
			config.Demo = true
			return serve(c.Context(), s, config, func(ctx context.Context, a *app.App) error {
				key, err := a.PrepareDemo(ctx)
				if err != nil {
					return err
				}
				sim := world.config(a.URL(), key, flags.country, flags.address)
				sim.Log = config.Log
				truth, err := simulate.Run(ctx, sim)
				if err != nil {
					return err
				}
				config.Log.InfoContext(ctx, "the simulated world has come to its end; the server stays", "truth", truth.Summary())
				<-ctx.Done()
				return nil
			})
		},
	}
	flags.add(c, "", "127.0.0.1:8080")
	// A line for every simulated request would carry the sign-in link off the screen.
	level := c.Flags().Lookup("log-level")
	level.DefValue, flags.log.level = "warn", "warn"
	c.Flags().Lookup("data").Usage = "data folder (default: a temporary one, removed at the end)"
	world.add(c)
	return c
}

func newSimulate(s *streams) *cobra.Command {
	var (
		r       remote
		world   worldFlags
		country string
		address string
		asJSON  bool
		log     logFlags
	)
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Drive a server with a simulated world, through its real doors",
		Long: `Register bottles with keys of the simulation's own over the API, then tap, share, copy,
forge, sell, open and empty them over HTTP. What really happened is printed at the end, with
the number of answers that did not fit it. The server must know products (tagline apply).`,
		Example: `  tagline simulate --server http://127.0.0.1:8080 --key KEY --speed 86400 --bottles 200`,
		Args:    argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := world.check(); err != nil {
				return err
			}
			if r.key == "" {
				r.key = s.getenv("TAGLINE_KEY")
			}
			if r.key == "" {
				return misuse{errors.New("no API key: give --key, or set TAGLINE_KEY")}
			}
			logger, err := log.logger(s.err)
			if err != nil {
				return err
			}
			sim := world.config(r.server, r.key, country, address)
			sim.Log = logger
			bar := newProgress(s.err, "simulating")
			sim.Progress = bar.set
			truth, err := simulate.Run(c.Context(), sim)
			bar.end()
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(s.out).Encode(truth)
			}
			fmt.Fprintln(s.out, truth.Summary())
			if truth.Surprises > 0 || truth.Unanswered > 0 {
				return errRefused
			}
			return nil
		},
	}
	r.add(c)
	world.add(c)
	c.Flags().StringVar(&country, "country-header", "", "header in which visitors' countries are sent; the server must trust the same (serve --country-header)")
	c.Flags().StringVar(&address, "address-header", "", "header in which visitors' made-up addresses are sent; the server must trust the same (serve --address-header)")
	c.Flags().BoolVar(&asJSON, "json", false, "print the truth as JSON")
	log.add(c)
	return c
}

func newBench(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the server as a ratio to a bare handler in the same run",
		Example: `  tagline bench tap
  tagline bench tap --json --clients 64 --duration 5s`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newBenchTap(s), newBenchResolve(s), newBenchTrace(s), newBenchBare(s))
	return c
}

func newBenchTap(s *streams) *cobra.Command {
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
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return runBench(s, &o, asJSON, func(o bench.Options) (bench.Report, error) { return bench.Tap(c.Context(), o) })
		},
	}
	benchFlags(c, &o, &asJSON)
	return c
}

func newBenchResolve(s *streams) *cobra.Command {
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
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Products < 1 || o.Products > 200_000 || o.Items < 0 || o.Items > 10_000_000 || o.Items%1000 != 0 || o.Items/1000 > o.Products {
				return misuse{errors.New("--products is 1 to 200000, --items a multiple of 1000 and at most 1000 for each product")}
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

func newBenchTrace(s *streams) *cobra.Command {
	var (
		o      bench.TraceOptions
		asJSON bool
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
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Events < 1 || o.Events > 20_000_000 || o.Bottles < 0 || o.Bottles > 100_000 {
				return misuse{errors.New("--events is 1 to 20000000, --bottles 0 to 100000")}
			}
			return runBench(s, &o.Options, asJSON, func(plain bench.Options) (bench.TraceReport, error) {
				o.Options = plain
				return bench.Trace(c.Context(), o)
			})
		},
	}
	benchFlags(c, &o.Options, &asJSON)
	c.Flags().IntVar(&o.Events, "events", 200_000, "events in the repository when it is asked")
	c.Flags().IntVar(&o.Bottles, "bottles", 3000, "bottles of the simulated world whose rules are judged; 0 leaves it out")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "the same seed makes the same world")
	return c
}

func benchFlags(c *cobra.Command, o *bench.Options, asJSON *bool) {
	c.Flags().IntVar(&o.Clients, "clients", 256, "connections at a time")
	c.Flags().DurationVar(&o.Duration, "duration", 4*time.Second, "length of one round")
	c.Flags().IntVar(&o.Rounds, "rounds", 3, "rounds of each side")
	c.Flags().StringVar(&o.Database, "db", "", "measure on PostgreSQL: an empty database, postgres://…")
	c.Flags().BoolVar(asJSON, "json", false, "print the report as JSON")
}

// runBench runs a measurement with a bar of its progress, and prints the report.
func runBench[R interface{ Write(io.Writer) error }](s *streams, o *bench.Options, asJSON bool, run func(bench.Options) (R, error)) (err error) {
	if o.Clients < 1 || o.Clients > 512 || o.Rounds < 1 || o.Rounds > 100 || o.Duration <= 0 || o.Duration > time.Minute {
		return misuse{errors.New("--clients is 1 to 512, --rounds 1 to 100, --duration up to 1m")}
	}
	if o.Binary, err = os.Executable(); err != nil {
		return err
	}
	o.Clock = clock.System{}
	bar := newProgress(s.err, "measuring")
	o.Progress = bar.set
	report, err := run(*o)
	bar.end()
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return report.Write(s.out)
}

func newBenchBare(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:    "bare",
		Short:  "The bare handler: answers read from standard input as JSON",
		Hidden: true,
		Args:   argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			replies, err := bench.ReadReplies(s.in)
			if err != nil {
				return err
			}
			return bench.ServeBare(c.Context(), replies, func(url string) { fmt.Fprintf(s.out, "ready at %s\n", url) })
		},
	}
}
