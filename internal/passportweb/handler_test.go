package passportweb_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/passport/copyfile"
	"tagline/internal/passport/sheet"
	"tagline/internal/passportweb"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const gin = "09506000134352"

type shop struct {
	*httptest.Server
	passports *passport.Service
	db        *sqldb.DB
	ledger    *ledger.Ledger
	log       *bytes.Buffer
	official  string // a token of the authorities
	secret    string // hash of a document for authorities
	open      string // hash of a public document
}

func start(t *testing.T) *shop {
	t.Helper()
	db := sqldbtest.SQLite(t)
	c := clock.NewManual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	drawer, err := passportweb.NewDrawer()
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{db: db, ledger: l, log: &bytes.Buffer{}}
	s.passports = passport.New(passport.Config{DB: db, Ledger: l, Clock: c, IDs: ident.NewSource(c, rand.Reader), Chance: rand.Reader,
		BaseURL: "https://id.brand.example", Draw: drawer.Page})
	s.Server = httptest.NewServer(passportweb.New(passportweb.Config{Passports: s.passports, Drawer: drawer, Log: slog.New(slog.NewTextHandler(s.log, nil))}))
	t.Cleanup(s.Close)

	at := passport.Anchor{GTIN: gin}
	say := func(en, de string) passport.Localized { return passport.Localized{"en": en, "de": de} }
	d := passport.Document{GTIN: gin, Name: say("High Water Gin", "Hochwasser-Gin"), Description: say("A <gin>.", "Ein <Gin>."),
		Operator: &sheet.Operator{Name: "Ferrow Spirits Ltd", EORI: "GB123456789000", Address: "Ferry House", Country: "GB", Email: "passports@ferrow.example", URL: "https://ferrow.example"},
		Facility: &sheet.Facility{Name: "The ferry house", Country: "GB"},
		Sections: []sheet.Section{
			{Name: "contents", Label: say("Contents", "Inhalt"), Attributes: []sheet.Attribute{
				{Name: "ingredients", Label: say("Ingredients", "Zutaten"), Text: say("Water, spirit", "Wasser, Alkohol")},
				{Name: "energy", Label: say("Energy", "Brennwert"), Number: new(996.5), Unit: "KJO"}}},
			{Name: "packaging", Label: say("Packaging", "Verpackung"), Attributes: []sheet.Attribute{
				{Name: "materials", Label: say("Materials", "Stoffe"), List: []passport.Localized{say("Glass", "Glas"), say("Cork", "Kork")}},
				{Name: "supplier", Label: say("Supplier", "Lieferant"), Tier: passport.Authority, Text: say("Norfolk Cullet", "Norfolk Cullet")}}}}}
	if _, _, err := s.passports.Put(t.Context(), d, passport.Change{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []passport.File{
		{Name: "care.html", Title: say("Care", "Pflege"), Type: "text/html", Language: "en"},
		{Name: "report.txt", Title: say("Report", "Bericht"), Type: "text/plain", Tier: passport.Authority},
	} {
		p, err := s.passports.AddFile(t.Context(), at, f, []byte("<script>"+f.Name+"</script>"), passport.Change{})
		if err != nil {
			t.Fatal(err)
		}
		s.open, s.secret = p.Draft.Documents[0].SHA256, p.Draft.Documents[len(p.Draft.Documents)-1].SHA256
	}
	if _, err := s.passports.Publish(t.Context(), at, passport.Change{}); err != nil {
		t.Fatal(err)
	}
	_, s.official, err = s.passports.MakeGrant(t.Context(), passport.Grant{Tier: passport.Authority, Holder: "Customs", Purpose: "Import", Expires: c.Now().Add(time.Hour)}, "mem_x")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type reply struct {
	*http.Response
	body string
}

// ask sends a request; headers are pairs.
func (s *shop) ask(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "tagline=x; session=y")
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp, string(text)}
}

const page = "/passport/01/" + gin

func TestThePathTracksNobody(t *testing.T) {
	s := start(t)
	before := s.head(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, r := range []reply{
		s.ask(t, "GET", page, ""), s.ask(t, "HEAD", page, ""), s.ask(t, "GET", page+"?format=jsonld", ""), s.ask(t, "GET", page+"/21/S1", ""),
		s.ask(t, "GET", page+"/copy.zip?all=1", ""), s.ask(t, "GET", page+"/documents/"+s.open, ""), s.ask(t, "GET", "/passport/01/09506000134369", ""),
		s.ask(t, "POST", page, "code="+s.official, form...), s.ask(t, "POST", page, "code=wrong", form...), s.ask(t, "GET", page, "", "Authorization", "Bearer "+s.official),
		s.ask(t, "GET", "/passport/nonsense", ""), s.ask(t, "DELETE", page, ""),
	} {
		where := r.Request.Method + " " + r.Request.URL.String()
		if r.Header.Values("Set-Cookie") != nil {
			t.Errorf("%s sets a cookie: %v", where, r.Header.Values("Set-Cookie"))
		}
		if r.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", where, r.Header)
		}
		if r.Header.Get("Content-Disposition") == "" && strings.Contains(r.Header.Get("Content-Type"), "html") && regexp.MustCompile(`<script|<img|<iframe|<link|src=|@import|url\(`).MatchString(r.body) {
			t.Errorf("%s loads something:\n%s", where, r.body)
		}
		if strings.Contains(r.Request.URL.String(), "tlp_") || strings.Contains(r.Header.Get("Location"), "tlp_") {
			t.Errorf("%s: a code in an address", where)
		}
	}
	if after := s.head(t); after != before {
		t.Errorf("reading passports appended %d events", after-before)
	}
	if s.log.Len() > 0 {
		t.Errorf("the log says: %s", s.log)
	}
}

func (s *shop) head(t *testing.T) (n int64) {
	t.Helper()
	if err := s.db.View(t.Context(), func(tx *sqldb.Tx) (err error) { n, err = s.ledger.Head(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNegotiation(t *testing.T) {
	s := start(t)
	for accept, want := range map[string]string{
		"": "text/html", "*/*": "text/html", "text/html,application/xhtml+xml,*/*;q=0.8": "text/html",
		"application/ld+json": "application/ld+json", "application/json": "application/ld+json",
		"text/html;q=0.4, application/ld+json;q=0.5": "application/ld+json", "text/html;q=0.5, application/ld+json;q=0.4": "text/html",
		"text/*;q=0.1, application/*": "application/ld+json", "image/png": "text/html", "text/html;q=0, */*": "application/ld+json",
	} {
		r := s.ask(t, "GET", page, "", "Accept", accept)
		if got, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); got != want || r.StatusCode != 200 {
			t.Errorf("Accept %q: %d %s, want %s", accept, r.StatusCode, got, want)
		}
	}
	ld := s.ask(t, "GET", page+"?format=jsonld", "")
	var o struct {
		ID string `json:"@id"`
	}
	if err := json.Unmarshal([]byte(ld.body), &o); err != nil || o.ID != "https://id.brand.example/01/"+gin || strings.Contains(ld.body, "Norfolk") {
		t.Errorf("%v: %s", err, ld.body)
	}
	if head := s.ask(t, "HEAD", page+"?format=jsonld", ""); head.Header.Get("Content-Length") != ld.Header.Get("Content-Length") || head.Header.Get("ETag") != ld.Header.Get("ETag") || head.body != "" {
		t.Errorf("HEAD differs: %v", head.Header)
	}
	if de := s.ask(t, "GET", page, "", "Accept-Language", "de-AT, en;q=0.5"); de.Header.Get("Content-Language") != "de" || !strings.Contains(de.body, "Hochwasser-Gin") || !strings.Contains(de.body, "996,5 kJ") {
		t.Errorf("in German: %s", de.body)
	}
}

func TestRevalidation(t *testing.T) {
	s := start(t)
	r := s.ask(t, "GET", page, "")
	tag := r.Header.Get("ETag")
	if !regexp.MustCompile(`^"[0-9a-f]{32}"$`).MatchString(tag) || r.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%v", r.Header)
	}
	if again := s.ask(t, "GET", page, "", "If-None-Match", `"other", `+tag); again.StatusCode != 304 || again.body != "" {
		t.Errorf("unchanged: %d", again.StatusCode)
	}
	packed := s.ask(t, "GET", page, "", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != r.body || packed.Header.Get("ETag") == tag || len(packed.body) > 14<<10 {
		t.Errorf("compressed: %d bytes, %v", len(packed.body), err)
	}
	if _, err := s.passports.Withdraw(t.Context(), passport.Anchor{GTIN: gin}, "A label was wrong.", passport.Change{}); err != nil {
		t.Fatal(err)
	}
	gone := s.ask(t, "GET", page, "", "If-None-Match", tag)
	if gone.StatusCode != 410 || !strings.Contains(gone.body, "A label was wrong.") || strings.Contains(gone.body, "Water, spirit") {
		t.Errorf("withdrawn: %d %s", gone.StatusCode, gone.body)
	}
	if old := s.ask(t, "GET", page+"?version=1", ""); old.StatusCode != 200 || !strings.Contains(old.body, "Water, spirit") || !strings.Contains(old.body, "A label was wrong.") {
		t.Errorf("version 1: %d %s", old.StatusCode, old.body)
	}
}

func TestAccessCodes(t *testing.T) {
	s := start(t)
	post := func(path, code string) reply {
		return s.ask(t, "POST", path, url.Values{"code": {code}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	public := s.ask(t, "GET", page, "")
	if strings.Contains(public.body, "Norfolk") || strings.Contains(public.body, "report.txt") || strings.Contains(public.body, s.secret) || !strings.Contains(public.body, `name="code"`) {
		t.Errorf("public: %s", public.body)
	}
	for name, r := range map[string]reply{"form": post(page, " "+s.official+" "), "header": s.ask(t, "GET", page, "", "Authorization", "Bearer "+s.official)} {
		if r.StatusCode != 200 || !strings.Contains(r.body, "Norfolk Cullet") || r.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
	}
	if r := s.ask(t, "GET", page, "", "Authorization", "Bearer "+s.official); strings.Contains(r.body, s.official) {
		t.Error("the code of a header stands in the page")
	}
	if r := post(page+"/documents/"+s.secret, s.official); r.StatusCode != 200 || !strings.Contains(r.body, "report.txt") {
		t.Errorf("document: %d %s", r.StatusCode, r.body)
	}
	if r := s.ask(t, "GET", page+"/documents/"+s.secret, ""); r.StatusCode != 401 || r.Header.Get("WWW-Authenticate") == "" || strings.Contains(r.body, "report") {
		t.Errorf("document without a code: %d %s", r.StatusCode, r.body)
	}
	wrong := post(page, "tlp_wrong")
	if nowhere := post("/passport/01/09506000134369", "tlp_wrong"); wrong.StatusCode != 401 || nowhere.StatusCode != 401 ||
		strings.ReplaceAll(nowhere.body, "09506000134369", gin) != wrong.body {
		t.Error("a wrong code tells whether a passport exists")
	}
	for _, r := range []reply{post(page, ""), s.ask(t, "GET", page, "", "Authorization", "Basic eDp5")} {
		if r.StatusCode != 401 {
			t.Errorf("%s: %d", r.Request.Header, r.StatusCode)
		}
	}
	if r := post(page, strings.Repeat("x", 5000)); r.StatusCode != 413 {
		t.Errorf("a large form: %d", r.StatusCode)
	}
	if r := s.ask(t, "POST", page, "{}", "Content-Type", "application/json"); r.StatusCode != 415 {
		t.Errorf("no form: %d", r.StatusCode)
	}
	uses, err := s.passports.AccessLog(t.Context(), passport.UseFilter{})
	if err != nil || len(uses) != 4 {
		t.Errorf("the access log holds %d uses, %v", len(uses), err)
	}
}

func TestDocumentsAreFilesAndNeverRun(t *testing.T) {
	s := start(t)
	r := s.ask(t, "GET", page+"/documents/"+s.open, "")
	if r.StatusCode != 200 || r.Header.Get("Content-Disposition") != "attachment; filename=care.html" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") ||
		r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("ETag") != `"`+s.open+`"` {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestACopyOverHTTPProvesItself(t *testing.T) {
	s := start(t)
	for query, versions := range map[string]int{"": 1, "?version=1": 1, "?all=1": 1} {
		r := s.ask(t, "GET", page+"/copy.zip"+query, "")
		m, err := copyfile.Verify(strings.NewReader(r.body), int64(len(r.body)))
		if err != nil || r.Header.Get("Content-Type") != "application/zip" || len(m.Versions) != versions || m.Tier != passport.Public {
			t.Errorf("%s: %v %v %+v", query, r.Status, err, m)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := start(t)
	for path, status := range map[string]int{
		"/passport/01/09506000134369": 404, page + "?version=9": 404, page + "/documents/" + strings.Repeat("0", 64): 404,
		"/passport": 400, "/passport/": 400, "/passport/01/09506000134353": 400, "/passport/00/195060001343521996": 400, page + "?version=x": 400, page + "/x": 400,
		"/passport/shop/01/" + gin: 400, page + "/10/L7/21/S1": 200, page + "/10/L7": 200, page + "/21/copy.zip": 200,
	} {
		r := s.ask(t, "GET", path, "")
		if r.StatusCode != status || !strings.Contains(r.body, "<h1>") {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, status)
		}
		if p := s.ask(t, "GET", path, "", "Accept", "application/ld+json"); status >= 400 && (p.StatusCode != status || p.Header.Get("Content-Type") != "application/problem+json") {
			t.Errorf("%s as data: %d %s", path, p.StatusCode, p.Header.Get("Content-Type"))
		}
	}
	if r := s.ask(t, "PUT", page, ""); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("PUT: %d", r.StatusCode)
	}
}

func TestThePageInEveryLanguage(t *testing.T) {
	s := start(t)
	for _, lang := range pages.Languages() {
		r := s.ask(t, "GET", page+"?lang="+lang, "")
		if r.StatusCode != 200 || r.Header.Get("Content-Language") != lang || !strings.Contains(r.body, `<html lang="`+lang+`">`) {
			t.Errorf("%s: %d", lang, r.StatusCode)
		}
		file := "testdata/page." + lang + ".html"
		if *update {
			if err := os.WriteFile(file, []byte(r.body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || string(want) != r.body {
			t.Errorf("%s differs (%v); run with -update and review", file, err)
		}
	}
}
