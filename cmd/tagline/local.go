package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/api"
	"tagline/internal/app"
)

// local are the flags of commands that work on a data folder without serving.
type local struct {
	data string
	db   string
	log  logFlags
}

func (l *local) add(c *cobra.Command) {
	c.Flags().StringVar(&l.data, "data", "data", "data folder")
	c.Flags().StringVar(&l.db, "db", "", "database URL, postgres://…; without it SQLite in the data folder")
	l.log.add(c)
}

func (l *local) config(s *streams) (app.Config, error) {
	log, err := l.log.logger(s.err)
	if err != nil {
		return app.Config{}, err
	}
	if err := checkDatabase(l.db); err != nil {
		return app.Config{}, err
	}
	return app.Config{Version: version, Data: l.data, Database: l.db, Log: log}, nil
}

func newOpenAPI(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:     "openapi",
		Short:   "Print the API's OpenAPI 3.1 document",
		Example: `  tagline openapi > openapi.yaml`,
		Args:    argsAre(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			spec, err := api.Spec()
			if err != nil {
				return err
			}
			_, err = s.out.Write(spec)
			return err
		},
	}
}

func newMigrate(s *streams) *cobra.Command {
	var l local
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database to this program's version, without serving",
		Long: `Apply the migrations that a database lacks. serve does the same at its start; this command
is for those who want it apart. Migrations go forward only: back up first.`,
		Example: `  tagline migrate --data ./data
  tagline migrate --data ./data --db postgres://tagline@db/tagline`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := l.config(s)
			if err != nil {
				return err
			}
			engine, err := app.Migrate(c.Context(), config)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "the %s database is at the version of this program\n", engine)
			return nil
		},
	}
	l.add(c)
	return c
}

func newDoctor(s *streams) *cobra.Command {
	var (
		l                       local
		replay, rebuild, asJSON bool
	)
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check a data folder: versions, keys, ledger, and state against a replay",
		Long: `Check a data folder whose server is stopped. With --replay the state of all things is folded
from the ledger anew and compared; with --rebuild what differs is put right.`,
		Example: `  tagline doctor --data ./data
  tagline doctor --data ./data --replay`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := l.config(s)
			if err != nil {
				return err
			}
			report, err := app.Doctor(c.Context(), config, app.Examination{Replay: replay || rebuild, Rebuild: rebuild})
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(s.out)
				encoder.SetIndent("", "  ")
				if err := encoder.Encode(report); err != nil {
					return err
				}
			} else {
				for _, f := range report.Findings {
					mark := "ok  "
					if !f.Good {
						mark = "BAD "
					}
					fmt.Fprintf(s.out, "%s %s: %s\n", mark, f.Check, f.Says)
				}
			}
			if !report.Healthy() {
				return errRefused
			}
			return nil
		},
	}
	c.Flags().BoolVar(&replay, "replay", false, "fold the ledger anew and compare with the state")
	c.Flags().BoolVar(&rebuild, "rebuild", false, "put right what --replay finds")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	l.add(c)
	return c
}

func newOwnerLink(s *streams) *cobra.Command {
	var (
		l           local
		base, email string
	)
	c := &cobra.Command{
		Use:   "owner-link",
		Short: "Print a one-time sign-in link for an owner who has lost access",
		Long: `Print a one-time sign-in link for an owner, good for a day. It is for whoever holds the data
folder; nothing else lets an owner in again who has lost the password. Stop the server first
(with PostgreSQL it may run).

Without --email the oldest owner is taken, or a new one is made if there is none. With it the
member of that address becomes an owner who may sign in, or a new owner gets the address.
The ledger records that the operator did so. Whoever has the link is an owner: hand it over
with care.`,
		Example: `  tagline owner-link --data ./data --base-url https://id.example
  tagline owner-link --data ./data --email kim@example.com`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := l.config(s)
			if err != nil {
				return err
			}
			link, expires, err := app.OwnerLink(c.Context(), config, base, email)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.err, "good once, until %s:\n", expires.UTC().Format(time.RFC3339))
			fmt.Fprintln(s.out, link)
			return nil
		},
	}
	c.Flags().StringVar(&base, "base-url", "http://127.0.0.1:8080", "how people reach the server")
	c.Flags().StringVar(&email, "email", "", "the owner's e-mail address")
	l.add(c)
	return c
}

func newVault(s *streams) *cobra.Command {
	var l local
	rotate := &cobra.Command{
		Use:   "rotate",
		Short: "Change the wrapping key of a stopped server's vault",
		Long: `Make a new wrapping key, wrap all data keys with it, and forget the old one. The data stay as
they are. An interrupted rotation is finished at the next start.`,
		Example: `  tagline vault rotate --data ./data`,
		Args:    argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := l.config(s)
			if err != nil {
				return err
			}
			if err := app.RotateVault(c.Context(), config); err != nil {
				return err
			}
			fmt.Fprintln(s.out, "the wrapping key is changed; back up vault.key again")
			return nil
		},
	}
	l.add(rotate)
	c := &cobra.Command{
		Use:     "vault",
		Short:   "Care for the keys at rest",
		Example: `  tagline vault rotate --data ./data`,
		Args:    argsAre(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(rotate)
	return c
}
