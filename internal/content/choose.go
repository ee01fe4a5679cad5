package content

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tagline/internal/product"
	"tagline/internal/rule"
)

// MaxChosen is the most items that a page is given.
const MaxChosen = 6

// Choice is what to say, and why.
type Choice struct {
	Items  []Chosen // in the order of the page
	Why    []Reason // one for every candidate: the chosen in order, then the others by name
	AskAge bool     // an item would be said if the age were known
}

// Chosen is an item in the language that fits the reader best.
type Chosen struct {
	Item   *Item
	Locale string
	Text   Text
}

// Ref names the choice in a few words, for the record of a tap: the items' names.
func (c Choice) Ref() string {
	names := make([]string, len(c.Items))
	for i, chosen := range c.Items {
		names[i] = chosen.Item.Name
	}
	return strings.Join(names, " ")
}

// Code says why an item was chosen or not.
type Code string

// The reasons.
const (
	IsChosen    Code = "chosen"
	OtherSlot   Code = "placement"   // it is for another placement
	OtherGoods  Code = "product"     // it is about other products
	TooEarly    Code = "early"       // it is not valid yet
	Over        Code = "over"        // it is no longer valid
	NoMatch     Code = "condition"   // its condition does not hold
	NotTold     Code = "unknown"     // its condition asks for what is not known
	AgeNotKnown Code = "age-unknown" // it is for adults, and the age is not known
	TooYoung    Code = "under-age"   // it is for adults
	Outranked   Code = "outranked"   // another item of its group comes first
	PageFull    Code = "full"        // enough is said
	NoProduct   Code = "no-product"  // nothing is said about an unknown product
)

// Reason is what became of one candidate.
type Reason struct {
	Name   string
	Chosen bool
	Code   Code

	item  *Item
	facts *view
	by    string // the item that outranked it
}

// Choose decides what is said. It is pure: whoever calls it again with the same
// facts, items and time gets the same choice, whatever the order of the items.
func Choose(f Facts, items []Item, now time.Time) Choice {
	if f.Placement == "" {
		f.Placement = TapPage
	}
	v := &view{&f, now}
	choice := Choice{Why: make([]Reason, 0, len(items))}
	var fit []*Item
	for i := range items {
		item := &items[i]
		code := judge(item, v)
		if code == AgeNotKnown {
			choice.AskAge = true
		}
		if code == IsChosen {
			fit = append(fit, item)
			continue
		}
		choice.Why = append(choice.Why, Reason{Name: item.Name, Code: code, item: item, facts: v})
	}
	slices.SortFunc(fit, func(a, b *Item) int {
		return cmp.Or(
			cmp.Compare(b.Priority, a.Priority),
			cmp.Compare(b.narrow(f.Product), a.narrow(f.Product)),
			cmp.Compare(a.Name, b.Name),
		)
	})
	chosen := make([]Reason, 0, len(items))
	choice.Items = make([]Chosen, 0, min(len(fit), MaxChosen))
	for _, item := range fit {
		r := Reason{Name: item.Name, Code: IsChosen, item: item, facts: v}
		if first := slices.IndexFunc(chosen, func(c Reason) bool { return c.item.Group == item.Group }); item.Group != "" && first >= 0 {
			r.Code, r.by = Outranked, chosen[first].Name
		} else if len(chosen) == MaxChosen {
			r.Code = PageFull
		}
		if r.Code != IsChosen {
			choice.Why = append(choice.Why, r)
			continue
		}
		r.Chosen = true
		chosen = append(chosen, r)
		locale, text, _ := product.Pick(item.Texts, f.Locales...)
		choice.Items = append(choice.Items, Chosen{Item: item, Locale: locale, Text: text})
	}
	slices.SortFunc(choice.Why, func(a, b Reason) int { return cmp.Compare(a.Name, b.Name) })
	choice.Why = append(chosen, choice.Why...)
	return choice
}

// judge says whether an item fits by itself. The age comes last, so that it is
// asked for only where an answer would change something.
func judge(item *Item, v *view) Code {
	switch {
	case v.Product == nil:
		return NoProduct
	case item.Placement != v.Placement:
		return OtherSlot
	case !item.about(v.Product):
		return OtherGoods
	case !item.ValidFrom.IsZero() && v.now.Before(item.ValidFrom):
		return TooEarly
	case !item.ValidUntil.IsZero() && !v.now.Before(item.ValidUntil):
		return Over
	}
	switch item.When.Eval(v) {
	case rule.No:
		return NoMatch
	case rule.Unknown:
		return NotTold
	}
	if item.AgeGated || v.Product.Alcohol && !item.AllAges {
		switch v.Age {
		case OfAge:
		case UnderAge:
			return TooYoung
		default:
			return AgeNotKnown
		}
	}
	return IsChosen
}

// Words says the reason in a sentence.
func (r Reason) Words() string {
	switch r.Code {
	case IsChosen:
		if r.item.When.IsZero() {
			return "It is shown: nothing is asked of it."
		}
		return "It is shown, because " + r.item.When.Words(Schema()) + "."
	case OtherSlot:
		return "It is for the placement " + r.item.Placement + "."
	case OtherGoods:
		return "It is about other products."
	case TooEarly:
		return "It is valid from " + r.item.ValidFrom.Format(time.DateOnly) + "."
	case Over:
		return "It was valid until " + r.item.ValidUntil.Format(time.DateOnly) + "."
	case NoMatch:
		return "It is for when " + r.item.When.Words(Schema()) + ". " + r.seen(rule.No)
	case NotTold:
		return "It is for when " + r.item.When.Words(Schema()) + ", and that cannot be told. " + r.seen(rule.Unknown)
	case AgeNotKnown:
		return "It is for adults, and the age is not known yet."
	case TooYoung:
		return "It is for adults."
	case Outranked:
		return "Of the group " + r.item.Group + " only one is shown, and " + r.by + " comes first."
	case PageFull:
		return "The page is full: others have a higher priority."
	}
	return "Nothing is said about an unknown product."
}

// seen lists the tests that had a given answer, with what they saw.
func (r Reason) seen(t rule.Truth) string {
	var parts []string
	for _, f := range r.item.When.Explain(r.facts).Leaves {
		if f.Truth == t {
			parts = append(parts, f.Words(Schema()))
		}
	}
	if len(parts) == 0 {
		return "Something must not be so, and is."
	}
	return "Seen: " + strings.Join(parts, "; ") + "."
}
