package labels

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/label/batch"
	"tagline/internal/thing"
)

// maxLabels is the most labels of one request: their file is made in memory.
const maxLabels = 10_000

// Which is the part of a request that names items: batches, or a lot of a product.
type Which struct {
	Batch []string `query:"batch" maxItems:"10" doc:"Ids that were answered when the things were made"`
	GTIN  string   `query:"gtin" maxLength:"14" doc:"Or a product"`
	Lot   string   `query:"lot" maxLength:"20" doc:"and its lot: all things of it, the oldest first"`
}

// ListIn is the part of a request that says what stands on the labels of a batch.
type ListIn struct {
	Which
	Look
	Also string `query:"also" maxLength:"500" example:"(17)271231" doc:"What all labels carry besides, as an element string"`
}

type pdfIn struct {
	ListIn
	Page       string  `query:"page" enum:"a4,letter,roll" default:"a4" doc:"roll: one label a page, which is as large as the label"`
	Margin     float64 `query:"margin" minimum:"0" maximum:"200" doc:"Millimetres at every edge of the page"`
	Gap        float64 `query:"gap" minimum:"0" maximum:"200" doc:"Millimetres between labels"`
	CellWidth  float64 `query:"cellWidth" minimum:"0" maximum:"2000" doc:"Millimetres of a label; when left out as the first needs"`
	CellHeight float64 `query:"cellHeight" minimum:"0" maximum:"2000"`
	CropMarks  bool    `query:"cropMarks" doc:"Mark in the margins where to cut; they need a margin of 5 mm"`
}

func (d *Desk) batches(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "make-labels", Noted: true, Method: http.MethodPost, Path: "/labels", Action: access.ThingWrite, Group: group,
		Summary: "Make things whose codes are to be printed", Status: http.StatusCreated,
		Words: "Their serials are things at once, so that a tap of one is known. Get the list at `/labels.csv` and the labels at `/labels.pdf`, at any time and as often as you like."}, d.makeLabels)
	frame.Handle(f, frame.Op{ID: "list-labels", Noted: true, Answers: "text/csv", Method: http.MethodGet, Path: "/labels.csv", Action: access.ThingRead, Group: group,
		Summary: "The serials of a batch or a lot, as CSV", Words: "gtin, serial, lot, uri, element_string; the same items in the same order as `/labels.pdf`."},
		func(ctx context.Context, _ access.Actor, in *ListIn) (*file, error) {
			b, warnings, err := d.batch(ctx, in)
			if err != nil {
				return nil, err
			}
			var out bytes.Buffer
			err = b.WriteCSV(ctx, &out, nil)
			return download(fileName(b.GTIN, b.Lot)+".csv", "text/csv; charset=utf-8", out.Bytes(), warnings), below(err)
		})
	frame.Handle(f, frame.Op{ID: "draw-labels", Noted: true, Answers: "application/pdf", Method: http.MethodGet, Path: "/labels.pdf", Action: access.ThingRead, Group: group,
		Summary: "The labels of a batch or a lot, as PDF for print"},
		func(ctx context.Context, _ access.Actor, in *pdfIn) (*file, error) {
			b, warnings, err := d.batch(ctx, &in.ListIn)
			if err != nil {
				return nil, err
			}
			if err := d.sheets.take(ctx); err != nil {
				return nil, err
			}
			defer d.sheets.give()
			var out bytes.Buffer
			made, err := b.WritePDF(ctx, &out, batch.Sheet{Page: batch.Page(in.Page), Margin: in.Margin, Gap: in.Gap,
				CellWidth: in.CellWidth, CellHeight: in.CellHeight, CropMarks: in.CropMarks}, nil)
			return download(fileName(b.GTIN, b.Lot)+".pdf", "application/pdf", out.Bytes(), append(made.Warnings, warnings...)), below(named(err))
		})
}

// named gives the lengths of a sheet the names that they have here.
func named(err error) error {
	f := fault.From(err)
	if f == nil {
		return err
	}
	for i := range f.Fields {
		switch f.Fields[i].Location {
		case "cell width":
			f.Fields[i].Location = "cellWidth"
		case "cell height":
			f.Fields[i].Location = "cellHeight"
		}
	}
	return f
}

// batch gives the items of a request as labels, and what is to be said about them.
func (d *Desk) batch(ctx context.Context, in *ListIn) (batch.Batch, []string, error) {
	b := batch.Batch{Spec: in.spec()}
	items, err := d.items(ctx, in.Which)
	if err != nil {
		return b, nil, err
	}
	b.GTIN, b.Lot = items[0].GTIN, items[0].Lot
	for _, it := range items {
		if it.GTIN != b.GTIN || it.Lot != b.Lot {
			return b, nil, fault.New(fault.Invalid, "the batches are of different products or lots", "Ask for those of one product and lot at a time.").At("query.batch", "differ")
		}
		b.Serials = append(b.Serials, it.Serial)
	}
	if b.Stem, err = d.stem(in.Stem); err != nil {
		return b, nil, err
	}
	if b.More, err = more(in.Also); err != nil {
		return b, nil, err
	}
	first, err := b.Item(0)
	if err != nil && in.Stem == "" && elements(b.Spec.Symbology) {
		b.Stem = "" // some elements stand in no link
		first, err = b.Item(0)
	}
	if err != nil {
		return b, nil, below(err)
	}
	var warnings []string
	if !elements(b.Spec.Symbology) {
		warnings = reach(first.URI)
	}
	return b, warnings, nil
}

// items gives the items that a request names, one at least.
func (d *Desk) items(ctx context.Context, in Which) ([]thing.Item, error) {
	if (len(in.Batch) > 0) == (in.GTIN != "" || in.Lot != "") || len(in.Batch) == 0 && (in.GTIN == "" || in.Lot == "") {
		return nil, fault.New(fault.Invalid, "the request does not say which labels", "Give batch, or gtin and lot.").At("query.batch", "this, or gtin and lot")
	}
	var out []thing.Item
	for _, id := range in.Batch {
		if len(out) >= maxLabels {
			break
		}
		made, err := d.Things.Made(ctx, ident.Event(id))
		if err != nil {
			return nil, err
		}
		out = append(out, made...)
	}
	if len(in.Batch) == 0 {
		var err error
		if out, err = d.lot(ctx, in.GTIN, in.Lot); err != nil {
			return nil, err
		}
	}
	if len(out) > maxLabels {
		return nil, fault.Newf(fault.TooLarge, "there are more than %d things", maxLabels).WithHint("Ask for one batch at a time.")
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "there is no thing of this product and lot", "Make the things first, or look at the spelling of the lot.")
	}
	return out, nil
}

// lot gives the items of a lot, the oldest first, and perhaps one more than
// maxLabels.
func (d *Desk) lot(ctx context.Context, gtin, lot string) ([]thing.Item, error) {
	if normal, err := gs1.NormalizeGTIN(gtin); err == nil {
		gtin = normal
	}
	var out []thing.Item
	f := thing.Filter{GTIN: gtin, Lot: lot, Limit: thing.MaxBatch}
	for len(out) <= maxLabels {
		page, err := d.Things.List(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		if len(page) < f.Limit {
			break
		}
		f.After = page[len(page)-1].ID
	}
	slices.Reverse(out)
	return out, nil
}

func (d *Desk) makeLabels(ctx context.Context, _ access.Actor, in *struct{ Body wire.LabelsRequest }) (*frame.Created[wire.LabelBatch], error) {
	b := in.Body
	if err := printable(b.Lot); err != nil {
		return nil, err
	}
	serials, err := d.serials(b)
	if err != nil {
		return nil, wire.Below("body", err)
	}
	out := wire.LabelBatch{Batches: []string{}, Lot: b.Lot, Warnings: []string{}}
	for part := range slices.Chunk(serials, thing.MaxBatch) {
		id, made, err := d.make(ctx, b, part)
		if err != nil {
			return nil, unfinished(err, out.Count, len(serials))
		}
		if out.Count == 0 {
			out.GTIN, out.First = made[0].GTIN, made[0].Serial
		}
		out.Batches, out.Last, out.Count = append(out.Batches, string(id)), made[len(made)-1].Serial, out.Count+len(made)
	}
	if b.Serials == numbered {
		out.Warnings = append(out.Warnings, batch.Guessable)
	}
	return &frame.Created[wire.LabelBatch]{Location: frame.Base + "/labels.csv?batch=" + strings.Join(out.Batches, ","), Body: out}, nil
}

// printable refuses a lot that no code can carry; of a thing's lot nobody asks that.
func printable(lot string) error {
	if lot == "" {
		return nil
	}
	if _, err := (gs1.Dialect{Part: true}).ParseElements(gs1.FormatElements([]gs1.Element{{AI: gs1.AIBatch, Value: lot}})); err != nil {
		return fault.Wrap(fault.Invalid, err, "no code can carry this lot", "A lot has 1 to 20 characters of GS1's set: no spaces, no accents.").At("body.lot", "not a lot")
	}
	return nil
}

// make makes the things of a part. A drawn serial that a thing has already is no
// fault of the caller's: others are drawn.
func (d *Desk) make(ctx context.Context, b wire.LabelsRequest, serials []string) (id ident.Event, made []thing.Item, err error) {
	for range drawAgain {
		id, made, err = d.Things.MakeBatch(ctx, thing.Batch{GTIN: b.GTIN, Serials: serials, Lot: b.Lot, Market: b.Market})
		if !fault.Is(err, fault.Conflict) {
			return id, made, wire.Below("body", err)
		}
		if b.Serials == numbered {
			return "", nil, fault.Wrap(fault.Conflict, err, fault.From(err).Message, "Begin with a higher number, or take another prefix.").At("body.first", "is taken")
		}
		b.Count = len(serials)
		if serials, err = d.serials(b); err != nil {
			return "", nil, err
		}
	}
	return "", nil, fault.New(fault.Conflict, "nearly all serials of this length are taken", "Take longer ones.").At("body.length", "is too short")
}

// drawAgain is how often serials are drawn before the length is called too short.
const drawAgain = 4

// numbered is the wish for serials that count up.
const numbered = "numbered"

// serials makes the serials of a batch.
func (d *Desk) serials(b wire.LabelsRequest) ([]string, error) {
	if b.Serials == numbered {
		if b.Length != 0 {
			return nil, fault.New(fault.Invalid, "a length goes with random serials", "Leave it out, or ask for random ones.").At("length", "goes with random serials")
		}
		first := 1
		if b.First != nil {
			first = *b.First
		}
		return batch.Numbered(b.Prefix, first, b.Count, 0)
	}
	if b.Prefix != "" || b.First != nil {
		return nil, fault.New(fault.Invalid, "a prefix and a first number go with numbered serials", "Leave them out, or ask for numbered ones.").At("prefix", "goes with numbered serials")
	}
	if b.Length == 0 {
		b.Length = batch.DefaultLength
	}
	return batch.Serials(d.Chance, b.Count, b.Length, nil)
}

// unfinished says how far a batch of several thousand came.
func unfinished(err error, done, all int) error {
	if done == 0 {
		return err
	}
	f := fault.From(err)
	return fault.Wrap(f.Code, err, fmt.Sprintf("%d of %d things were made, then: %s", done, all, f.Message),
		"They are in the lot, and can be listed by product and lot. Make the rest as another batch.")
}
