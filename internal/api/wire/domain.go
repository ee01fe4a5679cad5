package wire

import (
	"context"
	"time"

	"tagline/internal/content"
	"tagline/internal/keyset"
	"tagline/internal/life"
	"tagline/internal/product"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/ntag424"
)

// Labels say what products are called.
type Labels struct{ catalogue *product.Catalogue }

// LabelsFrom takes them from the catalogue in memory.
func LabelsFrom(ctx context.Context, products *product.Service) (Labels, error) {
	c, err := products.Catalogue(ctx)
	return Labels{c}, err
}

// Of gives the label of a product, nil when there is no such product.
func (l Labels) Of(gtin string) *ProductLabel {
	p, ok := l.catalogue.Product(gtin)
	if !ok {
		return nil
	}
	name, _ := p.Name.In()
	image, _, _ := l.catalogue.ImageURL(p.Image)
	return &ProductLabel{Name: name, Brand: p.Brand, Image: image}
}

// Named gives the label of a product; one that was deleted has its GTIN for a name.
func (l Labels) Named(gtin string) ProductLabel {
	if label := l.Of(gtin); label != nil {
		return *label
	}
	return ProductLabel{Name: gtin}
}

// GTIN gives the 14 digits of a GTIN; what is none stays as it is.
func GTIN(s string) string {
	if gtin, err := product.ParseGTIN(s); err == nil {
		return gtin
	}
	return s
}

// ThingOf shapes an item; base is the address of this server.
func ThingOf(it thing.Item, labels Labels, base string) Thing {
	path, err := thing.Ref{GTIN: it.GTIN, Serial: it.Serial}.Path()
	if err == nil {
		path = base + path
	}
	return Thing{
		ID: string(it.ID), GTIN: it.GTIN, Serial: it.Serial, Lot: it.Lot, Product: labels.Of(it.GTIN), DigitalLink: path,
		Seal: string(it.Seal), Life: string(it.Stage), Epoch: it.Epoch, Market: it.Market,
		Alarms: Each(it.Alarms, func(a life.Alarm) string { return string(a.Code) }),
		MadeAt: When(it.Life.Made.At), SoldAt: When(it.Life.Sold.At), OpenedAfter: When(it.Life.Opened.NotBefore), OpenedAt: When(it.Life.Opened.At),
		DrainedAt: When(it.Life.Drained.At), RecalledAt: When(it.Life.Recalled.At), LastTapAt: When(it.LastTap), Taps: it.Taps,
	}
}

// RefOf names an item.
func RefOf(it thing.Item) ThingRef {
	return ThingRef{ID: string(it.ID), GTIN: it.GTIN, Serial: it.Serial}
}

// ChipOf shapes a chip; of is the item that carries it.
func ChipOf(c tag.Chip, of *ThingRef) Chip {
	shape := Chip{ID: string(c.ID), Set: c.Set, Epoch: c.Epoch, UID: c.Masked, Thing: of, Status: string(c.Status), LastTapAt: When(c.LastTap),
		Virtual: c.Virtual, Batch: string(c.Batch), CreatedAt: c.Created}
	if c.LastCounter >= 0 {
		shape.LastCounter = &c.LastCounter
	}
	return shape
}

// VirtualOf shapes a virtual bottle; e is its key set's epoch, nil when it is gone.
func VirtualOf(c tag.VirtualChip, it thing.Item, label ProductLabel, e *keyset.Epoch) VirtualBottle {
	loop := "closed"
	if c.LoopOpen {
		loop = "open"
	}
	return VirtualBottle{Chip: string(c.ID), Thing: RefOf(it), Product: label, Set: c.Set, Loop: loop, Counter: c.Counter,
		Seal: string(it.Seal), Life: string(it.Stage), Tells: e != nil && e.Tampers(), LastURL: c.LastURL}
}

// StoryOf shapes an entry of an item's story.
func StoryOf(e story.Entry) StoryEntry {
	return StoryEntry{Event: string(e.Event), Seq: e.Seq, At: e.At, RecordedAt: e.Recorded, Type: e.Type, Class: string(e.Class), Source: e.Source,
		Title: e.Title, Tone: string(e.Tone), Cause: string(e.Cause), Country: e.Market, Step: e.Step, Code: e.Code,
		Details: Each(e.Details, func(d story.Detail) Detail { return Detail(d) })}
}

// TapOf shapes a tap.
func TapOf(labels Labels) func(life.TapEntry) Tap {
	return func(e life.TapEntry) Tap {
		t := Tap{Event: string(e.Event), Seq: e.Seq, At: e.At, Result: string(e.Result), Step: e.Step, Code: e.Code, Hint: TapHint(e.Code), Tier: e.Tier,
			Seal: sealOf(e.Tamper), Set: e.Set, Chip: string(e.Chip), Country: e.Market, Suppressed: e.Suppressed, Test: e.Test}
		if e.Chip != "" {
			t.Counter = &e.Counter
		}
		if e.Serial != "" {
			t.Thing = &ThingRef{ID: string(e.Thing), GTIN: e.GTIN, Serial: e.Serial}
		}
		if e.GTIN != "" {
			t.Product = &TapProduct{GTIN: e.GTIN, Name: labels.Named(e.GTIN).Name}
		}
		return t
	}
}

// sealOf reads the two letters of a tamper status (NT4H2421Tx).
func sealOf(letters string) string {
	switch letters {
	case "":
		return ""
	case "CC":
		return string(life.Sealed)
	case "OO", "OC", "CO":
		return string(life.Opened)
	}
	return string(life.SealUnknown)
}

// TapHint says what a person can do about a tap that was refused.
func TapHint(code string) string {
	switch ntag424.Code(code) {
	case ntag424.ErrTemplateMismatch:
		return "The URL is not of the form of this key set: was a part cut off, or the tag encoded with another template?"
	case ntag424.ErrBadHex:
		return "A character was damaged on the way: compare the URL with the template."
	case ntag424.ErrUnknownKeySet:
		return "Import the key set, or correct its name in the tag's URL."
	case ntag424.ErrRetiredKeySet:
		return "The key set was retired. If its tags are still in use, begin a new epoch and encode them again."
	case ntag424.ErrModeRefused:
		return "The tag speaks another mode than the key set allows."
	case ntag424.ErrPICC, ntag424.ErrMAC:
		return "The tag was encoded with other keys, or the URL was made up: diagnose it."
	case ntag424.ErrReplay:
		return "The same link was opened again, or shared: it proves nothing a second time."
	case ntag424.ErrOutOfOrder:
		return "A newer tap of this tag was seen before: a stored or copied link."
	case ntag424.ErrExhausted:
		return "The tag has reached the end of its counter: replace it."
	case ntag424.ErrUnknownTag:
		return "The message is right, but the tag is not registered: was a batch not imported, or is it a counterfeit of your own stock?"
	case ntag424.ErrBlockedTag:
		return "The tag was blocked. Unblock it if that was a mistake."
	case ntag424.ErrTTInvalid:
		return "The tamper detection of this chip was never switched on: correct the personalisation."
	case ntag424.ErrTTUnsupported:
		return "The chip has no tamper loop, so it says nothing of the seal."
	}
	return ""
}

// KeySetOf shapes an epoch of a key set with the number of its chips.
func KeySetOf(k keyset.KeySet, chips int64) KeySet {
	return KeySet{Name: k.Name, Epoch: k.Epoch, Scheme: string(k.Scheme), Mode: k.Mode.String(), MetaSlot: k.MetaSlot, FileSlot: k.FileSlot,
		SystemID: k.SystemID, Template: k.Template, Options: optionsOf(k.Options), State: string(k.State), Test: k.Test,
		Checks: KeyChecks(k.Checks), Chips: chips, CreatedAt: k.CreatedAt, RetiredAt: When(k.RetiredAt)}
}

func optionsOf(o ntag424.Options) *TemplateOptions {
	return &TemplateOptions{File: o.File, MACFrom: o.MACFrom, Prefix: o.Prefix, Foreign: o.Foreign, Limit: o.Limit}
}

// Domain gives the options as package ntag424 knows them.
func (o *TemplateOptions) Domain() *ntag424.Options {
	if o == nil {
		return nil
	}
	return &ntag424.Options{File: o.File, MACFrom: o.MACFrom, Prefix: o.Prefix, Foreign: o.Foreign, Limit: o.Limit}
}

// Domain gives the keys as package keyset knows them.
func (k *Keys) Domain() *keyset.Keys {
	if k == nil {
		return nil
	}
	return &keyset.Keys{Meta: k.Meta, Master: k.Master}
}

// EncodingOf shapes what an encoder writes.
func EncodingOf(e keyset.Encoding) Encoding {
	return Encoding{Set: e.Set, Epoch: e.Epoch, URL: e.URL, NDEF: e.NDEF, Settings: e.Settings,
		Offsets: Each(e.Offsets, func(o keyset.Offset) Offset { return Offset(o) })}
}

// DiagnosisOf shapes what is wrong with a tag's URL.
func DiagnosisOf(d tag.Diagnosis) Diagnosis {
	shape := Diagnosis{Verdict: "refused", Code: string(d.Code), Set: d.Set, Epoch: d.Epoch,
		Steps: Each(d.Steps, func(s tag.Step) DiagnosisStep {
			return DiagnosisStep{Step: s.Step, OK: s.OK, Code: string(s.Code), Text: s.Text}
		}),
		Findings: Each(d.Findings, func(f tag.Finding) Finding { return Finding(f) })}
	if d.OK {
		shape.Verdict = "genuine"
	}
	if d.Read != nil {
		shape.Read = &TagRead{Counter: &d.Read.Counter, Seal: sealOf(d.Read.Tamper.Letters()), Mode: d.Read.Mode.String(), Tier: d.Read.Tier.String(),
			UID: d.Read.UID, Chip: string(d.Read.Chip)}
	}
	return shape
}

// PreviewOf shapes a choice of content.
func PreviewOf(f Facts, c content.Choice) (Preview, error) {
	p := Preview{Facts: f, AskAge: c.AskAge, Chosen: []Chosen{},
		Why: Each(c.Why, func(r content.Reason) Reason {
			return Reason{Name: r.Name, Chosen: r.Chosen, Code: string(r.Code), Reason: r.Words()}
		})}
	for _, chosen := range c.Items {
		text, err := Recast[Text](chosen.Text)
		if err != nil {
			return p, err
		}
		p.Chosen = append(p.Chosen, Chosen{Name: chosen.Item.Name, Locale: chosen.Locale, Text: text})
	}
	return p, nil
}

// DomainFacts gives the facts of a preview as package content knows them, but for
// the product.
func (f Facts) DomainFacts() content.Facts {
	d := content.Facts{Placement: f.Placement, Seal: f.Seal, Life: f.Life, Result: f.Tap, Tier: f.Tier, Channel: f.Channel, Market: f.Market}
	if f.Locale != "" {
		d.Locales = []string{f.Locale}
	}
	if f.AgeConfirmed {
		d.Age = content.OfAge
	}
	if f.OpenedAt != nil {
		d.Opened = *f.OpenedAt
	}
	return d
}

// SeriesOf shapes the buckets of a period.
func SeriesOf(buckets []story.Bucket) []Bucket {
	return Each(buckets, func(b story.Bucket) Bucket {
		return Bucket{At: b.At, Genuine: b.Results[life.ResultGenuine] + b.Results[life.ResultRepeat], Replayed: b.Results[life.ResultReplayed],
			Refused: b.Results[life.ResultRefused], Plain: b.Results[life.ResultPlain]}
	})
}

// OrNow gives the time, or now when there is none.
func OrNow(t *time.Time, now time.Time) time.Time {
	if t == nil {
		return now
	}
	return *t
}

// AllTaps counts the taps of a period, whatever came of them.
func AllTaps(s story.Stats) (n int64) {
	for _, of := range s.Results {
		n += of
	}
	return n
}
