package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/label"
	"tagline/internal/label/batch"
)

// labelRun are the flags of a batch beside its look.
type labelRun struct {
	look            labelLook
	gtin, lot, also string
	count, length   int
	prefix, known   string
	first           int
	numbered        bool
	csv, pdf        string
	page            string
	sheet           batch.Sheet
}

func newLabelBatch(s *streams) *cobra.Command {
	var r labelRun
	c := &cobra.Command{
		Use:   "batch --gtin GTIN --count N",
		Short: "Make serials that nobody can guess, their list and their labels",
		Long: `Make a batch of labels for items of one product: serials of a secure random source, the
list of them as CSV (gtin, serial, lot, uri, element_string), and the labels as PDF, on sheets
or on a roll. With --numbered the serials are a prefix and a counter, which anyone can guess.
Files are never written over: a list of serials may be the only one. Nothing leaves this machine.`,
		Example: `  tagline label batch --gtin 09506000164908 --lot L7 --count 500 --domain https://id.example --csv l7.csv --pdf l7.pdf
  tagline label batch --gtin 09506000164908 --count 1000 --symbology gs1-datamatrix --page roll --margin 1 --pdf roll.pdf --csv roll.csv
  tagline label batch --gtin 09506000164908 --count 100 --known l7.csv --domain https://id.example --csv more.csv`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return asMisuse(r.run(c, s)) },
	}
	r.look.add(c, label.QR)
	f := c.Flags()
	f.StringVar(&r.gtin, "gtin", "", "the product's GTIN, 8 to 14 digits")
	f.StringVar(&r.lot, "lot", "", "lot of all items")
	f.StringVar(&r.also, "also", "", "what all items carry besides, as an element string: '(17)271231'")
	f.IntVar(&r.count, "count", 0, "number of labels, 1 to 100000")
	f.IntVar(&r.length, "length", batch.DefaultLength, "characters of a serial, 8 to 20; five bits of chance each")
	f.StringVar(&r.known, "known", "", "a list of earlier serials (CSV with a column serial, or one a line) that are not to be issued again")
	f.BoolVar(&r.numbered, "numbered", false, "count instead of drawing: guessable")
	f.StringVar(&r.prefix, "prefix", "", "what stands before the number, with --numbered")
	f.IntVar(&r.first, "first", 1, "number to begin with, with --numbered")
	f.StringVar(&r.csv, "csv", "", "file for the list")
	f.StringVar(&r.pdf, "pdf", "", "file for the labels")
	f.StringVar(&r.page, "page", "a4", "a4, letter or roll (one label a page)")
	f.Float64Var(&r.sheet.Margin, "margin", 10, "mm at the edges of the page (of a roll: default 0)")
	f.Float64Var(&r.sheet.Gap, "gap", 2, "mm between labels")
	f.Float64Var(&r.sheet.CellWidth, "cell-width", 0, "mm of a label (default: as the first needs)")
	f.Float64Var(&r.sheet.CellHeight, "cell-height", 0, "mm of a label (default: as the first needs)")
	f.BoolVar(&r.sheet.CropMarks, "crop-marks", false, "mark in the margins where to cut")
	return c
}

func (r *labelRun) run(c *cobra.Command, s *streams) (err error) {
	b, err := r.batch(c)
	if err != nil {
		return err
	}
	if r.numbered {
		b.Serials, err = batch.Numbered(r.prefix, r.first, r.count, 0)
	} else {
		var known map[string]bool
		if known, err = readKnown(r.known); err != nil {
			return err
		}
		b.Serials, err = batch.Serials(ident.Chance(), r.count, r.length, func(serial string) bool { return known[serial] })
	}
	if err != nil {
		return err
	}
	first, err := b.Label(0) // what is wrong with one is wrong before a file is made
	if err != nil {
		return err
	}
	// Either all files are there and whole, or none is.
	var made, done []string
	defer func() {
		if err != nil {
			for _, name := range made {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	write := func(name string, content func(io.Writer) error) error {
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return fault.New(fault.Conflict, fmt.Sprintf("%s is there already", name), "Name another file: these serials may have been printed.")
		}
		if err != nil {
			return err
		}
		made = append(made, name)
		out := bufio.NewWriterSize(file, 1<<16)
		return errors.Join(content(out), out.Flush(), file.Close())
	}
	if r.csv != "" {
		if err := write(r.csv, func(w io.Writer) error { return b.WriteCSV(c.Context(), w, nil) }); err != nil {
			return err
		}
		done = append(done, fmt.Sprintf("%d serials in %s", len(b.Serials), r.csv))
	}
	if r.pdf != "" {
		var m batch.Made
		if err := write(r.pdf, func(w io.Writer) (err error) { m, err = r.sheets(c.Context(), s, b, w); return err }); err != nil {
			return err
		}
		done = append(done, fmt.Sprintf("%d labels of %.1f by %.1f mm on %d pages in %s, X-dimension %.3f mm", m.Labels, m.CellWidth, m.CellHeight, m.Pages, r.pdf, m.XDimension))
	}
	for _, line := range done {
		fmt.Fprintln(s.out, line)
	}
	warn(s, first.Warnings)
	if r.numbered {
		warn(s, []string{batch.Guessable})
	}
	return nil
}

func (r *labelRun) sheets(ctx context.Context, s *streams, b batch.Batch, w io.Writer) (batch.Made, error) {
	bar := newProgress(s.err, "labels")
	defer bar.end()
	return b.WritePDF(ctx, w, r.sheet, bar.set)
}

// batch reads the flags.
func (r *labelRun) batch(c *cobra.Command) (b batch.Batch, err error) {
	changed := c.Flags().Changed
	switch {
	case r.gtin == "":
		return b, misuse{errors.New("--gtin is missing: which product is it?")}
	case r.count == 0:
		return b, misuse{errors.New("--count is missing: how many labels?")}
	case r.csv == "" && r.pdf == "":
		return b, misuse{errors.New("there is nothing to write: give --csv FILE, --pdf FILE or both")}
	case r.csv == r.pdf:
		return b, misuse{errors.New("--csv and --pdf are the same file")}
	case !r.numbered && (changed("prefix") || changed("first")):
		return b, misuse{errors.New("--prefix and --first go with --numbered")}
	case r.numbered && (changed("length") || changed("known")):
		return b, misuse{errors.New("--length and --known go with random serials, not with --numbered")}
	}
	if b.Spec, err = r.look.read(); err != nil {
		return b, err
	}
	if r.sheet.Page, err = batch.ParsePage(r.page); err != nil {
		return b, flagFault("--page", err)
	}
	if r.sheet.Page == batch.Roll && !changed("margin") {
		r.sheet.Margin = 0
	}
	if r.also != "" {
		if b.More, err = (gs1.Dialect{Part: true}).ParseElements(r.also); err != nil {
			return b, misuse{fmt.Errorf("--also: %w", err)}
		}
	}
	b.GTIN, b.Lot, b.Stem = r.gtin, r.lot, strings.TrimSuffix(r.look.domain, "/")
	return b, nil
}

// readKnown reads serials that were issued before.
func readKnown(name string) (map[string]bool, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, fmt.Sprintf("cannot read %s", name), "Give the CSV of an earlier batch, or a file with one serial a line.")
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	known, column := map[string]bool{}, 0
	for line := 1; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return known, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, fmt.Sprintf("%s is no CSV: %s", name, err), "Give the CSV of an earlier batch, or a file with one serial a line.")
		}
		if line == 1 {
			header := false
			for i, cell := range row {
				if strings.EqualFold(strings.TrimSpace(cell), "serial") {
					column, header = i, true
				}
			}
			if header {
				continue
			}
			if len(row) > 1 {
				return nil, fault.Newf(fault.Invalid, "%s has no column named serial", name).WithHint("Name the columns in the first line.")
			}
		}
		if column < len(row) {
			known[strings.TrimSpace(row[column])] = true
		}
	}
}
