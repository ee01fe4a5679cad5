package keyset_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/vault"
	"tagline/ntag424"
)

const (
	pattern = "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}"
	meta    = "8F3A5C17D2E94B60A1C3F5079B2D4E68"
	master  = "1B7E93C5A04F6D28E3581C9A7F20B4D6"
)

var bottle = keyset.Ref{GTIN: "09506000134352", Serial: "A1"}

func open(t testing.TB, db *sqldb.DB) (*keyset.Service, *clock.Manual) {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{1}), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: rand.NewChaCha8([32]byte{2})}), c
}

func create(t testing.TB, s *keyset.Service, n keyset.NewSet) keyset.KeySet {
	t.Helper()
	k, err := s.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ring(t testing.TB, s *keyset.Service) *keyset.Ring {
	t.Helper()
	r, err := s.Ring(t.Context(), keyset.Fresh)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// read verifies a URL with all epochs of the set that it names.
func read(t testing.TB, s *keyset.Service, url string) keyset.Reading {
	t.Helper()
	m := keyset.ParseURL(url)
	return m.Try(ring(t, s).Epochs(m.Set), ntag424.UID{})
}

func chip(t testing.TB, e *keyset.Epoch) *ntag424.Chip {
	t.Helper()
	c, err := e.Chip(bottle, ntag424.UID{4, 1, 2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tap(t testing.TB, c *ntag424.Chip) string {
	t.Helper()
	u, err := c.Tap()
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestWhatIsNoKeySetIsRefusedWithThePlace(t *testing.T) {
	db := sqldbtest.SQLite(t)
	s, _ := open(t, db)
	zeros := strings.Repeat("0", 32)
	for _, c := range []struct {
		name  string
		set   keyset.NewSet
		place string
	}{
		{"a name that cannot stand in a path", keyset.NewSet{Name: "K 1", Template: pattern}, "body.name"},
		{"all-zero keys", keyset.NewSet{Name: "k1", Template: pattern, Keys: &keyset.Keys{Meta: zeros, Master: zeros}}, "body.keys"},
		{"keys of a public document", keyset.NewSet{Name: "k1", Template: pattern, Keys: &keyset.Keys{Meta: meta, Master: "00112233445566778899AABBCCDDEEFF"}}, "body.keys"},
		{"one key for all tags", keyset.NewSet{Name: "k1", Template: pattern, Scheme: ntag424.Fixed}, "body.keys"},
		{"half a key", keyset.NewSet{Name: "k1", Template: pattern, Keys: &keyset.Keys{Meta: meta, Master: master[:16]}}, "body.keys.master"},
		{"an unknown mode", keyset.NewSet{Name: "k1", Template: pattern, Mode: "des"}, "body.mode"},
		{"a slot that no chip has", keyset.NewSet{Name: "k1", Template: pattern, MetaSlot: new(int(7))}, "body"},
		{"a template without a MAC", keyset.NewSet{Name: "k1", Template: "https://id.example/t/k1/{serial}?p={picc}"}, "body.template"},
		{"a template that names no set", keyset.NewSet{Name: "k1", Template: "https://id.example/x?p={picc}&m={mac}"}, "body.template"},
		{"a variable that nobody fills", keyset.NewSet{Name: "k1", Template: "https://id.example/t/k1/{colour}?p={picc}&m={mac}"}, "body.template"},
		{"a system id that is no hex", keyset.NewSet{Name: "k1", Template: pattern, SystemID: "xyz"}, "body.systemId"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Create(t.Context(), c.set)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("error %v", err)
			}
			f := fault.From(err)
			if len(f.Fields) == 0 || !strings.HasPrefix(f.Fields[0].Location, c.place) {
				t.Errorf("%s: placed at %v, want %s", f.Message, f.Fields, c.place)
			}
			if text := fmt.Sprintf("%v %+v %v", err, f, c.set.Keys); strings.Contains(text, master) || strings.Contains(text, meta) {
				t.Errorf("a key shows in %q", text)
			}
		})
	}
	if sets, err := s.List(t.Context(), "", 0); err != nil || len(sets) != 0 {
		t.Errorf("%d sets were stored, %v", len(sets), err)
	}
}

func TestATestSetMayHaveWeakKeysAndOnlyItIsPlayed(t *testing.T) {
	s, _ := open(t, sqldbtest.SQLite(t))
	zeros := strings.Repeat("0", 32)
	create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Test: true, Scheme: ntag424.Fixed, Keys: &keyset.Keys{Meta: zeros, Master: zeros}})
	if r := read(t, s, tap(t, chip(t, ring(t, s).Epochs("k1")[0]))); !r.OK() || !r.Test {
		t.Errorf("%+v", r)
	}
	create(t, s, keyset.NewSet{Name: "real", Template: strings.Replace(pattern, "k1", "real", 1)})
	if _, err := ring(t, s).Epochs("real")[0].Chip(bottle, ntag424.UID{4}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a real set was played: %v", err)
	}
}

func TestKeysLeaveOnlyAsCheckValues(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s, _ := open(t, db)
		k := create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Keys: &keyset.Keys{Meta: meta, Master: master}})
		want, err := ntag424.ParseKey(master)
		if err != nil {
			t.Fatal(err)
		}
		if k.Checks.File != want.Check() || len(k.Checks.Meta) != 6 {
			t.Errorf("checks %+v", k.Checks)
		}
		var stored string
		err = db.View(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRow(`SELECT keys || options || template || check_file FROM keyset_epoch`).Scan(&stored)
		})
		if err != nil {
			t.Fatal(err)
		}
		enc, err := s.Encoding(t.Context(), "k1")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{stored, fmt.Sprintf("%+v", k), fmt.Sprintf("%+v", enc), fmt.Sprintf("%+v", *ring(t, s).Epochs("k1")[0])} {
			for _, key := range []string{meta, master} {
				if strings.Contains(strings.ToUpper(text), key) {
					t.Errorf("a key shows in %.80q...", text)
				}
			}
		}
	})
}

func TestOlderEpochsStayGoodUntilRetired(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s, _ := open(t, db)
		create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Test: true})
		old := chip(t, ring(t, s).Epoch("k1", 1))
		if _, err := s.NextEpoch(t.Context(), "k1", keyset.NewEpoch{}); err != nil {
			t.Fatal(err)
		}
		young := chip(t, ring(t, s).Epoch("k1", 2))
		for _, c := range []struct {
			name  string
			chip  *ntag424.Chip
			epoch int64
		}{{"the old", old, 1}, {"the new", young, 2}} {
			if r := read(t, s, tap(t, c.chip)); !r.OK() || r.Epoch != c.epoch {
				t.Errorf("%s: %s %s, epoch %d", c.name, r.Code, r.Hint, r.Epoch)
			}
		}
		if _, err := s.Retire(t.Context(), "k1", 1); err != nil {
			t.Fatal(err)
		}
		if r := read(t, s, tap(t, old)); r.Code == "" || r.Step == "" {
			t.Errorf("a retired epoch verified: %+v", r)
		}
		if r := read(t, s, tap(t, young)); !r.OK() {
			t.Errorf("the new one fell with the old: %s", r.Code)
		}
		if _, err := s.Retire(t.Context(), "k1", 0); err != nil {
			t.Fatal(err)
		}
		if r := read(t, s, tap(t, young)); r.Code != "retired_keyset" || r.Step != "keyset" {
			t.Errorf("all retired: %s at %s", r.Code, r.Step)
		}
		if _, err := s.Newest(t.Context(), "k1"); !fault.Is(err, fault.Conflict) {
			t.Errorf("new tags from a retired set: %v", err)
		}
		all, err := s.Get(t.Context(), "k1")
		if err != nil || len(all) != 2 || all[0].Epoch != 2 || all[1].State != keyset.Retired {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestANameIsTakenOnce(t *testing.T) {
	s, _ := open(t, sqldbtest.SQLite(t))
	create(t, s, keyset.NewSet{Name: "k1", Template: pattern})
	if _, err := s.Create(t.Context(), keyset.NewSet{Name: "k1", Template: pattern}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second set of the name: %v", err)
	}
	if _, err := s.Get(t.Context(), "k2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := s.NextEpoch(t.Context(), "k2", keyset.NewEpoch{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an epoch of an unknown name: %v", err)
	}
}

// TestAKeyringLearnsOfOtherNodes changes sets through another service on the same
// database, as another node would.
func TestAKeyringLearnsOfOtherNodes(t *testing.T) {
	db := sqldbtest.SQLite(t)
	dir := t.TempDir()
	c := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	node := func() *keyset.Service {
		v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: dir, Chance: rand.NewChaCha8([32]byte{1}), Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		return keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: rand.NewChaCha8([32]byte{2})})
	}
	here, there := node(), node()
	if ring(t, here).Epochs("k1") != nil {
		t.Fatal("a set before any was made")
	}
	create(t, there, keyset.NewSet{Name: "k1", Template: pattern})
	if ring(t, here).Epochs("k1") != nil {
		t.Error("the keyring is read at every use")
	}
	c.Advance(2 * time.Second)
	before := ring(t, here).Epochs("k1")
	if len(before) != 1 {
		t.Fatal("another node's set stays unknown")
	}
	if _, err := there.Retire(t.Context(), "k1", 1); err != nil {
		t.Fatal(err)
	}
	c.Advance(2 * time.Second)
	if after := ring(t, here).Epochs("k1")[0]; after.State != keyset.Retired || after == before[0] {
		t.Error("another node's retirement stays unknown")
	}
}

func TestReadingNeedsNoDatabaseOnceTheKeysAreKnown(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldb.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, c := open(t, db)
	create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Test: true})
	url := tap(t, chip(t, ring(t, s).Epochs("k1")[0]))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Hour) // the keyring is old, and cannot be read again
	if r := read(t, s, url); !r.OK() {
		t.Errorf("%s %s", r.Code, r.Hint)
	}
}

func TestTheTellingFailureIsNamed(t *testing.T) {
	s, _ := open(t, sqldbtest.SQLite(t))
	create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Test: true, Mode: "aes"})
	url := tap(t, chip(t, ring(t, s).Epochs("k1")[0]))
	if _, err := s.NextEpoch(t.Context(), "k1", keyset.NewEpoch{}); err != nil {
		t.Fatal(err)
	}
	path, query, _ := strings.Cut(url, "?")
	part := strings.Split(query, "&") // p=, e=, m=
	other := func(s string) string {  // another last digit
		if s[len(s)-1] == '0' {
			return s[:len(s)-1] + "1"
		}
		return s[:len(s)-1] + "0"
	}
	for _, c := range []struct{ name, url, code, step string }{
		{"as sent", url, "", ""},
		{"with parameters added and in another order", path + "?utm_source=x&" + part[2] + "&" + part[0] + "&" + part[1] + "&fbclid=9", "", ""},
		{"in lower case", path + "?" + strings.ToLower(query), "", ""},
		{"another MAC", path + "?" + part[0] + "&" + part[1] + "&" + other(part[2]), "mac", "mac"},
		{"another serial in the path", strings.Replace(url, "/21/A1", "/21/A2", 1), "mac", "mac"},
		{"a short MAC", path + "?" + part[0] + "&" + part[1] + "&" + part[2][:9], "template_mismatch", "match"},
		{"no MAC", path + "?" + part[0] + "&" + part[1], "template_mismatch", "match"},
		{"a letter that is no hex", path + "?p=G" + part[0][3:] + "&" + part[1] + "&" + part[2], "bad_hex", "match"},
		{"a message of another mode", path + "?p=" + strings.Repeat("AB", 24) + "&" + part[1] + "&" + part[2], "mode_refused", "mode"},
		{"nothing of the chip", path + "?utm_source=x", keyset.NotATag, ""},
		{"no query", path, keyset.NotATag, ""},
		{"longer than any chip can send", url + "&x=" + strings.Repeat("y", 5000), "template_mismatch", "match"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := read(t, s, c.url); r.Code != c.code || r.Step != c.step {
				t.Errorf("%q at %q, want %q at %q; %s", r.Code, r.Step, c.code, c.step, r.Hint)
			}
		})
	}
}

func TestTheCounterNearItsEndIsNoticedEarly(t *testing.T) {
	s, _ := open(t, sqldbtest.SQLite(t))
	create(t, s, keyset.NewSet{Name: "k1", Template: pattern, Test: true, Options: &ntag424.Options{File: "{tt}--------------", KeySet: "k1", Limit: 1000}})
	c := chip(t, ring(t, s).Epochs("k1")[0])
	for _, n := range []struct {
		before uint32
		near   bool
	}{{0, false}, {898, false}, {899, true}, {998, true}} {
		c.Counter = n.before
		if r := read(t, s, tap(t, c)); !r.OK() || r.Near != n.near {
			t.Errorf("counter %d of 1000: near %t, %s", n.before+1, r.Near, r.Code)
		}
	}
}

func TestAPathNamesItsItem(t *testing.T) {
	for _, c := range []struct {
		path string
		want keyset.Ref
	}{
		{"/01/09506000134352/21/A1", bottle},
		{"/01/09506000134352/21/A1/", bottle},
		{"/t/k1/01/09506000134352/21/A1", bottle},
		{"/01/09506000134352/10/LOT/21/A1", bottle},
		{"/01/09506000134352/21/A%2F1", keyset.Ref{GTIN: bottle.GTIN, Serial: "A/1"}},
		{"/01/09506000134353/21/A1", keyset.Ref{}}, // check digit
		{"/01/09506000134352", keyset.Ref{}},       // no serial
		{"/01/09506000134352/21/" + strings.Repeat("9", 21), keyset.Ref{}},
		{"/t/k1/sample", keyset.Ref{}},
		{"", keyset.Ref{}},
	} {
		if got := keyset.PathItem(c.path); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.path, got, c.want)
		}
		if c.want != (keyset.Ref{}) {
			if p, err := c.want.Path(); err != nil || keyset.PathItem(p) != c.want {
				t.Errorf("%+v: its path is %q, %v", c.want, p, err)
			}
		}
	}
}

// TestThePublishedTapsVerify sets up NXP's published tags as a foreign set, as a
// brand with such tags would.
func TestThePublishedTapsVerify(t *testing.T) {
	s, _ := open(t, sqldbtest.SQLite(t))
	zeros := strings.Repeat("0", 32)
	// AN12196 rev 1.8, table 2: both keys are zero, the MAC's input is empty.
	create(t, s, keyset.NewSet{
		Name: "an12196", Template: "https://id.example/t/an12196/ntag424?e={picc}&c={mac}", Test: true, Scheme: ntag424.Fixed,
		Options: &ntag424.Options{MACFrom: "mac", Foreign: true}, Keys: &keyset.Keys{Meta: zeros, Master: zeros},
	})
	r := read(t, s, "/t/an12196/ntag424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086")
	if !r.OK() || r.Counter != 0x3D || r.UID().Hex() != "04DE5F1EACC040" {
		t.Errorf("AN12196: %s %s, counter %d", r.Code, r.Hint, r.Counter)
	}
	// A public demonstration tag with tamper status.
	create(t, s, keyset.NewSet{
		Name: "demo", Template: "https://id.example/t/demo/tagtt?picc_data={picc}&enc={enc}&cmac={mac}", Test: true, Scheme: ntag424.Fixed,
		Options: &ntag424.Options{File: "{tt}--------------", MACFrom: "enc", Foreign: true}, Keys: &keyset.Keys{Meta: zeros, Master: zeros},
	})
	r = read(t, s, "/t/demo/tagtt?picc_data=FDD387BF32A33A7C40CF259675B3A1E2&enc=EA050C282D8E9043E28F7A171464D697&cmac=758110182134ECE9")
	if !r.OK() || r.Counter != 2 || r.Tamper != ntag424.TamperSealed {
		t.Errorf("demo: %s %s, counter %d, %s", r.Code, r.Hint, r.Counter, r.Tamper)
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("/t/k1/01/09506000134352/21/A1?p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086")
	f.Add("https://id.example/01/09506000134352/21/A%2F1?x=1#y")
	f.Add("/t/")
	f.Add("://")
	f.Fuzz(func(t *testing.T, url string) {
		m := keyset.ParseURL(url)
		if (m.Item.GTIN == "") != (m.Item.Serial == "") {
			t.Errorf("half an item: %+v", m.Item)
		}
		if m.Item.GTIN != "" {
			p, err := m.Item.Path()
			if err != nil || keyset.PathItem(p) != m.Item {
				t.Errorf("%+v does not survive its path %q: %v", m.Item, p, err)
			}
		}
		if m.Set != "" && !m.InSet {
			t.Error("a set outside of /t/")
		}
		if r := m.Try(nil, ntag424.UID{}); r.OK() {
			t.Error("verified without a key")
		}
	})
}
