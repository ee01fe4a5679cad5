package linkcmd

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
	"tagline/internal/client"
	"tagline/internal/fault"
	"tagline/internal/link/entryfile"
)

// Shell is what the program gives a command.
type Shell struct {
	Out, Err io.Writer
	// Remote adds the flags of a server to a command, and gives the way to it.
	Remote func(c *cobra.Command) (connect func() (*client.Client, error))
	Misuse func(error) error // marks an error of the call itself
	// Args marks a wrong number of arguments as misuse.
	Args    func(cobra.PositionalArgs) cobra.PositionalArgs
	Refused error // ends a command whose output already says why
}

// New makes the command.
func New(s Shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "links",
		Short: "Bring the links of the resolver in and out as files",
		Long: `Bring the links of the resolver in and out as files: CSV and Excel with one link a row, or
JSON as GS1's reference resolver writes it (version 3; version 2 is read as well).`,
		Example: `  tagline links import links.csv --key KEY --dry-run
  tagline links export --format csv --out links.csv --key KEY`,
	}
	c.AddCommand(newImport(s), newExport(s))
	return c
}

func newImport(s Shell) *cobra.Command {
	var (
		dryRun  bool
		connect func() (*client.Client, error)
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
		Args: s.Args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := entryfile.FormatOf(args[0])
			if err != nil {
				return s.Misuse(fmt.Errorf("%s: %s", filepath.Base(args[0]), fault.From(err).Hint))
			}
			api, err := connect()
			if err != nil {
				return err
			}
			file, err := readAtMost(args[0], entryfile.MaxBytes)
			if err != nil {
				return err
			}
			done, err := api.ImportLinks(c.Context(), mediaOf(format), file, dryRun)
			if err != nil {
				return err
			}
			return report(s, done)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the file, say what would happen, and change nothing")
	connect = s.Remote(c)
	return c
}

// mediaOf is the content type of a format.
func mediaOf(f entryfile.Format) string {
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

func report(s Shell, r wire.LinkImport) error {
	for _, p := range r.Problems {
		fmt.Fprintln(s.Err, entryfile.Problem(p).String())
	}
	if n := len(r.Problems); n > 0 {
		fmt.Fprintf(s.Out, "%d problems: nothing would be imported\n", n)
		return s.Refused
	}
	for _, o := range r.Changes {
		fmt.Fprintf(s.Out, "%s %s\n", map[string]string{"created": "+", "changed": "~"}[o.Action], o.Anchor)
	}
	verb := "imported"
	if r.DryRun {
		verb = "would be imported"
	}
	_, err := fmt.Fprintf(s.Out, "%d entries with %d links %s: %d new, %d changed, %d unchanged\n", r.Entries, r.Links, verb, r.Created, r.Changed, r.Same)
	return err
}

func newExport(s Shell) *cobra.Command {
	var (
		connect                   func() (*client.Client, error)
		out, format, gtin, prefix string
	)
	c := &cobra.Command{
		Use:   "export",
		Short: "Write links as the file that import reads",
		Example: `  tagline links export --key KEY > links.json
  tagline links export --format csv --gtin 09506000134352 --out gin.csv --key KEY`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if format == "" {
				format = "json"
				if strings.HasSuffix(strings.ToLower(out), ".csv") {
					format = "csv"
				}
			}
			if format != "json" && format != "csv" {
				return s.Misuse(fmt.Errorf("--format %.20q: links are written as json or csv", format))
			}
			api, err := connect()
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
				return api.ExportLinks(c.Context(), query, s.Out)
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
	connect = s.Remote(c)
	return c
}
