package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/app"
	"tagline/internal/benchcmd"
	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/internal/simulate"
	"tagline/internal/simulate/home"
)

// worldFlags are shared by demo and simulate.
type worldFlags struct {
	seed    uint64
	bottles int
	speed   float64
	warm    int
	days    int
	chain   bool
	homes   int
	past    int
}

func (f *worldFlags) add(c *cobra.Command, homes int) {
	c.Flags().Uint64Var(&f.seed, "seed", 1, "the same seed makes the same world")
	c.Flags().IntVar(&f.bottles, "bottles", 600, "how many bottles there are")
	c.Flags().Float64Var(&f.speed, "speed", 3600, "world seconds per second")
	c.Flags().IntVar(&f.warm, "warm", 8, "days of the world that pass at full speed at the start")
	c.Flags().BoolVar(&f.chain, "chain", true, "tell the supply chain too: pallets and cases from the works to shops, with theft, diversion and copies")
	c.Flags().IntVar(&f.homes, "homes", homes, "how many households with connected things there are; they speak MQTT")
	c.Flags().IntVar(&f.past, "past", 10, "days of the households that lie in the past and are told at speed; then they live in the present")
	c.Flags().IntVar(&f.days, "days", 0, "the world ends after so many days (default: when nothing is left to happen)")
}

func (f *worldFlags) check() error {
	if f.bottles < 1 || f.bottles > 100_000 {
		return misuse{fmt.Errorf("--bottles %d: between 1 and 100000", f.bottles)}
	}
	if !(f.speed >= 1 && f.speed <= 1e9) {
		return misuse{fmt.Errorf("--speed %g: at least 1", f.speed)}
	}
	if f.homes < 0 || f.homes > 1000 || f.past < 0 || f.past > 80 {
		return misuse{errors.New("--homes is 0 to 1000, --past 0 to 80 days")}
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

// street has the households live until ctx ends, or their days are over.
func (f *worldFlags) street(ctx context.Context, server, key, mqtt string, log *slog.Logger) (home.Truth, error) {
	c, err := client.New(server, key, clock.System{})
	if err != nil {
		return home.Truth{}, err
	}
	return home.Run(ctx, home.Config{
		Server: c, MQTT: mqtt, Brand: "ostrel", Homes: f.homes, Seed: f.seed, Past: time.Duration(f.past) * 24 * time.Hour, Speed: f.speed, Until: time.Duration(f.days) * 24 * time.Hour,
		Clock: clock.System{}, Log: log,
	})
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
			if flags.mqtt == "" && world.homes > 0 {
				flags.mqtt = "127.0.0.1:0"
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
				if world.homes > 0 {
					go func() {
						if _, err := world.street(ctx, a.URL(), key, a.MQTTAddress().String(), config.Log); err != nil && ctx.Err() == nil {
							config.Log.WarnContext(ctx, "the simulated households stopped", "error", err)
						}
					}()
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
	world.add(c, 6)
	return c
}

func newSimulate(s *streams) *cobra.Command {
	var (
		r       remote
		world   worldFlags
		country string
		address string
		mqtt    string
		asJSON  bool
		log     logFlags
	)
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Drive a server with a simulated world, through its real doors",
		Long: `Register bottles with keys of the simulation's own over the API, then tap, share, copy,
forge, sell, open and empty them over HTTP. With --homes instead, households with connected
things live their days over MQTT. What really happened is printed at the end, with
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
			if world.homes > 0 {
				if mqtt == "" {
					return misuse{errors.New("--homes needs --mqtt HOST:PORT, where the server speaks MQTT")}
				}
				truth, err := world.street(c.Context(), r.server, r.key, mqtt, logger)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(s.out).Encode(truth)
				}
				fmt.Fprintf(s.out, "%d things in %d homes told %d things, %d were acknowledged: %d times hair was brushed, %d evenings before the television, %d times somebody came home\n",
					truth.Things, truth.Homes, truth.Acts, truth.Acked, truth.Brushing, truth.Evenings, truth.Returns)
				return nil
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
	world.add(c, 0)
	c.Flags().StringVar(&mqtt, "mqtt", "", "address at which the server speaks MQTT without TLS, for --homes")
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
