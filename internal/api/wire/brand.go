package wire

import (
	"encoding/json"
	"time"
)

// Resource is a shape that is read and put whole.
type Resource interface {
	// Mark sets when it was changed.
	Mark(updated time.Time)
	// Bare drops what only answers hold, so that what was read can be put back.
	Bare()
}

// Mark implements Resource.
func (b *Brand) Mark(t time.Time)   { b.UpdatedAt = When(t) }
func (p *Product) Mark(t time.Time) { p.UpdatedAt = When(t) }
func (c *Content) Mark(t time.Time) { c.UpdatedAt = When(t) }

// Bare implements Resource.
func (b *Brand) Bare()   { b.UpdatedAt = nil }
func (p *Product) Bare() { p.UpdatedAt, p.Counts, p.ImageURL = nil, nil, "" }
func (c *Content) Bare() { c.UpdatedAt, c.WhenWords = nil, "" }

// Brand groups products and content.
type Brand struct {
	Slug      string     `json:"slug" minLength:"1" maxLength:"63" pattern:"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" example:"halden"`
	Name      string     `json:"name" minLength:"1" maxLength:"200" example:"Halden"`
	Country   string     `json:"country,omitempty" example:"NO"`
	Homepage  string     `json:"homepage,omitempty" example:"https://halden.example"`
	Accent    string     `json:"accent,omitempty" example:"#1A5C4A"`
	UpdatedAt *time.Time `json:"updatedAt,omitempty" readOnly:"true"`
}

// Product is a trade item.
type Product struct {
	GTIN        string            `json:"gtin" pattern:"^[0-9]{8,14}$" example:"09506000134352" doc:"14 digits in answers; 8, 12, 13 or 14 in requests"`
	Brand       string            `json:"brand" example:"halden"`
	Model       string            `json:"model,omitempty" example:"smart-bottle"`
	Name        map[string]string `json:"name" doc:"By locale" example:"{\"en\":\"Halden Aquavit\"}"`
	Kicker      map[string]string `json:"kicker,omitempty" doc:"A few words above the name, by locale"`
	Tagline     map[string]string `json:"tagline,omitempty" doc:"One line, by locale"`
	Description map[string]string `json:"description,omitempty" doc:"By locale"`
	Category    string            `json:"category,omitempty" example:"spirits"`
	Alcohol     bool              `json:"alcohol,omitempty" doc:"Content about it waits for the age question"`
	ABV         float64           `json:"abv,omitempty" example:"41.5"`
	Volume      string            `json:"volume,omitempty" example:"70 cl"`
	Image       string            `json:"image,omitempty" example:"images/aquavit.svg" doc:"A file of the brand, or an https address"`
	ImageAlt    map[string]string `json:"imageAlt,omitempty" doc:"What the picture shows, by locale"`
	ImageURL    string            `json:"imageUrl,omitempty" readOnly:"true" doc:"Where the picture is on this server"`
	Markets     []string          `json:"markets,omitempty" nullable:"false" example:"[\"NO\",\"DE\"]"`
	Origin      []LabelledText    `json:"origin,omitempty" nullable:"false"`
	Offer       *LabelledLink     `json:"offer,omitempty"`
	Redirect    string            `json:"redirect,omitempty" doc:"Where a plain scan, without proof of a tap, is sent on to"`
	Next        string            `json:"next,omitempty" doc:"The GTIN of the next bottle to offer"`
	Fits        []string          `json:"fits,omitempty" nullable:"false" example:"dry-hair" doc:"Needs that it is made for, as models name them"`
	LastsDays   int               `json:"lastsDays,omitempty" doc:"How long one lasts once opened"`
	UpdatedAt   *time.Time        `json:"updatedAt,omitempty" readOnly:"true"`
	Counts      *ProductCounts    `json:"counts,omitempty" readOnly:"true" doc:"Only in the answer for one product"`
}

// LabelledText is a fact with its label, both by locale.
type LabelledText struct {
	Label map[string]string `json:"label"`
	Value map[string]string `json:"value"`
}

// LabelledLink is a link with its label by locale.
type LabelledLink struct {
	Label map[string]string `json:"label"`
	Href  string            `json:"href"`
}

// ProductCounts is how many things of a product there are.
type ProductCounts struct {
	Things  int64 `json:"things"`
	Sealed  int64 `json:"sealed"`
	Opened  int64 `json:"opened"`
	Drained int64 `json:"drained"`
	Taps    int64 `json:"taps" doc:"In the last 90 days"`
}

// Content is something to say, with its conditions.
type Content struct {
	Name       string          `json:"name" minLength:"1" maxLength:"63" example:"recipe-opened"`
	Placement  string          `json:"placement" example:"tap-page"`
	Products   []string        `json:"products,omitempty" nullable:"false" doc:"GTINs; any product when empty"`
	Brands     []string        `json:"brands,omitempty" nullable:"false"`
	Categories []string        `json:"categories,omitempty" nullable:"false"`
	When       json.RawMessage `json:"when,omitempty" doc:"A condition; always when absent"`
	WhenWords  string          `json:"whenWords,omitempty" readOnly:"true" doc:"The condition as the server reads it, in words"`
	ValidFrom  *time.Time      `json:"validFrom,omitempty"`
	ValidUntil *time.Time      `json:"validUntil,omitempty"`
	Priority   int             `json:"priority,omitempty"`
	Group      string          `json:"group,omitempty" doc:"Of one group only the first is said"`
	AgeGated   bool            `json:"ageGated,omitempty" doc:"For adults even if the product is not alcoholic"`
	AllAges    bool            `json:"allAges,omitempty" doc:"For everyone even if the product is alcoholic"`
	Texts      map[string]Text `json:"texts" doc:"By locale"`
	UpdatedAt  *time.Time      `json:"updatedAt,omitempty" readOnly:"true"`
}

// Text is what a content says in one locale.
type Text struct {
	Kicker string      `json:"kicker,omitempty" doc:"A word or two above the title" example:"Recipe"`
	Title  string      `json:"title"`
	Lead   string      `json:"lead,omitempty"`
	Body   []Block     `json:"body,omitempty" nullable:"false"`
	Action *ActionLink `json:"action,omitempty"`
}

// Block is a part of a text: a heading, if any, over one of the rest.
type Block struct {
	Heading string   `json:"heading,omitempty"`
	Text    string   `json:"text,omitempty"`
	Items   []string `json:"items,omitempty" nullable:"false" doc:"What is needed"`
	Steps   []string `json:"steps,omitempty" nullable:"false" doc:"In order"`
	Facts   []Detail `json:"facts,omitempty" nullable:"false"`
}

// ActionLink is a link with its label in the text's own locale.
type ActionLink struct {
	Label string `json:"label"`
	Href  string `json:"href"`
}
