package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tagline/internal/api/wire"
	"tagline/internal/brand"
	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/internal/epciscmd"
	"tagline/internal/fault"
	"tagline/internal/linkcmd"
	"tagline/internal/manifest"
	"tagline/internal/placecmd"
)

// remote are the flags of commands that speak to a running server.
type remote struct {
	server string
	key    string
}

func (r *remote) add(c *cobra.Command) {
	c.Flags().StringVar(&r.server, "server", "http://127.0.0.1:8080", "address of the server")
	c.Flags().StringVar(&r.key, "key", "", "API key (default: the environment variable TAGLINE_KEY)")
}

func (r *remote) client(s *streams) (*client.Client, error) {
	key := r.key
	if key == "" {
		key = s.getenv("TAGLINE_KEY")
	}
	if key == "" {
		return nil, misuse{errors.New("no API key: give --key, or set TAGLINE_KEY")}
	}
	c, err := client.New(r.server, key, clock.System{})
	if err != nil {
		return nil, misuse{fmt.Errorf("--server: %w", err)}
	}
	return c, nil
}

func newApply(s *streams) *cobra.Command {
	var (
		r             remote
		path          string
		dryRun, prune bool
	)
	c := &cobra.Command{
		Use:   "apply -f PATH",
		Short: "Apply a brand's files to a server, in one transaction",
		Long: `Apply the YAML documents (and images) of a file or a folder: the difference is shown, then
everything is applied in one transaction, or nothing is. With -f - one YAML stream is read
from standard input.`,
		Example: `  tagline apply -f demo/ --server http://127.0.0.1:8080 --key KEY
  tagline apply -f demo/ --dry-run`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				return misuse{errors.New("-f PATH is missing")}
			}
			api, err := r.client(s)
			if err != nil {
				return err
			}
			files, err := readFiles(path, s.in)
			if err != nil {
				return err
			}
			applied, err := api.Apply(c.Context(), files, dryRun, prune)
			if err != nil {
				return err
			}
			return printApplied(s.out, applied)
		},
	}
	c.Flags().StringVarP(&path, "file", "f", "", "file or folder to apply, - for standard input")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show the difference and change nothing")
	c.Flags().BoolVar(&prune, "prune", false, "remove what the server has and the files have not")
	r.add(c)
	return c
}

// maxApplyInput bounds what is read from standard input.
const maxApplyInput = 8 << 20

func readFiles(path string, stdin io.Reader) ([]wire.File, error) {
	if path == "-" {
		text, err := io.ReadAll(io.LimitReader(stdin, maxApplyInput))
		if err != nil {
			return nil, err
		}
		if err := textOnly("stdin.yaml", text); err != nil {
			return nil, err
		}
		return []wire.File{{Path: "stdin.yaml", Text: string(text)}}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, fmt.Sprintf("there is nothing to read at %s", path), "Give a YAML file or a folder of them.")
	}
	var all []brand.File
	if info.IsDir() {
		all, err = brand.ReadDir(os.DirFS(path))
	} else {
		all, err = brand.ReadFiles(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if err := textOnly(f.Name, f.Data); err != nil {
			return nil, err
		}
	}
	if all, err = brand.AsText(all); err != nil {
		return nil, err
	}
	var files []wire.File
	for _, f := range all {
		files = append(files, wire.File{Path: f.Name, Text: string(f.Data)})
	}
	if len(files) == 0 {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("there are no YAML files in %s", path), "A brand's files end in .yaml.")
	}
	return files, nil
}

// textOnly refuses a document that JSON would change on its way to the server.
func textOnly(name string, data []byte) error {
	if !manifest.IsManifest(name) {
		return nil
	}
	for line, text := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(text) {
			return fault.Newf(fault.Invalid, "%s:%d is not UTF-8 text", name, line+1).WithHint("Save the file in UTF-8 and apply it again.")
		}
	}
	return nil
}

// printApplied shows a difference in words.
func printApplied(w io.Writer, a wire.Applied) error {
	sign := map[string]string{"create": "+", "update": "~", "delete": "-"}
	for _, change := range a.Changes {
		mark, changed := sign[change.Action]
		if !changed {
			continue
		}
		fmt.Fprintf(w, "%s %s %s\n", mark, change.Kind, change.Name)
		for _, f := range change.Fields {
			if change.Action == "update" {
				fmt.Fprintf(w, "    %s: %s -> %s\n", f.Path, orNothing(f.Before), orNothing(f.After))
			}
		}
	}
	verb := "applied"
	if a.DryRun {
		verb = "would be applied"
	}
	_, err := fmt.Fprintf(w, "%d of %d %s, %d unchanged\n", a.Changed, len(a.Changes), verb, len(a.Changes)-a.Changed)
	return err
}

func orNothing(v string) string {
	if len(v) == 0 {
		return "(nothing)"
	}
	const most = 100
	if len(v) > most {
		return v[:most] + "…"
	}
	return v
}

func newExport(s *streams) *cobra.Command {
	var (
		r         remote
		out, slug string
	)
	c := &cobra.Command{
		Use:   "export",
		Short: "Write a server's brands as the files that apply reads",
		Example: `  tagline export --key KEY > brand.yaml
  tagline export --brand halden --out brand.yaml`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			api, err := r.client(s)
			if err != nil {
				return err
			}
			if out == "" {
				return api.Export(c.Context(), slug, s.out)
			}
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			return api.Export(c.Context(), slug, f)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	c.Flags().StringVar(&slug, "brand", "", "only this brand")
	r.add(c)
	return c
}

func newImport(s *streams) *cobra.Command {
	var (
		r      remote
		set    string
		dryRun bool
	)
	c := &cobra.Command{
		Use:   "import FILE.csv --set NAME",
		Short: "Import a personalisation batch of tags",
		Long: `Import a personalisation batch: one row a chip, columns mapped by their headers (uid, gtin,
serial, lot, market and what encoders write). All rows are taken, or none; every wrong row
is named. Importing the same file again changes nothing.`,
		Example: `  tagline import batch.csv --set k1 --dry-run
  tagline import batch.csv --set k1`,
		Args: argsAre(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if set == "" {
				return misuse{errors.New("--set is missing: which key set do these tags have?")}
			}
			api, err := r.client(s)
			if err != nil {
				return err
			}
			csv, err := os.ReadFile(args[0])
			if err != nil {
				return fault.Wrap(fault.NotFound, err, fmt.Sprintf("cannot read %s", args[0]), "Give the batch's CSV file.")
			}
			report, err := api.ImportChips(c.Context(), set, csv, dryRun)
			if err != nil {
				return err
			}
			for _, e := range report.Errors {
				fmt.Fprintf(s.err, "row %d, %s: %s (%s)\n", e.Row, e.Column, e.Message, e.Code)
			}
			for _, w := range report.Warnings {
				fmt.Fprintf(s.err, "warning: row %d, %s: %s\n", w.Row, w.Column, w.Message)
			}
			verb := "imported"
			if report.DryRun {
				verb = "would be imported"
			}
			fmt.Fprintf(s.out, "%d rows: %d %s, %d unchanged, %d refused\n", report.Rows, report.Created, verb, report.Unchanged, report.Refused)
			if report.Refused > 0 {
				return errRefused
			}
			return nil
		},
	}
	c.Flags().StringVar(&set, "set", "", "key set of these tags")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the file and change nothing")
	r.add(c)
	return c
}

func newLinks(s *streams) *cobra.Command {
	return linkcmd.New(linkcmd.Shell{Out: s.out, Err: s.err, Refused: errRefused, Args: argsAre,
		Misuse: func(err error) error { return misuse{err} }, Remote: s.remote})
}

func newPlaces(s *streams) *cobra.Command {
	return placecmd.New(placecmd.Shell{Out: s.out, Err: s.err, Refused: errRefused, Args: argsAre, Remote: s.remote})
}

func newEPCIS(s *streams) *cobra.Command {
	return epciscmd.New(epciscmd.Shell{Out: s.out, Err: s.err, Refused: errRefused, Args: argsAre,
		Misuse: func(err error) error { return misuse{err} }, Remote: s.remote})
}

// remote adds the flags of a server to a command of another package.
func (s *streams) remote(c *cobra.Command) func() (*client.Client, error) {
	r := &remote{}
	r.add(c)
	return func() (*client.Client, error) { return r.client(s) }
}
