package linkset

import (
	"strings"

	"tagline/internal/rule"
)

// Situation is what a link's condition may ask of the item and the reader. A zero
// field is not known.
type Situation struct {
	Known    bool   // whether it is recalled is known
	Recalled bool   // a recall is in force for it, its lot or its product
	Seal     string // sealed or opened
	Stage    string // made, sold, opened, in-use or drained
	Result   string // of the tap: genuine, replayed, refused or plain
	Channel  string // nfc, qr or link
	Market   string // ISO 3166-1 alpha-2
	Language string // de, or de-AT
}

// Fact implements rule.Facts.
func (s *Situation) Fact(name string) (rule.Value, bool) {
	text := ""
	switch name {
	case "recalled":
		return rule.Bool(s.Recalled), s.Known
	case "seal":
		text = s.Seal
	case "stage":
		text = s.Stage
	case "result":
		text = s.Result
	case "channel":
		text = s.Channel
	case "market":
		text = s.Market
	case "language":
		text, _, _ = strings.Cut(s.Language, "-")
	}
	return rule.Text(text), text != "" && text != "unknown"
}

var _ rule.Facts = (*Situation)(nil)

// Facts lists the facts that the condition of a link may ask for. Situation
// answers them.
func Facts() rule.Schema {
	text := func(says string, oneOf ...string) rule.Fact {
		return rule.Fact{Kind: rule.TextKind, Says: says, OneOf: oneOf}
	}
	return rule.Schema{Subject: "fact", Facts: map[string]rule.Fact{
		"recalled": {Kind: rule.BoolKind, Says: "a recall of the item"},
		"seal":     text("the seal", "sealed", "opened"),
		"stage":    text("the item", "made", "sold", "opened", "in-use", "drained"),
		"result":   text("the tap", "genuine", "replayed", "refused", "plain"),
		"channel":  text("the way here", "nfc", "qr", "link"),
		"market":   text("the market"),
		"language": text("the reader's language"),
	}}
}
