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
	"tagline/internal/thing/thingtest"
	"tagline/ntag424"
)

func TestATapIsGenuineOnceAndReplayedAfter(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		url, visitor := b.URL(), w.IDs.Operation()
		first := w.Load(url, visitor)
		if first.Verdict != thing.Genuine || first.Item.Seal != thing.Sealed || first.Tier.String() != "3t" || !first.First {
			t.Fatalf("first: %s, %s, tier %s, %s %s", first.Verdict, first.Item.Seal, first.Tier, first.Code, first.Hint)
		}
		if again := w.Load(url, visitor); again.Verdict != thing.Repeat || again.Event != "" || again.Item.Taps != 1 {
			t.Errorf("the same visitor: %s, event %q", again.Verdict, again.Event)
		}
		other := w.Load(url, w.IDs.Operation())
		if other.Verdict != thing.Replay || other.Code != "replay" || other.Step != "counter" || !other.Known || other.Item.Taps != 1 {
			t.Errorf("another visitor: %s %s, %d taps", other.Verdict, other.Code, other.Item.Taps)
		}
		if other.Tamper != ntag424.TamperNone || other.Tier != ntag424.TierIdentity || other.Verdict.Live() {
			t.Errorf("a replay is given evidence: tier %s, %s", other.Tier, other.Tamper)
		}
		if next := b.Tap(); next.First || next.Verdict != thing.Genuine || next.Item.Taps != 2 {
			t.Errorf("the next tap: %s, first %t, %d taps", next.Verdict, next.First, next.Item.Taps)
		}
		if old := w.Load(url, visitor); old.Verdict != thing.OutOfOrder || old.Verdict.Result() != life.ResultReplayed {
			t.Errorf("the old link after a new tap: %s", old.Verdict)
		}
		w.Same()
	})
}

// TestPublishedTapsAreGenuineOnce has the server meet NXP's published tag.
func TestPublishedTapsAreGenuineOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		zeros := strings.Repeat("0", 32)
		_, err := w.Sets.Create(t.Context(), keyset.NewSet{
			Name: "an12196", Template: "https://id.example/t/an12196/ntag424?e={picc}&c={mac}", Test: true, Scheme: ntag424.Fixed,
			Options: &ntag424.Options{MACFrom: "mac", Foreign: true}, Keys: &keyset.Keys{Meta: zeros, Master: zeros},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Register("an12196", "04DE5F1EACC040", thing.Ref{GTIN: thingtest.GTIN, Serial: "AN12196"})
		const url = "/t/an12196/ntag424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
		if r := w.Load(url, "op_a"); r.Verdict != thing.Genuine || r.Counter != 0x3D || r.Tier.String() != "3" {
			t.Errorf("once: %s %s, counter %d, tier %s", r.Verdict, r.Code, r.Counter, r.Tier)
		}
		if r := w.Load(url, "op_b"); r.Verdict != thing.Replay {
			t.Errorf("twice: %s", r.Verdict)
		}
		w.Same()
	})
}

func TestABottlesLife(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		b.Tap()
		sealed := b.Tap()
		w.Report("till", "1", b.Ref, thing.MomentPurchased)
		b.Chip.Open()
		opened := b.Tap()
		if opened.Item.Seal != thing.Opened || fmt.Sprint(opened.Moments) != "[opened]" {
			t.Errorf("torn: %s, moments %v", opened.Item.Seal, opened.Moments)
		}
		o := opened.Item.Life.Opened
		if !o.NotBefore.Equal(sealed.Item.LastTap) || !o.At.Equal(opened.Item.LastTap) || o.Cause != opened.Event {
			t.Errorf("the opening is bounded by %v and %v, caused by %s", o.NotBefore, o.At, o.Cause)
		}
		if again := b.Tap(); len(again.Moments) != 0 {
			t.Errorf("opened twice: %v", again.Moments)
		}
		w.Report("phone", "1", b.Ref, thing.MomentDrained)
		b.Chip.Close()
		b.Chip.Opened = false // another tag was glued on
		swapped := b.Tap()
		if swapped.Item.Seal != thing.Opened || swapped.Item.Stage != thing.StageDrained || len(swapped.Item.Alarms) != 1 ||
			swapped.Item.Alarms[0].Code != life.AlarmReclosed || swapped.Item.Alarms[0].Cause != swapped.Event {
			t.Errorf("closed after opened: %s, %s, %+v", swapped.Item.Seal, swapped.Item.Stage, swapped.Item.Alarms)
		}
		if got, want := w.Moments(b), "made purchased opened drained"; got != want {
			t.Errorf("moments %q, want %q", got, want)
		}
		counts, err := w.Things.Counts(t.Context(), thingtest.GTIN)
		if err != nil || counts != (thing.Counts{Made: 1, Sold: 1, Opened: 1, Drained: 1, Alarmed: 1}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
		w.Same()
	})
}

func TestATagThatCannotTellIsNeverSealed(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	for _, c := range []struct {
		name  string
		loop  ntag424.Loop
		code  string
		alarm int
	}{
		{"feature never enabled", ntag424.LoopOff, "tt_invalid", 1},
		{"no loop", ntag424.LoopNone, "tt_unsupported", 0},
	} {
		b := w.Bottle()
		b.Chip.Loop = c.loop
		r := b.Tap()
		if r.Verdict != thing.Genuine || r.Item.Seal != thing.SealUnknown || r.Code != c.code || r.Step != "tamper" || len(r.Item.Alarms) != c.alarm {
			t.Errorf("%s: %s, %s, %s at %s, alarms %v", c.name, r.Verdict, r.Item.Seal, r.Code, r.Step, r.Item.Alarms)
		}
	}
	w.Same()
}

func TestRefusedTapsChangeNoStateAndSayWhy(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		b.Tap()
		before, err := w.Things.Find(t.Context(), thingtest.GTIN, b.Ref.Serial)
		if err != nil {
			t.Fatal(err)
		}
		good := b.URL()
		forged := good[:len(good)-4] + "0000"
		stranger := w.Encode(b.Ref) // the right keys, never registered
		unregistered, err := stranger.Tap()
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := w.Bottle()
		worn := w.Bottle()
		worn.Chip.Counter = 0xFFFFFE
		for _, c := range []struct {
			name, url  string
			verdict    thing.Verdict
			code, step string
			known      bool
		}{
			{"forged", forged, thing.NotVerified, "mac", "mac", true},
			{"cut off", good[:len(good)-4], thing.NotVerified, "template_mismatch", "match", true},
			{"a key set that never was", strings.Replace(good, "/t/k1/", "/t/k9/", 1), thing.NotVerified, "unknown_keyset", "keyset", true},
			{"another bottle's path", strings.Replace(good, b.Ref.Serial, elsewhere.Ref.Serial, 1), thing.NotVerified, "mac", "mac", true},
			{"never registered", unregistered, thing.Unknown, "unknown_tag", "tag", true},
			{"a counter at its end", worn.URL(), thing.NotVerified, "exhausted", "counter", true},
			{"no such item", "/01/09506000134352/21/NOBODY?utm_source=x", thing.Unknown, "", "item", false},
		} {
			r := w.Load(c.url, w.IDs.Operation())
			if r.Verdict != c.verdict || r.Code != c.code || r.Step != c.step || r.Known != c.known || r.Verdict.Live() {
				t.Errorf("%s: %s, %q at %q, known %t", c.name, r.Verdict, r.Code, r.Step, r.Known)
			}
			entry, ok := w.Entry(r.Event)
			if !ok || entry.Verdict != c.verdict || entry.Step != c.step {
				t.Errorf("%s: recorded as %+v", c.name, entry)
			}
		}
		after, err := w.Things.Find(t.Context(), thingtest.GTIN, b.Ref.Serial)
		if err != nil || fmt.Sprintf("%+v", after) != fmt.Sprintf("%+v", before) {
			t.Errorf("before %+v\nafter %+v, %v", before, after, err)
		}
		w.Same()
	})
}

func TestABlockedTagIsRefusedAndSaysSoInTheStory(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		b.Tap()
		for range 2 {
			if c, err := w.Things.Block(t.Context(), b.ID, "stolen pallet"); err != nil || c.Status != "blocked" {
				t.Fatalf("%+v, %v", c, err)
			}
		}
		r := b.Tap()
		if r.Verdict != thing.Blocked || r.Code != "blocked_tag" || len(r.Item.Alarms) != 1 || r.Item.Taps != 1 {
			t.Errorf("%s %s, alarms %v, %d taps", r.Verdict, r.Code, r.Item.Alarms, r.Item.Taps)
		}
		if _, err := w.Things.Unblock(t.Context(), b.ID, ""); err != nil {
			t.Fatal(err)
		}
		if r := b.Tap(); r.Verdict != thing.Genuine || len(r.Item.Alarms) != 0 {
			t.Errorf("freed: %s, alarms %v", r.Verdict, r.Item.Alarms)
		}
		if n := w.Count(ledger.Filter{Types: []string{life.TypeBlocked, life.TypeUnblocked}}); n != 2 {
			t.Errorf("%d events for one block and one release", n)
		}
		w.Same()
	})
}

func TestAFloodOfRefusedTapsIsCountedNotStored(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	url := b.URL()
	w.Load(url, "op_a")
	refused := ledger.Filter{Types: []string{life.TypeRefused}, Limit: 1000}
	recorded := 0
	for i := range 100 {
		r := w.Load(url, ident.Operation(fmt.Sprint("op_", i)))
		if r.Verdict != thing.Replay || !r.Known {
			t.Fatalf("replay %d: %s", i, r.Verdict)
		}
		if r.Event != "" {
			recorded++
		}
	}
	if n := w.Count(refused); n != recorded || n < 10 || n > 30 {
		t.Fatalf("%d of 100 replays of one tag are stored, %d were said to be", n, recorded)
	}
	if r := w.Bottle().Tap(); r.Verdict != thing.Genuine {
		t.Errorf("another bottle: %s", r.Verdict)
	}
	w.Clock.Advance(11 * time.Minute)
	late := w.Load(url, "op_late")
	entry, ok := w.Entry(late.Event)
	if !ok || entry.Suppressed != int64(100-recorded) {
		t.Errorf("the next recorded one carries %d of %d that were only counted", entry.Suppressed, 100-recorded)
	}
	// Forged ones share an allowance, whatever they pretend to be.
	for i := range 100 {
		w.Load(fmt.Sprintf("/t/k1/01/09506000134352/21/X%d?p=%032X&e=%032X&m=%016X", i, i, i, i), "op_x")
	}
	if n := w.Count(refused); n > recorded+1+30 {
		t.Errorf("%d refused taps are stored", n)
	}
	w.Same()
}

func TestPlainScansAreRecordedWithoutProof(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		path, err := b.Ref.Path()
		if err != nil {
			t.Fatal(err)
		}
		r := w.Load(path, w.IDs.Operation())
		if r.Verdict != thing.Plain || r.Tier.String() != "0" || !r.Known || r.Item.Seal != thing.SealUnknown || r.Item.Taps != 0 {
			t.Errorf("%s, tier %s, %+v", r.Verdict, r.Tier, r.Item)
		}
		if entry, ok := w.Entry(r.Event); !ok || entry.Result != life.ResultPlain || entry.Thing != r.Item.ID || entry.Market != "DE" {
			t.Errorf("recorded as %+v", entry)
		}
		head := w.Count(ledger.Filter{})
		peek, err := w.Things.Peek(t.Context(), b.Ref.GTIN, b.Ref.Serial)
		if err != nil || peek.Verdict != thing.Plain || !peek.Known || w.Count(ledger.Filter{}) != head {
			t.Errorf("a peek: %s, %v; it must not be recorded", peek.Verdict, err)
		}
		if peek, err := w.Things.Peek(t.Context(), thingtest.GTIN, "NOBODY"); err != nil || peek.Verdict != thing.Unknown {
			t.Errorf("a peek at nothing: %s, %v", peek.Verdict, err)
		}
		w.Same()
	})
}

func TestAMessageWithoutACounterIsNoLiveTap(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	_, err := w.Sets.Create(t.Context(), keyset.NewSet{
		Name: "uid", Template: "https://id.example/t/uid/01/{gtin}/21/{serial}?u={uid}&m={mac}", Test: true, Options: &ntag424.Options{Foreign: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Things.Make(t.Context(), thing.Batch{GTIN: thingtest.GTIN, Serials: []string{"U1"}}); err != nil {
		t.Fatal(err)
	}
	b := w.ChipOn("uid", thing.Ref{GTIN: thingtest.GTIN, Serial: "U1"})
	for range 2 {
		r := b.Tap()
		if r.Verdict != thing.Plain || r.Tier.String() != "1" || r.Item.Taps != 0 {
			t.Errorf("%s, tier %s, %s %s", r.Verdict, r.Tier, r.Code, r.Hint)
		}
	}
}

func TestTwoLiveTapsOfOneSessionAreTierFour(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	op := w.IDs.Operation()
	w.Load(b.URL(), op)
	w.Clock.Advance(20 * time.Second)
	if r := w.Load(b.URL(), op); r.Tier.String() != "4" {
		t.Errorf("tier %s", r.Tier)
	}
	w.Clock.Advance(20 * time.Second)
	if r := w.Load(b.URL(), w.IDs.Operation()); r.Tier.String() != "3t" {
		t.Errorf("another session: tier %s", r.Tier)
	}
	w.Same()
}

func TestTheDecisionIsStoredWithTheTap(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	b.Chip.Open()
	reading, err := w.Tags.Verify(t.Context(), b.URL())
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Things.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: "op_a", Market: "DE", Decide: func(r thing.TapResult) string {
		return fmt.Sprintf("%s for %s, %v", r.Verdict, r.Item.Seal, r.Moments)
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := "genuine for opened, [opened]"
	if entry, _ := w.Entry(r.Event); r.Decision != want || entry.Decision != want {
		t.Errorf("answered %q, stored %q", r.Decision, entry.Decision)
	}
}

func TestATagMetBeforeItsItemMakesIt(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.ChipOn("k1", thing.Ref{GTIN: thingtest.GTIN, Serial: "EARLY"})
		r := b.Tap()
		if r.Verdict != thing.Genuine || !r.Known || r.Item.Life.Made.Kind != thing.Inferred || r.Item.Taps != 1 || !r.First {
			t.Errorf("%s, %+v", r.Verdict, r.Item)
		}
		w.Same()
	})
}

// TestManyVisitorsAndOneCounterGiveOneGenuineTap is promise 4 at the level of
// items: one winner, one event, one count.
func TestManyVisitorsAndOneCounterGiveOneGenuineTap(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		b.Chip.Open()
		url := b.URL()
		var (
			mu       sync.Mutex
			verdicts = map[thing.Verdict]int{}
			wg       sync.WaitGroup
		)
		for range 64 {
			wg.Go(func() {
				r, err := w.Try(url, w.IDs.Operation())
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
		if n := w.Count(ledger.Filter{Types: []string{life.TypeTap}}); n != 1 {
			t.Errorf("%d verified taps in the ledger", n)
		}
		if got := w.Moments(b); got != "made opened" {
			t.Errorf("moments %q", got)
		}
		w.Same()
	})
}

func TestTapsOfOneBottleInParallelAllCount(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		urls := make([]string, 40)
		for i := range urls {
			urls[i] = b.URL()
		}
		var (
			mu      sync.Mutex
			genuine int64
			wg      sync.WaitGroup
		)
		for i, u := range urls {
			wg.Go(func() {
				if i%4 == 0 { // reports race with the taps
					_, err := w.Things.Report(context.Background(), thing.Report{
						Source: "till", SourceID: fmt.Sprint(i), GTIN: thingtest.GTIN, Serial: b.Ref.Serial, Moment: thing.MomentPurchased, At: w.Clock.Now().Add(time.Duration(-i) * time.Minute),
					})
					if err != nil {
						t.Error(err)
					}
				}
				r, err := w.Try(u, w.IDs.Operation())
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
		it, err := w.Things.Find(t.Context(), thingtest.GTIN, b.Ref.Serial)
		if err != nil || it.Taps != genuine || genuine == 0 {
			t.Errorf("%d genuine, the item counts %d, %v", genuine, it.Taps, err)
		}
		if want := w.Clock.Now().Add(-36 * time.Minute); !it.Life.Sold.At.Equal(want) {
			t.Errorf("sold at %v, the earliest report says %v", it.Life.Sold.At, want)
		}
		w.Same()
	})
}

// TestWhatOneNodeRemembersAnotherMayChange taps one bottle through two services, as
// through two nodes, with changes of every kind between.
func TestWhatOneNodeRemembersAnotherMayChange(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		other := thing.New(thing.Config{DB: db, Ledger: w.Ledger, Tags: w.Tags, Clock: w.Clock, IDs: w.IDs, Chance: w.Chance})
		on := func(s *thing.Service, b *thingtest.Bottle) thing.TapResult {
			t.Helper()
			w.Clock.Advance(time.Minute)
			reading, err := w.Tags.Verify(t.Context(), b.URL())
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: w.IDs.Operation()})
			if err != nil {
				t.Fatal(err)
			}
			stored, err := w.Things.Find(t.Context(), b.Ref.GTIN, b.Ref.Serial)
			if err != nil || r.Known && fmt.Sprintf("%+v", r.Item) != fmt.Sprintf("%+v", stored) {
				t.Fatalf("answered %+v\nstored   %+v, %v", r.Item, stored, err)
			}
			return r
		}
		on(w.Things, b)
		on(other, b)
		if r := on(w.Things, b); r.Item.Taps != 3 {
			t.Errorf("%d taps", r.Item.Taps)
		}
		w.Report("till", "1", b.Ref, thing.MomentPurchased)
		if r := on(w.Things, b); !r.Item.Life.Sold.Is() {
			t.Error("a sale between two taps is forgotten")
		}
		if _, err := other.Block(t.Context(), b.ID, ""); err != nil {
			t.Fatal(err)
		}
		if r := on(w.Things, b); r.Verdict != thing.Blocked {
			t.Errorf("blocked by the other node: %s", r.Verdict)
		}
		if _, err := other.Unblock(t.Context(), b.ID, ""); err != nil {
			t.Fatal(err)
		}
		if r := on(w.Things, b); r.Verdict != thing.Genuine || len(r.Item.Alarms) != 0 {
			t.Errorf("freed by the other node: %s, %v", r.Verdict, r.Item.Alarms)
		}
		neck := w.ChipOn("k1", b.Ref)
		on(other, neck)
		if r := on(w.Things, b); r.Item.Taps != 7 {
			t.Errorf("%d taps with two chips", r.Item.Taps)
		}
		b.Chip.Open()
		if r := on(other, b); r.Item.Seal != thing.Opened {
			t.Errorf("torn: %s", r.Item.Seal)
		}
		if r := on(w.Things, neck); r.Item.Seal != thing.Opened || len(r.Item.Alarms) != 1 {
			t.Errorf("the other chip is closed: %s, %v", r.Item.Seal, r.Item.Alarms)
		}
		w.Same()
	})
}
