package content_test

import (
	"crypto/rand"
	"flag"
	"os"
	"strings"
	"testing"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type house struct {
	*content.Service
	goods *product.Service
	clock *clock.Manual
}

func open(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	c := clock.NewManual(now())
	l := ledger.New(db, c, bus.New())
	ids := ident.NewSource(c, rand.Reader)
	goods := product.New(product.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Users: []product.User{content.Users}})
	s := content.New(content.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Products: goods})
	return house{s, goods, c}
}

func (h house) stock(t testing.TB) {
	t.Helper()
	if _, _, err := h.goods.PutBrand(t.Context(), product.Brand{Slug: "halden", Name: "Halden"}, product.Change{}); err != nil {
		t.Fatal(err)
	}
	p := *bottle()
	p.Model = ""
	if _, _, err := h.goods.PutProduct(t.Context(), p, product.Change{}); err != nil {
		t.Fatal(err)
	}
}

func (h house) put(t testing.TB, i content.Item) product.Stored[content.Item] {
	t.Helper()
	st, _, err := h.Put(t.Context(), i, product.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	return st
}

func TestAnItemIsKeptFoundAndSaid(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.stock(t)
		p, err := h.goods.Product(t.Context(), gin)
		if err != nil {
			t.Fatal(err)
		}
		if items, err := h.For(t.Context(), &p.Value, content.TapPage); err != nil || len(items) != 0 {
			t.Fatalf("before anything is there: %v %v", items, err)
		}
		i := item("hello", about("9506000134352"), when(is("seal", "sealed")), valid(days(-1), days(1)))
		put := h.put(t, i)
		h.put(t, item("post", func(i *content.Item) { i.Placement = "e-mail" }))
		got, err := h.Item(t.Context(), "hello")
		if err != nil || got.Rev != put.Rev || got.Value.Products[0] != gin || got.Value.When.String() != i.When.String() || !got.Value.ValidUntil.Equal(days(1)) {
			t.Fatalf("%+v %v", got, err)
		}
		items, err := h.For(t.Context(), &p.Value, content.TapPage)
		if err != nil || len(items) != 1 {
			t.Fatalf("candidates: %v %v", items, err)
		}
		if c := content.Choose(tapped(), items, now()); c.Ref() != "hello" {
			t.Fatalf("said %s", c.Ref())
		}
		if err := h.Delete(t.Context(), "hello", product.Change{}); err != nil {
			t.Fatal(err)
		}
		if items, err := h.For(t.Context(), &p.Value, content.TapPage); err != nil || len(items) != 0 {
			t.Fatalf("after it was removed: %v %v", items, err)
		}
		if _, err := h.Item(t.Context(), "hello"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		if all, err := h.All(t.Context()); err != nil || len(all) != 1 {
			t.Fatalf("all: %v %v", all, err)
		}
		same(t, h)
	})
}

func same(t *testing.T, h house) {
	t.Helper()
	if differences, err := h.Replay(t.Context()); err != nil || len(differences) > 0 {
		t.Fatalf("the table is not the fold of the ledger: %v %v", differences, err)
	}
}

func TestListsOfItems(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.stock(t)
		h.put(t, item("a-gin", about(gin)))
		h.put(t, item("b-any", func(i *content.Item) { i.Texts["de"] = content.Text{Title: "Sommerabend"} }))
		h.put(t, item("c-post", func(i *content.Item) { i.Placement = "e-mail" }))
		for _, row := range []struct {
			name string
			f    content.Filter
			want string
		}{
			{"all", content.Filter{}, "a-gin b-any c-post"},
			{"a page", content.Filter{Limit: 1, After: "a-gin"}, "b-any"},
			{"a placement", content.Filter{Placement: "e-mail"}, "c-post"},
			{"about a product", content.Filter{Product: "9506000134352", Placement: content.TapPage}, "a-gin b-any"},
			{"a title in any language", content.Filter{Query: "SOMMER"}, "b-any"},
		} {
			list, err := h.Items(t.Context(), row.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, st := range list {
				got = append(got, st.Value.Name)
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("%s: %v", row.name, got)
			}
		}
		if _, err := h.Items(t.Context(), content.Filter{Product: rum}); !fault.Is(err, fault.NotFound) {
			t.Errorf("about no product: %v", err)
		}
	})
}

func TestAnItemIsAboutWhatExistsAndKeepsIt(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.stock(t)
		_, _, err := h.Put(t.Context(), item("a", about(gin, rum), all("nobody")), product.Change{})
		f := fault.From(err)
		if f == nil || f.Code != fault.Invalid || len(f.Fields) != 2 || f.Fields[0].Location != "brands[0]" || f.Fields[1].Location != "products[1]" {
			t.Fatalf("%+v", f)
		}
		h.put(t, item("a", about(gin)))
		err = h.goods.DeleteProduct(t.Context(), gin, product.Change{})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "content a") {
			t.Fatalf("removed what content is about: %v", err)
		}
		if err := h.Delete(t.Context(), "a", product.Change{}); err != nil {
			t.Fatal(err)
		}
		if err := h.goods.DeleteProduct(t.Context(), gin, product.Change{}); err != nil {
			t.Fatal(err)
		}
		same(t, h)
	})
}

func TestAChangeOfAnItemInBetweenIsAConflict(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		first := h.put(t, item("a"))
		if again := h.put(t, item("a")); again.Rev != first.Rev {
			t.Fatal("the same again is a change")
		}
		second := h.put(t, item("a", priority(3)))
		for name, c := range map[string]product.Change{"an old revision": {IfRev: first.Rev}, "new, but there": {New: true}} {
			if _, _, err := h.Put(t.Context(), item("a"), c); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.Delete(t.Context(), "a", product.Change{IfRev: first.Rev}); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		if err := h.Delete(t.Context(), "a", product.Change{IfRev: second.Rev}); err != nil {
			t.Error(err)
		}
		same(t, h)
	})
}

// A product that moves to another category takes its content along at once.
func TestCandidatesFollowTheProduct(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.stock(t)
		h.put(t, item("gin-story", category("gin")))
		h.put(t, item("rum-story", category("rum")))
		for _, kind := range []string{"gin", "rum", "gin"} {
			p := *bottle()
			p.Model, p.Category = "", kind
			if _, _, err := h.goods.PutProduct(t.Context(), p, product.Change{}); err != nil {
				t.Fatal(err)
			}
			c, err := h.goods.Catalogue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, _ := c.Product(gin)
			items, err := h.For(t.Context(), got, content.TapPage)
			if err != nil || len(items) != 1 || items[0].Name != kind+"-story" {
				t.Fatalf("a %s: %v %v", kind, items, err)
			}
		}
	})
}

// The golden file shows what the author of a wrong document is told.
func TestMistakesAreTold(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, ps := manifest.Parse(manifest.File{Name: "mistakes.yaml", Data: data})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var told strings.Builder
	for _, d := range docs {
		var i content.Item
		wrong := append(d.Decode(&i), d.Place(i.Check())...)
		if len(wrong) == 0 {
			t.Errorf("%s: nothing found", d.At)
		}
		for _, p := range wrong.Sort() {
			told.WriteString(p.String() + "\n")
		}
	}
	if *update {
		if err := os.WriteFile("testdata/mistakes.golden", []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/mistakes.golden")
	if err != nil || told.String() != string(want) {
		t.Errorf("%v, got (run with -update, then review):\n%s", err, told.String())
	}
}

func BenchmarkFor(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b))
	h.stock(b)
	h.put(b, item("a", about(gin)))
	p, err := h.goods.Product(b.Context(), gin)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if items, err := h.For(b.Context(), &p.Value, content.TapPage); err != nil || len(items) != 1 {
			b.Fatal(err)
		}
	}
}
