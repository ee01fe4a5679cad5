package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/link/entryfile"
)

func newLinks(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "links",
		Short: "Bring the links of the resolver in and out as files",
		Long: `Bring the links of the resolver in and out as files: CSV and Excel with one link a row, or
JSON as GS1's reference resolver writes it (version 3; version 2 is read as well).`,
		Example: `  tagline links import links.csv --key KEY --dry-run
  tagline links export --format csv --out links.csv --key KEY`,
	}
	c.AddCommand(newLinksImport(s), newLinksExport(s))
	return c
}

func newLinksImport(s *streams) *cobra.Command {
	var (
		r      remote
		dryRun bool
	)
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import links from a .json, .csv or .xlsx file",
		Long: `Import links from a file that ends in .json, .csv or .xlsx. Its entries take the place of
those at their anchors, all in one transaction; others stay. Every problem is named with its
row and column, or its path in JSON. Importing the same file again changes nothing.

Columns: anchor (or gtin, variant, lot, serial), itemDescription, handledBy, id, linktype,
href, title, type, hreflang, context, markets, fwqs, public, from, until, when, default, multi.`,
		Example: `  tagline links import links.csv --key KEY --dry-run
  tagline links import links.xlsx --server https://id.example --key KEY`,
		Args: argsAre(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := entryfile.FormatOf(args[0])
			if err != nil {
				return misuse{fmt.Errorf("%s: %s", filepath.Base(args[0]), fault.From(err).Hint)}
			}
			api, err := r.client(s)
			if err != nil {
				return err
			}
			file, err := readAtMost(args[0], entryfile.MaxBytes)
			if err != nil {
				return err
			}
			report, err := api.ImportLinks(c.Context(), linksMedia(format), file, dryRun)
			if err != nil {
				return err
			}
			return printLinks(s, report)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the file, say what would happen, and change nothing")
	r.add(c)
	return c
}

// linksMedia is the content type of a format.
func linksMedia(f entryfile.Format) string {
	switch f {
	case entryfile.CSV:
		return "text/csv"
	case entryfile.Excel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/json"
}

// readAtMost reads a file that is not larger than a bound.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "cannot read "+name, "Give a file of links.")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fault.Newf(fault.TooLarge, "%s is larger than %d MiB", name, most>>20).WithHint("Split it.")
	}
	return data, err
}

func printLinks(s *streams, report wire.LinkImport) error {
	for _, p := range report.Problems {
		fmt.Fprintln(s.err, entryfile.Problem(p).String())
	}
	if n := len(report.Problems); n > 0 {
		fmt.Fprintf(s.out, "%d problems: nothing would be imported\n", n)
		return errRefused
	}
	for _, o := range report.Changes {
		fmt.Fprintf(s.out, "%s %s\n", map[string]string{"created": "+", "changed": "~"}[o.Action], o.Anchor)
	}
	verb := "imported"
	if report.DryRun {
		verb = "would be imported"
	}
	_, err := fmt.Fprintf(s.out, "%d entries with %d links %s: %d new, %d changed, %d unchanged\n", report.Entries, report.Links, verb, report.Created, report.Changed, report.Same)
	return err
}

func newLinksExport(s *streams) *cobra.Command {
	var (
		r                         remote
		out, format, gtin, prefix string
	)
	c := &cobra.Command{
		Use:   "export",
		Short: "Write links as the file that import reads",
		Example: `  tagline links export --key KEY > links.json
  tagline links export --format csv --gtin 09506000134352 --out gin.csv --key KEY`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if format == "" {
				format = "json"
				if strings.HasSuffix(strings.ToLower(out), ".csv") {
					format = "csv"
				}
			}
			if format != "json" && format != "csv" {
				return misuse{fmt.Errorf("--format %.20q: links are written as json or csv", format)}
			}
			api, err := r.client(s)
			if err != nil {
				return err
			}
			query := url.Values{"format": {format}}
			if gtin != "" {
				query.Set("gtin", gtin)
			}
			if prefix != "" {
				query.Set("prefix", prefix)
			}
			if out == "" {
				return api.ExportLinks(c.Context(), query, s.out)
			}
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			return api.ExportLinks(c.Context(), query, f)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	c.Flags().StringVar(&format, "format", "", "json or csv (default: by the name of the file, else json)")
	c.Flags().StringVar(&gtin, "gtin", "", "only of this product")
	c.Flags().StringVar(&prefix, "prefix", "", "only anchors that begin so, such as /414/")
	r.add(c)
	return c
}
