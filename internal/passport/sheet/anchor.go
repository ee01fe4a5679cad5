package sheet

import (
	"errors"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
)

// Level is how fine a passport is: for a model, a batch or an item (ESPR Article
// 9(2)(d)).
type Level string

// The levels, from the coarsest.
const (
	Model Level = "model"
	Batch Level = "batch"
	Item  Level = "item"
)

// Anchor names what a passport is about: a GTIN of 14 digits and at most one of lot
// and serial.
type Anchor struct {
	GTIN   string `json:"gtin"`
	Lot    string `json:"lot,omitempty"`
	Serial string `json:"serial,omitempty"`
}

// NewAnchor checks and normalises an anchor. A GTIN may have 8, 12, 13 or 14 digits.
//
// Errors: Invalid, with the part that is wrong.
func NewAnchor(gtin, lot, serial string) (Anchor, error) {
	full, err := gs1.NormalizeGTIN(gtin)
	if err != nil {
		return Anchor{}, wrongKey(err, "gtin", "A GTIN has 8, 12, 13 or 14 digits; the last one is a check digit.")
	}
	if lot != "" && serial != "" {
		return Anchor{}, fault.New(fault.Invalid, "a passport stands at a lot or at a serial, not at both", "Give the serial, and name its lot as ofLot.").At("lot", "with a serial")
	}
	a := Anchor{full, lot, serial}
	for _, q := range a.elements()[1:] {
		if _, err := gs1.NewLink([]gs1.Element{{AI: "01", Value: full}, q}); err != nil {
			field := map[string]string{"10": "lot", "21": "serial"}[q.AI]
			return Anchor{}, wrongKey(err, field, "It has 1 to 20 letters, digits and signs, as on the label.")
		}
	}
	return a, nil
}

// wrongKey makes a fault of what package gs1 says.
func wrongKey(err error, field, hint string) error {
	text := err.Error()
	var wrong *gs1.Error
	if errors.As(err, &wrong) {
		text = strings.TrimSuffix(wrong.Message, ".")
	}
	return fault.New(fault.Invalid, "the "+field+" cannot be read: "+text, hint).At(field, text)
}

// ParsePath reads the path of a Digital Link: an anchor, and the lot that an item's
// path may carry as well.
//
// Errors: Invalid for a path that names something else than a trade item.
func ParsePath(path string) (a Anchor, lot string, err error) {
	link, err := gs1.ParseLinkPath(path, "")
	if err != nil {
		return Anchor{}, "", wrongKey(err, "path", "Write /01/GTIN, /01/GTIN/10/LOT or /01/GTIN/21/SERIAL.")
	}
	for _, e := range link.Elements() {
		if e.AI != "01" && e.AI != "10" && e.AI != "21" {
			return Anchor{}, "", fault.New(fault.Invalid, "no passport stands at a path with ("+e.AI+")", "Write /01/GTIN, /01/GTIN/10/LOT or /01/GTIN/21/SERIAL.").At("path", "another key")
		}
	}
	lot, serial := link.Value("10"), link.Value("21")
	if serial != "" {
		a, err = NewAnchor(link.Value("01"), "", serial)
		return a, lot, err
	}
	a, err = NewAnchor(link.Value("01"), lot, "")
	return a, "", err
}

// Level gives how fine the anchor is.
func (a Anchor) Level() Level {
	switch {
	case a.Serial != "":
		return Item
	case a.Lot != "":
		return Batch
	}
	return Model
}

// Path gives the canonical path of the anchor's Digital Link: "/01/GTIN/21/SERIAL".
func (a Anchor) Path() string {
	link, err := gs1.NewLink(a.elements())
	if err != nil {
		return "/01/" + a.GTIN // an anchor that was not made by NewAnchor
	}
	return link.Path()
}

func (a Anchor) elements() []gs1.Element {
	list := []gs1.Element{{AI: "01", Value: a.GTIN}}
	if a.Lot != "" {
		list = append(list, gs1.Element{AI: "10", Value: a.Lot})
	}
	if a.Serial != "" {
		list = append(list, gs1.Element{AI: "21", Value: a.Serial})
	}
	return list
}

// Above lists the anchors from which a passport inherits, nearest first: of an item
// its lot, if it is known, and its product.
func (a Anchor) Above(lot string) []Anchor {
	var up []Anchor
	if a.Serial != "" && lot != "" {
		up = append(up, Anchor{GTIN: a.GTIN, Lot: lot})
	}
	if a.Level() != Model {
		up = append(up, Anchor{GTIN: a.GTIN})
	}
	return up
}
