package tag_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/tag"
	"tagline/internal/vault"
	"tagline/ntag424"
)

const bySet = "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}"

var item = tag.Ref{GTIN: "09506000134352", Serial: "A1"}

type desk struct {
	t     testing.TB
	db    *sqldb.DB
	clock *clock.Manual
	ids   *ident.Source
	sets  *keyset.Service
	tags  *tag.Service
}

func newDesk(t testing.TB, db *sqldb.DB) *desk {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{1}), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: db, clock: c, ids: ident.NewSource(c, rand.NewChaCha8([32]byte{2}))}
	chance := rand.NewChaCha8([32]byte{3})
	d.sets = keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: chance})
	d.tags = tag.New(tag.Config{DB: db, Sets: d.sets, Clock: c, IDs: d.ids, Chance: chance})
	return d
}

func (d *desk) set(name, template string) {
	d.t.Helper()
	if _, err := d.sets.Create(d.t.Context(), keyset.NewSet{Name: name, Template: template, Test: true}); err != nil {
		d.t.Fatal(err)
	}
}

// chip encodes a chip for an item. It is not registered.
func (d *desk) chip(set string, uid byte, r tag.Ref) *ntag424.Chip {
	d.t.Helper()
	e, err := d.sets.Newest(d.t.Context(), set)
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := e.Chip(r, ntag424.UID{4, 1, 2, 3, 4, 5, uid})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) update(fn func(tx *sqldb.Tx) error) {
	d.t.Helper()
	if err := d.db.Update(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) register(set string, epoch int64, c *ntag424.Chip, r tag.Ref, counter int64) (id ident.Tag, o tag.Outcome) {
	d.t.Helper()
	fresh := d.ids.Tag()
	d.update(func(tx *sqldb.Tx) (err error) {
		id, o, err = tag.Register(tx, fresh, tag.Registration{Set: set, Epoch: epoch, UID: c.UID.Hex(), Item: r, Counter: counter}, d.clock.Now())
		return err
	})
	return id, o
}

func (d *desk) verify(url string) tag.Reading {
	d.t.Helper()
	r, err := d.tags.Verify(d.t.Context(), url)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func (d *desk) claim(r tag.Reading, op ident.Operation) (c tag.Claim) {
	d.t.Helper()
	d.update(func(tx *sqldb.Tx) (err error) {
		c, err = tag.ClaimCounter(tx, r, op, d.clock.Now(), r.Tamper == ntag424.TamperSealed, "evt_1", nil)
		return err
	})
	return c
}

func (d *desk) tap(c *ntag424.Chip) string {
	d.t.Helper()
	u, err := c.Tap()
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

func TestAClaimIsDecidedOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		c := d.chip("k1", 1, item)
		id, _ := d.register("k1", 1, c, item, -1)
		c.Counter = 4
		five, six, seven := d.verify(d.tap(c)), d.verify(d.tap(c)), d.verify(d.tap(c))
		stranger := d.verify(d.tap(d.chip("k1", 9, item)))
		moved := seven
		moved.Path.Serial = "A2"
		for _, s := range []struct {
			name    string
			reading tag.Reading
			op      ident.Operation
			code    ntag424.Code
			repeat  bool
		}{
			{"fresh", five, "op_a", "", false},
			{"the same visitor loads it again", five, "op_a", "", true},
			{"another visitor has the link", five, "op_b", ntag424.ErrReplay, false},
			{"a visitor without a name", five, "", ntag424.ErrReplay, false},
			{"the path names another item", moved, "op_a", ntag424.ErrTemplateMismatch, false},
			{"a later tap", seven, "op_a", "", false},
			{"the one between, now", six, "op_a", ntag424.ErrOutOfOrder, false},
			{"the first again", five, "op_a", ntag424.ErrOutOfOrder, false},
			{"a chip that nobody registered", stranger, "op_a", ntag424.ErrUnknownTag, false},
		} {
			got := d.claim(s.reading, s.op)
			if got.Code != s.code || got.Repeat != s.repeat {
				t.Errorf("%s: code %q, repeat %t; want %q, %t", s.name, got.Code, got.Repeat, s.code, s.repeat)
			}
			if s.code != ntag424.ErrUnknownTag && (got.Chip != id || got.Item != item) {
				t.Errorf("%s: chip %s, item %v", s.name, got.Chip, got.Item)
			}
		}
		chip, err := d.tags.Chip(t.Context(), id)
		if err != nil || chip.LastCounter != 7 || chip.Status != tag.Tapped || !chip.LastTap.Equal(d.clock.Now()) {
			t.Errorf("%+v, %v", chip, err)
		}
	})
}

func TestAClaimTellsJumpAndSecondLiveTap(t *testing.T) {
	d := newDesk(t, sqldbtest.SQLite(t))
	d.set("k1", bySet)
	c := d.chip("k1", 1, item)
	d.register("k1", 1, c, item, -1)
	for _, s := range []struct {
		name  string
		wait  time.Duration
		skip  uint32
		op    ident.Operation
		jump  int64
		twice bool
	}{
		{"the first tap jumps over nothing that counts", 0, 6, "op_a", 0, false},
		{"the next, in the same session", 10 * time.Second, 0, "op_a", 0, true},
		{"three reads that nobody sent, in another session", 10 * time.Second, 3, "op_b", 3, false},
		{"the same session, too late", 31 * time.Second, 0, "op_b", 0, false},
		{"nameless sessions are none", time.Second, 0, "", 0, false},
		{"nor is a second nameless one", time.Second, 0, "", 0, false},
	} {
		d.clock.Advance(s.wait)
		c.Counter += s.skip
		got := d.claim(d.verify(d.tap(c)), s.op)
		if got.Code != "" || got.Jump != s.jump || got.Twice != s.twice {
			t.Errorf("%s: %+v", s.name, got)
		}
	}
}

func TestTheFirstCounterOfTheEncoderIsSpent(t *testing.T) {
	d := newDesk(t, sqldbtest.SQLite(t))
	d.set("k1", bySet)
	c := d.chip("k1", 1, item)
	d.register("k1", 1, c, item, 2)
	for want, code := range []ntag424.Code{ntag424.ErrOutOfOrder, ntag424.ErrReplay, ""} {
		if got := d.claim(d.verify(d.tap(c)), "op_a"); got.Code != code {
			t.Errorf("counter %d: %q, want %q", want+1, got.Code, code)
		}
	}
}

// TestOneWinnerForOneCounter is promise 4: whatever races, one claim of a counter
// value wins.
func TestOneWinnerForOneCounter(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		c := d.chip("k1", 1, item)
		d.register("k1", 1, c, item, -1)
		for range 5 {
			r := d.verify(d.tap(c))
			var (
				wg  sync.WaitGroup
				mu  sync.Mutex
				won int
				bad []string
			)
			for i := range 64 {
				wg.Go(func() {
					var got tag.Claim
					err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
						got, err = tag.ClaimCounter(tx, r, ident.Operation(fmt.Sprint("op_", i)), d.clock.Now(), true, "evt_1", nil)
						return err
					})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err != nil:
						bad = append(bad, err.Error())
					case got.Code == "" && !got.Repeat:
						won++
					case got.Code != ntag424.ErrReplay:
						bad = append(bad, string(got.Code))
					}
				})
			}
			wg.Wait()
			if won != 1 || len(bad) > 0 {
				t.Fatalf("counter %d: %d winners; %v", r.Counter, won, bad)
			}
		}
	})
}

func TestACounterRolledBackIsNotSpent(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		c := d.chip("k1", 1, item)
		d.register("k1", 1, c, item, -1)
		r := d.verify(d.tap(c))
		lost := errors.New("the event could not be written")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tag.ClaimCounter(tx, r, "op_a", d.clock.Now(), true, "evt_1", nil); err != nil {
				return err
			}
			return lost
		})
		if !errors.Is(err, lost) {
			t.Fatal(err)
		}
		if got := d.claim(r, "op_b"); got.Code != "" {
			t.Errorf("%q after the first claim was undone", got.Code)
		}
	})
}

func TestBlockingAndRetiringCountAtTheClaim(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		c := d.chip("k1", 1, item)
		id, _ := d.register("k1", 1, c, item, -1)
		block := func(is bool) (changed bool) {
			d.update(func(tx *sqldb.Tx) (err error) {
				_, changed, err = tag.SetBlocked(tx, id, is)
				return err
			})
			return changed
		}
		// Verified before, claimed after: as when another node blocks meanwhile.
		r := d.verify(d.tap(c))
		if !block(true) || block(true) {
			t.Error("blocking twice changes twice")
		}
		if got := d.claim(r, "op_a"); got.Code != ntag424.ErrBlockedTag || got.Chip != id {
			t.Errorf("a blocked chip: %+v", got)
		}
		block(false)
		if got := d.claim(r, "op_a"); got.Code != "" {
			t.Errorf("freed: %q", got.Code)
		}
		r = d.verify(d.tap(c))
		if _, err := d.sets.Retire(t.Context(), "k1", 0); err != nil {
			t.Fatal(err)
		}
		if got := d.claim(r, "op_a"); got.Code != ntag424.ErrRetiredKeySet {
			t.Errorf("a retired epoch: %q", got.Code)
		}
		if _, err := d.sets.NextEpoch(t.Context(), "k1", keyset.NewEpoch{}); err != nil {
			t.Fatal(err)
		}
		young := d.chip("k1", 2, item)
		d.register("k1", 2, young, item, -1)
		r = d.verify(d.tap(young))
		if first, again := d.claim(r, "op_a"), d.claim(r, "op_b"); first.Code != "" || again.Code != ntag424.ErrReplay {
			t.Errorf("the epoch after it: %q, and again %q", first.Code, again.Code)
		}
	})
}

func TestRegisteringAgainChangesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		c := d.chip("k1", 1, item)
		id, first := d.register("k1", 1, c, item, -1)
		r := d.verify(d.tap(c))
		d.claim(r, "op_a")
		again, second := d.register("k1", 1, c, item, -1)
		_, other := d.register("k1", 1, c, tag.Ref{GTIN: item.GTIN, Serial: "A2"}, -1)
		if first != tag.Created || second != tag.Unchanged || again != id || other != tag.Taken {
			t.Errorf("%s, %s, %s", first, second, other)
		}
		if got := d.claim(r, "op_b"); got.Code != ntag424.ErrReplay {
			t.Errorf("the counter fell back: %q", got.Code)
		}
	})
}

// TestAnItemTellsItsKeySet uses URLs without a key set in the path.
func TestAnItemTellsItsKeySet(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", "https://id.example/01/{gtin}/21/{serial}?p={picc}&m={mac}")
		c := d.chip("k1", 1, item)
		url := d.tap(c)
		if r := d.verify(url); r.Code != keyset.NotATag {
			t.Errorf("an item without a chip: %q", r.Code)
		}
		d.register("k1", 1, c, item, -1)
		if r := d.verify(url); !r.OK() || r.Set != "k1" || r.Path != item {
			t.Errorf("registered a moment later: %q %+v", r.Code, r)
		}
		if r := d.verify("/01/09506000134352/21/A1?utm_source=x"); r.Code != keyset.NotATag || r.Path != item {
			t.Errorf("a plain link: %q", r.Code)
		}
		// Encoded again: another epoch, another key, the same item.
		if _, err := d.sets.NextEpoch(t.Context(), "k1", keyset.NewEpoch{}); err != nil {
			t.Fatal(err)
		}
		again := d.chip("k1", 1, item)
		if r := d.verify(d.tap(again)); r.OK() {
			t.Error("an unregistered epoch of the item verifies")
		}
		d.register("k1", 2, again, item, -1)
		if r := d.verify(d.tap(again)); !r.OK() || r.Epoch != 2 {
			t.Errorf("encoded again: %q, epoch %d", r.Code, r.Epoch)
		}
		if r := d.verify(d.tap(c)); !r.OK() || r.Epoch != 1 {
			t.Errorf("the old chip: %q, epoch %d", r.Code, r.Epoch)
		}
	})
}

func TestAChipThatMirrorsNoUIDIsToldByItsItem(t *testing.T) {
	d := newDesk(t, sqldbtest.SQLite(t))
	_, err := d.sets.Create(t.Context(), keyset.NewSet{
		Name: "k1", Template: "https://id.example/t/k1/01/{gtin}/21/{serial}?c={ctr}&m={mac}", Test: true, Options: &ntag424.Options{Foreign: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := d.chip("k1", 1, item)
	d.register("k1", 1, c, item, -1)
	r := d.verify(d.tap(c))
	if !r.OK() || r.UID() != c.UID {
		t.Fatalf("%q %s", r.Code, r.Hint)
	}
	if got := d.claim(r, "op_a"); got.Code != "" {
		t.Errorf("claim: %q", got.Code)
	}
}

func TestAKnownTagIsVerifiedWithoutTheDatabase(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldb.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, db)
	d.set("k1", bySet)
	d.set("k2", "https://id.example/01/{gtin}/21/{serial}?p={picc}&m={mac}")
	one, two := d.chip("k1", 1, item), d.chip("k2", 2, item)
	d.register("k2", 1, two, item, -1)
	d.verify(d.tap(one))
	d.verify(d.tap(two))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*ntag424.Chip{one, two} {
		if r := d.verify(d.tap(c)); !r.OK() {
			t.Errorf("%q", r.Code)
		}
	}
	if _, err := d.tags.Verify(t.Context(), "/01/09506000134352/21/NEW?p=1"); err == nil {
		t.Error("an unknown item was answered without the database")
	}
}

func TestAnUnknownKeySetIsNamedWithoutEchoingIt(t *testing.T) {
	d := newDesk(t, sqldbtest.SQLite(t))
	r := d.verify("/t/invented/01/09506000134352/21/A1?p=1&m=2")
	if r.Code != "unknown_keyset" || r.Step != "keyset" || r.Set != "" || r.Path != item {
		t.Errorf("%+v", r)
	}
}

func TestVirtualChipsTapTearAndReclose(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		if _, err := d.tags.NewVirtual(t.Context(), ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("without a test set: %v", err)
		}
		d.set("k1", bySet)
		put, err := d.tags.NewVirtual(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var v tag.VirtualChip
		d.update(func(tx *sqldb.Tx) (err error) {
			v, err = put(tx, item)
			return err
		})
		tapped := func() tag.Reading {
			t.Helper()
			url, after, err := d.tags.TapVirtual(t.Context(), v.ID)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(url, "/t/k1/01/09506000134352/21/A1?") || after.LastURL != url {
				t.Fatalf("url %s", url)
			}
			return d.verify(url)
		}
		for i, s := range []struct {
			name string
			act  func() error
			want ntag424.Tamper
		}{
			{"new", nil, ntag424.TamperSealed},
			{"again", nil, ntag424.TamperSealed},
			{"torn", func() error { _, err := d.tags.Tear(t.Context(), v.ID); return err }, ntag424.TamperOpen},
			{"glued", func() error { _, err := d.tags.Reclose(t.Context(), v.ID); return err }, ntag424.TamperReclosed},
		} {
			if s.act != nil {
				if err := s.act(); err != nil {
					t.Fatal(err)
				}
			}
			if r := tapped(); !r.OK() || r.Tamper != s.want || r.Counter != int64(i+1) {
				t.Errorf("%s: %q, %s, counter %d", s.name, r.Code, r.Tamper, r.Counter)
			}
		}
		all, err := d.tags.Virtuals(t.Context(), "", 0)
		if err != nil || len(all) != 1 || all[0].Counter != 4 || !all[0].Latched || !all[0].Virtual {
			t.Errorf("%+v, %v", all, err)
		}
		if _, _, err := d.tags.TapVirtual(t.Context(), "tag_none"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a chip that is not virtual: %v", err)
		}
	})
}

func TestVirtualTapsOfManyHandsAreAllDifferent(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		put, err := d.tags.NewVirtual(t.Context(), "k1")
		if err != nil {
			t.Fatal(err)
		}
		var v tag.VirtualChip
		d.update(func(tx *sqldb.Tx) (err error) {
			v, err = put(tx, item)
			return err
		})
		var (
			mu   sync.Mutex
			urls = map[string]bool{}
			wg   sync.WaitGroup
		)
		for range 16 {
			wg.Go(func() {
				url, _, err := d.tags.TapVirtual(t.Context(), v.ID)
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil && urls[url] {
					t.Error("two taps gave one URL")
				}
				urls[url] = true
			})
		}
		wg.Wait()
	})
}

func TestDiagnosisNamesTheStep(t *testing.T) {
	d := newDesk(t, sqldbtest.SQLite(t))
	d.set("k1", bySet)
	c := d.chip("k1", 1, item)
	id, _ := d.register("k1", 1, c, item, -1)
	url := d.tap(c)
	look := func(url string) tag.Diagnosis {
		t.Helper()
		got, err := d.tags.Diagnose(t.Context(), "", url)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", got); strings.Contains(text, c.UID.Hex()) {
			t.Errorf("the UID shows: %s", text)
		}
		return got
	}
	good := look(url)
	if !good.OK || good.Read == nil || good.Read.Chip != id || good.Read.Counter != 1 || len(good.Steps) != 8 {
		t.Errorf("a good URL: %+v", good)
	}
	spent := d.verify(url)
	d.claim(spent, "op_a")
	for _, s := range []struct {
		name, url string
		code      ntag424.Code
		step      string
	}{
		{"spent", url, ntag424.ErrReplay, "counter"},
		{"a stranger's chip", d.tap(d.chip("k1", 9, item)), ntag424.ErrUnknownTag, "tag"},
		{"another MAC", url[:len(url)-4] + "0000", ntag424.ErrMAC, "mac"},
		{"cut off", url[:len(url)-4], ntag424.ErrTemplateMismatch, "match"},
		{"another set", strings.Replace(url, "/t/k1/", "/t/k9/", 1), ntag424.ErrUnknownKeySet, "keyset"},
		{"far too long", url + strings.Repeat("x", 9999), ntag424.ErrTemplateMismatch, "match"},
	} {
		got := look(s.url)
		last := got.Steps[len(got.Steps)-1]
		if got.OK || got.Code != s.code || last.Step != s.step || last.OK {
			t.Errorf("%s: %q at %q, want %q at %q", s.name, got.Code, last.Step, s.code, s.step)
		}
		for _, before := range got.Steps[:len(got.Steps)-1] {
			if !before.OK {
				t.Errorf("%s: step %s failed before the one that did", s.name, before.Step)
			}
		}
	}
	// The counter was not spent by looking.
	if got := d.claim(d.verify(d.tap(c)), "op_a"); got.Code != "" {
		t.Errorf("after the diagnosis: %q", got.Code)
	}
}

func TestChipsAreListedMaskedAndInPages(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.set("k1", bySet)
		d.set("k2", strings.Replace(bySet, "k1", "k2", 1))
		for i := range 5 {
			r := tag.Ref{GTIN: item.GTIN, Serial: fmt.Sprint("S", i)}
			set := []string{"k1", "k2"}[i%2]
			d.register(set, 1, d.chip(set, byte(i), r), r, -1)
		}
		var seen []string
		f := tag.ChipFilter{Set: "k1", Limit: 2}
		for {
			page, err := d.tags.Chips(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, c := range page {
				seen = append(seen, c.Serial)
				if c.Masked != "04••••••••05"+c.Masked[len(c.Masked)-2:] {
					t.Errorf("mask %s", c.Masked)
				}
				f.After = c.ID
			}
		}
		if fmt.Sprint(seen) != "[S4 S2 S0]" {
			t.Errorf("%v, want the newest first, each once", seen)
		}
		n, err := d.tags.CountChips(t.Context(), "k1")
		if err != nil || n[1] != 3 {
			t.Errorf("counts %v, %v", n, err)
		}
	})
}
