package repository_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/epcis/query"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/trace/repository"
)

type house struct {
	*repository.Repository
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  *clock.Manual
}

func open(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	return house{repository.New(repository.Config{DB: db, Ledger: l, Clock: c, IDs: ident.NewSource(c, rand.Reader)}), db, l, c}
}

// put stores events, all of which must be new.
func (h house) put(t testing.TB, by string, events ...*epcis.Event) {
	t.Helper()
	for chunk := range slices.Chunk(events, 500) {
		for i, o := range h.append(t, by, chunk...) {
			if o != repository.Kept {
				t.Fatalf("event %d was not kept: %v", i, o)
			}
		}
	}
}

func (h house) append(t testing.TB, by string, events ...*epcis.Event) (out []repository.Outcome) {
	t.Helper()
	var list []repository.Prepared
	for _, e := range events {
		p, err := repository.Prepare(e)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if err := h.db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		out, err = h.Append(tx, list, repository.Origin{Capture: "cap_1", By: by})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func everything() repository.Viewer { return repository.Viewer{All: true} }

// ids asks page by page.
func (h house) ids(t testing.TB, q *query.Query, v repository.Viewer, size int) ([]string, error) {
	t.Helper()
	p := repository.Page{Size: size}
	ids := []string{}
	for {
		a, err := h.Find(t.Context(), q, v, p)
		if err != nil {
			return nil, err
		}
		for _, e := range a.Events {
			ids = append(ids, e.Event.EventID)
		}
		if a.Next == nil {
			return ids, nil
		}
		if len(a.Events) == 0 {
			t.Fatal("an empty page has a next one")
		}
		p.After, p.Pin = *a.Next, a.Pin
	}
}

func documents(t testing.TB, src []byte) ([]*epcis.Event, *epcis.Document) {
	t.Helper()
	r, err := jsondoc.Open(bytes.NewReader(src), epcis.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var list []*epcis.Event
	for {
		item, err := r.Next()
		if err == io.EOF {
			return list, r.Document()
		}
		if err != nil || item.Refused() {
			t.Fatal(err, item.Problems)
		}
		list = append(list, item.Event)
	}
}

func TestPublishedCases(t *testing.T) {
	root := os.Getenv("TAGLINE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "epcis", "query")
	src, err := os.ReadFile(filepath.Join(dir, "corpus.json"))
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
			}
		}
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		events, doc := documents(t, src)
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return h.PutMasterData(tx, doc.Vocabularies, "key_1") }); err != nil {
			t.Fatal(err)
		}
		h.put(t, "key_1", events...)
		for _, c := range cases.Cases {
			raw, err := json.Marshal(c.Params)
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{3} { // whole answers are tested over HTTP
				q, err := query.ParseJSON(raw, doc.Context)
				var got []string
				if err == nil {
					got, err = h.ids(t, q, everything(), size)
				}
				if c.Expect.Error != "" {
					var wrong *query.Error
					if !errors.As(err, &wrong) || wrong.Name != c.Expect.Error {
						t.Errorf("%s: %v, not %s", c.ID, err, c.Expect.Error)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", c.ID, err)
					continue
				}
				want := slices.Clone(c.Expect.EventIDs)
				if !c.Expect.Ordered {
					slices.Sort(got)
					slices.Sort(want)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s %s by %d gives\n%v\nnot\n%v", c.ID, raw, size, got, want)
				}
			}
		}
	})
}

// random makes an event of few values, so that queries meet some.
func random(r *mathrand.Rand, n int) *epcis.Event {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	at := time.Date(2026, 10, 1, 0, 0, r.IntN(50)*60, r.IntN(3)*1e8, time.UTC)
	e := &epcis.Event{
		Type: epcis.ObjectEvent, EventID: fmt.Sprintf("urn:x:%d", n), TimeZoneOffset: "+00:00", Action: pick(epcis.Add, epcis.Observe, epcis.Delete),
		Context: &epcis.Context{Bindings: []epcis.Binding{{Prefix: "ex", Space: "https://ex.example/"}}},
	}
	e.EventTime, _ = epcis.ParseTime(at.Format(time.RFC3339Nano))
	e.EPCList = []string{}
	for range r.IntN(4) {
		serial := fmt.Sprint(r.IntN(6))
		e.EPCList = append(e.EPCList, pick("urn:epc:id:sgtin:0614141.112345."+serial, "https://id.gs1.org/01/10614141123459/21/"+serial, "urn:epc:id:sgtin:06141411.12345."+serial,
			"urn:epc:id:sscc:0614141.123456789"+serial, "urn:epc:id:gid:1.2."+serial))
	}
	if r.IntN(3) == 0 {
		e.Type, e.ParentID, e.ChildEPCs, e.EPCList = epcis.AggregationEvent, fmt.Sprintf("urn:epc:id:sscc:0614141.123456789%d", r.IntN(6)), e.EPCList, nil
	}
	if r.IntN(2) == 0 {
		e.BizStep = pick("shipping", "urn:epcglobal:cbv:bizstep:shipping", "receiving", "https://ex.example/step")
	}
	if r.IntN(2) == 0 {
		e.QuantityList = []epcis.Quantity{{EPCClass: pick("urn:epc:class:lgtin:0614141.112345.L"+fmt.Sprint(r.IntN(3)), "urn:epc:idpat:sgtin:0614141.112345.*"), Amount: pick("", "0", "3", "1500", "1.5"), UOM: pick("", "GRM", "KGM")}}
	}
	if r.IntN(2) == 0 {
		e.ReadPoint = &epcis.Place{ID: fmt.Sprintf("urn:epc:id:sgln:0614141.11111.%d", r.IntN(3))}
	}
	if r.IntN(3) == 0 {
		e.DestinationList = []epcis.Party{{Type: pick("location", "owning_party"), ID: fmt.Sprintf("urn:epc:id:sgln:0614141.2222%d.0", r.IntN(3))}}
	}
	if r.IntN(3) == 0 {
		yes := r.IntN(2) == 0
		e.SensorElementList = []epcis.SensorElement{{Reports: []epcis.SensorReport{{Type: pick("Temperature", "gs1:Volume"), Value: pick("", "0", "4", "277.15", "39.2"), UOM: pick("CEL", "KEL", "FAH", "LTR"), BooleanValue: &yes}}}}
	}
	if r.IntN(2) == 0 {
		e.Extensions = []epcis.Field{{Name: epcis.Name{Space: "https://ex.example/", Local: "a", Prefix: "ex"}, Value: epcis.Value{Kind: epcis.Object, Text: pick("", "7", "7.0", "x", "2026-10-01T00:00:00Z", strings.Repeat("long", 200)),
			Fields: []epcis.Field{{Name: epcis.Name{Space: "https://ex.example/", Local: "b", Prefix: "ex"}, Value: epcis.Value{Text: pick("1", "y")}}}}}}
	}
	if r.IntN(10) == 0 {
		e.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: e.EventTime, Reason: "did_not_occur"}
	}
	return e
}

func randomQuery(r *mathrand.Rand) map[string][]string {
	all := [][2]string{
		{"eventType", "ObjectEvent"}, {"EQ_action", "ADD"}, {"EQ_bizStep", "shipping"}, {"EQ_bizStep", "https://ex.example/step"}, {"GE_eventTime", "2026-10-01T00:20:00Z"}, {"LT_eventTime", "2026-10-01T00:30:00.1Z"},
		{"MATCH_epc", "urn:epc:id:sgtin:0614141.112345.3"}, {"MATCH_anyEPC", "urn:epc:idpat:sgtin:0614141.*.*"}, {"MATCH_anyEPC", "urn:epc:idpat:sgtin:06141411.*.*"}, {"MATCH_epc", "urn:epc:idpat:gid:1.2.*"},
		{"MATCH_parentID", "https://id.gs1.org/00/106141412345678908"}, {"MATCH_anyEPC", "urn:epc:idpat:sscc:0614141.*"}, {"MATCH_epcClass", "urn:epc:idpat:sgtin:0614141.112345.*"}, {"MATCH_anyEPCClass", "urn:epc:class:lgtin:0614141.112345.L1"},
		{"GE_quantity", "3"}, {"EQ_quantity_KGM", "1.5"}, {"LT_quantity_GRM", "2000"}, {"EQ_readPoint", "urn:epc:id:sgln:0614141.11111.1"}, {"EQ_destination_location", "urn:epc:id:sgln:0614141.22221.0"},
		{"EQ_type", "Temperature"}, {"GE_value_CEL", "4"}, {"LT_value_KEL", "277.15"}, {"EQ_value_FAH", "39.2"}, {"EQ_booleanValue", "false"}, {"EXISTS_sensorElementList", "true"}, {"EXISTS_errorDeclaration", "true"},
		{"EQ_ex:a", "7"}, {"GT_ex:a", "6.5"}, {"GT_ex:a", "m"}, {"LT_ex:a", "m"}, {"EQ_ex:a", strings.Repeat("long", 200)}, {"GE_ex:a", "2026-10-01T00:00:00Z"}, {"EQ_INNER_ex:b", "1"}, {"EXISTS_INNER_ex:b", ""}, {"EQ_ex:b", "1"},
		{"EQ_errorReason", "did_not_occur"}, {"EQ_eventID", "urn:x:7"},
	}
	out := map[string][]string{}
	for range 1 + r.IntN(2) {
		p := all[r.IntN(len(all))]
		out[p[0]] = []string{p[1]}
	}
	return out
}

// What SQL gives equals what memory says, in the order that was asked for, whatever
// the size of a page.
func TestFindEqualsAScan(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		r := mathrand.New(mathrand.NewPCG(1, 2))
		var events []*epcis.Event
		for n := range 200 {
			events = append(events, random(r, n))
		}
		h.put(t, "key_1", events...)
		context := events[0].Context
		met := 0
		for range 120 {
			parameters := randomQuery(r)
			order := r.IntN(3)
			if order > 0 {
				parameters["orderBy"] = []string{"eventTime"}
			}
			if order == 2 {
				parameters["orderDirection"] = []string{"ASC"}
			}
			limit := 0
			if order > 0 && r.IntN(4) == 0 {
				limit = 1 + r.IntN(5)
				parameters["eventCountLimit"] = []string{fmt.Sprint(limit)}
			}
			q, err := query.Build(parameters, context)
			if err != nil {
				t.Fatal(err)
			}
			var want []int
			for i, e := range events {
				if q.Matches(e) {
					want = append(want, i)
				}
			}
			slices.SortFunc(want, func(a, b int) int {
				if order > 0 && events[a].EventTime.Micro != events[b].EventTime.Micro {
					a, b = int(events[a].EventTime.Micro/1000), int(events[b].EventTime.Micro/1000)
				}
				if q.Ascending {
					return a - b
				}
				return b - a
			})
			if limit > 0 {
				want = want[:min(limit, len(want))]
			}
			got, err := h.ids(t, q, everything(), 1+r.IntN(40))
			if err != nil {
				t.Fatal(parameters, err)
			}
			met += len(want)
			ids := []string{}
			for _, i := range want {
				ids = append(ids, events[i].EventID)
			}
			if !slices.Equal(got, ids) {
				t.Fatalf("%v gives\n%v\nnot\n%v", parameters, got, ids)
			}
		}
		if met < 400 {
			t.Errorf("the queries met only %d events", met)
		}
	})
}

func TestIdentity(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		r := mathrand.New(mathrand.NewPCG(3, 4))
		event := func(n int) *epcis.Event {
			e := random(r, n)
			e.ErrorDeclaration = nil
			return e
		}
		one, two := event(1), event(2)
		same := *one
		other := *two
		other.EventID = one.EventID
		nameless, again := *event(3), epcis.Event{}
		nameless.EventID = ""
		again = nameless
		wrong := *one
		wrong.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: epcis.Time{Text: "2026-11-01T00:00:00Z", Micro: 1}}
		later := wrong
		later.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: epcis.Time{Text: "2026-11-02T00:00:00Z", Micro: 2}}
		want := []repository.Outcome{repository.Kept, repository.Kept, repository.Repeated, repository.Conflict, repository.Kept, repository.Repeated, repository.Kept, repository.Kept}
		if got := h.append(t, "key_1", one, two, &same, &other, &nameless, &again, &wrong, &later); !slices.Equal(got, want) {
			t.Errorf("in one batch: %v, not %v", got, want)
		}
		for _, e := range []*epcis.Event{one, two, &nameless, &wrong} {
			if got := h.append(t, "key_2", e); got[0] != repository.Repeated {
				t.Errorf("%s again: %v", e.EventID, got)
			}
		}
		if got := h.append(t, "key_2", &other); got[0] != repository.Conflict {
			t.Errorf("another event under a known name: %v", got)
		}
		if !strings.HasPrefix(nameless.EventID, "ni:///sha-256;") {
			t.Errorf("an event without a name is called %s", nameless.EventID)
		}
		list, err := h.ByID(t.Context(), one.EventID, everything())
		if err != nil || len(list) != 3 || list[0].Event.ErrorDeclaration != nil || list[2].Event.ErrorDeclaration == nil {
			t.Errorf("an event and the declarations about it: %v %v", list, err)
		}
	})
}

// Rows, record times and the ledger's events, with appends at the same time and a
// clock that stands still.
func TestRecordOrder(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		done := make(chan error)
		for g := range 4 {
			go func() {
				r := mathrand.New(mathrand.NewPCG(uint64(g), 5))
				var err error
				for n := range 5 {
					var list []repository.Prepared
					for i := range 7 {
						p, e := repository.Prepare(random(r, g*1000+n*10+i))
						err = errors.Join(err, e)
						list = append(list, p)
					}
					err = errors.Join(err, db.Update(context.Background(), func(tx *sqldb.Tx) error {
						_, err := h.Append(tx, list, repository.Origin{Capture: fmt.Sprint(g, n), By: "key_1"})
						return err
					}))
				}
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		var rows []repository.Stored
		next := int64(1)
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			events, err := h.ledger.Read(tx, 0, 1000)
			if err != nil {
				return err
			}
			for _, e := range events {
				var c repository.Captured
				if err := json.Unmarshal(e.Body, &c); err != nil || e.Type != repository.TypeCaptured {
					t.Errorf("%s %s %v", e.Type, e.Body, err)
				}
				if c.First != next {
					t.Errorf("the ledger tells of rows from %d, and %d is next", c.First, next)
				}
				next = c.Last + 1
			}
			rows, err = repository.Range(tx, 1, next)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 140 || next != 141 {
			t.Errorf("%d rows, the next is %d", len(rows), next)
		}
		for i, e := range rows {
			if e.Row != int64(i+1) || i > 0 && e.Event.RecordTime.Micro <= rows[i-1].Event.RecordTime.Micro {
				t.Errorf("row %d, recorded at %d", e.Row, e.Event.RecordTime.Micro)
			}
		}
	})
}

// A page's pin keeps later events out.
func TestPagesDoNotShift(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		r := mathrand.New(mathrand.NewPCG(6, 7))
		for n := range 20 {
			h.put(t, "key_1", random(r, n))
		}
		for _, order := range []string{"", "eventTime", "https://ex.example/#a"} {
			p := map[string][]string{}
			if order != "" {
				p["orderBy"] = []string{order}
			}
			q, err := query.Build(p, nil)
			if err != nil {
				t.Fatal(err)
			}
			before, err := h.ids(t, q, everything(), 100)
			if err != nil {
				t.Fatal(err)
			}
			page := repository.Page{Size: 7}
			var got []string
			for {
				a, err := h.Find(t.Context(), q, everything(), page)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range a.Events {
					got = append(got, e.Event.EventID)
				}
				if a.Next == nil {
					break
				}
				page.After, page.Pin = *a.Next, a.Pin
				h.put(t, "key_1", random(r, 1000+r.IntN(1<<30)))
			}
			if !slices.Equal(got, before) {
				t.Errorf("by %q: %v, not %v", order, got, before)
			}
		}
	})
}

func TestAViewerSeesItsOwn(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		r := mathrand.New(mathrand.NewPCG(8, 9))
		var theirs, named []string
		for n := range 40 {
			e := random(r, n)
			by := "key_1"
			if n%5 == 0 {
				by = "key_2"
			}
			h.put(t, by, e)
			party := e.ReadPoint != nil && e.ReadPoint.ID == "urn:epc:id:sgln:0614141.11111.1" || len(e.DestinationList) > 0 && e.DestinationList[0].ID == "urn:epc:id:sgln:0614141.22221.0"
			if by == "key_2" {
				theirs = append([]string{e.EventID}, theirs...)
			}
			if by == "key_2" || party {
				named = append([]string{e.EventID}, named...)
			}
		}
		q, err := query.Build(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			v    repository.Viewer
			want []string
		}{
			{repository.Viewer{By: "key_2"}, theirs},
			{repository.Viewer{By: "key_2", Parties: []string{"414/0614141111114/254/1", "414/0614141222216"}}, named},
			{repository.Viewer{By: "key_3"}, []string{}},
		} {
			got, err := h.ids(t, q, c.v, 7)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%+v sees %v, not %v (%v)", c.v, got, c.want, err)
			}
		}
		steps, err := h.Values(t.Context(), query.BizStep, repository.Viewer{By: "key_3"}, "", 10)
		if err != nil || len(steps) > 0 {
			t.Errorf("a stranger sees the steps %v (%v)", steps, err)
		}
		all, err := h.Values(t.Context(), query.BizStep, everything(), "", 10)
		if err != nil || !slices.Equal(all, []string{"https://ex.example/step", "receiving", "shipping"}) {
			t.Errorf("the steps are %v (%v)", all, err)
		}
		mine, err := h.Values(t.Context(), query.EPC, repository.Viewer{By: "key_2"}, "", 1000)
		if err != nil || len(mine) == 0 {
			t.Errorf("a partner's things are %v (%v)", mine, err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b))
	r := mathrand.New(mathrand.NewPCG(1, 2))
	n := 0
	for b.Loop() {
		var list []repository.Prepared
		for range 500 {
			n++
			p, err := repository.Prepare(random(r, n))
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, p)
		}
		if err := h.db.Update(b.Context(), func(tx *sqldb.Tx) error {
			_, err := h.Append(tx, list, repository.Origin{Capture: "c", By: "k"})
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

var among = flag.Int("events", 20_000, "how many events BenchmarkByThing asks among")

// Queries by a thing, a business step and a time among many events of many things.
func BenchmarkByThing(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b))
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for n := 0; n < *among; n += 500 {
		var list []*epcis.Event
		for i := range 500 {
			e := random(r, n+i)
			e.Type, e.ParentID, e.ChildEPCs, e.ErrorDeclaration = epcis.ObjectEvent, "", nil, nil
			e.EPCList = []string{fmt.Sprintf("urn:epc:id:sgtin:0614141.112345.%d", r.IntN(*among/10))}
			list = append(list, e)
		}
		h.put(b, "key_1", list...)
	}
	for name, parameters := range map[string]map[string][]string{
		"thing":        {"MATCH_anyEPC": {"urn:epc:id:sgtin:0614141.112345.7"}},
		"thing, time":  {"MATCH_anyEPC": {"urn:epc:id:sgtin:0614141.112345.7"}, "orderBy": {"eventTime"}},
		"newest":       {},
		"step":         {"EQ_bizStep": {"shipping"}},
		"by time":      {"GE_eventTime": {"2026-10-01T00:20:00Z"}, "orderBy": {"eventTime"}},
		"warm sensors": {"GE_value_CEL": {"4"}},
		"class":        {"MATCH_anyEPCClass": {"urn:epc:class:lgtin:0614141.112345.L1"}},
		"pattern":      {"MATCH_anyEPC": {"urn:epc:idpat:sgtin:0614141.*.*"}},
		"none":         {"MATCH_anyEPC": {"urn:epc:id:sgtin:0614141.112345.999999999"}},
		"none by kv":   {"EQ_bizTransaction_po": {"urn:x:none"}},
	} {
		q, err := query.Build(parameters, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			var took []float64
			for b.Loop() {
				begin := b.Elapsed()
				if _, err := h.Find(b.Context(), q, everything(), repository.Page{Size: 30}); err != nil {
					b.Fatal(err)
				}
				took = append(took, (b.Elapsed()-begin).Seconds()*1000)
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)*99/100], "p99-ms")
		})
	}
}
