package product

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/manifest"
)

// Product is a trade item.
type Product struct {
	GTIN        string    `json:"gtin"`                  // 14 digits
	Brand       string    `json:"brand"`                 // its slug
	Model       string    `json:"model,omitempty"`       // its name
	Name        Localized `json:"name"`                  //
	Kicker      Localized `json:"kicker,omitempty"`      // a few words above the name: "London dry gin"
	Tagline     Localized `json:"tagline,omitempty"`     // one line
	Description Localized `json:"description,omitempty"` //
	Category    string    `json:"category,omitempty"`    // a slug: gin, aperitif
	Alcohol     bool      `json:"alcohol,omitempty"`     // the age question comes first
	ABV         float64   `json:"abv,omitempty"`         // per cent by volume
	Volume      string    `json:"volume,omitempty"`      // "70 cl"
	Image       string    `json:"image,omitempty"`       // a file of the brand, "images/gin.svg", or https
	ImageAlt    Localized `json:"imageAlt,omitempty"`    // what the picture shows
	Markets     []string  `json:"markets,omitempty"`     // ISO 3166-1 alpha-2; none: everywhere
	Origin      []Fact    `json:"origin,omitempty"`      // where it comes from and how it is made
	Offer       *Link     `json:"offer,omitempty"`       // what a buyer may be offered
	Redirect    string    `json:"redirect,omitempty"`    // where a plain scan is sent on to, instead of the product's page
	Next        string    `json:"next,omitempty"`        // the GTIN to offer when this one is empty
	Fits        []string  `json:"fits,omitempty"`        // needs that it is made for, as models name them: dry-hair
	LastsDays   int       `json:"lastsDays,omitempty"`   // how long one usually lasts once opened
}

// Fact is a label and its value.
type Fact struct {
	Label Localized `json:"label"`
	Value Localized `json:"value"`
}

// Link is a labelled address.
type Link struct {
	Label Localized `json:"label"`
	Href  string    `json:"href"`
}

// ParseGTIN turns a GTIN of 8, 12, 13 or 14 digits into its 14 digits. Its error
// is a fault.
func ParseGTIN(s string) (string, error) {
	gtin, err := gs1.NormalizeGTIN(s)
	var wrong *gs1.Error
	if errors.As(err, &wrong) {
		return "", fault.New(fault.Invalid, quote(s)+" is not a GTIN: "+strings.TrimSuffix(wrong.Message, "."), gtinHint(s))
	}
	return gtin, err
}

// gtinHint gives the check digit that would be right.
func gtinHint(s string) string {
	if n := len(s); strings.Trim(s, "0123456789") == "" && (n == 8 || n == 12 || n == 13 || n == 14) {
		if d, err := gs1.CheckDigit(s[:n-1]); err == nil && d != s[n-1] {
			return "Its check digit would be " + string(d) + "."
		}
	}
	return "A GTIN has 8, 12, 13 or 14 digits; the last one is a check digit. Put it into quotes."
}

// Normalize brings the keys of the product into their one form where that can be
// done without guessing.
func (p Product) Normalize() Product {
	if gtin, err := gs1.NormalizeGTIN(p.GTIN); err == nil {
		p.GTIN = gtin
	}
	if gtin, err := gs1.NormalizeGTIN(p.Next); err == nil {
		p.Next = gtin
	}
	return p
}

var (
	volumeForm = regexp.MustCompile(`^[0-9]{1,5}(?:\.[0-9]{1,3})? (?:ml|cl|dl|l|g|kg|fl oz|oz|pcs)$`)
	imageForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\.(?:svg|png|jpg|jpeg)$`)
)

// Check finds what is wrong with the product by itself; that its brand, model,
// picture and next product exist, is seen when it is put.
func (p Product) Check() manifest.Problems {
	var ps manifest.Problems
	if _, err := ParseGTIN(p.GTIN); err != nil {
		f := fault.From(err)
		ps.Add(manifest.Path{"gtin"}, f.Message, f.Hint)
	}
	ps.Slug(manifest.Path{"brand"}, p.Brand)
	if p.Model != "" {
		ps.Slug(manifest.Path{"model"}, p.Model)
	}
	if p.Category != "" {
		ps.Slug(manifest.Path{"category"}, p.Category)
	}
	if len(p.Name) == 0 {
		ps.Add(manifest.Path{"name"}, "the product has no name", "Write name: {en: …}.")
	}
	p.Name.check(&ps, manifest.Path{"name"}, maxName)
	p.Kicker.check(&ps, manifest.Path{"kicker"}, maxName)
	p.Tagline.check(&ps, manifest.Path{"tagline"}, maxLine)
	p.Description.checkText(&ps, manifest.Path{"description"}, maxStory)
	p.ImageAlt.check(&ps, manifest.Path{"imageAlt"}, maxLine)
	p.checkStrength(&ps)
	if p.Volume != "" && !volumeForm.MatchString(p.Volume) {
		ps.Add(manifest.Path{"volume"}, "the volume is a number and a unit", "Write 70 cl, 1.5 l or 250 g.")
	}
	if p.Image != "" && !imageForm.MatchString(p.Image) && !httpURL(p.Image, "https") {
		ps.Add(manifest.Path{"image"}, "the image is neither a file of the brand nor an https address", "Write images/name.svg (or .png, .jpg), as seen from the top folder.")
	}
	p.checkMarkets(&ps)
	if len(p.Fits) > maxItems {
		ps.Add(manifest.Path{"fits"}, "at most "+itoa(maxItems)+" needs are kept", "")
	}
	for i, need := range p.Fits {
		ps.Slug(manifest.Path{"fits", i}, need)
	}
	if len(p.Origin) > maxItems {
		ps.Add(manifest.Path{"origin"}, "at most "+itoa(maxItems)+" facts are kept", "")
	} else {
		for i, f := range p.Origin {
			at := manifest.Path{"origin", i}
			f.Label.need(&ps, at.With("label"), maxName)
			f.Value.need(&ps, at.With("value"), maxLine)
		}
	}
	if p.Offer != nil {
		p.Offer.Label.need(&ps, manifest.Path{"offer", "label"}, maxName)
		if !IsLink(p.Offer.Href) {
			ps.Add(manifest.Path{"offer", "href"}, "this is no address for a link", "Write https://…, or a path that begins with /.")
		}
	}
	if p.Redirect != "" && !httpURL(p.Redirect, "http", "https") {
		ps.Add(manifest.Path{"redirect"}, "a scan cannot be sent on to this", "Write a whole address, https://shop.example/gin.")
	}
	if p.Next != "" {
		if next, err := ParseGTIN(p.Next); err != nil {
			f := fault.From(err)
			ps.Add(manifest.Path{"next"}, f.Message, f.Hint)
		} else if own, err := ParseGTIN(p.GTIN); err == nil && own == next {
			ps.Add(manifest.Path{"next"}, "the next product is the product itself", "Name another one, or leave it out.")
		}
	}
	if p.LastsDays < 0 || p.LastsDays > 3650 {
		ps.Add(manifest.Path{"lastsDays"}, "a product lasts 1 to 3650 days", "")
	}
	return ps
}

// checkStrength keeps flag and strength in step. 1.2 % by volume is where the
// strength must stand on a label in the EU (Regulation 1169/2011, art. 28, annex
// XII) and where most laws begin to speak of alcohol.
func (p Product) checkStrength(ps *manifest.Problems) {
	switch {
	case p.ABV < 0 || p.ABV > 100:
		ps.Add(manifest.Path{"abv"}, "the strength is 0 to 100 per cent by volume", "Write abv: 41.5.")
	case p.ABV > 1.2 && !p.Alcohol:
		ps.Add(manifest.Path{"abv"}, "above 1.2 per cent by volume a product is alcoholic", "Write alcohol: true, so that the age question comes first.")
	case p.Alcohol && p.ABV == 0:
		ps.Add(manifest.Path{"alcohol"}, "an alcoholic product says its strength", "Write abv: 41.5.")
	}
}

func (p Product) checkMarkets(ps *manifest.Problems) {
	const most = 300
	if len(p.Markets) > most {
		ps.Add(manifest.Path{"markets"}, "there are fewer countries than that", "")
		return
	}
	for i, m := range p.Markets {
		at := manifest.Path{"markets", i}
		checkCountry(ps, at, m)
		if slices.Contains(p.Markets[:i], m) {
			ps.Add(at, "the market "+quote(m)+" stands twice", "Leave one out.")
		}
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// quote shows a value of the caller's in a message, cut short.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}

// IsFile reports whether an image's name is that of a file of the brand, rather
// than an address elsewhere.
func IsFile(image string) bool { return image != "" && !strings.HasPrefix(image, "https://") }
