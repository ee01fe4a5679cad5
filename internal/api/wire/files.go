package wire

import (
	"time"
)

// Facts are what content is chosen by.
type Facts struct {
	GTIN         string     `json:"gtin" example:"09506000134352"`
	Seal         string     `json:"seal,omitempty" enum:"unknown,sealed,opened"`
	Life         string     `json:"life,omitempty" enum:"made,sold,opened,in-use,drained"`
	Market       string     `json:"market,omitempty" example:"DE"`
	Locale       string     `json:"locale,omitempty" example:"de"`
	AgeConfirmed bool       `json:"ageConfirmed,omitempty" doc:"The reader said to be of age; unknown when left out"`
	Tap          string     `json:"tap,omitempty" enum:"genuine,repeat,replayed,refused,plain"`
	Tier         string     `json:"tier,omitempty" enum:"0,1,2,3,3t,4"`
	Channel      string     `json:"channel,omitempty" enum:"nfc,qr,link"`
	Placement    string     `json:"placement,omitempty" doc:"tap-page when left out"`
	OpenedAt     *time.Time `json:"openedAt,omitempty"`
	At           *time.Time `json:"at,omitempty" doc:"Now when left out"`
}

// PreviewRequest asks what would be shown.
type PreviewRequest struct {
	Facts Facts `json:"facts"`
}

// Preview is what would be shown, and why.
type Preview struct {
	Facts  Facts    `json:"facts"`
	Chosen []Chosen `json:"chosen" nullable:"false" doc:"In the order of the page"`
	Why    []Reason `json:"why" nullable:"false" doc:"One for every content about the product"`
	AskAge bool     `json:"askAge" doc:"Something is held back only because the age is not known"`
}

// Chosen is a content in the locale that fits.
type Chosen struct {
	Name   string `json:"name"`
	Locale string `json:"locale"`
	Text
}

// Reason says why a content was chosen or not.
type Reason struct {
	Name   string `json:"name"`
	Chosen bool   `json:"chosen"`
	Code   string `json:"code" example:"condition"`
	Reason string `json:"reason" example:"It is for opened bottles, and this one is sealed."`
}

// Files are the documents of a brand.
type Files struct {
	Files []File `json:"files" nullable:"false" minItems:"1" maxItems:"1000"`
}

// File is one file of a brand: a YAML stream, or an image that a product names.
type File struct {
	Path string `json:"path" minLength:"1" maxLength:"500" example:"products.yaml" doc:"Relative to the root of the set; errors point at it"`
	Text string `json:"text,omitempty" doc:"Of a YAML file"`
	Data []byte `json:"data,omitempty" doc:"Of an image, in base64"`
}

// Applied is what applying files changed, or would change.
type Applied struct {
	DryRun  bool     `json:"dryRun"`
	Changed int      `json:"changed" doc:"How many resources differ"`
	Changes []Change `json:"changes" nullable:"false" doc:"One for every resource in the files"`
}

// Change is what happens to one resource.
type Change struct {
	Action string        `json:"action" enum:"create,update,delete,none"`
	Kind   string        `json:"kind" example:"Product"`
	Name   string        `json:"name" example:"09506000134352"`
	At     string        `json:"at,omitempty" doc:"Where it stands, as path:line:column"`
	Fields []FieldChange `json:"fields" nullable:"false"`
}

// FieldChange is what happens to one field.
type FieldChange struct {
	Path    string   `json:"path" example:"name.en"`
	Before  string   `json:"before,omitempty" doc:"As YAML"`
	After   string   `json:"after,omitempty" doc:"As YAML"`
	Added   []string `json:"added,omitempty" nullable:"false" doc:"Of a list"`
	Removed []string `json:"removed,omitempty" nullable:"false" doc:"Of a list"`
}
