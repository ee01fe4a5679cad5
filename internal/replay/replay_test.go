package replay_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"tagline/internal/ident"
	"tagline/internal/replay"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

func TestTheReplayFindsAndMendsWhatIsWrong(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		replays := replay.New(db, w.Ledger)
		var (
			want []thing.Item
			tags []ident.Tag
		)
		for range 9 {
			b := w.Bottle()
			b.Tap()
			b.Chip.Open()
			want, tags = append(want, b.Tap().Item), append(tags, b.ID)
		}
		for i, spoil := range []string{
			`UPDATE tag_chip SET taps = 7 WHERE id = $1`,
			`UPDATE thing_item SET record = '{}' WHERE id = $1`,
			`UPDATE thing_item SET seal = 'sealed' WHERE id = $1`,
			`UPDATE tag_chip SET sealed_us = 1 WHERE id = $1`,
			`DELETE FROM thing_item WHERE id = $1`,
			`UPDATE tag_chip SET last_ctr = 1 WHERE id = $1`,
			`UPDATE thing_item SET drained = TRUE WHERE id = $1`,
		} {
			id := string(want[i].ID)
			if strings.Contains(spoil, "tag_chip") {
				id = string(tags[i])
			}
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(spoil, id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE thing_count SET opened = 99`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := replays.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		for _, d := range r.Differences {
			kinds[d.Kind]++
		}
		// A trail that is wrong makes both its chip and its item differ.
		if fmt.Sprint(kinds) != "map[chip:3 counts:1 item:6]" || r.Count != 10 || r.Things != 8 || r.Chips != 9 {
			t.Fatalf("%v of %+v", kinds, r)
		}
		if again, err := replays.Rebuild(t.Context()); err != nil || again.Count != r.Count {
			t.Fatalf("rebuilding: %+v, %v", again, err)
		}
		w.Same()
		for _, it := range want {
			got, err := w.Things.Get(t.Context(), it.ID)
			if err != nil || !reflect.DeepEqual(got, it) {
				t.Errorf("%+v\nwant %+v, %v", got, it, err)
			}
		}
	})
}

func TestRebuildingNeverLowersACounter(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	spent := b.URL()
	b.Tap()
	err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`UPDATE tag_chip SET last_ctr = 900`); err != nil { // known from elsewhere
			return err
		}
		_, err := tx.Exec(`UPDATE tag_chip SET taps = 5`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replay.New(w.DB, w.Ledger).Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if chip, err := w.Tags.Chip(t.Context(), b.ID); err != nil || chip.LastCounter != 900 {
		t.Errorf("counter %d, %v", chip.LastCounter, err)
	}
	if r := w.Load(spent, "op_x"); r.Verdict.Live() {
		t.Errorf("a spent URL is %s after the rebuild", r.Verdict)
	}
	w.Same()
}

// TestTwoChipsOnOneItem taps an item with two tags, by turns and at once: the item
// is the fold of both.
func TestTwoChipsOnOneItem(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		neck := w.Bottle()
		neck.Tap()
		label := w.ChipOn("k1", neck.Ref)
		if r := label.Tap(); r.First || r.Item.Taps != 2 || r.Item.Seal != thing.Sealed {
			t.Errorf("the second chip's first tap: first %t, %d taps, %s", r.First, r.Item.Taps, r.Item.Seal)
		}
		sealed := neck.Tap()
		label.Chip.Open()
		opened := label.Tap()
		if o := opened.Item.Life.Opened; !o.NotBefore.Equal(sealed.Item.LastTap) {
			t.Errorf("opened after %v; the other chip was last sealed at %v", o.NotBefore, sealed.Item.LastTap)
		}
		w.Same()
		var urls []string
		for range 10 {
			urls = append(urls, neck.URL(), label.URL())
		}
		var wg sync.WaitGroup
		for _, u := range urls {
			wg.Go(func() {
				if _, err := w.Try(u, w.IDs.Operation()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.Same()
	})
}
