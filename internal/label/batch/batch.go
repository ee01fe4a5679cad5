package batch

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/label"
)

// Batch is many items of one product, and how their labels look.
type Batch struct {
	GTIN    string        // 8, 12, 13 or 14 digits
	Lot     string        // may be empty
	More    []gs1.Element // what all items carry besides, such as {17 271231}
	Stem    string        // where the links lead, "https://id.example"; may be empty for gs1-datamatrix
	Serials []string
	Spec    label.Spec // of each label; its Data are set here
}

// Item is one label's content.
type Item struct {
	GTIN, Serial, Lot string
	URI               string // as printed; the canonical one if the batch has no stem
	Elements          string // bracketed, "(01)09506000164908(21)…"
	Data              label.Data
}

// Progress is told how many of all are done; it may be nil.
type Progress func(done, total int)

func (p Progress) tell(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// Check looks at the batch as a whole: bounds, repeated serials, and every serial's
// characters. It draws nothing.
func (b Batch) Check() error {
	if err := checkCount(len(b.Serials)); err != nil {
		return err
	}
	first := make(map[string]int, len(b.Serials))
	for i, serial := range b.Serials {
		if j, twice := first[serial]; twice {
			return fault.Newf(fault.Conflict, "items %d and %d have the same serial %q", j+1, i+1, serial).WithHint("Every item needs its own.")
		}
		first[serial] = i
		if _, err := b.Item(i); err != nil {
			return err
		}
	}
	return nil
}

// Item gives the content of label i, counted from 0.
func (b Batch) Item(i int) (Item, error) {
	gtin, err := gs1.NormalizeGTIN(b.GTIN)
	if err != nil {
		return Item{}, fault.Wrap(fault.Invalid, err, "the GTIN is not valid: "+err.Error(), "Give its 8, 12, 13 or 14 digits, check digit included.").At("gtin", "is not valid")
	}
	item := Item{GTIN: gtin, Serial: b.Serials[i], Lot: b.Lot}
	elements := []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}}
	if b.Lot != "" {
		elements = append(elements, gs1.Element{AI: gs1.AIBatch, Value: b.Lot})
	}
	elements = append(elements, gs1.Element{AI: gs1.AISerial, Value: item.Serial})
	elements = append(elements, b.More...)
	if item.Data, err = label.FromElements(elements, b.Stem); err != nil {
		return Item{}, numbered(i, err)
	}
	if b.Spec.Compact && b.Spec.Symbology == label.QR {
		item.Data = item.Data.Compact()
	}
	item.Elements = gs1.FormatElements(item.Data.Elements())
	if item.URI = item.Data.URI(); item.URI == "" {
		if item.URI, err = gs1.FormatLink(gs1.CanonicalStem, elements); err != nil {
			item.URI = "" // elements that stand in no link
		}
	}
	return item, nil
}

// Label draws label i.
func (b Batch) Label(i int) (*label.Label, error) {
	item, err := b.Item(i)
	if err != nil {
		return nil, err
	}
	spec := b.Spec
	spec.Data = item.Data
	l, err := label.New(spec)
	if err != nil {
		return nil, numbered(i, err)
	}
	return l, nil
}

// numbered says which label of the batch is meant.
func numbered(i int, err error) error {
	f := fault.From(err)
	out := fault.Wrap(f.Code, err, fmt.Sprintf("label %d: %s", i+1, f.Message), f.Hint)
	out.Fields = f.Fields
	return out
}

// WriteCSV writes a header and one row an item, as RFC 4180 has it:
//
//	gtin,serial,lot,uri,element_string
//
// Rows reach w while they are made.
func (b Batch) WriteCSV(ctx context.Context, w io.Writer, progress Progress) error {
	if err := b.Check(); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"gtin", "serial", "lot", "uri", "element_string"}); err != nil {
		return err
	}
	for i := range b.Serials {
		if err := ctx.Err(); err != nil {
			return err
		}
		item, err := b.Item(i)
		if err != nil {
			return err
		}
		if err := out.Write([]string{item.GTIN, item.Serial, item.Lot, item.URI, item.Elements}); err != nil {
			return err
		}
		progress.tell(i+1, len(b.Serials))
	}
	out.Flush()
	return out.Error()
}
