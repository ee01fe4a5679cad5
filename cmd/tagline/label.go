package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tagline/internal/fault"
	"tagline/internal/label"
)

// labelLook are the flags that say how a label looks.
type labelLook struct {
	symbology string
	domain    string
	spec      label.Spec
	level     string
}

func (k *labelLook) add(c *cobra.Command, symbology label.Symbology) {
	f := c.Flags()
	f.StringVar(&k.symbology, "symbology", string(symbology), "qr, datamatrix (both carry a Digital Link), gs1-datamatrix or gs1-qr (an element string)")
	f.StringVar(&k.domain, "domain", "", "where links of an element string lead, such as https://id.example")
	f.Float64Var(&k.spec.XDimension, "x", label.DefaultXDimension, "X-dimension: width of a module in mm")
	f.IntVar(&k.spec.DPI, "dpi", 0, "the printer's resolution: modules become whole dots (default: any printer; 600 in a PNG)")
	f.IntVar(&k.spec.QuietZone, "quiet", 0, "quiet zone in modules, never less than the symbology's (default: 4 for qr, 1 for the others)")
	f.BoolVar(&k.spec.HRI, "hri", true, "write the human readable interpretation below")
	f.StringVar(&k.spec.Text, "text", "", "one line of free text below")
	f.StringVar(&k.level, "level", "M", "error correction of a qr: L, M, Q or H")
	f.BoolVar(&k.spec.Compact, "compact", false, "scheme and host in capital letters, for a smaller qr")
	f.Float64Var(&k.spec.MaxWidth, "width", 0, "mm that the label may be wide (default: as its lines need)")
}

// read gives the look; a name that is none is misuse.
func (k *labelLook) read() (label.Spec, error) {
	var err error
	if k.spec.Symbology, err = label.ParseSymbology(k.symbology); err != nil {
		return k.spec, flagFault("--symbology", err)
	}
	k.spec.Level = label.Level(k.level)
	return k.spec, nil
}

// flagFault makes a fault of a flag's value a misuse that keeps its hint.
func flagFault(flag string, err error) error {
	f := fault.From(err)
	return misuse{errors.New(strings.TrimSpace(fmt.Sprintf("%s: %s. %s", flag, f.Message, f.Hint)))}
}

// asMisuse finds the flag that a fault is about: a value that no label can have is
// a wrong call, while data that are wrong are refused.
func asMisuse(err error) error {
	flags := map[string]string{"xDimension": "--x", "dpi": "--dpi", "quietZone": "--quiet", "level": "--level", "maxWidth": "--width", "text": "--text",
		"count": "--count", "length": "--length", "first": "--first", "prefix": "--prefix", "margin": "--margin", "gap": "--gap",
		"cell width": "--cell-width", "cell height": "--cell-height"}
	f := fault.From(err)
	if f == nil || f.Code != fault.Invalid {
		return err
	}
	for _, field := range f.Fields {
		if flag, ok := flags[field.Location]; ok {
			return flagFault(flag, err)
		}
	}
	return err
}

func newLabel(s *streams) *cobra.Command {
	var (
		look        labelLook
		format, out string
	)
	c := &cobra.Command{
		Use:   "label URI_OR_ELEMENT_STRING",
		Short: "Draw a code for print as SVG, PNG or PDF",
		Long: `Draw one label: a QR code or Data Matrix with a Digital Link, or a GS1 DataMatrix with an
element string, with quiet zone and human readable interpretation, at a stated X-dimension.
A URI is printed byte for byte; an element string becomes a link of --domain where the
symbology carries one. Nothing leaves this machine. Sizes and warnings go to standard error.`,
		Example: `  tagline label '(01)09506000164908(21)A1' --symbology gs1-datamatrix -o label.svg
  tagline label 'https://id.example/01/09506000164908/21/A1' --x 0.5 --dpi 300 -o label.png
  tagline label '(01)09506000164908' --domain https://id.example --compact --format pdf -o label.pdf`,
		Args: argsAre(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			spec, err := look.read()
			if err != nil {
				return err
			}
			kind, err := formatOf(format, out)
			if err != nil {
				return err
			}
			if spec.Data, err = label.ParseData(args[0], strings.TrimSuffix(look.domain, "/")); err != nil {
				return err
			}
			l, err := label.New(spec)
			if err != nil {
				return asMisuse(err)
			}
			if out == "" && kind != label.SVG && isTerminal(s.out) {
				return misuse{errors.New("a terminal shows no picture: name a file with -o")}
			}
			var file bytes.Buffer
			if err := l.Write(&file, kind); err != nil {
				return err
			}
			if out == "" {
				_, err = s.out.Write(file.Bytes())
			} else {
				err = os.WriteFile(out, file.Bytes(), 0o644)
			}
			if err != nil {
				return err
			}
			x, where := l.XDimension, ""
			if kind == label.PNG {
				r := l.Raster()
				x, where = r.XDimension, fmt.Sprintf(", %d by %d dots at %d dpi", r.Width, r.Height, r.DPI)
			}
			fmt.Fprintf(s.err, "%s %s, %d modules, %.1f by %.1f mm%s, X-dimension %.3f mm\n",
				l.Symbology.Title(), l.Identifier, l.Modules.Size, l.Width*x/l.XDimension, l.Height*x/l.XDimension, where, x)
			warn(s, l.Warnings)
			return nil
		},
	}
	look.add(c, label.QR)
	c.Flags().StringVar(&format, "format", "", "svg, png or pdf (default: by the file's name, else svg)")
	c.Flags().StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	c.AddCommand(newLabelBatch(s))
	return c
}

// formatOf takes the format that was named, or that the file's name ends in.
func formatOf(format, out string) (label.Format, error) {
	if format == "" {
		format = strings.TrimPrefix(filepath.Ext(out), ".")
	}
	if format == "" {
		return label.SVG, nil
	}
	kind, err := label.ParseFormat(format)
	if err != nil {
		return "", flagFault("--format", err)
	}
	return kind, nil
}

func warn(s *streams, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintf(s.err, "Note: %s\n", w)
	}
}
