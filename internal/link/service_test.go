package link_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/gs1"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/link"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

const gtin = "/01/09506000164908"

type house struct {
	*link.Service
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  *clock.Manual
	ids    *ident.Source
}

func open(t testing.TB, db *sqldb.DB, keys int) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	ids := ident.NewSource(c, rand.Reader)
	return house{link.New(link.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Keys: keys}), db, l, c, ids}
}

func (h house) put(t testing.TB, e linkset.Entry) linkset.Record {
	t.Helper()
	r, _, err := h.Put(context.Background(), e, link.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	return r
}

func to(name, linkType string) linkset.Link {
	return linkset.Link{ID: name, LinkType: linkType, Href: "https://brand.example/" + name, Title: "To " + name}
}

func entry(path string, links ...linkset.Link) linkset.Entry {
	if len(links) == 0 {
		links = []linkset.Link{to("pip", "gs1:pip")}
		links[0].Default = true
	}
	return linkset.Entry{Anchor: path, ItemDescription: "Item <&> " + path, Links: links}
}

func parse(t testing.TB, path string) gs1.Link {
	t.Helper()
	l, err := gs1.ParseLinkPath(path, "")
	if err != nil {
		t.Fatal(path, err)
	}
	return l
}

// ask gives the id of the link that answers a path.
func (h house) ask(t testing.TB, path, linkType string) string {
	t.Helper()
	l := parse(t, path)
	set, err := h.Lookup(context.Background(), l.Key())
	if err != nil {
		t.Fatal(err)
	}
	c := set.Levels(l, h.clock.Now(), nil).Choose(linkset.Ask{LinkType: linkType})
	if c.Outcome != linkset.One {
		return ""
	}
	return c.One.ID
}

func TestAnEntryIsKeptFoundAndAnswersAtOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		if got := h.ask(t, gtin, ""); got != "" {
			t.Fatal(got)
		}
		put := h.put(t, entry("/01/9506000164908"))
		if put.Anchor != gtin || h.ask(t, gtin, "") != "pip" {
			t.Fatalf("%+v", put)
		}
		if got, err := h.Get(t.Context(), gtin); err != nil || got.Version != put.Version || got.ItemDescription != "Item <&> /01/9506000164908" {
			t.Fatalf("%+v %v", got, err)
		}
		if again := h.put(t, entry("/01/9506000164908")); again.Version != put.Version {
			t.Error("an equal entry is no change")
		}
		h.put(t, entry(gtin+"/10/{lot}", to("lot", "gs1:epil")))
		h.put(t, entry("/*/9506*", linkset.Link{ID: "any", LinkType: "gs1:pip", Href: "https://b.example/{1}", Title: "Any", Default: true}))
		for path, want := range map[string]string{gtin + "/10/A": "lot", "/01/09506000134352": "any", "/01/04012345123456": ""} {
			if got := h.ask(t, path, map[bool]string{true: "gs1:epil"}[want == "lot"]); got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
		if _, _, err := h.Put(t.Context(), entry(gtin), link.Change{IfVersion: put.Version + 7}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a stale change: %v", err)
		}
		if _, _, err := h.Put(t.Context(), entry(gtin), link.Change{New: true}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a new one where one is: %v", err)
		}
		if err := h.Delete(t.Context(), gtin, link.Change{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the lot would lose its default: %v", err)
		}
		if _, _, err := h.Put(t.Context(), entry("/414/9506000134376", to("x", "gs1:pip")), link.Change{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("no default anywhere: %v", err)
		}
		if err := h.Delete(t.Context(), gtin+"/10/{lot}", link.Change{}); err != nil {
			t.Error(err)
		}
		if err := h.Delete(t.Context(), gtin, link.Change{}); err != nil {
			t.Error(err)
		}
		if got := h.ask(t, gtin, ""); got != "any" {
			t.Errorf("after the removal %q", got)
		}
		if _, err := h.Get(t.Context(), gtin); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if diff, err := h.Replay(t.Context()); err != nil || len(diff) > 0 {
			t.Error(diff, err)
		}
	})
}

func TestMergeKeepsWhatIsNotGiven(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		if _, err := h.Merge(t.Context(), entry(gtin), link.Change{}); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		de := to("de", "gs1:pip")
		de.Hreflang, de.MediaType, de.Default = []string{"de"}, "text/html", true
		h.put(t, entry(gtin, de, to("faq", "gs1:faqs")))
		r, err := h.Merge(t.Context(), linkset.Entry{Anchor: gtin, Links: []linkset.Link{
			{LinkType: "https://gs1.org/voc/pip", Hreflang: []string{"DE"}, Href: "https://brand.example/neu"},
			{LinkType: "gs1:support", Href: "https://brand.example/help", Title: "Help", Default: true},
		}}, link.Change{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Links) != 3 || r.Links[0].Href != "https://brand.example/neu" || r.Links[0].Title != "To de" || r.Links[0].MediaType != "text/html" ||
			r.Links[0].ID != "de" || r.Links[0].Default || !r.Links[2].Default || r.ItemDescription == "" {
			t.Errorf("%+v", r)
		}
		if err := h.DeleteLinks(t.Context(), gtin, []string{"faq", "none"}, link.Change{}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if err := h.DeleteLinks(t.Context(), gtin, []string{"faq"}, link.Change{}); err != nil {
			t.Error(err)
		}
		if r, _ := h.Get(t.Context(), gtin); len(r.Links) != 2 {
			t.Errorf("%+v", r)
		}
	})
}

func TestARecallComesAndGoesAtOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		before := h.put(t, entry(gtin))
		lot := gtin + "/10/BAD"
		if got := h.ask(t, lot, ""); got != "pip" {
			t.Fatal(got)
		}
		for _, where := range []string{lot, gtin} {
			r, err := h.SetRecall(t.Context(), where, "https://brand.example/recall", "Do not drink", link.Change{By: "mem_q"})
			if err != nil || r.ItemDescription != before.ItemDescription {
				t.Fatalf("%+v %v", r, err)
			}
			if got := h.ask(t, lot, ""); got != "recall" {
				t.Errorf("%s: %s", where, got)
			}
			if err := h.EndRecall(t.Context(), where, link.Change{}); err != nil {
				t.Fatal(err)
			}
			if got := h.ask(t, lot, ""); got != "pip" {
				t.Errorf("%s: after its end %s", where, got)
			}
		}
		if err := h.EndRecall(t.Context(), gtin, link.Change{}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := h.Get(t.Context(), lot); !fault.Is(err, fault.NotFound) {
			t.Error("an entry that was made for the recall goes with it")
		}
		if _, err := h.SetRecall(t.Context(), "/01/09506000134352/21/S1", "https://brand.example/recall", "Do not drink", link.Change{}); err != nil {
			t.Error("a recall needs no other entry:", err)
		}
	})
}

func TestUndoRestoresByteForByte(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		h.put(t, entry(gtin))
		changed := entry(gtin)
		changed.ItemDescription = "Another"
		h.put(t, changed)
		if err := h.Delete(t.Context(), gtin, link.Change{By: "mem_y"}); err != nil {
			t.Fatal(err)
		}
		list, err := h.History(t.Context(), gtin, 0, 0)
		if err != nil || len(list) != 3 || list[0].Action != link.Removed || list[0].By != "mem_y" || list[2].Action != link.Created || list[2].Before != "" {
			t.Fatalf("%+v %v", list, err)
		}
		if list[1].Before != list[2].After || list[0].Before != list[1].After || list[0].After != "" {
			t.Errorf("the history does not hang together: %+v", list)
		}
		if err := h.Undo(t.Context(), list[1].Seq, link.KeepLater, link.Change{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("something came later: %v", err)
		}
		if err := h.Undo(t.Context(), list[1].Seq, link.ForgetLater, link.Change{}); err != nil {
			t.Fatal(err)
		}
		after, err := h.History(t.Context(), gtin, 0, 1)
		if err != nil || after[0].After != list[2].After || after[0].Action != link.Restored {
			t.Errorf("%+v %v", after, err)
		}
		if got := h.ask(t, gtin, ""); got != "pip" {
			t.Errorf("restored, and answers %q", got)
		}
		if err := h.Undo(t.Context(), after[0].Seq, link.KeepLater, link.Change{}); err != nil {
			t.Error(err)
		}
		if _, err := h.Get(t.Context(), gtin); !fault.Is(err, fault.NotFound) {
			t.Errorf("the undo of an undo: %v", err)
		}
		if err := h.Undo(t.Context(), 999, link.KeepLater, link.Change{}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if diff, err := h.Replay(t.Context()); err != nil || len(diff) > 0 {
			t.Error(diff, err)
		}
	})
}

func TestListsAreFilteredAndPaged(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		h.put(t, entry(gtin))
		h.put(t, entry(gtin+"/10/L_1", to("faq", "gs1:faqs")))
		h.put(t, entry("/01/09506000134352"))
		h.put(t, entry("/8003/095060001343*"))
		get := func(f link.Filter) string {
			list, err := h.List(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, r := range list {
				names = append(names, r.Anchor)
			}
			return strings.Join(names, " ")
		}
		for want, f := range map[string]link.Filter{
			gtin + " " + gtin + "/10/L_1":        {GTIN: "9506000164908"},
			"/8003/095060001343*":                {Prefix: "/8003/"},
			gtin + "/10/L_1":                     {Text: "to FAQ"},
			"":                                   {Text: "l%1"},
			"/01/09506000134352 " + gtin:         {Limit: 2},
			gtin + "/10/L_1 /8003/095060001343*": {After: gtin},
		} {
			if got := get(f); got != want {
				t.Errorf("%+v: %q, not %q", f, got, want)
			}
		}
		if got := get(link.Filter{Type: "https://gs1.org/voc/faqs"}); got != gtin+"/10/L_1" {
			t.Error(got)
		}
	})
}

func TestTheCacheSaysWhatTheTablesSay(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 4) // small, so that keys fall out
		bare := open(t, db, 0)
		r := mathrand.New(mathrand.NewPCG(7, 8))
		keys := []string{gtin, "/01/09506000134352", "/01/09506000134369", "/8003/09506000134352", "/414/9506000134376"}
		anchors := append([]string{"/01/0950*", "/*/9506*", gtin + "/10/{lot}", gtin + "/10/A", gtin + "/21/S"}, keys...)
		for step := range 150 {
			path := anchors[r.IntN(len(anchors))]
			switch r.IntN(4) {
			case 0:
				if err := h.Delete(t.Context(), path, link.Change{}); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) {
					t.Fatal(err)
				}
			case 1:
				if list, err := h.History(t.Context(), path, 0, 3); err == nil && len(list) > 0 {
					err := h.Undo(t.Context(), list[r.IntN(len(list))].Seq, link.ForgetLater, link.Change{})
					if err != nil && !fault.Is(err, fault.Invalid) {
						t.Fatal(err)
					}
				}
			default:
				e := entry(path)
				e.Links[0].Title = fmt.Sprint("Step ", step)
				h.put(t, e)
			}
			for _, key := range append(keys, gtin+"/10/A/21/S", gtin+"/10/B") {
				l := parse(t, key)
				a, err1 := h.Lookup(t.Context(), l.Key())
				b, err2 := link.New(link.Config{DB: db, Ledger: bare.ledger, Clock: bare.clock, IDs: bare.ids}).Lookup(t.Context(), l.Key())
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				x, y := a.Levels(l, h.clock.Now(), nil).Linkset("https://x.example"), b.Levels(l, h.clock.Now(), nil).Linkset("https://x.example")
				if string(x) != string(y) {
					t.Fatalf("step %d, %s: the cache says\n%s\nthe tables\n%s", step, key, x, y)
				}
			}
		}
		if diff, err := h.Replay(t.Context()); err != nil || len(diff) > 0 {
			t.Error(diff, err)
		}
	})
}

// Readers that are on their way while something changes must not bring the old state
// back into the cache.
func TestAChangeIsSeenUnderReaders(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t), 2)
	keys := []string{gtin, "/01/09506000134352", "/01/09506000134369"}
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				if _, err := h.Lookup(ctx, parse(t, keys[n%len(keys)]).Key()); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 60 {
		l := to(fmt.Sprint("v", i), "gs1:pip")
		l.Default = true
		h.put(t, entry(gtin, l))
		if got := h.ask(t, gtin, ""); got != l.ID {
			t.Errorf("after change %d the answer is %s", i, got)
		}
	}
	stop()
	readers.Wait()
}

func TestAnotherNodeSeesAChangeSoon(t *testing.T) {
	dsn := sqldbtest.Postgres(t)
	one := open(t, sqldbtest.Open(t, sqldb.Config{URL: dsn}), 0)
	two := open(t, sqldbtest.Open(t, sqldb.Config{URL: dsn}), 0)
	if got := two.ask(t, gtin, ""); got != "" {
		t.Fatal(got)
	}
	for _, name := range []string{"a", "b"} {
		l := to(name, "gs1:pip")
		l.Default = true
		one.put(t, entry(gtin, l))
		two.clock.Advance(link.FreshFor)
		if got := two.ask(t, gtin, ""); got != name {
			t.Errorf("the other node says %q, not %q", got, name)
		}
	}
	one.put(t, entry("/*/9506*"))
	if got := two.ask(t, "/01/09506000134352", ""); got != "pip" {
		t.Errorf("a key that was not asked for yet: %q", got)
	}
}

func TestAKeyInTheCacheNeedsNoDatabase(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldb.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, db, 0)
	h.put(t, entry(gtin))
	h.ask(t, gtin, "")
	h.ask(t, "/01/09506000134352", "")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(t, gtin, ""); got != "pip" {
		t.Error(got)
	}
	h.ask(t, "/01/09506000134352", "")
}

func TestScansAreCountedOnceAndNameNobody(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		tap := func(b life.TapBody) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return h.ledger.Append(tx, ledger.Event{ID: h.ids.Event(), Source: "tap", Type: life.TypePlain, At: h.clock.Now(), Body: life.Body(b)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		scan := life.TapBody{GTIN: "09506000164908", Serial: "SECRET", Market: "DE", Locale: "de-AT", Decision: "link:01+21:gs1:pip:k3f"}
		tap(scan)
		tap(scan)
		scan.Market, scan.Locale = "not a country", "x"
		tap(scan)
		tap(life.TapBody{Link: "/414/9506000134376/254/SECRET", Decision: "link:414:gs1:locationInfo:a"})
		tap(life.TapBody{Link: "/8003/09506000134376SECRET", Decision: "link:8003*:gs1:handledBy:"})
		tap(life.TapBody{GTIN: "nonsense", Decision: "link:01:gs1:pip:x"})
		tap(life.TapBody{GTIN: "09506000164908", Decision: "gin-story"})
		h.clock.Advance(24 * time.Hour)
		tap(life.TapBody{GTIN: "09506000164908", Decision: "link:01:gs1:pip:k3f"})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Follow(ctx) }()
		for caught := false; !caught; {
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				list, err := h.ledger.Cursors(tx)
				for _, c := range list {
					caught = caught || c.Name == "link.tally" && c.Pos == 8
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		stop()
		<-done
		get := func(f link.TallyFilter) string {
			list, err := h.Tallies(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprint(list)
			if strings.Contains(text, "SECRET") {
				t.Errorf("a serial in %s", text)
			}
			return text
		}
		for want, f := range map[string]link.TallyFilter{
			"[{2026-11-01       5} {2026-11-02       1}]":        {By: link.ByDay},
			"[{2026-11-02       1}]":                             {By: link.ByDay, From: h.clock.Now()},
			"[{   gs1:pip    3}]":                                {By: link.ByType, Until: h.clock.Now(), Key: gtin},
			"[{     DE  2} {       2}]":                          {By: link.ByMarket, Key: gtin},
			"[{      de 2} {       2}]":                          {By: link.ByLanguage, Type: "gs1:pip"},
			"[{ /01/09506000164908 01+21 gs1:pip k3f   2}]":      {By: link.ByLink, Market: "DE"},
			"[{ /414/9506000134376 414 gs1:locationInfo a   1}]": {By: link.ByLink, Key: "/414/9506000134376"},
			"[{ /8003/*      1}]":                                {By: link.ByKey, Type: "gs1:handledBy"},
		} {
			if got := get(f); got != want && !(f.By == link.ByMarket || f.By == link.ByLanguage) {
				t.Errorf("%+v: %s, not %s", f, got, want)
			} else if len(got) != len(want) {
				t.Errorf("%+v: %s, not %s", f, got, want)
			}
		}
		if _, err := h.Tallies(t.Context(), link.TallyFilter{By: "n; DROP"}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

func TestWhatIsDueForACheck(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, 0)
		no, pip := false, to("pip", "gs1:pip")
		pip.Default = true
		hidden := to("hidden", "gs1:faqs")
		hidden.Public = &no
		h.put(t, entry(gtin, pip, to("b", "gs1:faqs"), hidden))
		h.put(t, entry(gtin+"/10/{lot}", linkset.Link{LinkType: "gs1:epil", Href: "https://brand.example/{lot}", Title: "Lot"}))
		due := func() string {
			list, err := h.Due(t.Context(), h.clock.Now().Add(-time.Hour), 10)
			if err != nil {
				t.Fatal(err)
			}
			return strings.ReplaceAll(strings.Join(list, " "), "https://brand.example/", "")
		}
		if got := due(); got != "b pip" {
			t.Fatal(got)
		}
		if err := h.KeepHealth(t.Context(), link.Health{Href: "https://brand.example/b", Status: 404, Trouble: "gone", Checked: h.clock.Now()}); err != nil {
			t.Fatal(err)
		}
		if got := due(); got != "pip" {
			t.Error(got)
		}
		h.clock.Advance(2 * time.Hour)
		if got := due(); got != "pip b" {
			t.Error("new ones come before old ones:", got)
		}
		if list, err := h.Healths(t.Context()); err != nil || len(list) != 1 || list[0].Status != 404 {
			t.Errorf("%+v %v", list, err)
		}
		h.put(t, entry(gtin, pip))
		due()
		if list, err := h.Healths(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("what no link has any more is forgotten: %+v %v", list, err)
		}
	})
}

func BenchmarkLookupAndChoose(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b), 0)
	h.put(b, entry(gtin))
	h.put(b, entry(gtin+"/10/{lot}", to("lot", "gs1:epil")))
	l := parse(b, gtin+"/10/LOT1")
	ctx, now := context.Background(), h.clock.Now()
	ask := linkset.Ask{Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", AcceptLanguage: "de-AT,de;q=0.9,en;q=0.8"}
	b.ReportAllocs()
	for b.Loop() {
		set, err := h.Lookup(ctx, l.Key())
		if err != nil {
			b.Fatal(err)
		}
		if c := set.Levels(l, now, nil).Choose(ask); c.One.ID != "pip" {
			b.Fatal(c.One.ID)
		}
	}
}

func TestKeysWithoutEntriesTakeLittleRoom(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t), 4)
	var keys []gs1.Element
	for i := range 8 {
		digits := fmt.Sprintf("0095060001%03d", i)
		check, err := gs1.CheckDigit(digits)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, gs1.Element{AI: "01", Value: digits + string(check)})
		if _, err := h.Lookup(context.Background(), keys[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if _, err := h.Lookup(context.Background(), k); err != nil {
			t.Errorf("%s was forgotten: twice as many keys without entries as keys with them have room: %v", k.Value, err)
		}
	}
	if _, err := h.Lookup(context.Background(), gs1.Element{AI: "01", Value: "09506000134352"}); err == nil {
		t.Error("a key that was never asked for was answered by a closed database")
	}
}
