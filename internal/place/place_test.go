package place_test

import (
	"crypto/rand"
	"encoding/json"
	"math"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/place"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/vault"
)

func TestEverySpellingOfAKeyIsOne(t *testing.T) {
	for text, want := range map[string]string{
		"9506000134352":                              "414/9506000134352",
		"(414)9506000134352":                         "414/9506000134352",
		"414/9506000134352":                          "414/9506000134352",
		"https://id.gs1.org/414/9506000134352":       "414/9506000134352",
		"https://shop.example/414/9506000134352":     "414/9506000134352",
		"urn:epc:id:sgln:9506000.13435.0":            "414/9506000134352",
		"urn:epc:id:sgln:9506000.13435.7":            "414/9506000134352/254/7",
		"https://id.gs1.org/414/9506000134352/254/7": "414/9506000134352/254/7",
		"https://warehouse.example/halls/3":          "https://warehouse.example/halls/3",
		"9506000134353":                              "",
		"414/9506000134353":                          "",
		"417/9506000134352":                          "",
		"01/09506000134352":                          "",
		"somewhere":                                  "",
		"":                                           "",
		"https://warehouse.example/with space":       "",
	} {
		got, err := place.KeyOf(text, place.Location)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
	if got, err := place.KeyOf("9506000134352", place.Party); err != nil || got != "417/9506000134352" {
		t.Errorf("a party's GLN is %q (%v)", got, err)
	}
}

func TestFieldsAreChecked(t *testing.T) {
	good := place.Place{Key: "9506000134352", Name: " Works \n north ", Kind: "plant", Country: "NO", Located: true, Lat: 59, Lng: 11}
	p, err := good.Check()
	if err != nil || p.Key != "414/9506000134352" || p.Name != "Works north" || p.Class != place.Location {
		t.Fatalf("%+v %v", p, err)
	}
	for field, spoil := range map[string]func(*place.Place){
		"body.key":       func(p *place.Place) { p.Key = "x" },
		"body.name":      func(p *place.Place) { p.Name = " " },
		"body.kind":      func(p *place.Place) { p.Kind = "retailer" },
		"body.country":   func(p *place.Place) { p.Country = "no" },
		"body.latitude":  func(p *place.Place) { p.Lat = math.NaN() },
		"body.longitude": func(p *place.Place) { p.Lng = 181 },
		"body.radiusKm":  func(p *place.Place) { p.RadiusKM = -1 },
		"body.parent":    func(p *place.Place) { p.Parent = "9506000134352" },
		"body.operator":  func(p *place.Place) { p.Operator = "414/9506000134352" },
		"body.class":     func(p *place.Place) { p.Class, p.Key, p.Kind = place.Party, "9506000134352", "own" },
	} {
		bad := good
		spoil(&bad)
		_, err := bad.Check()
		e, ok := err.(*fault.Error)
		if !ok || len(e.Fields) == 0 || e.Fields[0].Location != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestDistances(t *testing.T) {
	oslo, hamburg := place.Point{Lat: 59.91, Lng: 10.75}, place.Point{Lat: 53.55, Lng: 10.0}
	if d := place.Distance(oslo, hamburg); math.Abs(d-709) > 5 {
		t.Errorf("Oslo to Hamburg is %.0f km", d)
	}
	oslo.Radius, hamburg.Radius = 500, 500
	if d := place.Distance(oslo, hamburg); d != 0 {
		t.Errorf("circles that overlap are %.0f km apart", d)
	}
	for _, code := range []string{"DE", "AD", "ZW", "US", "JP", "SG", "NO"} {
		if p, ok := place.Country(code); !ok || p.Radius <= 0 || p.Lat == 0 {
			t.Errorf("%s is at %+v (%t)", code, p, ok)
		}
	}
	for _, code := range []string{"", "X", "XX", "de", "46", " D", "DEU"} {
		if _, ok := place.Country(code); ok {
			t.Errorf("%q is a country", code)
		}
	}
}

func service(t *testing.T, db *sqldb.DB) (*place.Service, *ledger.Ledger) {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return place.New(place.Config{DB: db, Ledger: l, Vault: v, Clock: c, IDs: ident.NewSource(c, rand.Reader), Chance: rand.Reader, Signer: "id.example"}), l
}

func TestChangesAreSeenAtOnceAndStandInTheLedger(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s, l := service(t, db)
		ask := func(key string) (name string) {
			t.Helper()
			if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				m, err := s.Map(tx)
				if err == nil && m.Of(key) != nil {
					name = m.Of(key).Name
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return name
		}
		if got := ask("414/9506000134352"); got != "" {
			t.Errorf("before it is there it is %q", got)
		}
		p, err := s.Put(t.Context(), place.Place{Key: "9506000134352", Name: "Works", Country: "NO"}, "mem_1")
		if err != nil {
			t.Fatal(err)
		}
		if got := ask("414/9506000134352/254/dock"); got != "Works" {
			t.Errorf("a part of a location is %q", got)
		}
		// Within a transaction that is undone, and after it.
		_ = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`DELETE FROM place_entry`); err != nil {
				t.Error(err)
			}
			if _, err := tx.Exec(`UPDATE place_version SET version = version + 1`); err != nil {
				t.Error(err)
			}
			m, err := s.Map(tx)
			if err != nil || m.Len() != 0 {
				t.Errorf("in the transaction there are %d (%v)", m.Len(), err)
			}
			return fault.New(fault.Conflict, "undone", "")
		})
		if got := ask(p.Key); got != "Works" {
			t.Errorf("after an undone change it is %q", got)
		}
		again := []place.Place{p, {Key: "417/9506000134352", Class: place.Party, Name: "Halden", Kind: "own"}}
		if out, err := s.Rehearse(t.Context(), again); err != nil || out != (place.Outcome{Created: 1, Same: 1}) {
			t.Errorf("a rehearsal: %+v %v", out, err)
		}
		if out, err := s.PutAll(t.Context(), again, "key_1"); err != nil || out != (place.Outcome{Created: 1, Same: 1}) {
			t.Errorf("%+v %v", out, err)
		}
		if list, err := s.List(t.Context(), place.Filter{Query: "ALD", Limit: 10}); err != nil || len(list) != 1 || list[0].Name != "Halden" {
			t.Errorf("a search finds %+v (%v)", list, err)
		}
		if list, err := s.List(t.Context(), place.Filter{Query: "%", Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("a percent sign finds %+v (%v)", list, err)
		}
		if err := s.Delete(t.Context(), p.Key, "mem_1"); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context(), p.Key, "mem_1"); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleting it again: %v", err)
		}
		if got := ask(p.Key); got != "" {
			t.Errorf("after its end it is %q", got)
		}
		// The table is the fold of the ledger.
		fold := map[string]place.Place{}
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			events, err := l.Read(tx, 0, 100)
			for _, e := range events {
				var c place.Changed
				if e.Type != place.TypeChanged || json.Unmarshal(e.Body, &c) != nil {
					t.Errorf("the ledger has %s %s", e.Type, e.Body)
				}
				delete(fold, c.Key)
				if c.Place != nil {
					fold[c.Key] = *c.Place
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		all, err := s.All(t.Context())
		if err != nil || len(all) != len(fold) || fold[all[0].Key] != all[0] {
			t.Errorf("the table has %+v, the ledger tells %+v (%v)", all, fold, err)
		}
	})
}
