package content

import (
	"strings"
	"time"

	"tagline/internal/product"
	"tagline/internal/rule"
)

// Age is what is known of somebody's age in their country.
type Age string

// The ages that matter. The zero value is that nothing is known.
const (
	AgeUnknown Age = ""
	OfAge      Age = "of-age"
	UnderAge   Age = "under-age"
)

// Facts are what content is chosen by. A zero field is not known.
type Facts struct {
	Placement string           // TapPage when empty
	Product   *product.Product // nothing is said about an unknown product
	Seal      string           // sealed or opened; "unknown" is not known
	Life      string           // made, sold, opened, in-use or drained
	Result    string           // genuine, repeat, replayed, refused or plain; a repeat counts as genuine
	Tier      string           // evidence of the tap: "0" to "4", "3t"
	Channel   string           // nfc, qr or link
	Market    string           // ISO 3166-1 alpha-2: where the reader is, or the item was sold
	Locales   []string         // BCP 47, best wish first
	Age       Age
	Opened    time.Time // when the item was opened
}

// view is Facts as a condition asks for them, at a moment.
type view struct {
	*Facts
	now time.Time
}

// Fact implements rule.Facts.
func (v view) Fact(name string) (rule.Value, bool) {
	switch name {
	case "product":
		return known(v.Product.GTIN)
	case "brand":
		return known(v.Product.Brand)
	case "model":
		return known(v.Product.Model)
	case "category":
		return known(v.Product.Category)
	case "alcohol":
		return rule.Bool(v.Product.Alcohol), true
	case "seal":
		return known(v.Seal)
	case "life":
		return known(v.Life)
	case "result":
		if v.Result == "repeat" {
			return rule.Text("genuine"), true
		}
		return known(v.Result)
	case "tier":
		if len(v.Tier) > 0 && v.Tier[0] >= '0' && v.Tier[0] <= '9' {
			return rule.Number(float64(v.Tier[0] - '0')), true
		}
	case "channel":
		return known(v.Channel)
	case "market":
		return known(v.Market)
	case "language":
		if len(v.Locales) > 0 {
			language, _, _ := strings.Cut(v.Locales[0], "-")
			return known(language)
		}
	case "age":
		return known(string(v.Age))
	case "days-open":
		if d := v.now.Sub(v.Opened); !v.Opened.IsZero() && d >= 0 {
			return rule.Number(float64(int(d / (24 * time.Hour)))), true
		}
	case "time":
		return rule.Time(v.now), true
	}
	return rule.Value{}, false
}

func known(s string) (rule.Value, bool) {
	if s == "" || s == "unknown" {
		return rule.Value{}, false
	}
	return rule.Text(s), true
}

var _ rule.Facts = view{}

// Schema lists the facts that a `when` may ask for.
func Schema() rule.Schema {
	text := func(says string, oneOf ...string) rule.Fact {
		return rule.Fact{Kind: rule.TextKind, Says: says, OneOf: oneOf}
	}
	return rule.Schema{Subject: "fact", Facts: map[string]rule.Fact{
		"product":   text("the product"),
		"brand":     text("the brand"),
		"model":     text("the model"),
		"category":  text("the category"),
		"alcohol":   {Kind: rule.BoolKind, Says: "alcohol in the product"},
		"seal":      text("the seal", "sealed", "opened"),
		"life":      text("the item", "made", "sold", "opened", "in-use", "drained"),
		"result":    text("the tap", "genuine", "replayed", "refused", "plain"),
		"tier":      {Kind: rule.NumberKind, Says: "the tap's evidence"},
		"channel":   text("the way here", "nfc", "qr", "link"),
		"market":    text("the market"),
		"language":  text("the reader's language"),
		"age":       text("the reader", "of-age", "under-age"),
		"days-open": {Kind: rule.NumberKind, Says: "the time since the opening", Unit: "days"},
		"time":      {Kind: rule.TimeKind, Says: "the time"},
	}}
}
