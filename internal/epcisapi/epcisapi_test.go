package epcisapi_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/bus"
	"tagline/internal/channel/webhook"
	"tagline/internal/clock"
	"tagline/internal/epcisapi"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
	"tagline/internal/trace/subscription"
	"tagline/internal/vault"
)

const owner = "tl_bootstrapkey0123456789abcdefghij"

type server struct {
	*httptest.Server
	t       testing.TB
	clock   *clock.Manual
	partner string // a key
	reader  string // a key that may not capture
}

func serve(t testing.TB, db *sqldb.DB) *server {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	ids := ident.NewSource(c, rand.Reader)
	b := bus.New()
	l := ledger.New(db, c, b)
	doors := access.New(access.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Chance: rand.Reader})
	if _, err := doors.Bootstrap(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	r := repository.New(repository.Config{DB: db, Ledger: l, Clock: c, IDs: ids})
	log := slog.New(slog.DiscardHandler)
	queries := standing.New(db, c)
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	subscribe := subscription.Open(subscription.Config{DB: db, Bus: bus.New(), Repository: r, Queries: queries, Vault: v, Clock: c, IDs: ids, Chance: rand.Reader, Log: log,
		Sender: webhook.New(webhook.Config{Clock: c})})
	config := epcisapi.Config{
		Repository: r, Captures: capture.New(capture.Config{DB: db, Repository: r, Clock: c, IDs: ids, Dir: t.TempDir(), Log: log}),
		Queries: queries, Subscriptions: subscribe, Doors: doors, Bus: b, Clock: c, IDs: ids, Log: log, Version: "1", Secret: [32]byte{1, 2, 3},
	}
	s := &server{t: t, clock: c}
	s.Server = httptest.NewUnstartedServer(nil)
	config.BaseURL = "http://" + s.Listener.Addr().String()
	s.Config.Handler = epcisapi.New(config)
	s.Start()
	t.Cleanup(s.Close)
	who, err := doors.ByKey(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	for role, into := range map[access.Role]*string{access.Partner: &s.partner, access.PR: &s.reader} {
		if _, *into, err = doors.MakeKey(t.Context(), who, access.NewKey{Name: string(role), Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// said is an answer.
type said struct {
	*http.Response
	body string
}

// ask sends a request; headers are pairs, and the key is the owner's unless one says
// otherwise.
func (s *server) ask(method, path, body string, headers ...string) said {
	s.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.URL + epcisapi.Prefix + path
	}
	q, err := http.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+owner)
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return said{a, string(b)}
}

func (s *server) capture(body string, headers ...string) said {
	return s.ask("POST", "/capture", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// problem gives the name of the exception of an answer.
func (a said) problem() string {
	var p struct{ Type, Title, Detail, Instance string }
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal([]byte(a.body), &p) != nil || p.Title == "" || p.Detail == "" {
		return "no problem: " + a.body
	}
	return strings.TrimPrefix(p.Type, "epcisException:")
}

// ids follows the pages of a query to its end.
func (s *server) ids(path string, headers ...string) (list []string, last said) {
	s.t.Helper()
	for path != "" {
		last = s.ask("GET", path, "", headers...)
		if last.StatusCode != http.StatusOK {
			return nil, last
		}
		var doc struct {
			EPCISBody struct {
				QueryResults struct {
					QueryName   string
					ResultsBody struct {
						EventList []struct{ EventID, RecordTime string }
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(last.body), &doc); err != nil {
			s.t.Fatal(err)
		}
		for _, e := range doc.EPCISBody.QueryResults.ResultsBody.EventList {
			if e.RecordTime == "" {
				s.t.Errorf("%s has no record time", e.EventID)
			}
			list = append(list, e.EventID)
		}
		path = ""
		if link := last.Header.Get("Link"); link != "" {
			address, rest, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			if !ok || rest != `; rel="next"` || last.Header.Get("GS1-Next-Page-Token-Expires") == "" {
				s.t.Errorf("Link is %s", link)
			}
			path = address
		}
	}
	return list, last
}

func TestPublishedCases(t *testing.T) {
	root := os.Getenv("TAGLINE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "epcis", "query")
	corpus, err := os.ReadFile(filepath.Join(dir, "corpus.json"))
	if err != nil {
		t.Skip("the query cases are not there (folder shared beside the checkout, or TAGLINE_SHARED): only our own are tested")
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Cases []struct {
			ID     string
			Params map[string]any
			Expect struct {
				EventIDs []string
				Ordered  bool
				Error    string
				Status   int
			}
		}
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := serve(t, db)
		if a := s.capture(string(corpus)); a.StatusCode != http.StatusAccepted {
			t.Fatal(a.Status, a.body)
		}
		for _, c := range cases.Cases {
			values := url.Values{"perPage": {"3"}}
			for name, v := range c.Params {
				switch v := v.(type) {
				case []any:
					var list []string
					for _, item := range v {
						list = append(list, fmt.Sprint(item))
					}
					values.Set(name, strings.Join(list, "|"))
				default:
					values.Set(name, fmt.Sprint(v))
				}
			}
			got, last := s.ids("/events?" + values.Encode())
			if c.Expect.Error != "" {
				if last.StatusCode != c.Expect.Status || last.problem() != c.Expect.Error {
					t.Errorf("%s: %s %s", c.ID, last.Status, last.problem())
				}
				continue
			}
			if !c.Expect.Ordered {
				slices.Sort(got)
				slices.Sort(c.Expect.EventIDs)
			}
			if last.StatusCode != http.StatusOK || !slices.Equal(got, c.Expect.EventIDs) {
				t.Errorf("%s %s gives\n%v\nnot\n%v", c.ID, values.Encode(), got, c.Expect.EventIDs)
			}
		}
	})
}

const head = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"gin":"https://gin.example/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-26T12:00:00Z","epcisBody":{"eventList":[`

func event(n int, more string) string {
	return fmt.Sprintf(`{"type":"ObjectEvent","eventID":"urn:x:%d","eventTime":"2026-11-26T12:00:%02d+01:00","eventTimeZoneOffset":"+01:00","action":"OBSERVE","bizStep":"shipping","epcList":["urn:epc:id:sgtin:0614141.112345.%d"],"readPoint":{"id":"urn:epc:id:sgln:0614141.11111.0"}%s}`, n, n%60, n, more)
}

func document(events ...string) string { return head + strings.Join(events, ",") + "]}}" }

func TestCapture(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := serve(t, db)
		a := s.capture(document(event(1, ""), event(2, `,"bizzstep":"x"`)), "GS1-Capture-Error-Behaviour", "proceed")
		if a.StatusCode != http.StatusAccepted || a.Header.Get("GS1-EPCIS-Version") != "2.0.0" || a.Header.Get("GS1-CBV-Version") != "2.0.0" {
			t.Fatal(a.Status, a.body)
		}
		job := s.ask("GET", a.Header.Get("Location"), "")
		var got struct {
			CaptureID, CreatedAt, FinishedAt, CaptureErrorBehaviour string
			Running, Success                                        bool
			Errors                                                  []struct {
				Type, Detail, Pointer, EventID string
				EventIndex, Line, Status       int
			}
		}
		if err := json.Unmarshal([]byte(job.body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Running || got.Success || got.CaptureErrorBehaviour != "proceed" || got.CreatedAt == "" || got.FinishedAt == "" || len(got.Errors) != 1 ||
			got.Errors[0].Pointer != "/epcisBody/eventList/1/bizzstep" || got.Errors[0].EventIndex != 1 || got.Errors[0].EventID != "urn:x:2" || got.Errors[0].Status != 400 {
			t.Errorf("the job is %s", job.body)
		}
		var inXML struct {
			XMLName  xml.Name
			Running  bool     `xml:"running,attr"`
			Success  bool     `xml:"success,attr"`
			ID       string   `xml:"captureID,attr"`
			Created  string   `xml:"createdAt"`
			Problems []string `xml:"errors>error>detail"`
		}
		job = s.ask("GET", a.Header.Get("Location"), "", "Accept", "application/xml")
		if err := xml.Unmarshal([]byte(job.body), &inXML); err != nil || inXML.XMLName.Local != "EPCISCaptureJob" || inXML.XMLName.Space != "urn:epcglobal:epcis:xsd:2" || inXML.ID == "" || len(inXML.Problems) != 1 {
			t.Errorf("in XML the job is %s (%v)", job.body, err)
		}
		if ids, _ := s.ids("/events"); !slices.Equal(ids, []string{"urn:x:1"}) {
			t.Errorf("stored are %v", ids)
		}
		for _, c := range []struct {
			body, kind, name string
			status           int
		}{
			{"", "application/json", "ValidationException", 400}, {"{", "application/json", "ValidationException", 400}, {head, "application/json", "ValidationException", 400},
			{strings.Replace(document(event(3, "")), "EPCISDocument", "Invoice", 1), "application/json", "ValidationException", 400},
			{strings.Replace(document(event(3, "")), "@context", "ex:c", 1), "application/json", "ValidationException", 400},
			{strings.Replace(document(event(3, "")), `["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"gin":"https://gin.example/"}]`, "7", 1), "application/json", "ValidationException", 400},
			{"<x/>", "application/xml", "ValidationException", 400},
			{`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`, "text/xml", "ValidationException", 400},
			{"a,b", "text/csv", "UnsupportedMediaTypeException", 415}, {document(event(3, "")), "", "UnsupportedMediaTypeException", 415},
		} {
			a := s.ask("POST", "/capture", c.body, "Content-Type", c.kind)
			if a.StatusCode != c.status || a.problem() != c.name {
				t.Errorf("%.60q as %q: %s %s", c.body, c.kind, a.Status, a.problem())
			}
		}
		if a := s.capture(document(event(3, "")), "GS1-Capture-Error-Behaviour", "maybe"); a.StatusCode != 400 {
			t.Error(a.Status)
		}
		if list := s.ask("GET", "/capture?perPage=1", ""); list.Header.Get("Link") != "" || !strings.HasPrefix(list.body, `[{"captureID":`) {
			t.Errorf("%s %s", list.Header.Get("Link"), list.body)
		}
		if a := s.ask("GET", "/capture/cap_none", ""); a.StatusCode != 404 || a.problem() != "NoSuchResourceException" {
			t.Error(a.Status, a.body)
		}
	})
}

// A body of 100 MB is refused while it is read, with the limits.
func TestALargeBody(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(blanks{}, 100<<20))
	q, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+epcisapi.Prefix+"/capture", body)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+owner)
	q.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Skip("the connection was closed before the answer could be read: ", err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusRequestEntityTooLarge || a.Header.Get("GS1-EPCIS-Capture-File-Size-Limit") != "67108864" || a.Header.Get("GS1-EPCIS-Capture-Limit") != "50000" {
		t.Errorf("%s %v", a.Status, a.Header)
	}
}

type blanks struct{}

func (blanks) Read(b []byte) (int, error) { return copy(b, bytes.Repeat([]byte(" "), len(b))), nil }

func TestOneEvent(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	bare := func(e string) string {
		return strings.Replace(e, "{", `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"gin":"https://gin.example/"}],`, 1)
	}
	post := func(body string) said { return s.ask("POST", "/events", body, "Content-Type", "application/json") }
	nameless := strings.Replace(bare(event(1, "")), `"eventID":"urn:x:1",`, "", 1)
	a := post(nameless)
	location := a.Header.Get("Location")
	if a.StatusCode != http.StatusCreated || !strings.Contains(location, "/events/ni:%2F%2F%2Fsha-256%3B") || !strings.Contains(location, "%3Fver=CBV2.0") {
		t.Fatalf("%s %s %s", a.Status, location, a.body)
	}
	if again := post(nameless); again.StatusCode != http.StatusCreated || again.Header.Get("Location") != location {
		t.Errorf("the same event again: %s", again.Status)
	}
	if ids, a := s.ids(location); len(ids) != 1 {
		t.Errorf("at its location there are %v: %s", ids, a.body)
	}
	if a := post(bare(event(2, ""))); a.StatusCode != http.StatusCreated {
		t.Error(a.Status, a.body)
	}
	if a := post(bare(event(2, `,"gin:a":1`))); a.StatusCode != http.StatusConflict || a.problem() != "ResourceAlreadyExistsException" {
		t.Error(a.Status, a.body)
	}
	if a := post(bare(event(2, `,"errorDeclaration":{"declarationTime":"2026-11-27T00:00:00Z","reason":"did_not_occur"}`))); a.StatusCode != http.StatusCreated {
		t.Error(a.Status, a.body)
	}
	if ids, _ := s.ids("/events/urn:x:2"); !slices.Equal(ids, []string{"urn:x:2", "urn:x:2"}) {
		t.Errorf("an event and what declares it wrong: %v", ids)
	}
	for _, body := range []string{event(3, ""), "", "[]", bare(event(3, `,"bizzstep":"x"`)), strings.Replace(bare(event(3, "")), "+01:00\",\"eventTimeZone", "\",\"eventTimeZone", 1)} {
		if a := post(body); a.StatusCode != 400 || a.problem() != "ValidationException" {
			t.Errorf("%.80s: %s %s", body, a.Status, a.body)
		}
	}
	if a := s.ask("GET", "/events/urn:x:404", ""); a.StatusCode != 404 || a.problem() != "NoSuchResourceException" {
		t.Error(a.Status, a.body)
	}
}

func TestFormats(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	if a := s.capture(document(event(1, `,"gin:note":{"gin:a":1.10}`))); a.StatusCode != 202 {
		t.Fatal(a.body)
	}
	for _, c := range []struct {
		headers []string
		status  int
		kind    string
		has     []string
	}{
		{nil, 200, "application/json", []string{`"https://id.gs1.org/01/10614141123459/21/1"`, `"https://id.gs1.org/414/0614141111114"`, `"bizStep":"shipping"`, `"gin:a":1.10`}},
		{[]string{"Accept", "application/ld+json"}, 200, "application/ld+json", nil},
		{[]string{"Accept", "text/html, application/xml;q=0.5, */*;q=0.1"}, 200, "application/xml", []string{"<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>", "<epc>https://id.gs1.org/01/10614141123459/21/1</epc>", `xmlns:gin="https://gin.example/"`}},
		{[]string{"Accept", "application/xml", "GS1-CBV-XML-Format", "Always_URN", "GS1-EPC-Format", "Always_EPC_URN"}, 200, "application/xml", []string{"<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>", "<epc>urn:epc:id:sgtin:0614141.112345.1</epc>"}},
		{[]string{"GS1-EPC-Format", "Always_EPC_URN"}, 200, "application/json", []string{`"urn:epc:id:sgtin:0614141.112345.1"`}},
		{[]string{"GS1-EPC-Format", "Never_Translates"}, 200, "application/json", []string{`"urn:epc:id:sgtin:0614141.112345.1"`, `"2026-11-26T12:00:01+01:00"`}},
		{[]string{"Accept", "image/png"}, 406, "", nil}, {[]string{"Accept", "application/json;q=0"}, 406, "", nil}, {[]string{"GS1-EPC-Format", "Barcode"}, 406, "", nil},
		{[]string{"GS1-EPCIS-Min", "2.1"}, 406, "", nil}, {[]string{"GS1-EPCIS-Max", "1.2"}, 406, "", nil}, {[]string{"GS1-CBV-Min", "3.0.0"}, 406, "", nil}, {[]string{"GS1-EPCIS-Min", "1.2", "GS1-EPCIS-Max", "2.0.0"}, 200, "application/json", nil},
		{[]string{"GS1-Extensions", "gin"}, 400, "", nil},
	} {
		a := s.ask("GET", "/events", "", c.headers...)
		if a.StatusCode != c.status || c.kind != "" && a.Header.Get("Content-Type") != c.kind || c.status == 406 && !strings.Contains(a.body, "NotAcceptableException") {
			t.Errorf("%v: %s %s %s", c.headers, a.Status, a.Header.Get("Content-Type"), a.body)
		}
		for _, want := range c.has {
			if !strings.Contains(a.body, want) {
				t.Errorf("%v: %s is not in %s", c.headers, want, a.body)
			}
		}
	}
	for name, want := range map[string]int{"gin:note": 1, "nog:note": 0} {
		if ids, _ := s.ids("/events?EXISTS_" + name + "=true"); len(ids) != want {
			t.Errorf("by %s there are %v", name, ids)
		}
	}
	if ids, a := s.ids("/events?EXISTS_nog:note=true", "GS1-Extensions", "nog=https://gin.example/"); len(ids) != 1 {
		t.Errorf("with a prefix of the client's own: %v %s", ids, a.body)
	}
	if h := s.ask("HEAD", "/events", ""); h.StatusCode != 200 || h.body != "" || h.Header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %s %q", h.Status, h.body)
	}
}

func TestDiscovery(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	if a := s.capture(document(event(1, ""))); a.StatusCode != 202 {
		t.Fatal(a.body)
	}
	if a := s.ask("POST", "/queries", `{"name":"mine","query":{"EQ_bizStep":["shipping"]}}`, "Content-Type", "application/json"); a.StatusCode != 201 {
		t.Fatal(a.body)
	}
	for path, allow := range map[string]string{
		"": "OPTIONS, GET", "/": "OPTIONS, GET", "/capture": "OPTIONS, GET, POST", "/events": "OPTIONS, GET, POST", "/events/urn:x:1": "OPTIONS, GET", "/queries": "OPTIONS, GET, POST",
		"/queries/mine": "OPTIONS, GET, DELETE", "/queries/mine/events": "OPTIONS, GET", "/bizSteps": "OPTIONS, GET", "/bizSteps/receiving": "OPTIONS, GET", "/bizSteps/shipping/events": "OPTIONS, GET",
		"/epcs/https:%2F%2Fid.gs1.org%2F01%2F10614141123459%2F21%2F1": "OPTIONS, GET", "/epcs/https://id.gs1.org/01/10614141123459/21/1/events": "OPTIONS, GET", "/eventTypes/AssociationEvent": "OPTIONS, GET",
		"/bizSteps/urn:epcglobal:cbv:bizstep:shipping": "OPTIONS, GET", "/readPoints/urn:epc:id:sgln:0614141.11111.0/events": "OPTIONS, GET", "/dispositions/in_transit": "OPTIONS, GET",
	} {
		a := s.ask("OPTIONS", path, "")
		if a.StatusCode != 204 || a.Header.Get("Allow") != allow {
			t.Errorf("%s: %s %s", path, a.Status, a.Header.Get("Allow"))
		}
		for _, name := range []string{"GS1-EPCIS-Version", "GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Version", "GS1-CBV-Min", "GS1-CBV-Max", "GS1-EPC-Format", "GS1-CBV-XML-Format", "GS1-Vendor-Version"} {
			if a.Header.Get(name) == "" {
				t.Errorf("%s: %s is missing", path, name)
			}
		}
		if a := s.ask("GET", path, ""); a.StatusCode != 200 {
			t.Errorf("GET %s: %s %s", path, a.Status, a.body)
		}
		if a := s.ask("PATCH", path, ""); a.StatusCode != 405 || a.Header.Get("Allow") != allow {
			t.Errorf("PATCH %s: %s", path, a.Status)
		}
	}
	for _, path := range []string{"/nothing", "/events/urn:x:9", "/bizSteps/nope", "/epcs/urn:x:9", "/queries/yours", "/capture/cap_9", "/queries/mine/other", "/capture/a/b", "/eventTypes/Own"} {
		if a := s.ask("OPTIONS", path, ""); a.StatusCode != 404 {
			t.Errorf("OPTIONS %s: %s", path, a.Status)
		}
		if a := s.ask("GET", path, ""); a.StatusCode != 404 {
			t.Errorf("GET %s: %s", path, a.Status)
		}
	}
	var steps struct {
		Type   string
		Member []string
	}
	if err := json.Unmarshal([]byte(s.ask("GET", "/bizSteps?perPage=100", "").body), &steps); err != nil || steps.Type != "Collection" || len(steps.Member) != 41 {
		t.Errorf("%v %v", steps, err)
	}
	a := s.ask("GET", "/bizSteps?perPage=40", "")
	next, _, _ := strings.Cut(strings.TrimPrefix(a.Header.Get("Link"), "<"), ">")
	if rest := s.ask("GET", next, ""); !strings.HasSuffix(rest.body, `"member":["void_shipping"]}`) || rest.Header.Get("Link") != "" {
		t.Errorf("%s %s", rest.body, next)
	}
	if a := s.ask("GET", "/bizSteps/shipping/events?EQ_bizStep=receiving", ""); a.StatusCode != 400 {
		t.Errorf("what the path says already: %s", a.Status)
	}
}

func TestTokens(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	var list []string
	for n := range 10 {
		list = append(list, event(n, ""))
	}
	s.capture(document(list...))
	first := s.ask("GET", "/events?perPage=4&EQ_bizStep=shipping", "")
	next, _, _ := strings.Cut(strings.TrimPrefix(first.Header.Get("Link"), "<"), ">")
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("nextPageToken")
	s.capture(document(event(50, ""))) // it comes later, and stays out
	if ids, _ := s.ids(next); !slices.Equal(ids, []string{"urn:x:5", "urn:x:4", "urn:x:3", "urn:x:2", "urn:x:1", "urn:x:0"}) {
		t.Errorf("behind the first page: %v", ids)
	}
	for _, path := range []string{
		"/events?perPage=4&nextPageToken=" + token, "/events?perPage=4&EQ_bizStep=receiving&nextPageToken=" + token, "/bizSteps?nextPageToken=" + token,
		"/events?EQ_bizStep=shipping&nextPageToken=x" + token, "/events?EQ_bizStep=shipping&nextPageToken=" + token + "x", "/events?EQ_bizStep=shipping&nextPageToken=", "/events?perPage=0", "/events?perPage=x",
	} {
		if a := s.ask("GET", path, ""); a.StatusCode != 400 || a.problem() != "QueryParameterException" {
			t.Errorf("%s: %s %s", path, a.Status, a.body)
		}
	}
	if a := s.ask("GET", next, "", "Authorization", "Bearer "+s.partner); a.StatusCode != 400 {
		t.Errorf("somebody else's token: %s", a.Status)
	}
	if a := s.ask("DELETE", "/nextPageToken/"+token, ""); a.StatusCode != 204 {
		t.Error(a.Status)
	}
	if a := s.ask("GET", next, ""); a.StatusCode != 400 {
		t.Errorf("a token that was given back: %s", a.Status)
	}
	if a := s.ask("DELETE", "/nextPageToken/"+token, ""); a.StatusCode != 404 {
		t.Error(a.Status)
	}
	first = s.ask("GET", "/events?perPage=4", "")
	next, _, _ = strings.Cut(strings.TrimPrefix(first.Header.Get("Link"), "<"), ">")
	s.clock.Advance(61 * time.Minute)
	if a := s.ask("GET", next, ""); a.StatusCode != 400 {
		t.Errorf("an hour later: %s", a.Status)
	}
}

func TestQueries(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := serve(t, db)
		s.capture(document(event(1, `,"gin:note":"x"`), event(2, ""), event(3, `,"gin:note":"x"`)))
		make := func(body string) said { return s.ask("POST", "/queries", body, "Content-Type", "application/json") }
		a := make(`{"name":"noted ö","query":{"@context":[{"g":"https://gin.example/"}],"EQ_g:note":["x"],"EQ_bizStep":"shipping","GE_eventTime":"2026-01-01T00:00:00Z"}}`)
		if a.StatusCode != 201 || !strings.HasSuffix(a.Header.Get("Location"), "/queries/noted%20%C3%B6") {
			t.Fatal(a.Status, a.body)
		}
		if ids, a := s.ids(a.Header.Get("Location") + "/events?perPage=1"); !slices.Equal(ids, []string{"urn:x:3", "urn:x:1"}) {
			t.Errorf("%v %s", ids, a.body)
		}
		if a := make(`{"name":"noted ö","query":{}}`); a.StatusCode != 409 || a.problem() != "ResourceAlreadyExistsException" {
			t.Error(a.Status, a.body)
		}
		if a := make(`{"name":"SimpleEventQuery","query":{}}`); a.StatusCode != 409 {
			t.Error(a.Status, a.body)
		}
		for _, body := range []string{"", "{}", `{"name":"x"}`, `{"name":"x","query":[]}`, `{"name":"x","query":{"EQ_nope":"x"}}`, `{"name":"x","query":{"perPage":3}}`} {
			if a := make(body); a.StatusCode != 400 || a.problem() != "QueryValidationException" {
				t.Errorf("%s: %s %s", body, a.Status, a.body)
			}
		}
		if a := s.ask("GET", "/queries", ""); !strings.HasPrefix(a.body, `[{"name":"noted ö","query":{`) {
			t.Error(a.body)
		}
		if a := s.ask("GET", "/queries/noted%20%C3%B6/events?EQ_bizStep=shipping", ""); a.StatusCode != 400 {
			t.Errorf("a named query takes no other parameters: %s", a.Status)
		}
		if a := s.ask("DELETE", "/queries/noted%20%C3%B6", ""); a.StatusCode != 204 {
			t.Error(a.Status)
		}
		if a := s.ask("GET", "/queries/noted%20%C3%B6", ""); a.StatusCode != 404 || a.problem() != "NoSuchNameException" {
			t.Error(a.Status, a.body)
		}
	})
}

func TestWhoMay(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	s.capture(document(event(1, "")))
	if a := s.ask("GET", "/events", "", "Authorization", ""); a.StatusCode != 401 || a.problem() != "SecurityException" || a.Header.Get("WWW-Authenticate") == "" {
		t.Error(a.Status, a.body)
	}
	if a := s.ask("GET", "/events", "", "Authorization", "Bearer tl_wrong"); a.StatusCode != 401 {
		t.Error(a.Status)
	}
	if a := s.capture(document(event(2, "")), "Authorization", "Bearer "+s.reader); a.StatusCode != 403 || a.problem() != "SecurityException" {
		t.Error(a.Status, a.body)
	}
	// A partner captures, and sees its own.
	a := s.capture(document(event(3, "")), "Authorization", "Bearer "+s.partner)
	if a.StatusCode != 202 {
		t.Fatal(a.Status, a.body)
	}
	as := []string{"Authorization", "Bearer " + s.partner}
	if ids, _ := s.ids("/events", as...); !slices.Equal(ids, []string{"urn:x:3"}) {
		t.Errorf("a partner sees %v", ids)
	}
	for path, status := range map[string]int{"/events/urn:x:1": 404, "/events/urn:x:3": 200, "/epcs/urn:epc:id:sgtin:0614141.112345.1": 404, "/epcs/urn:epc:id:sgtin:0614141.112345.3": 200} {
		if a := s.ask("GET", path, "", as...); a.StatusCode != status {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
	if a := s.ask("GET", "/epcs", "", as...); strings.Contains(a.body, "/21/1\"") || !strings.Contains(a.body, "/21/3\"") {
		t.Error(a.body)
	}
	if a := s.ask("GET", "/capture", "", as...); strings.Count(a.body, "captureID") != 1 {
		t.Error(a.body)
	}
	if a := s.ask("POST", "/queries", `{"name":"x","query":{}}`, append(as, "Content-Type", "application/json")...); a.StatusCode != 403 {
		t.Error(a.Status)
	}
	if a := s.ask("GET", "/events?EQ_bizStep="+strings.Repeat("x", 9000), ""); a.StatusCode != 414 || a.problem() != "URITooLongException" {
		t.Error(a.Status)
	}
}
