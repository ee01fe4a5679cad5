package story_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const gtin = "09506000134352"

// scene is a small server with one virtual bottle.
type scene struct {
	t       testing.TB
	db      *sqldb.DB
	clock   *clock.Manual
	ids     *ident.Source
	ledger  *ledger.Ledger
	tags    *tag.Service
	things  *thing.Service
	stories *story.Service
	chip    tag.VirtualChip
	item    thing.Item
}

func newScene(t testing.TB, db *sqldb.DB) *scene {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	s := &scene{t: t, db: db, clock: c, ids: ident.NewSource(c, rand.NewChaCha8([32]byte{2}))}
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{3}), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.NewChaCha8([32]byte{4})
	s.ledger = ledger.New(db, c, bus.New())
	sets := keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: chance})
	s.tags = tag.New(tag.Config{DB: db, Sets: sets, Clock: c, IDs: s.ids, Chance: chance})
	s.things = thing.New(thing.Config{DB: db, Ledger: s.ledger, Tags: s.tags, Clock: c, IDs: s.ids, Chance: chance})
	s.stories = story.New(db, s.ledger)
	if _, err := sets.Create(t.Context(), keyset.NewSet{
		Name: "k1", Template: "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}", Test: true,
	}); err != nil {
		t.Fatal(err)
	}
	if s.chip, s.item, err = s.things.MakeVirtual(t.Context(), "k1", gtin, "DE"); err != nil {
		t.Fatal(err)
	}
	return s
}

// tap is one physical tap by a new visitor; it gives the URL.
func (s *scene) tap(market string) string {
	s.t.Helper()
	url, _, err := s.tags.TapVirtual(s.t.Context(), s.chip.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	s.load(url, market)
	return url
}

func (s *scene) load(url, market string) {
	s.t.Helper()
	s.clock.Advance(10 * time.Minute)
	r, err := s.tags.Verify(s.t.Context(), url)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.things.Tap(s.t.Context(), thing.TapRequest{Reading: r, Op: s.ids.Operation(), Market: market, Locale: "de"}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) tear() {
	s.t.Helper()
	if _, err := s.tags.Tear(s.t.Context(), s.chip.ID); err != nil {
		s.t.Fatal(err)
	}
}

// live plays a bottle's life with everything that can be told.
func (s *scene) live() {
	s.t.Helper()
	first := s.tap("DE")
	s.load(first, "FR")
	s.load("/01/"+gtin+"/21/"+s.item.Serial, "")
	s.load(first[:len(first)-4]+"0000", "US")
	_, err := s.things.Report(s.t.Context(), thing.Report{
		Source: "till:berlin-4", SourceID: "77", Thing: s.item.ID, Moment: thing.MomentPurchased, At: s.clock.Now().Add(-3 * time.Hour), Market: "DE",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.tear()
	s.tap("DE")
	_, err = s.things.Report(s.t.Context(), thing.Report{
		Source: "model:survival", SourceID: "1", Thing: s.item.ID, Moment: thing.MomentDrained, Kind: thing.Inferred, Confidence: 0.72, Reason: "40 days since the opening",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.things.BeginEpoch(s.t.Context(), "shop", "9", s.item.ID, s.clock.Now()); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.things.Block(s.t.Context(), s.chip.ID, "reported stolen"); err != nil {
		s.t.Fatal(err)
	}
	s.tap("DE")
}

func TestAStoryInWords(t *testing.T) {
	s := newScene(t, sqldbtest.SQLite(t))
	s.live()
	entries, err := s.stories.Story(t.Context(), s.item.ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[ident.Event]bool{}
	var b strings.Builder
	for _, e := range entries {
		known[e.Event] = true
		fmt.Fprintf(&b, "%3d %s %-7s %s\n", e.Seq, e.At.Format("15:04"), e.Tone, e.Title)
		for _, d := range e.Details {
			fmt.Fprintf(&b, "                  %s: %s\n", d.Label, d.Value)
		}
	}
	for _, e := range entries {
		if e.Class == ledger.Moment && e.Type != "made" && !known[e.Cause] {
			t.Errorf("%s: its cause %q is not in the story", e.Title, e.Cause)
		}
	}
	const golden = "testdata/story.txt"
	got := strings.ReplaceAll(strings.ReplaceAll(b.String(), s.item.Serial, "SERIAL"), string(s.chip.ID), "CHIP")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the story is told otherwise (-update accepts it):\n%s", got)
	}
	older, err := s.stories.Story(t.Context(), s.item.ID, entries[3].Seq, 2)
	if err != nil || len(older) != 2 || older[0].Event != entries[4].Event {
		t.Errorf("the next page: %+v, %v", older, err)
	}
}

func TestTapsAreFilteredAndPaged(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(t, db)
		begin := s.clock.Now()
		s.live()
		var all []life.TapEntry
		for before := int64(0); ; {
			page, next, err := s.stories.Taps(t.Context(), story.TapFilter{Before: before, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page...)
			if before = next; next == 0 {
				break
			}
		}
		if len(all) != 6 {
			t.Fatalf("%d taps: %+v", len(all), all)
		}
		for _, c := range []struct {
			name   string
			filter story.TapFilter
			want   string
		}{
			{"genuine", story.TapFilter{Result: life.ResultGenuine}, "genuine genuine"},
			{"replayed", story.TapFilter{Result: life.ResultReplayed}, "replay"},
			{"refused", story.TapFilter{Result: life.ResultRefused}, "blocked not-verified"},
			{"plain", story.TapFilter{Result: life.ResultPlain}, "plain"},
			{"repeats are not recorded", story.TapFilter{Result: life.ResultRepeat}, ""},
			{"by code", story.TapFilter{Code: "mac"}, "not-verified"},
			{"by step", story.TapFilter{Step: "tag"}, "blocked"},
			{"by country", story.TapFilter{Market: "FR"}, "replay"},
			{"by item", story.TapFilter{Thing: s.item.ID, Result: life.ResultGenuine}, "genuine genuine"},
			{"by another item", story.TapFilter{Thing: "thg_none"}, ""},
			{"by product", story.TapFilter{GTIN: gtin}, "blocked genuine not-verified plain replay genuine"},
			{"by key set", story.TapFilter{Set: "k9"}, ""},
			{"from a time on", story.TapFilter{From: begin.Add(45 * time.Minute)}, "blocked genuine"},
			{"to a time", story.TapFilter{To: begin.Add(25 * time.Minute)}, "replay genuine"},
			{"between", story.TapFilter{From: begin.Add(15 * time.Minute), To: begin.Add(35 * time.Minute)}, "plain replay"},
			{"before the first", story.TapFilter{To: begin.Add(-time.Hour)}, ""},
			{"after the last", story.TapFilter{From: begin.Add(90 * time.Hour)}, ""},
		} {
			page, _, err := s.stories.Taps(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range page {
				got = append(got, string(e.Verdict))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s: %v, want %s", c.name, got, c.want)
			}
		}
	})
}

// follow runs the follower until it has seen the whole ledger.
func (s *scene) follow() {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- s.stories.Follow(ctx) }()
	caughtUp := func() (ok bool) {
		err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			all, err := s.ledger.Cursors(tx)
			ok = err == nil && len(all) == 1 && all[0].Lag == 0
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
		return ok
	}
	for !caughtUp() {
		s.clock.Advance(time.Millisecond) // the follower polls by this clock
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		s.t.Fatal(err)
	}
}

func TestStatsCountEveryEventOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(t, db)
		begin := s.clock.Now()
		s.live()
		s.follow()
		s.follow() // a restart counts nothing again
		got, err := s.stories.Stats(t.Context(), story.StatsFilter{From: begin, To: begin.Add(3 * time.Hour), Bucket: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.Results) != "map[genuine:2 plain:1 refused:2 replayed:1]" || fmt.Sprint(got.Moments) != "map[drained:1 made:1 opened:1]" {
			t.Errorf("%v, %v", got.Results, got.Moments) // the sale was before the period
		}
		if len(got.Buckets) != 3 || got.Buckets[0].Results[life.ResultGenuine] != 2 || len(got.Buckets[2].Results) != 0 {
			t.Errorf("buckets %+v", got.Buckets)
		}
		if fmt.Sprint(got.Codes) != "[{blocked_tag refused 1} {mac refused 1} {replay replayed 1}]" ||
			fmt.Sprint(got.Markets) != "[{DE  3} {  1} {FR  1} {US  1}]" || fmt.Sprint(got.GTINs) != "[{"+gtin+"  6}]" {
			t.Errorf("%v\n%v\n%v", got.Codes, got.Markets, got.GTINs)
		}
		sold, err := s.stories.Stats(t.Context(), story.StatsFilter{From: begin.Add(-24 * time.Hour), To: begin, Bucket: 24 * time.Hour, GTIN: gtin, Market: "DE"})
		if err != nil || sold.Moments[life.MomentPurchased] != 1 || len(sold.Buckets) != 2 {
			t.Errorf("the day before: %+v, %v", sold, err)
		}
		none, err := s.stories.Stats(t.Context(), story.StatsFilter{From: begin, To: begin.Add(time.Hour), GTIN: "09506000164908"})
		if err != nil || len(none.Results) != 0 || len(none.Buckets) != 1 {
			t.Errorf("another product: %+v, %v", none, err)
		}
	})
}

func TestEventsOfOthersAreToldByTheirType(t *testing.T) {
	s := newScene(t, sqldbtest.SQLite(t))
	err := s.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return s.ledger.Append(tx,
			ledger.Event{ID: "evt_a", Type: "thing.teleported", Thing: s.item.ID, At: s.clock.Now()},
			ledger.Event{ID: "evt_b", Type: life.TypeReported, Thing: s.item.ID, At: s.clock.Now(), Body: []byte(`{"kind": 7}`)})
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.stories.Story(t.Context(), s.item.ID, 0, 2)
	if err != nil || entries[1].Title != "thing.teleported" || entries[0].Tone != story.Warn {
		t.Errorf("%+v, %v", entries, err)
	}
}
