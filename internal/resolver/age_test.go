package resolver_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tagline/internal/sqldb/sqldbtest"
)

func TestAlcoholIsShownToAdultsOnly(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	p := w.phone("Accept-Language", "en-GB")
	ask := p.follow(b.url())
	if ask.StatusCode != 200 || !ask.has("First, your age", "Genuine and sealed", `<option value="GB" selected>`, `action="`+b.path()+`/age?lang=en"`) {
		t.Fatalf("%d %s", ask.StatusCode, ask.main())
	}
	if other := w.bottle(gin); !w.phone().follow(other.url()).has(`action="` + other.path() + `/age?lang=en"`) {
		t.Error("the question about another bottle posts to the first")
	}
	for _, secret := range []string{"How it is made", "For holders only", "Taste it", "Spring below", "43.5"} {
		if ask.has(secret) {
			t.Errorf("before the answer it says %q", secret)
		}
	}
	born := func(year string) url.Values {
		return url.Values{"country": {"gb"}, "day": {"27"}, "month": {"3"}, "year": {year}}
	}
	a := p.post(b.path()+"/age?lang=en", born("1985"))
	cookie := a.Header.Get("Set-Cookie")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != b.path()+"?lang=en" || !strings.HasPrefix(cookie, "tagline_age=") || !strings.Contains(cookie, "HttpOnly") {
		t.Fatalf("%d %q %q", a.StatusCode, a.Header.Get("Location"), cookie)
	}
	if strings.Contains(cookie, "Max-Age") {
		t.Errorf("nobody asked to be remembered: %q", cookie)
	}
	value, _, _ := strings.Cut(strings.TrimPrefix(cookie, "tagline_age="), ";")
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(raw) > 32 {
		t.Errorf("the cookie keeps %d bytes: more than an outcome", len(raw))
	}
	if strings.Contains(w.log.String(), "1985") {
		t.Error("the birth date is in the log")
	}
	if page := p.get(b.path()); !page.has("Genuine and sealed", "How it is made", "43.5% vol") {
		t.Errorf("after the answer: %s", page.main())
	}

	// Too young by a day where they live.
	young := w.phone()
	young.follow(b.url())
	day := w.clock.Now().AddDate(-18, 0, 2)
	a = young.post(b.path()+"/age", url.Values{"country": {"GB"}, "day": {day.Format("2")}, "month": {day.Format("1")}, "year": {day.Format("2006")}, "remember": {"yes"}})
	if a.StatusCode != http.StatusSeeOther || !strings.Contains(a.Header.Get("Set-Cookie"), "Max-Age=86400") {
		t.Fatalf("%d %q", a.StatusCode, a.Header.Get("Set-Cookie"))
	}
	page := young.get(b.path())
	if !page.has("Not yet") || page.has("How it is made") || page.has("Island Gin") {
		t.Errorf("under age: %s", page.main())
	}
	// The back button does not ask again.
	a = young.post(b.path()+"/age", born("1985"))
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("a second answer: %d %q", a.StatusCode, a.Header.Get("Set-Cookie"))
	}
	if page := young.get("/01/" + rum); !page.has("Not yet") {
		t.Errorf("another bottle: %s", title(page.main()))
	}
	w.clock.Advance(24 * time.Hour)
	if page := young.get("/01/" + rum); !page.has("First, your age") {
		t.Errorf("the next day: %s", title(page.main()))
	}
}

func TestTheLawOfTheCountryCounts(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	for country, adult := range map[string]bool{"DE": true, "US": false, "SA": false} {
		p := w.phone()
		born := w.clock.Now().AddDate(-20, 0, 0)
		p.post("/01/"+gin+"/age", url.Values{"country": {country}, "day": {born.Format("2")}, "month": {born.Format("1")}, "year": {born.Format("2006")}})
		if page := p.get("/01/" + gin); page.has("Juniper and salt") != adult || page.has("Not yet") == adult {
			t.Errorf("twenty years old in %s: %s", country, title(page.main()))
		}
	}
}

func TestWrongAnswersAreAskedAgain(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	const wrongCountry, wrongDate = "Choose the country you live in", "Enter a real date"
	for name, row := range map[string]struct {
		form     url.Values
		has, not string
	}{
		"nothing":        {url.Values{}, wrongCountry, "\x00"},
		"no country":     {url.Values{"day": {"1"}, "month": {"1"}, "year": {"1980"}}, wrongCountry, wrongDate},
		"a made-up one":  {url.Values{"country": {"QQ"}, "day": {"1"}, "month": {"1"}, "year": {"1980"}}, wrongCountry, wrongDate},
		"31 February":    {url.Values{"country": {"SE"}, "day": {"31"}, "month": {"2"}, "year": {"1980"}}, wrongDate, wrongCountry},
		"letters":        {url.Values{"country": {"SE"}, "day": {"x"}, "month": {"1"}, "year": {"1980"}}, wrongDate, wrongCountry},
		"tomorrow":       {url.Values{"country": {"SE"}, "day": {"26"}, "month": {"11"}, "year": {"2026"}}, wrongDate, wrongCountry},
		"a year of two":  {url.Values{"country": {"SE"}, "day": {"1"}, "month": {"1"}, "year": {"85"}}, wrongDate, wrongCountry},
		"a sign":         {url.Values{"country": {"SE"}, "day": {"+1"}, "month": {"1"}, "year": {"1985"}}, wrongDate, wrongCountry},
		"long ago":       {url.Values{"country": {"SE"}, "day": {"1"}, "month": {"1"}, "year": {"1850"}}, wrongDate, wrongCountry},
		"hostile":        {url.Values{"country": {"<b>"}, "day": {`"`}, "month": {"<"}, "year": {"'>"}}, wrongCountry, "<b>"},
		"very long text": {url.Values{"country": {"SE"}, "day": {strings.Repeat("1", 300)}, "month": {"1"}, "year": {"1980"}}, wrongDate, "1111"},
	} {
		a := p.post("/01/"+gin+"/age", row.form)
		if a.StatusCode != http.StatusUnprocessableEntity || a.Header.Get("Set-Cookie") != "" || !a.has(row.has, "First, your age", `role="alert"`) || a.has(row.not) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.main())
		}
	}
	a := p.post("/01/"+gin+"/age", url.Values{"country": {"SE"}, "day": {"31"}, "month": {"2"}, "year": {"1980"}})
	if !a.has(`value="31"`, `value="1980"`, `<option value="SE" selected>`) {
		t.Error("what was typed is lost")
	}
}

func TestWhatIsNoAlcoholIsShownToEverybody(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	if page := w.phone().follow(w.bottle(brush).url()); !page.has("Genuine and sealed", "Birch Brush") || page.has("your age") || page.has("responsibly") {
		t.Errorf("%s", page.main())
	}
}
