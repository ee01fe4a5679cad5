package thing_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/ntag424"
)

func TestATapIsGenuineOnceAndReplayedAfter(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		url, visitor := b.url(), w.ids.Operation()
		first := w.load(url, visitor)
		if first.Verdict != thing.Genuine || first.Item.Seal != thing.Sealed || first.Tier.String() != "3t" || !first.First {
			t.Fatalf("first: %s, %s, tier %s, %s %s", first.Verdict, first.Item.Seal, first.Tier, first.Code, first.Hint)
		}
		if again := w.load(url, visitor); again.Verdict != thing.Repeat || again.Event != "" || again.Item.Taps != 1 {
			t.Errorf("the same visitor: %s, event %q", again.Verdict, again.Event)
		}
		other := w.load(url, w.ids.Operation())
		if other.Verdict != thing.Replay || other.Code != "replay" || other.Step != "counter" || !other.Known || other.Item.Taps != 1 {
			t.Errorf("another visitor: %s %s, %d taps", other.Verdict, other.Code, other.Item.Taps)
		}
		if other.Tamper != ntag424.TamperNone || other.Tier != ntag424.TierIdentity || other.Verdict.Live() {
			t.Errorf("a replay is given evidence: tier %s, %s", other.Tier, other.Tamper)
		}
		if next := b.tap(); next.First || next.Verdict != thing.Genuine || next.Item.Taps != 2 {
			t.Errorf("the next tap: %s, first %t, %d taps", next.Verdict, next.First, next.Item.Taps)
		}
		if old := w.load(url, visitor); old.Verdict != thing.OutOfOrder || old.Verdict.Result() != life.ResultReplayed {
			t.Errorf("the old link after a new tap: %s", old.Verdict)
		}
		w.same()
	})
}

// TestPublishedTapsAreGenuineOnce has the server meet NXP's published tag.
func TestPublishedTapsAreGenuineOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		zeros := strings.Repeat("0", 32)
		_, err := w.sets.Create(t.Context(), keyset.NewSet{
			Name: "an12196", Template: "https://id.example/t/an12196/ntag424?e={picc}&c={mac}", Test: true, Scheme: ntag424.Fixed,
			Options: &ntag424.Options{MACFrom: "mac", Foreign: true}, Keys: &keyset.Keys{Meta: zeros, Master: zeros},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.register("an12196", "04DE5F1EACC040", thing.Ref{GTIN: gtin, Serial: "AN12196"})
		const url = "/t/an12196/ntag424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
		if r := w.load(url, "op_a"); r.Verdict != thing.Genuine || r.Counter != 0x3D || r.Tier.String() != "3" {
			t.Errorf("once: %s %s, counter %d, tier %s", r.Verdict, r.Code, r.Counter, r.Tier)
		}
		if r := w.load(url, "op_b"); r.Verdict != thing.Replay {
			t.Errorf("twice: %s", r.Verdict)
		}
		w.same()
	})
}

func TestABottlesLife(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		b.tap()
		sealed := b.tap()
		w.report("till", "1", b.ref, thing.MomentPurchased)
		b.chip.Open()
		opened := b.tap()
		if opened.Item.Seal != thing.Opened || fmt.Sprint(opened.Moments) != "[opened]" {
			t.Errorf("torn: %s, moments %v", opened.Item.Seal, opened.Moments)
		}
		o := opened.Item.Life.Opened
		if !o.NotBefore.Equal(sealed.Item.LastTap) || !o.At.Equal(opened.Item.LastTap) || o.Cause != opened.Event {
			t.Errorf("the opening is bounded by %v and %v, caused by %s", o.NotBefore, o.At, o.Cause)
		}
		if again := b.tap(); len(again.Moments) != 0 {
			t.Errorf("opened twice: %v", again.Moments)
		}
		w.report("phone", "1", b.ref, thing.MomentDrained)
		b.chip.Close()
		b.chip.Opened = false // another tag was glued on
		swapped := b.tap()
		if swapped.Item.Seal != thing.Opened || swapped.Item.Stage != thing.StageDrained || len(swapped.Item.Alarms) != 1 ||
			swapped.Item.Alarms[0].Code != life.AlarmReclosed || swapped.Item.Alarms[0].Cause != swapped.Event {
			t.Errorf("closed after opened: %s, %s, %+v", swapped.Item.Seal, swapped.Item.Stage, swapped.Item.Alarms)
		}
		if got, want := w.moments(b), "made purchased opened drained"; got != want {
			t.Errorf("moments %q, want %q", got, want)
		}
		counts, err := w.things.Counts(t.Context(), gtin)
		if err != nil || counts != (thing.Counts{Made: 1, Sold: 1, Opened: 1, Drained: 1, Alarmed: 1}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
		w.same()
	})
}

func TestATagThatCannotTellIsNeverSealed(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	for _, c := range []struct {
		name  string
		loop  ntag424.Loop
		code  string
		alarm int
	}{
		{"feature never enabled", ntag424.LoopOff, "tt_invalid", 1},
		{"no loop", ntag424.LoopNone, "tt_unsupported", 0},
	} {
		b := w.bottle()
		b.chip.Loop = c.loop
		r := b.tap()
		if r.Verdict != thing.Genuine || r.Item.Seal != thing.SealUnknown || r.Code != c.code || r.Step != "tamper" || len(r.Item.Alarms) != c.alarm {
			t.Errorf("%s: %s, %s, %s at %s, alarms %v", c.name, r.Verdict, r.Item.Seal, r.Code, r.Step, r.Item.Alarms)
		}
	}
	w.same()
}

func TestRefusedTapsChangeNoStateAndSayWhy(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		b.tap()
		before, err := w.things.Find(t.Context(), gtin, b.ref.Serial)
		if err != nil {
			t.Fatal(err)
		}
		good := b.url()
		forged := good[:len(good)-4] + "0000"
		stranger := w.encode(b.ref) // the right keys, never registered
		unregistered, err := stranger.Tap()
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := w.bottle()
		for _, c := range []struct {
			name, url  string
			verdict    thing.Verdict
			code, step string
			known      bool
		}{
			{"forged", forged, thing.NotVerified, "mac", "mac", true},
			{"cut off", good[:len(good)-4], thing.NotVerified, "template_mismatch", "match", true},
			{"a key set that never was", strings.Replace(good, "/t/k1/", "/t/k9/", 1), thing.NotVerified, "unknown_keyset", "keyset", true},
			{"another bottle's path", strings.Replace(good, b.ref.Serial, elsewhere.ref.Serial, 1), thing.NotVerified, "mac", "mac", true},
			{"never registered", unregistered, thing.Unknown, "unknown_tag", "tag", true},
			{"no such item", "/01/09506000134352/21/NOBODY?utm_source=x", thing.Unknown, "", "item", false},
		} {
			r := w.load(c.url, w.ids.Operation())
			if r.Verdict != c.verdict || r.Code != c.code || r.Step != c.step || r.Known != c.known || r.Verdict.Live() {
				t.Errorf("%s: %s, %q at %q, known %t", c.name, r.Verdict, r.Code, r.Step, r.Known)
			}
			entry, ok := w.entry(r.Event)
			if !ok || entry.Verdict != c.verdict || entry.Step != c.step {
				t.Errorf("%s: recorded as %+v", c.name, entry)
			}
		}
		after, err := w.things.Find(t.Context(), gtin, b.ref.Serial)
		if err != nil || fmt.Sprintf("%+v", after) != fmt.Sprintf("%+v", before) {
			t.Errorf("before %+v\nafter %+v, %v", before, after, err)
		}
		w.same()
	})
}

func TestABlockedTagIsRefusedAndSaysSoInTheStory(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		b.tap()
		for range 2 {
			if c, err := w.things.Block(t.Context(), b.id, "stolen pallet"); err != nil || c.Status != "blocked" {
				t.Fatalf("%+v, %v", c, err)
			}
		}
		r := b.tap()
		if r.Verdict != thing.Blocked || r.Code != "blocked_tag" || len(r.Item.Alarms) != 1 || r.Item.Taps != 1 {
			t.Errorf("%s %s, alarms %v, %d taps", r.Verdict, r.Code, r.Item.Alarms, r.Item.Taps)
		}
		if _, err := w.things.Unblock(t.Context(), b.id, ""); err != nil {
			t.Fatal(err)
		}
		if r := b.tap(); r.Verdict != thing.Genuine || len(r.Item.Alarms) != 0 {
			t.Errorf("freed: %s, alarms %v", r.Verdict, r.Item.Alarms)
		}
		if n := w.count(ledger.Filter{Types: []string{life.TypeBlocked, life.TypeUnblocked}}); n != 2 {
			t.Errorf("%d events for one block and one release", n)
		}
		w.same()
	})
}

func TestAFloodOfRefusedTapsIsCountedNotStored(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle()
	url := b.url()
	w.load(url, "op_a")
	refused := ledger.Filter{Types: []string{life.TypeRefused}, Limit: 1000}
	recorded := 0
	for i := range 100 {
		r := w.load(url, ident.Operation(fmt.Sprint("op_", i)))
		if r.Verdict != thing.Replay || !r.Known {
			t.Fatalf("replay %d: %s", i, r.Verdict)
		}
		if r.Event != "" {
			recorded++
		}
	}
	if n := w.count(refused); n != recorded || n < 10 || n > 30 {
		t.Fatalf("%d of 100 replays of one tag are stored, %d were said to be", n, recorded)
	}
	if r := w.bottle().tap(); r.Verdict != thing.Genuine {
		t.Errorf("another bottle: %s", r.Verdict)
	}
	w.clock.Advance(11 * time.Minute)
	late := w.load(url, "op_late")
	entry, ok := w.entry(late.Event)
	if !ok || entry.Suppressed != int64(100-recorded) {
		t.Errorf("the next recorded one carries %d of %d that were only counted", entry.Suppressed, 100-recorded)
	}
	// Forged ones share an allowance, whatever they pretend to be.
	for i := range 100 {
		w.load(fmt.Sprintf("/t/k1/01/09506000134352/21/X%d?p=%032X&e=%032X&m=%016X", i, i, i, i), "op_x")
	}
	if n := w.count(refused); n > recorded+1+30 {
		t.Errorf("%d refused taps are stored", n)
	}
	w.same()
}

func TestPlainScansAreRecordedWithoutProof(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		path, err := b.ref.Path()
		if err != nil {
			t.Fatal(err)
		}
		r := w.load(path, w.ids.Operation())
		if r.Verdict != thing.Plain || r.Tier.String() != "0" || !r.Known || r.Item.Seal != thing.SealUnknown || r.Item.Taps != 0 {
			t.Errorf("%s, tier %s, %+v", r.Verdict, r.Tier, r.Item)
		}
		if entry, ok := w.entry(r.Event); !ok || entry.Result != life.ResultPlain || entry.Thing != r.Item.ID || entry.Market != "DE" {
			t.Errorf("recorded as %+v", entry)
		}
		head := w.count(ledger.Filter{})
		peek, err := w.things.Peek(t.Context(), b.ref.GTIN, b.ref.Serial)
		if err != nil || peek.Verdict != thing.Plain || !peek.Known || w.count(ledger.Filter{}) != head {
			t.Errorf("a peek: %s, %v; it must not be recorded", peek.Verdict, err)
		}
		if peek, err := w.things.Peek(t.Context(), gtin, "NOBODY"); err != nil || peek.Verdict != thing.Unknown {
			t.Errorf("a peek at nothing: %s, %v", peek.Verdict, err)
		}
		w.same()
	})
}

func TestAMessageWithoutACounterIsNoLiveTap(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	_, err := w.sets.Create(t.Context(), keyset.NewSet{
		Name: "uid", Template: "https://id.example/t/uid/01/{gtin}/21/{serial}?u={uid}&m={mac}", Test: true, Options: &ntag424.Options{Foreign: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.things.Make(t.Context(), thing.Batch{GTIN: gtin, Serials: []string{"U1"}}); err != nil {
		t.Fatal(err)
	}
	b := w.chipOn("uid", thing.Ref{GTIN: gtin, Serial: "U1"})
	for range 2 {
		r := b.tap()
		if r.Verdict != thing.Plain || r.Tier.String() != "1" || r.Item.Taps != 0 {
			t.Errorf("%s, tier %s, %s %s", r.Verdict, r.Tier, r.Code, r.Hint)
		}
	}
}

func TestTwoLiveTapsOfOneSessionAreTierFour(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle()
	op := w.ids.Operation()
	w.load(b.url(), op)
	w.clock.Advance(20 * time.Second)
	if r := w.load(b.url(), op); r.Tier.String() != "4" {
		t.Errorf("tier %s", r.Tier)
	}
	w.clock.Advance(20 * time.Second)
	if r := w.load(b.url(), w.ids.Operation()); r.Tier.String() != "3t" {
		t.Errorf("another session: tier %s", r.Tier)
	}
	w.same()
}

func TestTheDecisionIsStoredWithTheTap(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle()
	b.chip.Open()
	reading, err := w.tags.Verify(t.Context(), b.url())
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.things.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: "op_a", Market: "DE", Decide: func(r thing.TapResult) string {
		return fmt.Sprintf("%s for %s, %v", r.Verdict, r.Item.Seal, r.Moments)
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := "genuine for opened, [opened]"
	if entry, _ := w.entry(r.Event); r.Decision != want || entry.Decision != want {
		t.Errorf("answered %q, stored %q", r.Decision, entry.Decision)
	}
}

func TestATagMetBeforeItsItemMakesIt(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.chipOn("k1", thing.Ref{GTIN: gtin, Serial: "EARLY"})
		r := b.tap()
		if r.Verdict != thing.Genuine || !r.Known || r.Item.Life.Made.Kind != thing.Inferred || r.Item.Taps != 1 || !r.First {
			t.Errorf("%s, %+v", r.Verdict, r.Item)
		}
		w.same()
	})
}

// TestManyVisitorsAndOneCounterGiveOneGenuineTap is promise 4 at the level of
// items: one winner, one event, one count.
func TestManyVisitorsAndOneCounterGiveOneGenuineTap(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		b.chip.Open()
		url := b.url()
		var (
			mu       sync.Mutex
			verdicts = map[thing.Verdict]int{}
			wg       sync.WaitGroup
		)
		for range 64 {
			wg.Go(func() {
				r, err := w.try(url, w.ids.Operation())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				verdicts[r.Verdict]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if verdicts[thing.Genuine] != 1 || verdicts[thing.Replay] != 63 {
			t.Errorf("%v", verdicts)
		}
		if n := w.count(ledger.Filter{Types: []string{life.TypeTap}}); n != 1 {
			t.Errorf("%d verified taps in the ledger", n)
		}
		if got := w.moments(b); got != "made opened" {
			t.Errorf("moments %q", got)
		}
		w.same()
	})
}

func TestTapsOfOneBottleInParallelAllCount(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		urls := make([]string, 40)
		for i := range urls {
			urls[i] = b.url()
		}
		var (
			mu      sync.Mutex
			genuine int64
			wg      sync.WaitGroup
		)
		for i, u := range urls {
			wg.Go(func() {
				if i%4 == 0 { // reports race with the taps
					_, err := w.things.Report(context.Background(), thing.Report{
						Source: "till", SourceID: fmt.Sprint(i), GTIN: gtin, Serial: b.ref.Serial, Moment: thing.MomentPurchased, At: w.clock.Now().Add(time.Duration(-i) * time.Minute),
					})
					if err != nil {
						t.Error(err)
					}
				}
				r, err := w.try(u, w.ids.Operation())
				if err != nil {
					t.Error(err)
				}
				if r.Verdict == thing.Genuine {
					mu.Lock()
					genuine++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		it, err := w.things.Find(t.Context(), gtin, b.ref.Serial)
		if err != nil || it.Taps != genuine || genuine == 0 {
			t.Errorf("%d genuine, the item counts %d, %v", genuine, it.Taps, err)
		}
		if want := w.clock.Now().Add(-36 * time.Minute); !it.Life.Sold.At.Equal(want) {
			t.Errorf("sold at %v, the earliest report says %v", it.Life.Sold.At, want)
		}
		w.same()
	})
}
