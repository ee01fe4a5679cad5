package pages

import (
	"compress/flate"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"
)

//go:embed templates/layout.html templates/style.css
var templateFiles embed.FS

// Pages draws pages. It may be used by many goroutines.
type Pages struct {
	template   *template.Template
	catalogues map[string]*catalogue
	styleHash  string
	packers    sync.Pool // of *flate.Writer, which is a megabyte to make
}

// New parses templates and catalogues. An error is a bug of this package.
func New() (*Pages, error) {
	html, err := templateFiles.ReadFile("templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	css, err := templateFiles.ReadFile("templates/style.css")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	style := strings.TrimSpace(string(css))
	t, err := template.New("").Parse(string(html))
	if err == nil {
		_, err = t.New("css").Parse(style)
	}
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	catalogues, err := loadCatalogues()
	if err != nil {
		return nil, err
	}
	p := &Pages{template: t, catalogues: catalogues, styleHash: hash(style)}
	p.packers.New = func() any {
		w, _ := flate.NewWriter(nil, flate.BestCompression) // fails only for a level that does not exist
		return w
	}
	return p, nil
}

// Render draws a page. The unit's values are only looked at for being there; they
// are given again when the page is served. An error is a bug of this package, or
// a kind that does not exist.
func (p *Pages) Render(v View) (*Page, error) {
	of, ok := v.Kind.of()
	if !ok {
		return nil, fmt.Errorf("pages: no page of kind %q", v.Kind)
	}
	d := p.prepare(v, of)
	var out strings.Builder
	if err := p.template.ExecuteTemplate(&out, "layout", d); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	segments, err := p.cut(out.String())
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	page := &Page{kind: v.Kind, lang: d.Lang, segments: segments}
	for _, s := range segments {
		page.size += len(s.plain)
		page.packed += len(s.deflated)
	}
	// The policy of console.md 10, with one difference: the console of the same
	// origin shows these very pages in its phone frame.
	page.csp = "default-src 'none'; img-src 'self'; style-src '" + p.styleHash + "' '" + hash(d.Accent.style()) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	return page, nil
}

func (p *Pages) catalogue(lang string) *catalogue {
	if c, ok := p.catalogues[lang]; ok {
		return c
	}
	return p.catalogues[Languages()[0]]
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// style is the text of the page's second style element; the template holds the
// same text, and a test compares them.
func (a accents) style() string {
	return ":root{--accent:" + a.Light + ";--on:" + a.OnLight + "}@media (prefers-color-scheme:dark){:root{--accent:" +
		a.Dark + ";--on:" + a.OnDark + "}}"
}

// data is what the templates see: the view and what follows from it.
type data struct {
	View
	Layout, Tone, Icon string
	Accent             accents
	words              *catalogue
	verdict            Kind // whose title and text W gives
	unit               Unit // as given, to know which fields are filled
}

func (p *Pages) prepare(v View, of kindOf) *data {
	d := &data{
		View: v, Layout: of.layout, Tone: of.tone, Icon: of.icon,
		Accent: fit(v.Product.Brand.Accent), words: p.catalogue(v.Lang), verdict: v.Kind, unit: v.Unit,
	}
	d.Lang = d.words.lang
	d.Unit = marked(v.Unit)
	if v.Product.Lang == d.Lang {
		d.Product.Lang = ""
	}
	if v.Kind == AgeQuestion {
		if seen, ok := v.Age.Verdict.of(); ok {
			d.Icon, d.Tone, d.verdict = seen.icon, seen.tone, v.Age.Verdict
		}
	}
	if v.Action.Lang == d.Lang {
		d.Action.Lang = ""
	}
	d.Stories = slices.Clone(v.Stories)
	for i := range d.Stories {
		if d.Stories[i].Lang == d.Lang {
			d.Stories[i].Lang = ""
		}
	}
	return d
}

// Primary is the primary action, with words of ours where the view has none.
func (d *data) Primary() (Action, error) {
	a := d.Action
	if a.Href == "" || a.Label != "" {
		return a, nil
	}
	var err error
	a.Lang = ""
	if d.Product.Name != "" {
		a.Label, err = d.T("about", "name", d.Product.Name)
	} else {
		a.Label, err = d.T("retry")
	}
	return a, err
}

// T gives a text of the catalogue.
func (d *data) T(key string, pairs ...string) (string, error) {
	return d.words.say(variant(d.Product.Bottle), key, pairs...)
}

// W gives a text of what the page says of the tap.
func (d *data) W(part string) (string, error) { return d.T(string(d.verdict) + "." + part) }

// Title is what stands in the tab and in the history: never a serial or a state
// beside a product's name, since both are shared.
func (d *data) Title() (string, error) {
	if d.Layout == "product" || d.Layout == "age" {
		if t := d.ShareTitle(); t != "" {
			return t, nil
		}
		return d.T("age.title")
	}
	return d.W("title")
}

// ShareTitle names the product and who made it.
func (d *data) ShareTitle() string {
	return strings.Join(filled(d.Product.Name, d.Product.Brand.Name), " · ")
}

// Shared says whether link previews and search engines are told of a product.
func (d *data) Shared() bool {
	return d.Product.Name != "" && (d.Layout == "product" || d.Layout == "age")
}

// Indexed says whether a search engine may keep the page: only what is the same
// for everybody.
func (d *data) Indexed() bool { return d.Kind == Plain && d.unit == Unit{} }

// Summary is the product in one line.
func (d *data) Summary() string {
	if !d.Shared() {
		return ""
	}
	if d.Product.Tagline != "" {
		return d.Product.Tagline
	}
	return shorten(d.Product.Description, 160)
}

// CanonicalURL is the public address of the product.
func (d *data) CanonicalURL() string {
	if d.Host == "" || d.Canonical == "" {
		return ""
	}
	return d.Host + d.Canonical
}

// ImageURL is the picture's full address.
func (d *data) ImageURL() string {
	if d.Host == "" || d.Product.Image.Src == "" {
		return ""
	}
	return d.Host + d.Product.Image.Src
}

// PrintURL is the address that a printed page carries.
func (d *data) PrintURL() string {
	path := d.Canonical
	if d.Unit.Path != "" {
		path = d.Unit.Path
	}
	if path == "" {
		return ""
	}
	_, host, _ := strings.Cut(d.Host, "://")
	return host + path
}

// HomepageHost is the brand's address as people say it.
func (d *data) HomepageHost() string {
	u, err := url.Parse(d.Product.Brand.Homepage)
	if err != nil || u.Host == "" {
		return d.Product.Brand.Homepage
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// LangQuery keeps a chosen language through a form.
func (d *data) LangQuery() string { return "?lang=" + d.Lang }

// Measures is volume and strength: "70 cl · 46% vol".
func (d *data) Measures() (string, error) {
	abv := ""
	if d.Product.ABV > 0 {
		var err error
		if abv, err = d.T("abv", "abv", d.words.number(d.Product.ABV)); err != nil {
			return "", err
		}
	}
	return strings.Join(filled(d.Product.Volume, abv), " · "), nil
}

// Opening says when the seal was opened, if the page is about that.
func (d *data) Opening() (string, error) {
	switch {
	case d.Kind != Opened || d.Unit.Opened == "":
		return "", nil
	case d.Unit.OpenedAfter == "":
		return d.T("opened.on", "opened", d.Unit.Opened)
	default:
		return d.T("opened.between", "after", d.Unit.OpenedAfter, "opened", d.Unit.Opened)
	}
}

// Marks are the lines that tell one unit from another.
func (d *data) Marks() ([]string, error) {
	var marks []string
	for _, m := range []struct{ key, slot, value string }{
		{"serial", "serial", d.Unit.Serial}, {"lot", "lot", d.Unit.Lot}, {"read", "date", d.Unit.Read},
	} {
		if m.value == "" {
			continue
		}
		text, err := d.T(m.key, m.slot, m.value)
		if err != nil {
			return nil, err
		}
		marks = append(marks, text)
	}
	return marks, nil
}

type language struct {
	Lang, Name string
	Current    bool
}

// Languages is the switch.
func (d *data) Languages() []language {
	return d.words.languages
}

// linkedData is a schema.org Product; of the product, never of the unit.
type linkedData struct {
	Context     string     `json:"@context"`
	Type        string     `json:"@type"`
	Name        string     `json:"name"`
	GTIN        string     `json:"gtin,omitempty"`
	Description string     `json:"description,omitempty"`
	Image       string     `json:"image,omitempty"`
	URL         string     `json:"url,omitempty"`
	Brand       *brandData `json:"brand,omitempty"`
}

type brandData struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

// LinkedData describes the product to machines.
func (d *data) LinkedData() linkedData {
	l := linkedData{
		Context: "https://schema.org", Type: "Product", Name: d.Product.Name, GTIN: d.Product.GTIN,
		Description: d.Summary(), Image: d.ImageURL(), URL: d.CanonicalURL(),
	}
	if d.Product.Brand.Name != "" {
		l.Brand = &brandData{"Brand", d.Product.Brand.Name}
	}
	return l
}

func filled(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// shorten cuts a text at a word, near n characters.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := string(r[:n])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
