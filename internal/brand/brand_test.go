package brand_test

import (
	"crypto/rand"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"tagline/internal/brand"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/passport"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type house struct {
	*brand.Service
	kept   *passport.Service
	goods  *product.Service
	says   *content.Service
	db     *sqldb.DB
	ledger *ledger.Ledger
}

func open(t testing.TB, db *sqldb.DB, users ...product.User) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	ids := ident.NewSource(c, rand.Reader)
	goods := product.New(product.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Users: append(users, content.Users)})
	says := content.New(content.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Products: goods})
	kept := passport.New(passport.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Chance: rand.Reader, BaseURL: "https://tagline.example"})
	s := brand.New(brand.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Products: goods, Contents: says, Passports: kept,
		Links: link.New(link.Config{DB: db, Ledger: l, Clock: c, IDs: ids})})
	return house{s, kept, goods, says, db, l}
}

func (h house) apply(t testing.TB, files []brand.File, o brand.Options) brand.Diff {
	t.Helper()
	d, err := h.Apply(t.Context(), files, o)
	if err != nil {
		t.Fatal(told(err))
	}
	return d
}

// told writes an error as its author reads it.
func told(err error) string {
	f := fault.From(err)
	var b strings.Builder
	b.WriteString(string(f.Code) + ": " + f.Message + "\n")
	for _, field := range f.Fields {
		b.WriteString("  " + field.Location + ": " + field.Message + "\n")
	}
	return b.String()
}

func (h house) state(t testing.TB) string {
	t.Helper()
	files, err := h.Export(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return text(files)
}

func text(files []brand.File) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("-- " + f.Name + " --\n" + string(f.Data))
	}
	return b.String()
}

// folder gives the files of an archive that stand below a folder.
func folder(a *txtar.Archive, dir string) (files []brand.File) {
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, dir+"/"); ok {
			files = append(files, brand.File{Name: name, Data: f.Data})
		}
	}
	return files
}

// Each archive holds what is stored (before/), what is applied (apply/), perhaps
// the option prune, and what is said (told). Applying twice must change nothing,
// and what is exported must be the same when it is applied.
func TestWhatApplyingSays(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) < 6 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
				a, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				h := open(t, db)
				if before := folder(a, "before"); len(before) > 0 {
					h.apply(t, before, brand.Options{})
				}
				stored := h.state(t)
				o := brand.Options{Prune: strings.Contains(string(a.Comment), "option: prune"), By: "mem_x"}
				plan, err := h.Plan(t.Context(), folder(a, "apply"), o)
				if h.state(t) != stored {
					t.Fatal("a plan changed something")
				}
				got := plan.Words()
				if err != nil {
					got = told(err)
				}
				done, errApply := h.Apply(t.Context(), folder(a, "apply"), o)
				if errApply != nil && told(errApply) != got || errApply == nil && done.Words() != got {
					t.Fatalf("planned:\n%s\napplied:\n%s%v", got, done.Words(), errApply)
				}
				if errApply != nil && h.state(t) != stored {
					t.Fatalf("refused, and yet it changed:\n%s", h.state(t))
				}
				if errApply == nil {
					again(t, h, folder(a, "apply"), o)
				}
				golden(t, name, a, got)
			})
		})
	}
}

func golden(t *testing.T, name string, a *txtar.Archive, got string) {
	t.Helper()
	for i := range a.Files {
		f := &a.Files[i]
		if f.Name != "told" || string(f.Data) == got {
			continue
		}
		if !*update {
			t.Errorf("told (run with -update, then review):\n%s", got)
			return
		}
		f.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// again applies the same files, then what was exported, as files and as one stream:
// none of it may change anything. The tables are still the fold of the ledger.
func again(t testing.TB, h house, files []brand.File, o brand.Options) {
	t.Helper()
	if d := h.apply(t, files, o); d.Changed() > 0 {
		t.Fatalf("applied twice, it changes:\n%s", d.Words())
	}
	exported, err := h.Export(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := brand.Stream(exported)
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string][]brand.File{"files": exported, "stream": {{Name: "stream.yaml", Data: stream}}} {
		d, err := h.Apply(t.Context(), set, brand.Options{Prune: true})
		if err != nil {
			t.Fatalf("what was exported as %s is refused: %s\n%s", name, told(err), stream)
		}
		if d.Changed() > 0 {
			t.Fatalf("what was exported as %s changes:\n%s\n%s", name, d.Words(), stream)
		}
	}
	for _, replay := range []func() ([]string, error){
		func() ([]string, error) { return h.goods.Replay(t.Context()) },
		func() ([]string, error) { return h.says.Replay(t.Context()) },
	} {
		if differences, err := replay(); err != nil || len(differences) > 0 {
			t.Fatalf("the tables are not the fold of the ledger: %v %v", differences, err)
		}
	}
}

func small() []brand.File {
	return []brand.File{
		{Name: "brand.yaml", Data: []byte("kind: Brand\nslug: halden\nname: Halden\n---\nkind: Product\ngtin: \"09506000134352\"\nbrand: halden\nname: {en: Gin}\nimage: images/gin.svg\n")},
		{Name: "content.yaml", Data: []byte("kind: Content\nname: hello\nplacement: tap-page\nproducts: [\"09506000134352\"]\ntexts: {en: {title: Hello}}\n")},
		{Name: "images/gin.svg", Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 8"><rect width="1"/></svg>`)},
	}
}

func TestTheLedgerTellsOneCauseOfAll(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.apply(t, small(), brand.Options{By: "key_a"})
		h.apply(t, small(), brand.Options{By: "key_a"}) // nothing changes, nothing is told
		var events []ledger.Event
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			events, err = h.ledger.Read(tx, 0, 100)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, e := range events {
			types = append(types, e.Type)
			if e.Type != "brand.applied" && e.Cause != events[0].ID {
				t.Errorf("%s has the cause %q", e.Type, e.Cause)
			}
		}
		if got := strings.Join(types, " "); got != "brand.applied brand.changed image.changed product.changed content.changed" {
			t.Errorf("told: %s", got)
		}
		if got := string(events[0].Body); got != `{"by":"key_a","created":4,"changed":0,"removed":0}` {
			t.Errorf("body %s", got)
		}
	})
}

// The last check fails when almost all is done: nothing may be left of it.
func TestAFailureAtTheEndLeavesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db, func(_ *sqldb.Tx, kind, key string) (string, error) {
			if kind == "product" {
				return "12 things", nil
			}
			return "", nil
		})
		h.apply(t, small(), brand.Options{})
		stored := h.state(t)
		next := []brand.File{{Name: "b.yaml", Data: []byte("kind: Brand\nslug: halden\nname: Another Name\n")}}
		_, planned := h.Plan(t.Context(), next, brand.Options{Prune: true})
		_, err := h.Apply(t.Context(), next, brand.Options{Prune: true})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "12 things") || planned == nil || planned.Error() != err.Error() {
			t.Fatalf("planned %v, applied %v", planned, err)
		}
		if h.state(t) != stored {
			t.Fatalf("something is left of it:\n%s", h.state(t))
		}
	})
}

func TestExportOfOneBrandStandsByItself(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.apply(t, small(), brand.Options{})
		h.apply(t, []brand.File{{Name: "other.yaml", Data: []byte(`kind: Brand
slug: other
name: Other
---
kind: Model
name: unused
---
kind: Product
gtin: "09506000134369"
brand: other
name: {en: Rum}
---
kind: Content
name: both
placement: tap-page
products: ["09506000134352", "09506000134369"]
texts: {en: {title: Both}}
`)}}, brand.Options{})
		files, err := h.Export(t.Context(), "halden")
		if err != nil {
			t.Fatal(err)
		}
		want := "brands.yaml images/gin.svg products.yaml contents.yaml"
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
		}
		if strings.Join(names, " ") != want || strings.Contains(text(files), "09506000134369") {
			t.Fatalf("exported %v:\n%s", names, text(files))
		}
		fresh := open(t, sqldbtest.SQLite(t))
		if d := fresh.apply(t, files, brand.Options{}); d.Changed() != 4 {
			t.Fatalf("on a fresh server:\n%s", d.Words())
		}
		if _, err := h.Export(t.Context(), "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}

func TestReadDirTakesDocumentsAndThePicturesTheyName(t *testing.T) {
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x08\x08\x06\x00\x00\x00")
	product := func(image string) []byte { return []byte("kind: Product\nimage: " + image + "\n") }
	folder := fstest.MapFS{
		"a/b.yaml": {Data: product("images/gin.png")}, "c.yml": {Data: product("images/gin.svg")}, "README.md": {Data: []byte("x")},
		"d.yaml":      {Data: []byte("kind: Product\nimage: ../secret.svg\n---\nkind: Product\nimage: images/none.svg\n---\nkind: Product\nimage: README.md\n")},
		".git/x.yaml": {Data: []byte("x")}, "_old/x.yaml": {Data: []byte("x")},
		"images/gin.svg": {Data: []byte("<svg/>")}, "images/gin.png": {Data: png}, "images/screenshot.png": {Data: make([]byte, 9<<20)},
	}
	read := func(documents ...string) string {
		files, err := brand.ReadFiles(folder, documents...)
		if len(documents) == 0 {
			files, err = brand.ReadDir(folder)
		}
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
			if strings.HasPrefix(f.Name, "images/gin.png") && !strings.HasPrefix(string(f.Data), "kind: Image\nname: images/gin.png\nbase64: ") {
				t.Errorf("a picture of bytes travels as %s", f.Data)
			}
		}
		return strings.Join(names, " ")
	}
	if got := read(); got != "a/b.yaml c.yml d.yaml images/gin.png.yaml images/gin.svg" {
		t.Errorf("of the folder: %s", got)
	}
	if got := read("c.yml"); got != "c.yml images/gin.svg" {
		t.Errorf("of one file: %s", got)
	}
	if _, err := brand.ReadDir(fstest.MapFS{"big.yaml": {Data: make([]byte, 9<<20)}}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

func FuzzApply(f *testing.F) {
	for _, file := range small() {
		f.Add(string(file.Data))
	}
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(string(file.Data))
		}
	}
	db := sqldbtest.SQLite(f)
	h := open(f, db)
	f.Fuzz(func(t *testing.T, doc string) {
		files := append(small(), brand.File{Name: "fuzz.yaml", Data: []byte(doc)})
		if err := brand.Check(files); err != nil {
			f := fault.From(err)
			if f.Code != fault.Invalid || len(f.Fields) == 0 {
				t.Fatalf("%s: %v", f.Code, err)
			}
			return
		}
		// What stands by itself is taken by a server; only its size may be too much.
		if _, err := h.Apply(t.Context(), files, brand.Options{Prune: true}); err == nil {
			again(t, h, files, brand.Options{})
		} else if fault.CodeOf(err) != fault.TooLarge {
			t.Fatalf("checked, and yet refused: %s", told(err))
		}
	})
}
