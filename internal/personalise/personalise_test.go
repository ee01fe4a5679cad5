package personalise_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/personalise"
	"tagline/internal/product"
	"tagline/internal/replay"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
	"tagline/ntag424"
)

const (
	gtin   = "09506000134352"
	meta   = "8F3A5C17D2E94B60A1C3F5079B2D4E68"
	master = "1B7E93C5A04F6D28E3581C9A7F20B4D6"
)

type office struct {
	t      testing.TB
	sets   *keyset.Service
	tags   *tag.Service
	things *thing.Service
	files  *personalise.Service
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
}

func newOffice(t testing.TB, db *sqldb.DB) *office {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	ids := ident.NewSource(c, rand.NewChaCha8([32]byte{2}))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{3}), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.NewChaCha8([32]byte{4})
	o := &office{t: t, ledger: ledger.New(db, c, bus.New()), clock: c, ids: ids}
	o.sets = keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: chance})
	o.tags = tag.New(tag.Config{DB: db, Sets: o.sets, Clock: c, IDs: ids, Chance: chance})
	o.things = thing.New(thing.Config{DB: db, Ledger: o.ledger, Tags: o.tags, Clock: c, IDs: ids, Chance: chance})
	o.files = personalise.New(personalise.Config{DB: db, Sets: o.sets, Things: o.things, Clock: c, IDs: ids})
	for _, name := range []string{"k1", "old"} {
		_, err := o.sets.Create(t.Context(), keyset.NewSet{
			Name: name, Template: "https://id.example/t/" + name + "/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}", Test: true,
			Keys: &keyset.Keys{Meta: meta, Master: master},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.sets.Retire(t.Context(), "old", 0); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) dry(file string) personalise.Report {
	o.t.Helper()
	r, err := o.files.Import(o.t.Context(), strings.NewReader(file), personalise.Options{Set: "k1", DryRun: true})
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func TestColumnsAreFoundByTheirHeader(t *testing.T) {
	o := newOffice(t, sqldbtest.SQLite(t))
	for _, c := range []struct{ name, file string }{
		{"our own", "uid,gtin,serial\n04AABBCCDDEE01,09506000134352,A1\n"},
		{"another order, with what nobody needs", "operator,serial,colour,GTIN,UID\nkim,A1,red,9506000134352,04aabbccddee01\n"},
		{"semicolons, byte order mark, Windows line ends", "\ufeffUID;Item\r\n04:AA:BB:CC:DD:EE:01;https://id.example/01/09506000134352/21/A1\r\n"},
		{"tabs", "uid\titem\n04 AA BB CC DD EE 01\t/01/09506000134352/21/A1\n"},
		{"an encoder's batch", "correlationId,lock,ndef.records.0.type,ndef.records.0.url,chip.uid,chip.ntag424.newKeys.key0,sdmSettings.options.readCounter\n" +
			"order-7,true,uri,https://id.example/t/k1/01/09506000134352/21/A1?p=0&e=0&m=0,04AABBCCDDEE01,ffffffffffffffffffffffffffffffff,true\n"},
		{"the set in the file", "uid,set,epoch,gtin,serial\n04AABBCCDDEE01,k1,1,09506000134352,A1\n"},
		{"empty lines", "uid,gtin,serial\n\n04AABBCCDDEE01,09506000134352,A1\n\n"},
	} {
		rows, report, err := personalise.ReadBatch(strings.NewReader(c.file), "k1")
		if err != nil || report.Refused != 0 || len(rows) != 1 {
			t.Errorf("%s: %d rows, %+v, %v", c.name, len(rows), report, err)
			continue
		}
		if r := rows[0]; r.UID != "04AABBCCDDEE01" || r.Item != (keyset.Ref{GTIN: gtin, Serial: "A1"}) || r.Set != "k1" || r.Counter != -1 {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	for _, c := range o.dry("operator,serial,colour,GTIN,UID\nkim,A1,red,9506000134352,04aabbccddee01\n").Columns {
		if want := map[string]string{"operator": "operator", "serial": "serial", "colour": "", "GTIN": "gtin", "UID": "uid"}[c.Header]; c.Field != want {
			t.Errorf("column %s is taken for %q, want %q", c.Header, c.Field, want)
		}
	}
}

func TestWrongRowsAreNamedExactly(t *testing.T) {
	o := newOffice(t, sqldbtest.SQLite(t))
	const header = "uid,gtin,serial,set,epoch,counter,originality,TT enabled,hwSubType,Lot,Country"
	for _, c := range []struct{ name, row, column, code string }{
		{"a short UID", "04AABB,09506000134352,A1,,,,,", "uid", "uid"},
		{"a wrong check digit", "04AABBCCDDEE01,09506000134353,A1,,,,,", "gtin", "gtin"},
		{"no serial", "04AABBCCDDEE01,09506000134352,,,,,,", "serial", "item"},
		{"a long serial", "04AABBCCDDEE01,09506000134352," + strings.Repeat("9", 21) + ",,,,,", "serial", "item"},
		{"an unknown set", "04AABBCCDDEE01,09506000134352,A1,k9,,,,", "set", "unknown_keyset"},
		{"an unknown epoch", "04AABBCCDDEE01,09506000134352,A1,k1,7,,,", "set", "unknown_keyset"},
		{"a retired set", "04AABBCCDDEE01,09506000134352,A1,old,,,,", "set", "retired_keyset"},
		{"an epoch that is none", "04AABBCCDDEE01,09506000134352,A1,,first,,,", "epoch", "epoch"},
		{"a counter beyond the end", "04AABBCCDDEE01,09506000134352,A1,,,16777215,,", "counter", "counter"},
		{"not original, says the encoder", "04AABBCCDDEE01,09506000134352,A1,,,,false,", "originality", "originality"},
		{"not original, says the signature", "04AABBCCDDEE01,09506000134352,A1,,,," + strings.Repeat("AB", 56) + ",", "originality", "originality"},
		{"the tamper feature off", "04AABBCCDDEE01,09506000134352,A1,,,,,no", "TT enabled", "tt_invalid"},
		{"no loop for a template that mirrors one", "04AABBCCDDEE01,09506000134352,A1,,,,,,02", "hwSubType", "tt_unsupported"},
		{"a subtype that is none", "04AABBCCDDEE01,09506000134352,A1,,,,,,tamper", "hwSubType", "bad_hex"},
		{"the same chip twice", "04AABBCCDDEE00,09506000134352,A2,,,,,", "uid", "duplicate"},
		{"a serial that is no UTF-8", "04AABBCCDDEE01,09506000134352,A\xff1,,,,,,", "serial", "utf8"},
		{"a lot that is too long", "04AABBCCDDEE01,09506000134352,A1,,,,,,," + strings.Repeat("L", 21), "Lot", "lot"},
		{"a market in small letters", "04AABBCCDDEE01,09506000134352,A1,,,,,,,L1,de", "Country", "market"},
		{"a market that is a continent", "04AABBCCDDEE01,09506000134352,A1,,,,,,,L1,EU", "Country", "market"},
		{"a quote too many", `04AABBCCDDEE01,"0950600"0134352,A1,,,,,`, "", "csv"},
	} {
		r := o.dry(header + "\n04AABBCCDDEE00,09506000134352,A0,,,,,,08\n" + c.row + "\n")
		if r.Refused != 1 || r.Rows != 2 || len(r.Errors) != 1 {
			t.Errorf("%s: %+v", c.name, r)
			continue
		}
		e := r.Errors[0]
		if e.Row != 3 || e.Column != c.column || e.Code != c.code || e.Message == "" {
			t.Errorf("%s: %+v", c.name, e)
		}
		if strings.Contains(e.Message, "04AABBCCDDEE") {
			t.Errorf("%s: the message holds a UID: %s", c.name, e.Message)
		}
	}
}

// TestAnOriginalChipPasses uses the published signature of AN12196.
func TestAnOriginalChipPasses(t *testing.T) {
	o := newOffice(t, sqldbtest.SQLite(t))
	const uid = "04518DFAA96180"
	const sig = "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21"
	raw, err := hex.DecodeString(sig)
	if err != nil {
		t.Fatal(err)
	}
	u, err := ntag424.ParseUID(uid)
	if err != nil {
		t.Fatal(err)
	}
	if err := ntag424.VerifyOriginality(u, raw); err != nil {
		t.Skipf("the sample is not a signature: %v", err)
	}
	if r := o.dry("uid,gtin,serial,originality\n" + uid + "," + gtin + ",A1," + sig + "\n"); r.Refused != 0 || r.Created != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAFileWithAWrongRowImportsNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		r, err := o.files.Import(t.Context(), strings.NewReader("uid,gtin,serial\n04AABBCCDDEE01,09506000134352,A1\n04AABBCCDDEE02,1,A2\n"), personalise.Options{Set: "k1"})
		if !fault.Is(err, fault.Invalid) || r.Refused != 1 || fault.From(err).Fields[0].Location != "row 3, column gtin" {
			t.Fatalf("%+v, %v", r, err)
		}
		if chips, err := o.tags.Chips(t.Context(), tag.ChipFilter{}); err != nil || len(chips) != 0 {
			t.Errorf("%d chips, %v", len(chips), err)
		}
	})
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		if _, err := o.things.Make(t.Context(), thing.Batch{GTIN: gtin, Serials: []string{"S7"}, Lot: "L1"}); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		b.WriteString("uid,gtin,serial,counter\n")
		for i := range 250 { // more than one transaction takes
			fmt.Fprintf(&b, "04AABBCCDD%04X,%s,S%d,%d\n", i, gtin, i, i%3)
		}
		if r := o.dry(b.String()); r.Created != 250 || r.Unchanged != 0 || r.Batch != "" {
			t.Fatalf("foreseen: %+v", r)
		}
		real := func() personalise.Report {
			t.Helper()
			r, err := o.files.Import(t.Context(), strings.NewReader(b.String()), personalise.Options{Set: "k1"})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		first := real()
		if first.Created != 250 || first.Unchanged != 0 || first.Batch == "" {
			t.Errorf("first: %+v", first)
		}
		if again := real(); again.Created != 0 || again.Unchanged != 250 {
			t.Errorf("again: %+v", again)
		}
		counts, err := o.things.Counts(t.Context(), gtin)
		if err != nil || counts.Made != 250 {
			t.Errorf("%d items, %v", counts.Made, err)
		}
		chips, err := o.tags.Chips(t.Context(), tag.ChipFilter{Serial: "S7"})
		if err != nil || len(chips) != 1 || chips[0].Batch != first.Batch || chips[0].LastCounter != 1 {
			t.Errorf("%+v, %v", chips, err)
		}
		if it, err := o.things.Find(t.Context(), gtin, "S7"); err != nil || it.Lot != "L1" {
			t.Errorf("the item that was announced was made again: %+v, %v", it, err)
		}
		moved := strings.Replace(b.String(), ",S9,", ",T9,", 1)
		if r := o.dry(moved); r.Refused != 1 || r.Errors[0].Code != "taken" || r.Errors[0].Row != 11 {
			t.Errorf("a chip on another item: %+v", r.Errors)
		}
		if r, err := replay.New(db, o.ledger).Check(t.Context()); err != nil || r.Count != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestFilesAreBounded(t *testing.T) {
	o := newOffice(t, sqldbtest.SQLite(t))
	big := "uid,gtin,serial\n" + strings.Repeat("x", personalise.MaxBatchBytes)
	if _, err := o.files.Import(t.Context(), strings.NewReader(big), personalise.Options{}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many bytes: %v", err)
	}
	long := "uid,serial\n" + strings.Repeat("1,1\n", personalise.MaxBatchRows+1)
	if _, err := o.files.Import(t.Context(), strings.NewReader(long), personalise.Options{}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many rows: %v", err)
	}
	wrong := o.dry("uid,serial\n" + strings.Repeat("1,1\n", 300))
	if wrong.Refused != 300 || len(wrong.Errors) != 100 {
		t.Errorf("%d refused, %d named", wrong.Refused, len(wrong.Errors))
	}
	for _, file := range []string{"", "colour,size\nred,1\n", "uid\n04AABBCCDDEE01\n"} {
		if _, err := o.files.Import(t.Context(), strings.NewReader(file), personalise.Options{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// TestAnEncodedFileComesBackAsAChip goes the whole way: export, encode, import, tap.
func TestAnEncodedFileComesBackAsAChip(t *testing.T) {
	o := newOffice(t, sqldbtest.SQLite(t))
	if _, err := o.things.Make(t.Context(), thing.Batch{GTIN: gtin, Serials: []string{"A1", "A2", "B/3"}, Lot: "L1"}); err != nil {
		t.Fatal(err)
	}
	if r, err := o.files.Import(t.Context(), strings.NewReader("uid,gtin,serial\n04AABBCCDDEE02,"+gtin+",A2\n"), personalise.Options{Set: "k1"}); err != nil || r.Created != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	var file bytes.Buffer
	if err := o.files.Encode(t.Context(), &file, personalise.EncodeRequest{Set: "k1", Lot: "L1", Base: "https://id.example/"}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{meta, master} {
		if strings.Contains(strings.ToUpper(file.String()), key) {
			t.Error("a key stands in the file")
		}
	}
	records, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
	if err != nil || len(records) != 3 {
		t.Fatalf("%d lines, %v: the header and the two items without a chip", len(records), err)
	}
	cell := func(row []string, name string) string {
		for i, h := range records[0] {
			if h == name {
				return row[i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	if got := cell(records[1], "item") + " " + cell(records[2], "item"); got != "https://id.example/01/09506000134352/21/B%2F3 https://id.example/01/09506000134352/21/A1" {
		t.Errorf("items %s", got)
	}
	row := records[2]
	if cell(row, "set") != "k1" || cell(row, "epoch") != "1" || cell(row, "template") != "k1.1" || !strings.HasPrefix(cell(row, "key2"), "k1/1/slot2/meta:") {
		t.Errorf("%v", row)
	}
	ndef, err := hex.DecodeString(cell(row, "ndef"))
	if err != nil || !bytes.Contains(ndef, []byte("id.example/t/k1/01/09506000134352/21/A1?p=0000")) {
		t.Errorf("ndef %q, %v", ndef, err)
	}
	settings, err := hex.DecodeString(cell(row, "settings"))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ntag424.ParseSettings(settings); err != nil || !s.Enc || !s.Tamper || s.MetaRead != 2 || s.FileRead != 1 {
		t.Errorf("settings %+v, %v", s, err)
	}
	// The encoder answers with its log; its columns are those of its own tool.
	log := "item,uid,first counter\n" + cell(row, "item") + ",04AABBCCDDEE01,0\n"
	if r, err := o.files.Import(t.Context(), strings.NewReader(log), personalise.Options{Set: "k1"}); err != nil || r.Created != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	e, err := o.sets.Newest(t.Context(), "k1")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := ntag424.ParseUID("04AABBCCDDEE01")
	if err != nil {
		t.Fatal(err)
	}
	chip, err := e.Chip(keyset.Ref{GTIN: gtin, Serial: "A1"}, uid)
	if err != nil {
		t.Fatal(err)
	}
	url, err := chip.Tap()
	if err != nil {
		t.Fatal(err)
	}
	reading, err := o.tags.Verify(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	got, err := o.things.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: "op_a"})
	if err != nil || got.Verdict != thing.Genuine || got.Item.Lot != "L1" {
		t.Errorf("%s %s, %v", got.Verdict, got.Code, err)
	}
}

func FuzzReadBatch(f *testing.F) {
	f.Add("uid,gtin,serial\n04AABBCCDDEE01,09506000134352,A1\n", "k1")
	f.Add("\ufeffUID;Item\r\n04:AA:BB:CC:DD:EE:01;https://id.example/01/09506000134352/21/A1\r\n", "")
	f.Add("uid\titem\n\"04\"x\t/01/\n", "k1")
	f.Fuzz(func(t *testing.T, file, set string) {
		rows, report, err := personalise.ReadBatch(strings.NewReader(file), set)
		if err != nil {
			return
		}
		if len(rows)+report.Refused != report.Rows {
			t.Errorf("%d rows and %d refused of %d", len(rows), report.Refused, report.Rows)
		}
		for _, r := range rows {
			if _, err := r.Item.Path(); err != nil {
				t.Errorf("row %d has no item: %+v", r.Line, r.Item)
			}
			if _, err := ntag424.ParseUID(r.UID); err != nil || r.Set == "" {
				t.Errorf("row %d: %+v", r.Line, r)
			}
		}
	})
}

func TestAnItemThatTheFileBringsGetsItsLotAndMarket(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		if _, err := o.things.Make(t.Context(), thing.Batch{GTIN: gtin, Serials: []string{"OLD"}, Lot: "L0", Market: "NO"}); err != nil {
			t.Fatal(err)
		}
		file := "uid,gtin,serial,lot,market\n04AABBCCDDEE01,09506000134352,A1,L1,SE\n04AABBCCDDEE02,09506000134352,A2,L2,\n" +
			"04AABBCCDDEE03,09506000134352,OLD,L3,DE\n04AABBCCDDEE04,09506000134352,A1,L9,DE\n"
		if _, err := o.files.Import(t.Context(), strings.NewReader(file), personalise.Options{Set: "k1"}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ serial, lot, market string }{{"A1", "L1", "SE"}, {"A2", "L2", ""}, {"OLD", "L0", "NO"}} {
			if it, err := o.things.Find(t.Context(), gtin, c.serial); err != nil || it.Lot != c.lot || it.Market != c.market {
				t.Errorf("%s: lot %q, market %q, %v", c.serial, it.Lot, it.Market, err)
			}
		}
		if r, err := replay.New(db, o.ledger).Check(t.Context()); err != nil || r.Count != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Tags are often encoded before the product is described: the file is taken, with
// a word about each GTIN.
func TestAProductThatNobodyKnowsIsWarnedOf(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		files := personalise.New(personalise.Config{DB: db, Sets: o.sets, Things: o.things, Clock: o.clock, IDs: o.ids, Sold: func(_ *sqldb.Tx, g string) (bool, error) {
			return g == gtin, nil
		}})
		file := "uid,GTIN,serial\n04AABBCCDDEE01,09506000134352,A1\n04AABBCCDDEE02,09506000164908,B1\n04AABBCCDDEE03,9506000164908,B2\n"
		for _, dry := range []bool{true, false} {
			r, err := files.Import(t.Context(), strings.NewReader(file), personalise.Options{Set: "k1", DryRun: dry})
			if err != nil || r.Created != 3 || r.Refused != 0 || len(r.Warnings) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			if w := r.Warnings[0]; w.Row != 3 || w.Column != "GTIN" || w.Code != "unknown_product" || !strings.Contains(w.Message, "09506000164908") || !strings.Contains(w.Message, "1 more row") {
				t.Errorf("%+v", w)
			}
		}
		// What the server is built with asks the catalogue.
		err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			sold, err := product.Sold(tx, gtin)
			if sold {
				t.Error("an empty catalogue sells gin")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
