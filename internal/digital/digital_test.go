package digital_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tagline/internal/digital"
	"tagline/internal/link/negotiate"
)

func TestParse(t *testing.T) {
	for _, row := range []struct {
		path, query string
		want        digital.Request // but for Link
	}{
		{"/01/09506000134352", "", digital.Request{Path: "/01/09506000134352", GTIN: "09506000134352"}},
		{"/01/09506000134352/", "", digital.Request{Path: "/01/09506000134352", GTIN: "09506000134352"}},
		{"/01/09506000134352/10/A%2FB/21/7", "17=271231&x=1", digital.Request{Path: "/01/09506000134352/10/A%2FB/21/7", GTIN: "09506000134352", Lot: "A/B", Serial: "7"}},
		{"/some/where/414/9506000134376", "", digital.Request{Path: "/414/9506000134376"}},
		{"/p/01/09506000134352/21/7", "", digital.Request{Path: "/01/09506000134352/21/7", GTIN: "09506000134352", Serial: "7", Own: true}},
		// (01)01084257720668(10)Wd,h9HTDG, in the two forms of the standard's toolkit.
		{"/CwH45ZeyuRNfIs0OZFSJH", "", digital.Request{Path: "/01/01084257720668/10/Wd%2Ch9HTDG", GTIN: "01084257720668", Lot: "Wd,h9HTDG", Compressed: true}},
		{"/AQH45ZeyuCETXyLNDmRUiRw", "", digital.Request{Path: "/01/01084257720668/10/Wd%2Ch9HTDG", GTIN: "01084257720668", Lot: "Wd,h9HTDG", Compressed: true}},
	} {
		got, err := digital.Parse(row.path, row.query)
		if err != nil {
			t.Errorf("%s: %v", row.path, err)
			continue
		}
		row.want.Link = got.Link
		if got.Path != row.want.Path || got.GTIN != row.want.GTIN || got.Lot != row.want.Lot || got.Serial != row.want.Serial || got.Own != row.want.Own || got.Compressed != row.want.Compressed {
			t.Errorf("%s: %+v", row.path, got)
		}
	}
}

func TestABrokenLinkIsToldFromNone(t *testing.T) {
	for path, want := range map[string]bool{
		"/01/09506000134353":             true, // check digit
		"/01/09506000134352/21/1/10/2":   true, // order
		"/01/09506000134352/foo":         true,
		"/01/09506000134352/01/09506000": true,
		"/CwH45ZeyuRNfIs0OZFSJX_garbage": true,
		"/about":                         false,
		"/wp-login.php":                  false,
		"/a/b/c":                         false,
		"/":                              false,
		"/01":                            true,
		"/" + strings.Repeat("x/", 900):  false,
	} {
		if _, err := digital.Parse(path, ""); err == nil {
			t.Errorf("%s is a Digital Link", path)
		}
		if digital.Looks(path) != want {
			t.Errorf("%s: looks like one: %v", path, !want)
		}
	}
}

func TestOnlyAPlainHostStandsInAHeader(t *testing.T) {
	const configured = "https://id.example"
	for host, want := range map[string]string{
		"id.brand.example":       "https://id.brand.example",
		"127.0.0.1:8443":         "https://127.0.0.1:8443",
		"[::1]:80":               "https://[::1]:80",
		"":                       configured,
		"evil.example/x":         configured,
		"a>b":                    configured,
		"a, <https://x>":         configured,
		"user@evil.example":      configured,
		strings.Repeat("a", 300): configured,
	} {
		q := httptest.NewRequest("GET", "/01/09506000134352", nil)
		q.Host = host
		if got := digital.Base(q, configured); got != want {
			t.Errorf("%q gives %q", host, got)
		}
	}
	q := httptest.NewRequest("GET", "/", nil)
	q.Host = "id.example"
	if got := digital.Base(q, "http://id.example"); got != "http://id.example" {
		t.Errorf("without TLS: %q", got)
	}
}

func TestWhoTakesHTML(t *testing.T) {
	for accept, want := range map[string]bool{
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"text/*":                        true,
		"*/*":                           false,
		"":                              false,
		"application/json":              false,
		"text/html;q=0, */*":            false,
		"application/linkset+json, */*": false,
	} {
		if got := digital.TakesHTML(negotiate.ParseMedia(accept)); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

func TestWishes(t *testing.T) {
	for _, row := range []struct {
		query, accept    string
		linkset, plainly bool
	}{
		{"", "text/html", false, true},
		{"foo=bar", "*/*", false, true},
		{"linkType=linkset", "text/html", true, false},
		{"linkType=all", "", true, false},
		{"", "application/linkset+json", true, false},
		{"", "text/html, application/linkset+json;q=0.5", false, true},
		{"linkType=gs1:pip", "", false, false},
		{"linktype=https%3A%2F%2Fref.gs1.org%2Fvoc%2Fpip", "", false, false},
		{"context=DE", "", false, false},
	} {
		r, err := digital.Parse("/01/09506000134352", row.query)
		if err != nil {
			t.Fatal(err)
		}
		w := digital.WishesOf(r, http.Header{"Accept": {row.accept}}, "")
		if w.Linkset != row.linkset || w.Plainly() != row.plainly {
			t.Errorf("%q, %q: linkset %v, plainly %v", row.query, row.accept, w.Linkset, w.Plainly())
		}
	}
}

func TestTheDescriptionFile(t *testing.T) {
	var d map[string]any
	if err := json.Unmarshal(digital.Description("https://id.example"), &d); err != nil {
		t.Fatal(err)
	}
	if d["resolverRoot"] != "https://id.example" || len(d["supportedPrimaryKeys"].([]any)) != 1 {
		t.Errorf("%v", d)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("/01/09506000134352/10/A%2FB", "17=271231&linkType=gs1:pip")
	f.Add("/CwH45ZeyuRNfIs0OZFSJH", "")
	f.Add("/p/01/09506000134352/", "%zz=&&=")
	f.Fuzz(func(t *testing.T, path, query string) {
		r, err := digital.Parse(path, query)
		if err != nil {
			return
		}
		again, err := digital.Parse(r.Path, "")
		if err != nil || again.Path != r.Path {
			t.Fatalf("%q is canonically %q, which reads as %q (%v)", path, r.Path, again.Path, err)
		}
		if strings.ContainsAny(digital.LinkHeader("https://id.example", r), "\r\n") {
			t.Fatal("a line end in a header")
		}
	})
}
