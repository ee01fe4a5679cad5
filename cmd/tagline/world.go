package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/app"
	"tagline/internal/benchcmd"
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
	return benchcmd.New(benchcmd.Shell{Out: s.out, Err: s.err, In: s.in, Args: argsAre, Misuse: func(err error) error { return misuse{err} },
		Progress: func(what string) (func(done, total int), func()) {
			bar := newProgress(s.err, what)
			return bar.set, bar.end
		}})
}
