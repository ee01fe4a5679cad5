package subscription_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/internal/bus"
	"tagline/internal/channel/webhook"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/outbound"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
	"tagline/internal/trace/subscription"
	"tagline/internal/vault"
)

// receiver is a subscriber's server.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status []int // of the next answers; 200 when there are none
	wait   string
	got    []string // ids of events, as they were taken
	seen   []string // ids of events, as they came
	empty  int
	names  map[string][]string // delivery name -> what came under it
	wrong  []string
}

func receive(t *testing.T) *receiver {
	r := &receiver{names: map[string][]string{}}
	r.Server = httptest.NewTLSServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(q.Body)
	if err != nil {
		r.wrong = append(r.wrong, err.Error())
	}
	if q.Header.Get(webhook.SignatureHeader) != webhook.Sign("s3cret", body) {
		r.wrong = append(r.wrong, "the signature is wrong")
	}
	d, err := jsondoc.Open(bytes.NewReader(body), epcis.Limits{})
	if err != nil {
		r.wrong = append(r.wrong, err.Error())
		return
	}
	var ids []string
	for {
		item, err := d.Next()
		if err != nil {
			break
		}
		ids = append(ids, item.Event.EventID)
	}
	if len(ids) == 0 {
		r.empty++
	}
	name := q.Header.Get(webhook.DeliveryHeader)
	if before, again := r.names[name]; again && !slices.Equal(before, ids) {
		r.wrong = append(r.wrong, "other events came under a known name")
	}
	r.names[name] = ids
	r.seen = append(r.seen, ids...)
	status := 200
	if len(r.status) > 0 {
		status, r.status = r.status[0], r.status[1:]
	}
	if status == 0 {
		panic(http.ErrAbortHandler) // nobody knows whether it was taken
	}
	if status == 200 {
		r.got = append(r.got, ids...)
	}
	w.Header().Set("Retry-After", r.wait)
	w.WriteHeader(status)
}

func (r *receiver) taken(t *testing.T) []string {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.wrong) > 0 {
		t.Fatal(r.wrong)
	}
	return slices.Clone(r.got)
}

type house struct {
	*subscription.Service
	t     *testing.T
	db    *sqldb.DB
	clock *clock.Manual
	n     int
}

func open(t *testing.T, db *sqldb.DB, r *receiver) *house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	ids := ident.NewSource(c, rand.Reader)
	b := bus.New()
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(r.Certificate())
	q := standing.New(db, c)
	if err := q.Make(t.Context(), standing.Query{Name: "shipped", Doc: []byte(`{"EQ_bizStep":["shipping"]}`)}); err != nil {
		t.Fatal(err)
	}
	return &house{subscription.Open(subscription.Config{
		DB: db, Bus: b, Repository: repository.New(repository.Config{DB: db, Ledger: ledger.New(db, c, b), Clock: c, IDs: ids}), Queries: q, Vault: v, Clock: c, IDs: ids,
		Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Sender: webhook.New(webhook.Config{Clock: c, Guard: outbound.Guard{Loopback: true}, Roots: roots}),
	}), t, db, c, 0}
}

// capture stores events, every third of which is not shipping, and gives the names of
// those that are.
func (h *house) capture(n int) (ids []string) {
	h.t.Helper()
	var list []repository.Prepared
	for range n {
		h.n++
		step := "shipping"
		if h.n%3 == 0 {
			step = "receiving"
		}
		at, _ := epcis.ParseTime("2026-10-01T00:00:00Z")
		e := &epcis.Event{Type: epcis.ObjectEvent, EventID: fmt.Sprintf("urn:x:%d", h.n), EventTime: at, TimeZoneOffset: "+00:00", Action: epcis.Observe, EPCList: []string{}, BizStep: step}
		p, err := repository.Prepare(e)
		if err != nil {
			h.t.Fatal(err)
		}
		if step == "shipping" {
			ids = append(ids, e.EventID)
		}
		list = append(list, p)
	}
	for chunk := range slices.Chunk(list, 1000) {
		if err := h.db.Update(h.t.Context(), func(tx *sqldb.Tx) error {
			_, err := h.Repository.Append(tx, chunk, repository.Origin{By: "key_1"})
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
	}
	return ids
}

func (h *house) subscribe(r *receiver, change func(*subscription.New)) subscription.Subscription {
	h.t.Helper()
	n := subscription.New{Query: "shipped", Dest: r.URL, Secret: "s3cret", Viewer: repository.Viewer{All: true}, By: "key_1"}
	if change != nil {
		change(&n)
	}
	s, err := h.Make(h.t.Context(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) deliver() time.Time {
	h.t.Helper()
	next, err := h.Deliver(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return next
}

func (h *house) now(id string) subscription.Subscription {
	h.t.Helper()
	s, err := h.Get(h.t.Context(), "shipped", id)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// Through failures, silence and other nodes: in order, none skipped, none taken twice.
func TestAStreamThroughFailures(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		r := receive(t)
		h := open(t, db, r)
		h.capture(5) // before the subscription
		h.clock.Advance(time.Second)
		s := h.subscribe(r, nil)
		want := h.capture(250)
		r.status = []int{503, 0, 200, 429, 200}
		for range 4 {
			next := h.deliver()
			if next.IsZero() {
				break
			}
			h.clock.Advance(next.Sub(h.clock.Now()))
		}
		if got := r.taken(t); !slices.Equal(got, want) {
			t.Fatalf("taken were %d events, not %d, in order", len(got), len(want))
		}
		if seen := len(r.seen); seen <= len(want) {
			t.Errorf("what failed did not come again: %d", seen)
		}
		if now := h.now(s.ID); now.Tries != 0 || now.Reason != "" || now.Notified.IsZero() || !now.Next.IsZero() {
			t.Errorf("%+v", now)
		}
		// Nothing new: nothing is sent.
		h.deliver()
		more := h.capture(4)
		h.deliver()
		if got := r.taken(t); !slices.Equal(got[len(want):], more) {
			t.Errorf("then came %v, not %v", got[len(want):], more)
		}
		// Another server takes over where this one was.
		other := subscription.Open(h.Config)
		last := h.capture(3)
		if _, err := other.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.deliver()
		if got := r.taken(t); !slices.Equal(got[len(want)+len(more):], last) {
			t.Errorf("after another server there are %v, not %v", got[len(want)+len(more):], last)
		}
	})
}

func TestAnswersOfSubscribers(t *testing.T) {
	r := receive(t)
	h := open(t, sqldbtest.SQLite(t), r)
	s := h.subscribe(r, nil)
	want := h.capture(30)
	// Too much at a time: half of it, and half again.
	r.status = []int{413, 413, 200}
	for range 4 {
		if next := h.deliver(); next.IsZero() {
			break
		}
	}
	if got := r.taken(t); !slices.Equal(got, want) || len(r.names) < 3 {
		t.Errorf("in smaller reports: %v, not %v, in %d", got, want, len(r.names))
	}
	// The other side asks to wait.
	want = append(want, h.capture(1)...)
	r.status, r.wait = []int{503}, "120"
	if next := h.deliver(); next.Sub(h.clock.Now()) < 2*time.Minute {
		t.Errorf("the next attempt is in %s", next.Sub(h.clock.Now()))
	}
	if h.deliver(); len(r.taken(t)) == len(want) {
		t.Error("it did not wait")
	}
	h.clock.Advance(3 * time.Minute)
	h.deliver()
	if got := r.taken(t); !slices.Equal(got, want) {
		t.Errorf("then: %v", got)
	}
	// It refuses: nothing more is sent, and the reason stands.
	h.capture(2)
	r.status = []int{401}
	h.deliver()
	if now := h.now(s.ID); !now.Suspended || !strings.Contains(now.Reason, "401") {
		t.Errorf("%+v", now)
	}
	before := len(r.seen)
	h.clock.Advance(24 * time.Hour)
	if h.deliver(); len(r.seen) != before {
		t.Error("a suspended subscription was served")
	}
	if err := h.Delete(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Get(t.Context(), "shipped", s.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestSchedules(t *testing.T) {
	r := receive(t)
	h := open(t, sqldbtest.SQLite(t), r)
	h.subscribe(r, func(n *subscription.New) { n.Schedule, n.ReportEmpty = &subscription.Schedule{Minute: "0,30"}, true })
	want := h.capture(4)
	next := h.deliver()
	if len(r.taken(t)) > 0 || next != time.Date(2026, 11, 1, 12, 30, 0, 0, time.UTC) {
		t.Errorf("before its time: %v, next %s", r.got, next)
	}
	h.clock.Advance(30 * time.Minute)
	h.deliver()
	if got := r.taken(t); !slices.Equal(got, want) || r.empty != 0 {
		t.Errorf("at half past: %v, %d empty", got, r.empty)
	}
	h.clock.Advance(30 * time.Minute)
	if next = h.deliver(); r.empty != 1 || next != time.Date(2026, 11, 1, 13, 30, 0, 0, time.UTC) {
		t.Errorf("an hour later %d reports are empty, next %s", r.empty, next)
	}
	for _, c := range []struct {
		text  subscription.Schedule
		times string
	}{
		{subscription.Schedule{Hour: "1", Minute: "5"}, "2026-11-02T01:05:00Z 2026-11-03T01:05:00Z"},
		{subscription.Schedule{Second: "0,15,[30-31]", Minute: "59"}, "2026-11-01T12:59:00Z 2026-11-01T12:59:15Z 2026-11-01T12:59:30Z 2026-11-01T12:59:31Z 2026-11-01T13:59:00Z"},
		{subscription.Schedule{DayOfWeek: "1", Hour: "9"}, "2026-11-02T09:00:00Z 2026-11-09T09:00:00Z"},
		{subscription.Schedule{DayOfMonth: "31"}, "2026-12-31T00:00:00Z 2027-01-31T00:00:00Z 2027-03-31T00:00:00Z"},
		{subscription.Schedule{Month: "3"}, "2027-03-01T00:00:00Z 2028-03-01T00:00:00Z"},
		{subscription.Schedule{DayOfMonth: "29", Month: "2", Hour: "[6-7]"}, "2028-02-29T06:00:00Z 2028-02-29T07:00:00Z"},
	} {
		text, times := c.text, c.times
		s := text
		if err := s.Read(); err != nil {
			t.Errorf("%+v: %v", text, err)
			continue
		}
		at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
		for _, want := range strings.Fields(times) {
			next, ok := s.Next(at)
			if !ok || next.Format(time.RFC3339) != want {
				t.Errorf("%+v after %s fires at %s, not %s", text, at, next, want)
			}
			at = next
		}
	}
	for _, s := range []subscription.Schedule{{}, {Hour: "24"}, {Minute: "x"}, {Second: "[5-1]"}, {Second: "[1-5"}, {DayOfWeek: "0"}, {Month: "1,"}, {DayOfMonth: "-1"}} {
		if err := s.Read(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v was taken: %v", s, err)
		}
	}
	never := subscription.Schedule{DayOfMonth: "31", Month: "2"}
	if err := never.Read(); err != nil {
		t.Fatal(err)
	}
	if _, ok := never.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); ok {
		t.Error("there is no 31st of February")
	}
}

func TestWhatIsNoSubscription(t *testing.T) {
	r := receive(t)
	h := open(t, sqldbtest.SQLite(t), r)
	for name, change := range map[string]func(*subscription.New){
		"no such query": func(n *subscription.New) { n.Query = "none" }, "http": func(n *subscription.New) { n.Dest = "http://partner.example" }, "no address": func(n *subscription.New) { n.Dest = "" },
		"never": func(n *subscription.New) { n.Schedule = &subscription.Schedule{DayOfMonth: "31", Month: "2"} }, "long secret": func(n *subscription.New) { n.Secret = strings.Repeat("x", 501) },
	} {
		n := subscription.New{Query: "shipped", Dest: r.URL, Viewer: repository.Viewer{All: true}}
		change(&n)
		if _, err := h.Make(t.Context(), n); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The secret is sealed in the database.
	h.subscribe(r, nil)
	if err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
		var secret string
		err := tx.QueryRow(`SELECT secret FROM subscription_row`).Scan(&secret)
		if secret == "" || strings.Contains(secret, "s3cret") {
			t.Errorf("the secret is kept as %q", secret)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// A private address is refused when it is called, and the reason stands.
	strict := h.Config
	strict.Sender = webhook.New(webhook.Config{Clock: h.clock})
	h.capture(1)
	other := subscription.Open(strict)
	if _, err := other.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := h.List(t.Context(), "shipped", "", 10)
	if err != nil || len(list) != 1 || !list[0].Suspended || list[0].Reason != outbound.Private {
		t.Errorf("%+v %v", list, err)
	}
}

// A subscription of somebody who sees only their own.
func TestASubscriberSeesItsOwn(t *testing.T) {
	r := receive(t)
	h := open(t, sqldbtest.SQLite(t), r)
	h.subscribe(r, func(n *subscription.New) { n.Viewer = repository.Viewer{By: "key_2"} })
	h.capture(5)
	h.deliver()
	if got := r.taken(t); len(got) > 0 {
		t.Errorf("events of others: %v", got)
	}
	h.subscribe(r, func(n *subscription.New) { n.Initial = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
	h.deliver()
	if got := r.taken(t); len(got) != 4 {
		t.Errorf("from the beginning: %v", got)
	}
}
