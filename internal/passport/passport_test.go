package passport_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const gin = "09506000134352"

type house struct {
	*passport.Service
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  *clock.Manual
}

func open(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	s := passport.New(passport.Config{DB: db, Ledger: l, Clock: c, IDs: ident.NewSource(c, rand.Reader), Chance: rand.Reader, BaseURL: "https://id.brand.example",
		Draw: func(v passport.View, _ string, link func(passport.ViewFile) string) ([]byte, error) {
			page := "<!doctype html><title>" + v.Name["en"] + "</title>"
			for _, f := range v.Documents {
				page += "<a href=\"" + link(f) + "\">" + f.Name + "</a>"
			}
			return []byte(page), nil
		}})
	return house{s, db, l, c}
}

func both(t *testing.T, fn func(t *testing.T, h house)) {
	t.Helper()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) { fn(t, open(t, db)) })
}

func en(text string) passport.Localized { return passport.Localized{"en": text} }

func model() passport.Document {
	return passport.Document{
		GTIN: gin, Name: passport.Localized{"en": "High Water Gin", "de": "High Water Gin"}, Description: en("Distilled at high tide."),
		Operator: &sheet.Operator{Name: "Ferrow Spirits Ltd", GLN: "9506000134376", EORI: "GB123456789000", Address: "Ferry House, Ferrow Staithe", Country: "GB", Email: "passports@ferrow.example"},
		Facility: &sheet.Facility{Name: "The old ferry house", Country: "GB"},
		Sections: []sheet.Section{
			{Name: "contents", Label: en("Contents"), Attributes: []sheet.Attribute{
				{Name: "ingredients", Label: en("Ingredients"), Term: "gs1:ingredientStatement", Text: passport.Localized{"en": "Water, wheat spirit, botanicals", "de": "Wasser, Weizenbrand, Botanicals"}},
				{Name: "energy", Label: en("Energy"), Term: "gs1:energyPerNutrientBasis", Number: new(996.5), Unit: "KJO"},
			}},
			{Name: "packaging", Label: en("Packaging"), Attributes: []sheet.Attribute{
				{Name: "materials", Label: en("Materials"), List: []passport.Localized{en("Glass, GL 70"), en("Cork, FOR 51")}},
				{Name: "disassembly", Label: en("How it comes apart"), Tier: passport.Legitimate, Link: "https://ferrow.example/apart"},
				{Name: "cullet-supplier", Label: en("Supplier of cullet"), Tier: passport.Authority, Text: en("Norfolk Cullet Ltd")},
			}},
		},
	}
}

func (h house) put(t *testing.T, d passport.Document) passport.Passport {
	t.Helper()
	p, _, err := h.Put(t.Context(), d, passport.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	return p
}

func (h house) publish(t *testing.T, d passport.Document) passport.Version {
	t.Helper()
	h.put(t, d)
	v, err := h.Publish(t.Context(), d.Anchor(), passport.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h house) read(t *testing.T, q passport.Query) passport.View {
	t.Helper()
	v, err := h.Read(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h house) grant(t *testing.T, tier passport.Tier, gtins ...string) (passport.Grant, string) {
	t.Helper()
	g, token, err := h.MakeGrant(t.Context(), passport.Grant{Tier: tier, Holder: "Trading Standards", Purpose: "Market surveillance", GTINs: gtins,
		Expires: h.clock.Now().Add(24 * time.Hour)}, "mem_x")
	if err != nil {
		t.Fatal(err)
	}
	return g, token
}

func value(v passport.View, name string) (sheet.ViewAttribute, bool) {
	for _, s := range v.Sections {
		for _, a := range s.Attributes {
			if a.Name == name {
				return a, true
			}
		}
	}
	return sheet.ViewAttribute{}, false
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("the error is %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}

var at = passport.Anchor{GTIN: gin}

func TestAVersionNeverChanges(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		first := h.publish(t, model())
		before := h.jsonld(t, passport.Query{Anchor: at, Version: 1})
		d := model()
		d.Sections[0].Attributes[0].Text = en("Water, spirit")
		h.clock.Advance(time.Hour)
		second := h.publish(t, d)
		if second.Number != 2 || second.SHA256 == first.SHA256 {
			t.Fatalf("the second version is %d with the hash of the first: %v", second.Number, second.SHA256 == first.SHA256)
		}
		if after := h.jsonld(t, passport.Query{Anchor: at, Version: 1}); !bytes.Equal(before, after) {
			t.Errorf("version 1 reads differently after version 2:\n%s\n%s", before, after)
		}
		if a, _ := value(h.read(t, passport.Query{Anchor: at}), "ingredients"); a.Text["en"] != "Water, spirit" {
			t.Errorf("the newest says %v", a.Text)
		}
		list, err := h.Versions(t.Context(), at, 0, 10)
		if err != nil || len(list) != 2 || list[1].SHA256 != first.SHA256 || list[1].By != "mem_x" {
			t.Fatalf("versions: %+v, %v", list, err)
		}
		if sum, err := sheet.Digest(list[1].Document); err != nil || sum != first.SHA256 {
			t.Errorf("the stored document's digest is %s, %v, want %s", sum, err, first.SHA256)
		}
		_, err = h.Publish(t.Context(), at, passport.Change{})
		wantCode(t, err, fault.Conflict)
		_, err = h.Read(t.Context(), passport.Query{Anchor: at, Version: 3})
		wantCode(t, err, fault.NotFound)
	})
}

func (h house) jsonld(t *testing.T, q passport.Query) []byte {
	t.Helper()
	text, err := sheet.JSONLD().Write(h.read(t, q), h.BaseURL())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnEditKnowsWhatItChanges(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		p := h.put(t, model())
		if p.Rev != 1 || p.Status != passport.Draft {
			t.Fatalf("rev %d, status %s", p.Rev, p.Status)
		}
		if again := h.put(t, model()); again.Rev != 1 {
			t.Errorf("putting the same makes rev %d", again.Rev)
		}
		d := model()
		d.Name = en("Low Water Gin")
		if _, _, err := h.Put(t.Context(), d, passport.Change{IfRev: 1}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []passport.Change{{IfRev: 1}, {New: true}} {
			_, _, err := h.Put(t.Context(), model(), c)
			wantCode(t, err, fault.Conflict)
		}
		_, err := h.Publish(t.Context(), at, passport.Change{IfRev: 1})
		wantCode(t, err, fault.Conflict)
		_, err = h.Read(t.Context(), passport.Query{Anchor: at})
		wantCode(t, err, fault.NotFound) // a draft is nobody's business
		if _, err := h.Publish(t.Context(), at, passport.Change{IfRev: 2}); err != nil {
			t.Fatal(err)
		}
		d.Description, d.Facility = en("Shorter."), nil
		h.put(t, d)
		changes, err := h.Pending(t.Context(), at)
		if err != nil || len(changes) != 3 || changes[0] != (passport.FieldChange{Path: "description.en", Before: "Distilled at high tide.", After: "Shorter."}) {
			t.Errorf("pending: %+v, %v", changes, err)
		}
	})
}

func TestAnItemInheritsFromItsLotAndItsModel(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.publish(t, model())
		h.publish(t, passport.Document{GTIN: gin, Lot: "L7", Sections: []sheet.Section{{Name: "contents", Label: en("Contents"), Attributes: []sheet.Attribute{
			{Name: "energy", Label: en("Energy"), Number: new(1001.0), Unit: "KJO"},
			{Name: "distilled", Label: en("Distilled"), Text: en("April 2026")},
		}}}})
		h.publish(t, passport.Document{GTIN: gin, Serial: "S1", OfLot: "L7", Sections: []sheet.Section{{Name: "packaging", Label: en("Packaging"), Attributes: []sheet.Attribute{
			{Name: "materials", Label: en("Materials"), Tier: passport.Authority, Text: en("A trial bottle")},
		}}}})
		item := passport.Anchor{GTIN: gin, Serial: "S1"}
		v := h.read(t, passport.Query{Anchor: item})
		for name, from := range map[string]sheet.Level{"ingredients": sheet.Model, "energy": sheet.Batch, "distilled": sheet.Batch} {
			if a, ok := value(v, name); !ok || a.From != from {
				t.Errorf("%s is said by %q, want %q", name, a.From, from)
			}
		}
		if a, ok := value(v, "materials"); ok {
			t.Errorf("what the item keeps back its model gives away: %+v", a)
		}
		if v.Operator == nil || v.Lot != "L7" || len(v.Sources) != 3 || v.Hidden != 3 {
			t.Errorf("operator %v, lot %q, %d sources, %d hidden", v.Operator, v.Lot, len(v.Sources), v.Hidden)
		}
		// An item without a passport of its own is answered by its lot's or its model's.
		if v := h.read(t, passport.Query{Anchor: passport.Anchor{GTIN: gin, Serial: "S2"}, Lot: "L7"}); v.Anchor.Lot != "L7" || v.Anchor.Serial != "" {
			t.Errorf("answered by %+v", v.Anchor)
		}
		if v := h.read(t, passport.Query{Anchor: passport.Anchor{GTIN: gin, Serial: "S2"}}); v.Anchor != at {
			t.Errorf("answered by %+v", v.Anchor)
		}
		// An old version keeps what it inherited.
		h.clock.Advance(time.Hour)
		d := model()
		d.Sections[0].Attributes[0].Text = en("Changed")
		h.publish(t, d)
		if a, _ := value(h.read(t, passport.Query{Anchor: item}), "ingredients"); a.Text["en"] != "Changed" {
			t.Errorf("the item still inherits %v", a.Text)
		}
		if a, _ := value(h.read(t, passport.Query{Anchor: item, Version: 1}), "ingredients"); a.Text["en"] == "Changed" {
			t.Error("version 1 of the item inherits from later")
		}
		if _, err := h.Withdraw(t.Context(), at, "Recalled", passport.Change{}); err != nil {
			t.Fatal(err)
		}
		if _, ok := value(h.read(t, passport.Query{Anchor: item}), "ingredients"); ok {
			t.Error("a withdrawn model is still inherited from")
		}
	})
}

func TestAWithdrawnPassportKeepsItsPlace(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.publish(t, model())
		_, err := h.Withdraw(t.Context(), at, " ", passport.Change{})
		wantCode(t, err, fault.Invalid)
		if _, err := h.Withdraw(t.Context(), at, "The recipe was wrong.", passport.Change{By: "mem_x"}); err != nil {
			t.Fatal(err)
		}
		v := h.read(t, passport.Query{Anchor: at})
		if !v.Gone() || v.Reason != "The recipe was wrong." || len(v.Sections)+len(v.Name) > 0 || v.WithdrawnAt.IsZero() {
			t.Errorf("the tombstone says %+v", v)
		}
		if v := h.read(t, passport.Query{Anchor: at, Version: 1}); v.Gone() || v.Status != passport.Withdrawn || v.Name["en"] == "" {
			t.Errorf("version 1 is %+v", v)
		}
		wantCode(t, h.Remove(t.Context(), at, passport.Change{}), fault.Conflict)
		_, _, err = h.Put(t.Context(), model(), passport.Change{New: true})
		wantCode(t, err, fault.Conflict)
		if again, err := h.Publish(t.Context(), at, passport.Change{}); err != nil || again.Number != 2 {
			t.Errorf("published again: %d, %v", again.Number, err)
		}
		if h.read(t, passport.Query{Anchor: at}).Gone() {
			t.Error("still withdrawn")
		}
	})
}

func TestAVersionWaitsForItsDay(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.publish(t, model())
		d := model()
		d.Name, d.ValidFrom = en("Tomorrow's"), new(h.clock.Now().Add(time.Hour))
		h.publish(t, d)
		if v := h.read(t, passport.Query{Anchor: at}); v.Version != 1 {
			t.Errorf("shown is version %d", v.Version)
		}
		_, err := h.Read(t.Context(), passport.Query{Anchor: at, Version: 2})
		wantCode(t, err, fault.NotFound)
		h.clock.Advance(time.Hour)
		if v := h.read(t, passport.Query{Anchor: at}); v.Version != 2 {
			t.Errorf("shown is version %d", v.Version)
		}
	})
}

func TestTiersSeeWhatIsTheirs(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.publish(t, model())
		_, interested := h.grant(t, passport.Legitimate)
		_, official := h.grant(t, passport.Authority, gin)
		for _, row := range []struct {
			token  string
			sees   []string
			hidden int
		}{
			{"", []string{"ingredients", "energy", "materials"}, 2},
			{interested, []string{"ingredients", "energy", "materials", "disassembly"}, 1},
			{official, []string{"ingredients", "energy", "materials", "disassembly", "cullet-supplier"}, 0},
		} {
			v := h.read(t, passport.Query{Anchor: at, Token: row.token, Form: "page"})
			var sees []string
			for _, s := range v.Sections {
				for _, a := range s.Attributes {
					sees = append(sees, a.Name)
				}
			}
			if strings.Join(sees, " ") != strings.Join(row.sees, " ") || v.Hidden != row.hidden {
				t.Errorf("%s sees %v and %d hidden", v.Tier, sees, v.Hidden)
			}
		}
		text := string(h.jsonld(t, passport.Query{Anchor: at}))
		for _, secret := range []string{"cullet", "Cullet", "disassembly", "apart"} {
			if strings.Contains(text, secret) {
				t.Errorf("the public JSON-LD holds %q", secret)
			}
		}
	})
}

func TestATokenOpensOnlyWhatItIsFor(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.publish(t, model())
		g, token := h.grant(t, passport.Legitimate, gin)
		other, foreign := h.grant(t, passport.Authority, "09506000134369")
		if !strings.HasPrefix(token, "tlp_") || len(token) != 4+52 {
			t.Errorf("a token of %d characters", len(token))
		}
		_, unknown := h.Read(t.Context(), passport.Query{Anchor: at, Token: "tlp_wrong"})
		wantCode(t, unknown, fault.Unauthenticated)
		_, nowhere := h.Read(t.Context(), passport.Query{Anchor: passport.Anchor{GTIN: "09506000134376"}, Token: "tlp_wrong"})
		_, err := h.Read(t.Context(), passport.Query{Anchor: at, Token: foreign})
		wantCode(t, err, fault.Forbidden)
		h.read(t, passport.Query{Anchor: at, Token: token, Form: "jsonld"})
		h.read(t, passport.Query{Anchor: at})
		uses, err := h.AccessLog(t.Context(), passport.UseFilter{})
		if err != nil || len(uses) != 1 || uses[0].Grant != g.ID || uses[0].Path != at.Path() || uses[0].Version != 1 || uses[0].Form != "jsonld" || !uses[0].At.Equal(h.clock.Now()) {
			t.Errorf("the access log holds %+v, %v", uses, err)
		}
		if none, err := h.AccessLog(t.Context(), passport.UseFilter{Grant: other.ID}); err != nil || len(none) != 0 {
			t.Errorf("the other grant was used: %+v, %v", none, err)
		}
		if err := h.RevokeGrant(t.Context(), g.ID, "mem_x"); err != nil {
			t.Fatal(err)
		}
		_, revoked := h.Read(t.Context(), passport.Query{Anchor: at, Token: token})
		h.clock.Advance(24 * time.Hour)
		_, expired := h.Read(t.Context(), passport.Query{Anchor: passport.Anchor{GTIN: "09506000134369"}, Token: foreign})
		for _, err := range []error{nowhere, revoked, expired} {
			if fault.CodeOf(err) != fault.Unauthenticated || err.Error() != unknown.Error() || fault.From(err).Hint != fault.From(unknown).Hint {
				t.Errorf("another answer than to an unknown token: %v", err)
			}
		}
		wantCode(t, h.RevokeGrant(t.Context(), "acc_none", "mem_x"), fault.NotFound)
		list, err := h.Grants(t.Context(), "", 10)
		if err != nil || len(list) != 2 || list[1].State(h.clock.Now()) != "revoked" || list[0].State(h.clock.Now()) != "expired" {
			t.Errorf("grants: %+v, %v", list, err)
		}
		// The token is nowhere in the database, and no reading is in the ledger.
		err = h.db.View(t.Context(), func(tx *sqldb.Tx) error {
			var n int
			if err := tx.QueryRow(`SELECT count(*) FROM passport_grant WHERE hash = $1 OR holder = $1 OR purpose = $1`, token).Scan(&n); err != nil || n != 0 {
				t.Errorf("the token stands in %d rows, %v", n, err)
			}
			events, err := h.ledger.Read(tx, 0, 100)
			for _, e := range events {
				if strings.Contains(string(e.Body), token[4:]) || e.Source != "passport" {
					t.Errorf("event %s of %s: %s", e.Type, e.Source, e.Body)
				}
			}
			if len(events) != 5 { // changed, published, two grants, one revoked
				t.Errorf("%d events", len(events))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAGrantIsForAnOrganisationAndEnds(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	good := passport.Grant{Tier: passport.Legitimate, Holder: "Repair Ltd", Purpose: "Repair", Expires: h.clock.Now().Add(time.Hour)}
	for name, spoil := range map[string]func(*passport.Grant){
		"tier":    func(g *passport.Grant) { g.Tier = passport.Public },
		"holder":  func(g *passport.Grant) { g.Holder = "" },
		"purpose": func(g *passport.Grant) { g.Purpose = "a\nb" },
		"gtins":   func(g *passport.Grant) { g.GTINs = []string{"123"} },
		"past":    func(g *passport.Grant) { g.Expires = h.clock.Now() },
		"forever": func(g *passport.Grant) { g.Expires = h.clock.Now().AddDate(4, 0, 0) },
	} {
		g := good
		spoil(&g)
		if _, _, err := h.MakeGrant(t.Context(), g, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentsFollowTheirTierAndTheirVersion(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		h.put(t, model())
		open := passport.File{Name: "care.txt", Title: en("Care"), Type: "text/plain", Language: "en"}
		closed := passport.File{Name: "test-report.txt", Title: en("Test report"), Type: "text/plain", Tier: passport.Authority}
		if _, err := h.AddFile(t.Context(), at, open, []byte("Keep it cool."), passport.Change{}); err != nil {
			t.Fatal(err)
		}
		p, err := h.AddFile(t.Context(), at, closed, []byte("Passed."), passport.Change{})
		if err != nil || len(p.Draft.Documents) != 2 || p.Draft.Documents[0].Tier != passport.Public || p.Draft.Documents[1].Bytes != 7 {
			t.Fatalf("%+v, %v", p.Draft.Documents, err)
		}
		if _, err := h.Publish(t.Context(), at, passport.Change{}); err != nil {
			t.Fatal(err)
		}
		public, secret := p.Draft.Documents[0].SHA256, p.Draft.Documents[1].SHA256
		_, interested := h.grant(t, passport.Legitimate)
		_, official := h.grant(t, passport.Authority)
		if _, data, err := h.Document(t.Context(), passport.Query{Anchor: at}, public); err != nil || string(data) != "Keep it cool." {
			t.Errorf("%q, %v", data, err)
		}
		if f, data, err := h.Document(t.Context(), passport.Query{Anchor: at, Token: official}, secret); err != nil || string(data) != "Passed." || f.Name != "test-report.txt" {
			t.Errorf("%q, %v", data, err)
		}
		for token, code := range map[string]fault.Code{"": fault.Unauthenticated, interested: fault.Forbidden} {
			_, _, err := h.Document(t.Context(), passport.Query{Anchor: at, Token: token}, secret)
			wantCode(t, err, code)
		}
		_, _, err = h.Document(t.Context(), passport.Query{Anchor: at}, strings.Repeat("0", 64))
		wantCode(t, err, fault.NotFound)
		// Taken out of the draft, it stays with the version; of a mere draft it goes.
		if _, err := h.AddFile(t.Context(), at, passport.File{Name: "wrong.txt", Title: en("Wrong"), Type: "text/plain"}, []byte("oops"), passport.Change{}); err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{public, secret} {
			if _, err := h.DropFile(t.Context(), at, f, passport.Change{}); err != nil {
				t.Fatal(err)
			}
		}
		h.put(t, model())
		if _, data, err := h.Document(t.Context(), passport.Query{Anchor: at}, public); err != nil || len(data) == 0 {
			t.Errorf("the version lost its document: %v", err)
		}
		err = h.db.View(t.Context(), func(tx *sqldb.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT count(*) FROM passport_file`).Scan(&n)
			if n != 2 {
				t.Errorf("%d files are kept", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d := model()
		d.Documents = []passport.File{{Name: "made-up.pdf", Title: en("x"), Type: "application/pdf", SHA256: strings.Repeat("a", 64), Bytes: 5}}
		_, _, err = h.Put(t.Context(), d, passport.Change{})
		wantCode(t, err, fault.Invalid)
		_, err = h.AddFile(t.Context(), at, open, make([]byte, passport.MaxFileBytes+1), passport.Change{})
		wantCode(t, err, fault.TooLarge)
	})
}

func TestJSONLDIsWhatTheGoldenFilesSay(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	h.publish(t, model())
	if _, err := h.AddFile(t.Context(), at, passport.File{Name: "care.txt", Title: en("Care"), Type: "text/plain", Language: "en"}, []byte("Keep it cool."), passport.Change{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Publish(t.Context(), at, passport.Change{}); err != nil {
		t.Fatal(err)
	}
	h.publish(t, passport.Document{GTIN: gin, Serial: "S/1", OfLot: "L7", Name: en("Bottle 1")})
	_, official := h.grant(t, passport.Authority)
	golden(t, "model.public.jsonld", h.jsonld(t, passport.Query{Anchor: at}))
	golden(t, "model.authority.jsonld", h.jsonld(t, passport.Query{Anchor: at, Token: official}))
	golden(t, "model.first.jsonld", h.jsonld(t, passport.Query{Anchor: at, Version: 1}))
	golden(t, "item.public.jsonld", h.jsonld(t, passport.Query{Anchor: passport.Anchor{GTIN: gin, Serial: "S/1"}}))
	if _, err := h.Withdraw(t.Context(), at, "Recalled", passport.Change{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "withdrawn.jsonld", h.jsonld(t, passport.Query{Anchor: at}))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if !json.Valid(got) {
		t.Errorf("%s is not JSON", name)
	}
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and review:\n%s", name, got)
	}
}
