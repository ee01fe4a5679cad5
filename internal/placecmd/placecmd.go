package placecmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tagline/internal/client"
	"tagline/internal/fault"
	"tagline/internal/place/listfile"
)

// Shell is what the program gives a command.
type Shell struct {
	Out, Err io.Writer
	// Remote adds the flags of a server to a command, and gives the way to it.
	Remote func(c *cobra.Command) (connect func() (*client.Client, error))
	// Args marks a wrong number of arguments as misuse.
	Args    func(cobra.PositionalArgs) cobra.PositionalArgs
	Refused error // ends a command whose output already says why
}

// New makes the command.
func New(s Shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "places",
		Short: "Bring locations and parties in and out as files, and check signed lists",
		Long: `Bring locations and parties of the supply chain in and out as files: CSV, the master data of
EPCIS documents, and signed lists, which prove where they come from without a server.`,
		Example: `  tagline places import places.csv --key KEY --dry-run
  tagline places export --signed --out places.signed.txt --key KEY
  tagline places verify places.signed.txt --signer id.example+1a2b3c4d+Ad7...`,
	}
	c.AddCommand(newImport(s), newExport(s), newVerify(s))
	return c
}

func newImport(s Shell) *cobra.Command {
	var (
		dryRun  bool
		signer  string
		connect func() (*client.Client, error)
	)
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import locations and parties",
		Example: `  tagline places import places.csv --key KEY --dry-run
  tagline places import partner.signed.txt --signer partner.example+1a2b3c4d+Ad7... --key KEY`,
		Long: `Import locations and parties from CSV with the columns key, class, name, kind, country,
latitude, longitude, radius_km, free_zone, parent, operator; from an EPCIS document with
master data; or from a signed list, which is checked with --signer. All or nothing.`,
		Args: s.Args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := connect()
			if err != nil {
				return err
			}
			file, err := read(args[0])
			if err != nil {
				return err
			}
			r, err := api.ImportPlaces(c.Context(), file, signer, dryRun)
			if err != nil {
				return err
			}
			for _, p := range r.Problems {
				fmt.Fprintf(s.Err, "%s: %s: %s\n", args[0], p.Where, p.Says)
			}
			if n := len(r.Problems); n > 0 {
				fmt.Fprintf(s.Out, "%d problems: nothing would be imported\n", n)
				return s.Refused
			}
			verb := "imported"
			if r.DryRun {
				verb = "would be imported"
			}
			_, err = fmt.Fprintf(s.Out, "%d locations and parties %s: %d new, %d changed, %d unchanged\n", r.Entries, verb, r.Created, r.Changed, r.Same)
			return err
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the file, say what would happen, and change nothing")
	c.Flags().StringVar(&signer, "signer", "", "public key of who signed the list")
	connect = s.Remote(c)
	return c
}

func newExport(s Shell) *cobra.Command {
	var (
		connect func() (*client.Client, error)
		out     string
		signed  bool
	)
	c := &cobra.Command{
		Use:   "export",
		Short: "Write locations and parties as CSV, or as a signed list",
		Example: `  tagline places export --key KEY > places.csv
  tagline places export --signed --out places.signed.txt --key KEY`,
		Long: `Write locations and parties as the CSV that import reads, or with --signed as a list that
proves itself: whoever has the public key, which the server gives at /api/v1/places/key,
can check it with "tagline places verify".`,
		Args: s.Args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			api, err := connect()
			if err != nil {
				return err
			}
			if out == "" {
				return api.ExportPlaces(c.Context(), signed, s.Out)
			}
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			return api.ExportPlaces(c.Context(), signed, f)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	c.Flags().BoolVar(&signed, "signed", false, "a signed list instead of CSV")
	connect = s.Remote(c)
	return c
}

func newVerify(s Shell) *cobra.Command {
	var signer string
	c := &cobra.Command{
		Use:     "verify FILE",
		Short:   "Check a signed list, without any server",
		Example: `  tagline places verify places.signed.txt --signer id.example+1a2b3c4d+Ad7...`,
		Args:    s.Args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := read(args[0])
			if err != nil {
				return err
			}
			list, err := listfile.Verify(file, signer)
			if err != nil {
				return fault.Wrap(fault.Invalid, err, args[0]+": "+err.Error(), "Get the list and the public key again from who published them.")
			}
			_, err = fmt.Fprintf(s.Out, "%s: %d locations and parties, signed by %s at %s\n", args[0], len(list.Rows), list.Signer, list.Made.Format(time.RFC3339))
			return err
		},
	}
	c.Flags().StringVar(&signer, "signer", "", "public key of who signed it, as in id.example+1a2b3c4d+Ad7...")
	if err := c.MarkFlagRequired("signer"); err != nil {
		panic(err)
	}
	return c
}

// read reads a file that is not larger than a list may be.
func read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "cannot read "+name, "Give a file of locations and parties.")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, listfile.MaxBytes+1))
	if err == nil && len(data) > listfile.MaxBytes {
		err = fault.Newf(fault.TooLarge, "%s is larger than %d MB", name, listfile.MaxBytes>>20).WithHint("Split it.")
	}
	return data, err
}
