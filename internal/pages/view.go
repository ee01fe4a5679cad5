package pages

import "time"

// View is everything that a page shows. A zero field leaves its part out.
type View struct {
	Kind Kind
	Lang string // one of Languages; anything else is English

	// Host is scheme and authority of the public address, "https://id.example".
	// Links inside a page are relative; only canonical and og: tags need it.
	Host string
	// Canonical is the path of the product's public page, "/01/09506000134352":
	// of the product, never of the unit.
	Canonical string

	Product Product
	Unit    Unit
	Stories []Story
	Action  Action // the one primary action
	Next    Next   // the next bottle, shown on the drained page
	Age     Age    // the form of the age question
	// AskEmpty shows the form "my bottle is empty", which posts to Unit.Path/empty.
	AskEmpty bool
	// Tapped says that the page stands on a fresh tap, so the note on the short
	// cookie is due.
	Tapped bool
}

// Product is what is told of the product. Texts are in the language of the page
// unless Lang says otherwise.
type Product struct {
	GTIN        string // 14 digits
	Name        string
	Tagline     string
	Description string
	Lang        string // language of the texts, if it is not the page's
	Kicker      string // a few words above the name: "Single malt whisky"
	Brand       Brand
	Image       Image
	Volume      string  // "70 cl"
	ABV         float64 // per cent by volume, 0 = none
	Facts       []Fact  // provenance
	Passport    string  // path of its digital product passport, "/passport/01/…"
	Alcohol     bool    // asks for the responsible-drinking lines
	Bottle      bool    // the words may say "bottle"
}

// Brand is who made it.
type Brand struct {
	Name     string
	Country  string // shown beside the name, already in words
	Homepage string // https URL
	Accent   string // "#rrggbb"; anything else is the house's green
}

// Image is a picture of the own origin. Without Src a drawn bottle stands in.
type Image struct {
	Src           string // absolute path, "/brand/…"
	Alt           string
	Width, Height int // pixels, so that the page does not jump
}

// Unit is what is known of the one item. Its values are slots: a Page drawn for
// one unit serves all units that have the same fields filled.
type Unit struct {
	Path        string // escaped path of the item's page, "/01/…/21/…"
	Serial      string
	Lot         string
	Read        string // date of the tap, in words (see Pages.Date)
	Opened      string // date of the opening, in words
	OpenedAfter string // if the opening lies between two readings: the earlier one
}

// Fact is a label and a value.
type Fact struct{ Label, Value string }

// Story is one piece of content.
type Story struct {
	Kicker string // "Recipe"
	Title  string
	Lead   string
	Lang   string // if it is not the page's
	Blocks []Block
	Action Action
}

// Block is a part of a story. One of Text, Items, Steps and Facts is filled.
type Block struct {
	Heading string
	Text    string
	Items   []string // ingredients
	Steps   []string // numbered
	Facts   []Fact
}

// Action is a link that asks to be followed.
type Action struct {
	// Label may be empty on the primary action: it is then "About" and the
	// product's name, or "Try again" where no product is named.
	Label string
	Href  string // http, https, mailto or a path; html/template refuses the rest
	Lang  string // of the label, if it is not the page's
}

// Next is the product that may follow an empty one.
type Next struct {
	Name    string
	Tagline string
	Href    string
	Image   Image
}

// Age is the age question, as asked or as asked again. The form posts to
// Unit.Path/age.
type Age struct {
	Country string // alpha-2, preselected
	Day     string // as typed, when asked again
	Month   string
	Year    string
	// Wrong lists what must be answered again: AgeCountry, AgeDate.
	Wrong []string
	// Verdict shows what the tap said above the question: whether a product is
	// genuine is not advertising, and nobody should need an age to learn it.
	Verdict Kind
}

// What may be wrong in the answers to the age question.
const (
	AgeCountry = "country"
	AgeDate    = "date"
)

// Date writes a day in words: "25 November 2026".
func (p *Pages) Date(lang string, t time.Time) string {
	return p.catalogue(lang).date(t)
}
