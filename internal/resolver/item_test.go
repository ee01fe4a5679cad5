package resolver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tagline/internal/content"
	"tagline/internal/product"
	"tagline/internal/sqldb/sqldbtest"
)

func TestTheSealChangesWhatIsSaid(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	p := w.adult("Accept-Language", "en")
	if page := p.follow(b.url()); !page.has("Genuine and sealed", "How it is made", "Taste it in the distillery") || page.has("Harbour Highball") || page.has("/empty") {
		t.Errorf("sealed: %s", page.main())
	}
	w.clock.Advance(26 * time.Hour)
	b.chip.Open()
	p = w.adult("Accept-Language", "en")
	page := p.follow(b.url())
	if !page.has("Genuine, opened", "between 25 November 2026 and 26 November 2026", "Harbour Highball", "My bottle is empty") || page.has("How it is made") || page.has("Taste it") {
		t.Errorf("opened: %s", page.main())
	}

	// Somebody without the session of a tap cannot say that it is empty.
	if a := w.adult().post(b.path()+"/empty", nil); a.StatusCode != http.StatusForbidden || !a.has("This was a live link") {
		t.Errorf("without a tap: %d %s", a.StatusCode, title(a.main()))
	}
	replayer := w.adult()
	replayer.follow(strings.Replace(b.url(), "?", "?", 1)) // theirs
	other := w.bottle(gin)
	if a := replayer.post(other.path()+"/empty", nil); a.StatusCode != http.StatusForbidden {
		t.Errorf("with the session of another bottle: %d", a.StatusCode)
	}
	if n := len(w.events("drained")); n != 0 {
		t.Fatalf("%d bottles are empty", n)
	}

	for range 2 { // a double click counts once
		if a := p.post(b.path()+"/empty?lang=de", nil); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != b.path()+"?lang=de" {
			t.Fatalf("empty: %d %q", a.StatusCode, a.Header.Get("Location"))
		}
	}
	if n := len(w.events("drained")); n != 1 {
		t.Errorf("the bottle is empty %d times", n)
	}
	if page := p.get(b.path()); !page.has("Genuine, and finished", "Your next bottle", "Harbour Rum", `href="/01/`+rum+`"`) {
		t.Errorf("drained: %s", page.main())
	}
}

func TestABottleThatIsOpenAtItsFirstTapIsPointedOutOnce(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	b.chip.Open()
	p := w.adult()
	if page := p.follow(b.url()); !page.has("Genuine, but already open") {
		t.Errorf("the first tap: %s", title(page.main())+page.body)
	}
	if page := p.get(b.path()); !page.has("Genuine, but already open") {
		t.Errorf("reloaded: %s", title(page.main()))
	}
	if page := p.follow(b.url()); !page.has("Genuine, opened") {
		t.Errorf("the next tap: %s", title(page.main()))
	}
}

// A page shows the item as it is now, not as it was at the tap.
func TestThePageIsReadAfresh(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	p := w.adult()
	p.follow(b.url())
	b.chip.Open()
	w.clock.Advance(time.Minute)
	w.adult().follow(b.url()) // somebody else in the room taps
	if page := p.get(b.path()); !page.has("Genuine, opened") {
		t.Errorf("%s", page.main())
	}
	if _, _, err := w.goods.PutBrand(t.Context(), product.Brand{Slug: "norrvik", Name: "Norrvik & Daughters"}, product.Change{}); err != nil {
		t.Fatal(err)
	}
	if page := p.get(b.path()); !page.has("Norrvik &amp; Daughters") {
		t.Error("the brand's old name is still shown")
	}
	if _, _, err := w.says.Put(t.Context(), content.Item{Name: "recipe", Placement: content.TapPage, Products: []string{gin}, Texts: map[string]content.Text{"en": {Title: "Storm Highball"}}}, product.Change{}); err != nil {
		t.Fatal(err)
	}
	if page := p.get(b.path()); !page.has("Storm Highball") || page.has("Harbour Highball") {
		t.Error("the old recipe is still shown")
	}
}

func TestLanguages(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	p := w.adult("Accept-Language", "de-AT,de;q=0.9,en;q=0.5")
	page := p.follow(b.url())
	if page.Header.Get("Content-Language") != "de" || !page.has(`<html lang="de"`, "Echt und versiegelt", "Inselgin", "Wie er entsteht", `hreflang="fr"`) {
		t.Errorf("by the browser: %s", page.main())
	}
	if !page.has(`<section class="story" lang="en">`, "For holders only") {
		t.Error("a text in another language does not say which")
	}
	page = p.get(b.path() + "?lang=ja")
	if page.Header.Get("Content-Language") != "ja" || !page.has("正規品", `<div lang="de">`, "Inselgin") {
		t.Errorf("by the link: %s", page.main())
	}
	if v := page.Header.Get("Vary"); !strings.Contains(v, "Accept-Language") || !strings.Contains(v, "Cookie") {
		t.Errorf("Vary %q", v)
	}
	if a := p.get("/nowhere?lang=fr"); !a.has(`<html lang="fr"`, "Il n’y a rien ici") {
		t.Errorf("where nothing is: %s", title(a.main()))
	}
}

func TestPlainScansAreRecordedOnce(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(brush)
	p := w.phone("Accept-Language", "sv-SE")
	for i, row := range []struct {
		name, url string
		header    []string
		recorded  bool
	}{
		{"the bottle's code", b.path(), nil, true},
		{"the product's code", "/01/" + brush, nil, true},
		{"with a lot", "/01/" + brush + "/10/L7?17=271231", nil, true},
		{"again", "/01/" + brush, nil, true},
		{"a serial that nobody made", "/01/" + brush + "/21/NOBODY", nil, true},
		{"a trailing slash", "/01/" + brush + "/", nil, true},
		{"the switch of language", "/01/" + brush + "?lang=de", nil, false},
		{"a step from our own page", b.path(), []string{"Sec-Fetch-Site", "same-origin"}, false},
		{"a preview", b.path(), []string{"User-Agent", "WhatsApp/2.0"}, false},
	} {
		before := w.events("tap.plain", "tap.refused")
		a := p.get(row.url, row.header...)
		if a.StatusCode != 200 || !a.has("Birch Brush") || a.has("Genuine") {
			t.Errorf("%s: %d %s", row.name, a.StatusCode, title(a.main()))
		}
		after := w.events("tap.plain", "tap.refused")
		if got := len(after) - len(before); got != 0 != row.recorded {
			t.Errorf("%s (%d) is recorded %d times", row.name, i, got)
		}
		if row.recorded {
			e := after[len(after)-1]
			if w.recorded(e, "gtin") != brush || w.recorded(e, "market") != "SE" || w.recorded(e, "tier") != "0" {
				t.Errorf("%s is recorded as %s", row.name, e.Body)
			}
		}
	}
	// Many scans of the same printed code are customers, not a flood.
	before := len(w.events("tap.plain"))
	for range 50 {
		p.get("/01/" + brush)
	}
	if n := len(w.events("tap.plain")) - before; n != 50 {
		t.Errorf("of 50 scans %d are recorded", n)
	}
}

func TestAPublicPageIsRevalidated(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	a := p.get("/01/" + brush)
	etag := a.Header.Get("Etag")
	if c := a.Header.Get("Cache-Control"); c != "private, no-cache" || etag == "" {
		t.Fatalf("Cache-Control %q, ETag %q", c, etag)
	}
	before := len(w.events("tap.plain"))
	b := p.get("/01/"+brush, "If-None-Match", etag)
	if b.StatusCode != http.StatusNotModified || b.body != "" {
		t.Errorf("asked again: %d, %d bytes", b.StatusCode, len(b.main()))
	}
	if n := len(w.events("tap.plain")); n != before+1 {
		t.Error("a scan that found its page kept was not recorded")
	}
	if c := p.get("/01/"+brush+"?lang=de", "If-None-Match", etag); c.StatusCode != 200 {
		t.Errorf("in another language: %d", c.StatusCode)
	}
}

func TestAPlainScanIsSentOn(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	for query, want := range map[string]string{
		"":                                  "https://shop.example/p?id=7#more",
		"?utm=a&b=%2F&utm=c":                "https://shop.example/p?id=7&utm=a&b=%2F&utm=c#more",
		"?17=271231&linkType=gs1%3Apip&lot": "https://shop.example/p?id=7&linkType=gs1%3Apip&17=271231&lot#more",
	} {
		before := len(w.events("tap.plain"))
		a := p.get("/01/" + sentOn + query)
		if a.StatusCode != http.StatusTemporaryRedirect || a.Header.Get("Location") != want {
			t.Errorf("%q: %d to %q, want %q", query, a.StatusCode, a.Header.Get("Location"), want)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("it may be kept: %q", a.Header.Get("Cache-Control"))
		}
		events := w.events("tap.plain")
		if len(events) != before+1 || w.recorded(events[before], "decision") != "link:01:gs1:pip:redirect" {
			t.Errorf("%q: recorded %d", query, len(events)-before)
		}
	}
	if a := p.do("HEAD", "/01/"+sentOn, nil); a.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("HEAD: %d", a.StatusCode)
	}
	// A tap of such a product shows its page all the same.
	if page := p.follow(w.bottle(sentOn).url()); !page.has("Genuine and sealed", "Sent On") {
		t.Errorf("a tap: %s", title(page.main()))
	}
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	for _, row := range []struct {
		name, url string
		status    int
		says      string
	}{
		{"nothing", "/", 404, "There is nothing here"},
		{"anything", "/wp-login.php", 404, "There is nothing here"},
		{"no segment", "//", 404, "There is nothing here"},
		{"dots", "/../../etc/passwd", 404, "There is nothing here"},
		{"a product of nobody", "/01/" + nobodys, 404, "We do not know this product"},
		{"a pallet", "/00/006141411234567890", 404, "We do not know this product"},
		{"a wrong check digit", "/01/09506000134353", 400, "We cannot read this address"},
		{"a GTIN of 13", "/01/9506000134352", 400, "We cannot read this address"},
		{"no value", "/01/", 400, "We cannot read this address"},
		{"an order that is not allowed", "/01/" + gin + "/21/X/10/Y", 400, "We cannot read this address"},
		{"a word behind", "/01/" + gin + "/foo", 400, "We cannot read this address"},
		{"a lot in the query", "/01/" + gin + "?10=X", 400, "We cannot read this address"},
		{"invalid UTF-8", "/01/" + gin + "/21/%ff%fe", 400, "We cannot read this address"},
		{"a NUL", "/01/" + gin + "/21/%00", 400, "We cannot read this address"},
		{"too long", "/01/" + gin + "?x=" + strings.Repeat("a", 5000), 414, "We cannot read this address"},
		{"a key set alone", "/t/", 404, ""},
		{"a key set without a message", "/t/k9/", 404, ""},
		{"a picture that is none", "/media/0123456789abcdef0123456789abcdef/x.svg", 404, "There is nothing here"},
		{"a picture by a path", "/media/../../x", 404, "There is nothing here"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := p.do(method, row.url, nil)
			if a.StatusCode != row.status || method == "GET" && !a.has(row.says) {
				t.Errorf("%s, %s: %d %s", row.name, method, a.StatusCode, title(a.main()))
			}
			if ct := a.Header.Get("Content-Type"); ct != "text/html; charset=utf-8" || a.Header.Get("Content-Security-Policy") == "" {
				t.Errorf("%s: %q without the page's headers", row.name, ct)
			}
		}
	}
}

func TestMethodsAndForms(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	page := "/01/" + gin
	form := url.Values{"country": {"SE"}, "day": {"1"}, "month": {"1"}, "year": {"1980"}}.Encode()
	const urlencoded = "application/x-www-form-urlencoded"
	for _, row := range []struct {
		name, method, url, body string
		header                  []string
		status                  int
	}{
		{"PUT", "PUT", page, "", nil, 405},
		{"DELETE", "DELETE", page, "", nil, 405},
		{"an invention", "BREW", page, "", nil, 405},
		{"a POST to a page", "POST", page, form, []string{"Content-Type", urlencoded}, 405},
		{"a POST to a tap", "POST", "/t/k1/x?p=1", form, []string{"Content-Type", urlencoded}, 405},
		{"JSON", "POST", page + "/age", `{"country":"SE"}`, []string{"Content-Type", "application/json"}, 415},
		{"no type", "POST", page + "/age", form, nil, 415},
		{"parts", "POST", page + "/age", form, []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"a body without end", "POST", page + "/age", form + "&x=" + strings.Repeat("a", 5000), []string{"Content-Type", urlencoded}, 413},
		{"broken escapes", "POST", page + "/age", "country=%zz", []string{"Content-Type", urlencoded}, 400},
		{"from another site", "POST", page + "/age", form, []string{"Content-Type", urlencoded, "Origin", "https://evil.example"}, 403},
		{"of a broken address", "POST", "/01/1/age", form, []string{"Content-Type", urlencoded}, 400},
		{"of nowhere", "POST", "/x/age", form, []string{"Content-Type", urlencoded}, 404},
		{"as it should be", "POST", page + "/age", form, []string{"Content-Type", urlencoded}, 303},
	} {
		a := p.do(row.method, row.url, strings.NewReader(row.body), row.header...)
		if a.StatusCode != row.status {
			t.Errorf("%s: %d, want %d", row.name, a.StatusCode, row.status)
		}
		if row.status == 405 && a.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: Allow %q", row.name, a.Header.Get("Allow"))
		}
		if row.status >= 400 && (title(a.body) == "" || a.Header.Get("Set-Cookie") != "") {
			t.Errorf("%s: no page, or a cookie", row.name)
		}
	}
}
