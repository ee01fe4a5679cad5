package pages_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"tagline/internal/pages"
)

// gunzip uses the standard reader, which checks length and CRC.
func gunzip(t testing.TB, packed []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestOnePageServesEveryUnit(t *testing.T) {
	p := newPages(t)
	v := sample(p, pages.Opened, "en")
	page, err := p.Render(v)
	if err != nil {
		t.Fatal(err)
	}
	for name, u := range map[string]pages.Unit{
		"its own":   v.Unit,
		"another":   {Path: "/01/09506000134352/21/Z", Serial: "Z", Lot: "L1", Read: "today", Opened: "today", OpenedAfter: "yesterday"},
		"hostile":   {Path: "/01/09506000134352/21/%22%3E%3Cb%3E", Serial: `"><b>&'`, Lot: `</ul><script>`, Read: "x", Opened: "y", OpenedAfter: "z"},
		"enormous":  {Path: "/p", Serial: strings.Repeat("9", 200_000), Lot: "L", Read: "x", Opened: "y", OpenedAfter: "z"},
		"empty now": {},
	} {
		t.Run(name, func(t *testing.T) {
			plain := string(page.Append(nil, &u))
			if got := gunzip(t, page.AppendGzip([]byte("x"), &u)[1:]); got != plain {
				t.Fatalf("the packed page differs from the plain one (%d and %d bytes)", len(got), len(plain))
			}
			v := v
			v.Unit = u
			if u.Serial != "" && !strings.Contains(plain, strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;", "&", "&amp;", "'", "&#39;").Replace(u.Serial)) {
				t.Error("the serial is missing")
			}
			if strings.Contains(plain, "Slotqz") {
				t.Error("a mark is left")
			}
			if strings.Contains(plain, "<b>") || strings.Contains(plain, "<script>") {
				t.Error("a value of the unit became markup")
			}
			if u.Path != "" && !strings.Contains(plain, `action="`+u.Path+`/empty?lang=en"`) {
				t.Error("the form does not post to the unit's path")
			}
		})
	}
}

// The first flight of a connection is ten segments (RFC 6928). The headers are
// those of a tap page, generously.
func TestEveryPageFitsIntoTheFirstFlight(t *testing.T) {
	const limit, aim = 14_000, 10_000
	p := newPages(t)
	heaviest, at := 0, ""
	for _, kind := range pages.Kinds() {
		for _, lang := range pages.Languages() {
			v := sample(p, kind, lang)
			page, err := p.Render(v)
			if err != nil {
				t.Fatal(err)
			}
			headers := 400 + len(page.Policy())
			if n := headers + len(page.AppendGzip(nil, &v.Unit)); n > heaviest {
				heaviest, at = n, string(kind)+" "+lang
			}
			if plain := page.Append(nil, &v.Unit); len(plain) > 64<<10 {
				t.Errorf("%s %s is %d bytes without compression", kind, lang, len(plain))
			}
		}
	}
	t.Logf("heaviest: %s, %d bytes with headers", at, heaviest)
	if heaviest > limit {
		t.Errorf("%s weighs %d bytes, the limit is %d", at, heaviest, limit)
	}
	if heaviest > aim {
		t.Logf("above the aim of %d", aim)
	}
}

// The policy must name exactly the style elements that the page has.
func TestThePolicyLetsTheStyleInAndNothingElse(t *testing.T) {
	p := newPages(t)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	for _, accent := range []string{"", "#8A3B1E", "#ffffff", "red;}body{display:none", "#12345"} {
		v := sample(p, pages.Sealed, "en")
		v.Product.Brand.Accent = accent
		page, err := p.Render(v)
		if err != nil {
			t.Fatal(err)
		}
		html := string(page.Append(nil, &v.Unit))
		found := style.FindAllStringSubmatch(html, -1)
		if len(found) != 2 {
			t.Fatalf("%d style elements", len(found))
		}
		for _, s := range found {
			sum := sha256.Sum256([]byte(s[1]))
			if h := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(page.Policy(), h) {
				t.Errorf("accent %q: the policy lacks %s", accent, h)
			}
		}
		for _, want := range []string{"default-src 'none'", "img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(page.Policy(), want) {
				t.Errorf("the policy lacks %s", want)
			}
		}
		if strings.Contains(html, "style=") || strings.Contains(html, " on") && regexp.MustCompile(`\son[a-z]+=`).MatchString(html) {
			t.Error("an inline style or handler, which the policy blocks")
		}
	}
}

// Whatever a brand writes stays text, and a link stays a link.
func TestTextsOfOthersAreEscaped(t *testing.T) {
	const evil = `"'><script>alert(1)</script>{{.}}</style></script>`
	p := newPages(t)
	for _, kind := range pages.Kinds() {
		v := sample(p, kind, "en")
		fill(&v, evil)
		html := render(t, p, v)
		if n := strings.Count(html, "<script"); n > 1 || strings.Contains(html, "<script>alert") {
			t.Errorf("%s: a script came in", kind)
		}
		if n := strings.Count(html, "</style>"); n != 2 {
			t.Errorf("%s: %d style elements end", kind, n)
		}
		if strings.Contains(html, `href="javascript:`) || strings.Contains(html, `src="javascript:`) {
			t.Errorf("%s: a script address is a link", kind)
		}
	}
}

func fill(v *pages.View, evil string) {
	const link = "javascript:alert(1)"
	v.Product.Name, v.Product.Tagline, v.Product.Description, v.Product.Kicker, v.Product.Volume = evil, evil, evil, evil, evil
	v.Product.GTIN, v.Product.Lang = evil, evil
	v.Product.Brand = pages.Brand{Name: evil, Country: evil, Homepage: link, Accent: evil}
	v.Product.Image = pages.Image{Src: link, Alt: evil, Width: 1, Height: 1}
	v.Product.Facts = []pages.Fact{{Label: evil, Value: evil}}
	v.Canonical, v.Host = evil, evil
	v.Action = pages.Action{Label: evil, Href: link}
	v.Next = pages.Next{Name: evil, Tagline: evil, Href: link, Image: v.Product.Image}
	v.Age.Day, v.Age.Month, v.Age.Year, v.Age.Country = evil, evil, evil, evil
	v.Stories = []pages.Story{{Kicker: evil, Title: evil, Lead: evil, Lang: evil, Action: v.Action, Blocks: []pages.Block{
		{Heading: evil, Text: evil, Items: []string{evil}, Steps: []string{evil}, Facts: v.Product.Facts}}}}
}

// A page for one unit may be shared; what a preview or a search engine reads of it
// must be the product's.
func TestNothingOfTheUnitStandsInThePreview(t *testing.T) {
	p := newPages(t)
	for _, kind := range pages.Kinds() {
		v := sample(p, kind, "en")
		v.Unit.Serial, v.Unit.Lot, v.Unit.Path = "SERIAL-4711", "LOT-4711", "/01/09506000134352/21/SERIAL-4711"
		html := render(t, p, v)
		head, _, _ := strings.Cut(html, "</head>")
		if strings.Contains(head, "4711") || strings.Contains(strings.ToLower(head), "genuine") {
			t.Errorf("%s: the head tells of the unit", kind)
		}
		if !strings.Contains(head, `name="robots" content="noindex"`) {
			t.Errorf("%s: a unit's page may be indexed", kind)
		}
	}
	v := sample(p, pages.Plain, "en")
	v.Unit = pages.Unit{}
	if html := render(t, p, v); strings.Contains(html, "noindex") {
		t.Error("the product's public page is hidden from search engines")
	}
}

// "Not verified" must not tell why.
func TestAPageThatIsNotVerifiedIsAlwaysTheSame(t *testing.T) {
	p := newPages(t)
	v := sample(p, pages.NotVerified, "en")
	if a, b := render(t, p, v), render(t, p, v); a != b {
		t.Error("two drawings differ")
	}
	if pages.NotVerified.Status() != 404 {
		t.Errorf("status %d", pages.NotVerified.Status())
	}
}

func TestAKindThatDoesNotExistIsRefused(t *testing.T) {
	if _, err := newPages(t).Render(pages.View{Kind: "nonsense"}); err == nil {
		t.Error("a page of no kind was drawn")
	}
}

func BenchmarkServe(b *testing.B) {
	p := newPages(b)
	v := sample(p, pages.Sealed, "en")
	page, err := p.Render(v)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		serve func([]byte, *pages.Unit) []byte
	}{{"gzip", page.AppendGzip}, {"plain", page.Append}} {
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 0, 64<<10)
			b.ReportAllocs()
			for b.Loop() {
				buf = c.serve(buf[:0], &v.Unit)
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

func BenchmarkRender(b *testing.B) {
	p := newPages(b)
	v := sample(p, pages.Sealed, "en")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Render(v); err != nil {
			b.Fatal(err)
		}
	}
}

func ExamplePage() {
	p, err := pages.New()
	if err != nil {
		panic(err)
	}
	// Drawn once for all bottles of this look …
	page, err := p.Render(pages.View{Kind: pages.Sealed, Lang: "en",
		Product: pages.Product{Name: "Norrvik 12"}, Unit: pages.Unit{Serial: "?"}})
	if err != nil {
		panic(err)
	}
	// … and served for each.
	for _, serial := range []string{"K7Q2M9", "X3"} {
		html := string(page.Append(nil, &pages.Unit{Serial: serial}))
		fmt.Println(strings.Contains(html, "Number "+serial))
	}
	// Output:
	// true
	// true
}
