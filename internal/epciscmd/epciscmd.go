package epciscmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/epcis/xmldoc"
	"tagline/internal/client"
	"tagline/internal/fault"
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
		Use:   "epcis",
		Short: "Check and capture EPCIS documents",
		Long: `Check documents of supply-chain events (EPCIS 2.0 in JSON or XML, EPCIS 1.2 in XML), and send
them to a running server.`,
		Example: `  tagline epcis check shipment.json
  tagline epcis capture shipment.json --key KEY`,
	}
	c.AddCommand(newCheck(s), newCapture(s))
	return c
}

// media gives the media type of a file by its name.
func media(name string) (string, bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonld":
		return "application/json", true
	case ".xml":
		return "application/xml", true
	}
	return "", false
}

func (s Shell) open(name string) (*os.File, string, error) {
	kind, ok := media(name)
	if !ok {
		return nil, "", s.Misuse(fmt.Errorf("%s: the name of a document ends in .json, .jsonld or .xml", filepath.Base(name)))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, "", fault.Wrap(fault.NotFound, err, "cannot read "+name, "Give a file with an EPCIS document.")
	}
	return f, kind, nil
}

// reader is what both formats give.
type reader interface{ Next() (epcis.Item, error) }

func newCheck(s Shell) *cobra.Command {
	strict := false
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a document without a server",
		Long: `Check a document as a capture would, without a server: its form, its vocabulary, check digits,
and the rules that schemas cannot see. Every problem is named with its line. Exit code 1 means
that events would be refused.`,
		Example: `  tagline epcis check shipment.json
  tagline epcis check shipment.xml --strict`,
		Args: s.Args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			f, kind, err := s.open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			limits := epcis.Limits{Strict: strict}
			var r reader
			if kind == "application/xml" {
				r, err = xmldoc.Open(f, limits)
			} else {
				r, err = jsondoc.Open(f, limits)
			}
			return s.check(r, err)
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "refuse what the schemas forbid and others write all the same, and count warnings as errors")
	return c
}

// check reads all events and tells what is wrong with them.
func (s Shell) check(r reader, err error) error {
	events, refused, warnings := 0, 0, 0
	for err == nil {
		var item epcis.Item
		if item, err = r.Next(); err != nil {
			break
		}
		events++
		for _, p := range item.Problems {
			word := "error"
			if p.Warning {
				word = "warning"
				warnings++
			}
			fmt.Fprintf(s.Err, "%s: %s\n", word, p.Error())
		}
		if item.Refused() {
			refused++
		}
	}
	if p, ok := errors.AsType[epcis.Problem](err); ok {
		fmt.Fprintf(s.Err, "error: %s\n", p.Error())
		fmt.Fprintf(s.Out, "the document cannot be read to its end; %d events were\n", events)
		return s.Refused
	}
	if err != io.EOF {
		return err
	}
	fmt.Fprintf(s.Out, "%d events, %d would be refused, %d warnings\n", events, refused, warnings)
	if refused > 0 {
		return s.Refused
	}
	return nil
}

func newCapture(s Shell) *cobra.Command {
	var (
		proceed bool
		connect func() (*client.Client, error)
	)
	c := &cobra.Command{
		Use:   "capture FILE",
		Short: "Send a document to a server and wait until it is taken in",
		Long: `Send a document to a server and wait until it is taken in. All of its events are kept or, when
one is wrong, none; with --proceed the good ones are kept. Events that the server has already
are not counted twice, so that a document may be sent again.`,
		Example: `  tagline epcis capture shipment.json --server https://id.example --key KEY
  tagline epcis capture shipment.xml --proceed --key KEY`,
		Args: s.Args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			f, kind, err := s.open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			api, err := connect()
			if err != nil {
				return err
			}
			job, err := api.Capture(c.Context(), kind, f, proceed, nil)
			if err != nil {
				return err
			}
			for _, e := range job.Errors {
				fmt.Fprintf(s.Err, "error: %s: %s\n", e.Pointer, e.Detail)
			}
			n := job.Counts
			fmt.Fprintf(s.Out, "%s: %d events, %d stored, %d were there already, %d refused\n", job.ID, n.Events, n.Stored, n.Repeated, n.Refused)
			if !job.Success {
				return s.Refused
			}
			return nil
		},
	}
	c.Flags().BoolVar(&proceed, "proceed", false, "keep the good events when others are wrong")
	connect = s.Remote(c)
	return c
}
