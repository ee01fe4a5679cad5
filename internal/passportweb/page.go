package passportweb

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/product"
)

//go:embed page.html
var pageText string

//go:embed style.css
var styleText string

//go:embed words.json
var wordsText []byte

// Drawer draws pages of passports. It may be used by many goroutines.
type Drawer struct {
	template *template.Template
	words    map[string]map[string]string
	policy   string
}

// NewDrawer parses the template and the words. An error is a bug of this package.
func NewDrawer() (*Drawer, error) {
	d := &Drawer{}
	if err := json.Unmarshal(wordsText, &d.words); err != nil {
		return nil, fmt.Errorf("passportweb: words: %w", err)
	}
	style := strings.TrimSpace(styleText)
	t, err := template.New("").Parse(pageText)
	if err == nil {
		_, err = t.New("css").Parse(style)
	}
	if err != nil {
		return nil, fmt.Errorf("passportweb: template: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	d.template = t
	d.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return d, nil
}

// Page draws a view as a file that stands by itself, for a copy. It is a
// passport.Drawer; lang "" takes the view's own.
func (d *Drawer) Page(v passport.View, lang string, link func(passport.ViewFile) string) ([]byte, error) {
	if lang == "" {
		lang = pages.Languages()[0]
		if have := v.Languages(); len(have) > 0 && v.Name[lang] == "" {
			lang = pages.Language(have[0], "")
		}
	}
	return d.draw(&face{View: v, Lang: lang, link: link})
}

// face is what the template is given.
type face struct {
	View      passport.View
	Lang      string
	Languages []tongue
	Notice    string // "" or the words of a page without a passport
	Form      string // where an access code is posted; "" = nowhere
	Code      string // the access code that the page was opened with
	Page      string // of the current version; "" in a copy
	Copy      string
	CopyAll   string
	Data      string

	words map[string]string
	link  func(passport.ViewFile) string
}

type tongue struct {
	Code, Name, Href string
	Current          bool
}

func (d *Drawer) draw(f *face) ([]byte, error) {
	f.words = d.words[f.Lang]
	var b bytes.Buffer
	err := d.template.ExecuteTemplate(&b, "page", f)
	return b.Bytes(), err
}

// T gives words; a key that is missing is an error of the template.
func (f *face) T(key string) (string, error) {
	if text, ok := f.words[key]; ok {
		return text, nil
	}
	return "", fmt.Errorf("passportweb: no words for %q in %s", key, f.Lang)
}

// Say gives words with a slot filled.
func (f *face) Say(key, slot string, value any) (string, error) {
	text, err := f.T(key)
	return strings.ReplaceAll(text, "{"+slot+"}", fmt.Sprint(value)), err
}

// Title is that of the page.
func (f *face) Title() (string, error) {
	if f.Notice != "" {
		return f.T(f.Notice)
	}
	title, err := f.T("title")
	if name := f.In(f.View.Name); name != "" {
		return name + " · " + title, err
	}
	return title, err
}

// Text is that of a notice.
func (f *face) Text() (string, error) { return f.T(f.Notice + ".text") }

// In chooses the text in the page's language, or the nearest.
func (f *face) In(l passport.Localized) string {
	text, _ := product.Localized(l).In(f.Lang)
	return text
}

// What says what the passport is of.
func (f *face) What() (string, error) {
	what, err := f.T(string(f.View.Anchor.Level()))
	if err != nil {
		return "", err
	}
	return f.Say("of", "what", what)
}

// Older says that the version is not the current one.
func (f *face) Older() (string, error) {
	if f.View.Gone() || f.View.Version == f.View.Newest || f.Page == "" {
		return "", nil
	}
	text, err := f.Say("newest", "n", f.View.Version)
	return strings.ReplaceAll(text, "{newest}", strconv.FormatInt(f.View.Newest, 10)), err
}

// Tier names a tier above the public one, that of the reader.
func (f *face) Tier() (string, error) {
	if f.View.Tier == passport.Public || f.View.Tier == "" {
		return "", nil
	}
	return f.T("tier." + string(f.View.Tier))
}

// Mark says in a line where a value comes from and who sees it.
func (f *face) Mark(from sheet.Level, tier passport.Tier) (string, error) {
	var marks []string
	if from != f.View.Anchor.Level() {
		text, err := f.T("from." + string(from))
		if err != nil {
			return "", err
		}
		marks = append(marks, text)
	}
	if tier != passport.Public {
		text, err := f.T("tier." + string(tier))
		if err != nil {
			return "", err
		}
		marks = append(marks, text)
	}
	return strings.Join(marks, ", "), nil
}

// Posted says whether a document is opened by posting the access code again.
func (f *face) Posted(tier passport.Tier) bool { return f.Code != "" && tier != passport.Public }

// Link gives where a document is.
func (f *face) Link(v passport.ViewFile) string { return f.link(v) }

// Stamp writes a time for machines, Date the day for people.
func (f *face) Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Date writes a day in the one form that is read alike everywhere.
func (f *face) Date(t time.Time) string { return t.UTC().Format("2006-01-02") }

// Number writes a number with the decimal sign of the language.
func (f *face) Number(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if f.Lang == "de" || f.Lang == "fr" || f.Lang == "es" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// Unit writes a unit as people know it: the common codes of UN/ECE Recommendation 20
// as signs, anything else as it is.
func (f *face) Unit(unit string) string {
	switch unit {
	case "GRM":
		return "g"
	case "KGM":
		return "kg"
	case "MGM":
		return "mg"
	case "MLT":
		return "ml"
	case "LTR":
		return "l"
	case "MMT":
		return "mm"
	case "CMT":
		return "cm"
	case "MTR":
		return "m"
	case "KJO":
		return "kJ"
	case "E14":
		return "kcal"
	case "KWH":
		return "kWh"
	case "CEL":
		return "°C"
	case "P1":
		return "%"
	}
	return unit
}

// Size writes a number of bytes.
func (f *face) Size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatInt((n+500)/1000, 10) + " kB"
}
