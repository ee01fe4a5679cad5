package capture_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"tagline/epcis/query"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/repository"
)

type house struct {
	*capture.Service
	repository *repository.Repository
	dir        string
}

func open(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	ids := ident.NewSource(c, rand.Reader)
	r := repository.New(repository.Config{DB: db, Ledger: ledger.New(db, c, bus.New()), Clock: c, IDs: ids})
	dir := t.TempDir()
	return house{capture.New(capture.Config{DB: db, Repository: r, Clock: c, IDs: ids, Dir: dir, Log: slog.New(slog.DiscardHandler)}), r, dir}
}

// stored counts the events.
func (h house) stored(t testing.TB) int64 {
	t.Helper()
	row, _, err := h.repository.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (h house) empty(t testing.TB) {
	t.Helper()
	list, err := os.ReadDir(h.dir)
	if err != nil || len(list) > 0 {
		t.Errorf("documents are left on disk: %v %v", list, err)
	}
}

const head = `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-26T12:00:00Z",
"epcisHeader":{"epcisMasterData":{"vocabularyList":[{"type":"urn:epcglobal:epcis:vtype:BusinessLocation","vocabularyElementList":[{"id":"urn:epc:id:sgln:0614141.11111.0","attributes":[{"id":"cbvmda:countryCode","attribute":"DE"}]}]}]}},
"epcisBody":{"eventList":[`

func event(n int, more string) string {
	return fmt.Sprintf("\n"+`{"type":"ObjectEvent","eventID":"urn:x:%d","eventTime":"2026-11-26T12:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"shipping","epcList":["urn:epc:id:sgtin:0614141.112345.%d"]%s}`, n, n, more)
}

func document(events ...string) string { return head + strings.Join(events, ",") + "]}}" }

func many(from, to int) string {
	var list []string
	for n := from; n < to; n++ {
		list = append(list, event(n, ""))
	}
	return document(list...)
}

func (h house) accept(t testing.TB, src string, b capture.Behaviour) capture.Job {
	t.Helper()
	j, err := h.Accept(t.Context(), strings.NewReader(src), capture.JSON, b, "key_1")
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestBothBehaviours(t *testing.T) {
	bad := document(event(1, ""), event(2, `,"bizstep":"x"`), event(3, ""), strings.Replace(event(4, ""), "Z", "", 1), event(1, ""), event(3, `,"ex:a":1`))
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		j := h.accept(t, bad, capture.Rollback)
		if j.Running || j.Success() || j.Events != 6 || j.Stored != 0 || j.Refused != 3 || h.stored(t) != 0 {
			t.Errorf("rollback: %+v", j)
		}
		rules := map[string]string{}
		for _, p := range j.Errors {
			rules[p.Rule] = fmt.Sprintf("%d %d %s %s", p.Index, p.Line, p.Pointer, p.EventID)
		}
		for rule, want := range map[string]string{
			"unknown-field": "1 5 /epcisBody/eventList/1/bizstep urn:x:2", "time-without-zone": "3 7 /epcisBody/eventList/3/eventTime urn:x:4", "event-exists": "5 9  urn:x:3",
		} {
			if rules[rule] != want {
				t.Errorf("%s is told as %q, not %q", rule, rules[rule], want)
			}
		}
		j = h.accept(t, bad, capture.Proceed)
		if j.Running || j.Success() || j.Events != 6 || j.Stored != 2 || j.Repeated != 1 || j.Refused != 3 || h.stored(t) != 2 {
			t.Errorf("proceed: %+v", j)
		}
		j = h.accept(t, document(event(1, ""), event(3, ""), event(9, "")), capture.Rollback)
		if j.Running || !j.Success() || j.Stored != 1 || j.Repeated != 2 || len(j.Errors) > 0 || h.stored(t) != 3 {
			t.Errorf("what is there already: %+v", j)
		}
		q, err := query.Build(map[string][]string{"EQATTR_bizLocation_urn:epcglobal:cbv:mda:countryCode": {"DE"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.repository.Find(t.Context(), q, repository.Viewer{All: true}, repository.Page{Size: 1}); err != nil {
			t.Error(err)
		}
		h.empty(t)
		jobs, err := h.Jobs(t.Context(), "", capture.Cursor{}, 2)
		if err != nil || len(jobs) != 2 {
			t.Fatal(jobs, err)
		}
		rest, err := h.Jobs(t.Context(), "key_1", capture.Cursor{Created: jobs[1].Created.UnixMicro(), ID: jobs[1].ID}, 2)
		if err != nil || len(rest) != 1 {
			t.Error(rest, err)
		}
		if none, err := h.Jobs(t.Context(), "key_2", capture.Cursor{}, 2); err != nil || len(none) > 0 {
			t.Error(none, err)
		}
		if _, err := h.Job(t.Context(), "cap_none"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestWhatIsNoDocument(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	for _, src := range []string{"", "{}", `{"type":"EPCISDocument"}`, head, "<x/>", strings.Replace(many(1, 2), "EPCISDocument", "Invoice", 1)} {
		_, err := h.Accept(t.Context(), strings.NewReader(src), capture.JSON, capture.Rollback, "key_1")
		var wrong *capture.ErrDocument
		if !errors.As(err, &wrong) || wrong.Problem.Detail == "" {
			t.Errorf("%.40q: %v", src, err)
		}
	}
	if _, err := h.Accept(t.Context(), io.LimitReader(endless{}, 100<<20), capture.JSON, capture.Rollback, "key_1"); !fault.Is(err, fault.TooLarge) {
		t.Errorf("100 MB: %v", err)
	}
	if _, err := h.Accept(t.Context(), io.MultiReader(strings.NewReader(head), broken{}), capture.JSON, capture.Rollback, "key_1"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a body that breaks off: %v", err)
	}
	h.empty(t)
	// The list of events is whole, and one of them is not.
	j := h.accept(t, document(event(1, ""), `{"type"}`, event(2, "")), capture.Proceed)
	if j.Success() || j.Stored != 2 || j.Errors[0].Index != 1 || j.Errors[0].Rule != "syntax" {
		t.Errorf("%+v", j)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("gone") }

// A large document goes in by thousands, in the background; a server that dies in
// between finishes it, and a bad event at its end keeps all of it out.
func TestLargeDocuments(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		big := many(0, 6000)
		if len(big) < 1<<20 {
			t.Fatal("this document is small")
		}
		last := event(5999, "")
		j := h.accept(t, strings.Replace(big, last, event(5999, `,"bizstep":"x"`), 1), capture.Rollback)
		if !j.Running || !j.Success() {
			t.Errorf("it was taken in before the answer: %+v", j)
		}
		if err := h.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if j, err := h.Job(t.Context(), j.ID); err != nil || j.Running || j.Success() || j.Stored != 0 || h.stored(t) != 0 || j.Errors[0].Index != 5999 {
			t.Errorf("%+v %v", j, err)
		}
		j = h.accept(t, big, capture.Rollback)
		// The server dies when some of it is stored.
		ctx, die := context.WithCancel(t.Context())
		watch := make(chan struct{})
		go func() {
			defer close(watch)
			for ctx.Err() == nil {
				if row, _, err := h.repository.Head(context.Background()); err == nil && row >= 2000 {
					die()
				}
			}
		}()
		err := h.Drain(ctx)
		die()
		<-watch
		if err == nil || h.stored(t) == 0 || h.stored(t) == 6000 {
			t.Skipf("it did not die in between (%d stored, %v)", h.stored(t), err)
		}
		again := capture.New(h.Config)
		if err := again.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		j, err = again.Job(t.Context(), j.ID)
		if err != nil || j.Running || !j.Success() || j.Events != 6000 || j.Stored+j.Repeated != 6000 || h.stored(t) != 6000 {
			t.Errorf("%+v %v", j, err)
		}
		h.empty(t)
	})
}

func TestXML(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	src := `<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-11-26T12:00:00Z"><EPCISBody><EventList>
<ObjectEvent><eventTime>2026-11-26T12:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList/><action>OBSERVE</action></ObjectEvent>
<ObjectEvent><eventTime>2026-11-26</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList/><action>OBSERVE</action></ObjectEvent>
</EventList></EPCISBody></epcis:EPCISDocument>`
	j, err := h.Accept(t.Context(), bytes.NewReader([]byte(src)), capture.XML, capture.Proceed, "key_1")
	if err != nil || j.Stored != 1 || j.Refused != 1 || j.Errors[0].Line != 3 {
		t.Errorf("%+v %v", j, err)
	}
	// The end is missing: what can be read is kept, and the break is told.
	j, err = h.Accept(t.Context(), strings.NewReader(src[:len(src)-60]), capture.XML, capture.Proceed, "key_1")
	if err != nil || j.Repeated != 1 || j.Refused != 1 || j.Errors[0].Rule != "syntax" {
		t.Errorf("%+v %v", j, err)
	}
}

func BenchmarkCapture(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b))
	n := 0
	for b.Loop() {
		j, err := h.Accept(b.Context(), strings.NewReader(many(n, n+500)), capture.JSON, capture.Rollback, "key_1")
		if err != nil || !j.Success() {
			b.Fatal(j, err)
		}
		n += 500
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
