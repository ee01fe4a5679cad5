package product_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

const (
	gin = "09506000134352"
	rum = "09506000134369"
)

type house struct {
	*product.Service
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  *clock.Manual
}

func open(t *testing.T, db *sqldb.DB, users ...product.User) house {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	s := product.New(product.Config{DB: db, Ledger: l, Clock: c, IDs: ident.NewSource(c, rand.Reader), Users: users})
	return house{s, db, l, c}
}

func brand() product.Brand { return product.Brand{Slug: "halden", Name: "Halden"} }

func bottle(gtin string) product.Product {
	return product.Product{GTIN: gtin, Brand: "halden", Name: product.Localized{"en": "Bottle " + gtin[12:]}, Category: "gin", Alcohol: true, ABV: 41.5}
}

func (h house) putBrand(t *testing.T, b product.Brand) product.Stored[product.Brand] {
	t.Helper()
	st, _, err := h.PutBrand(t.Context(), b, product.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (h house) putProduct(t *testing.T, p product.Product) product.Stored[product.Product] {
	t.Helper()
	st, _, err := h.PutProduct(t.Context(), p, product.Change{By: "mem_x"})
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	return st
}

func TestAProductIsKeptAndFound(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		p := bottle("9506000134352")
		p.Markets = []string{"GB", "DE"}
		put := h.putProduct(t, p)
		if put.Value.GTIN != gin {
			t.Fatalf("kept under %s", put.Value.GTIN)
		}
		got, err := h.Product(t.Context(), "9506000134352")
		if err != nil || got.Value.Name["en"] != "Bottle 2" || got.Rev != put.Rev || !got.Updated.Equal(h.clock.Now()) {
			t.Fatalf("%+v %v", got, err)
		}
		if _, err := h.Product(t.Context(), rum); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a product that is not there: %v", err)
		}
		if _, err := h.Product(t.Context(), "12"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("no GTIN: %v", err)
		}
	})
}

func TestListsAreNarrowedAndPaged(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		h.putBrand(t, product.Brand{Slug: "other", Name: "Other House"})
		for i, p := range []product.Product{bottle(gin), bottle(rum), bottle("09506000134376")} {
			if i == 1 {
				p.Category, p.Name = "rum", product.Localized{"en": "Tide Rum", "de": "Flut"}
			}
			if i == 2 {
				p.Brand = "other"
			}
			h.putProduct(t, p)
		}
		for _, row := range []struct {
			name string
			f    product.Filter
			want string
		}{
			{"all, by GTIN", product.Filter{}, "09506000134352 09506000134369 09506000134376"},
			{"a page", product.Filter{Limit: 2}, "09506000134352 09506000134369"},
			{"the next page", product.Filter{Limit: 2, After: rum}, "09506000134376"},
			{"a brand", product.Filter{Brand: "other"}, "09506000134376"},
			{"a category", product.Filter{Category: "rum"}, "09506000134369"},
			{"a name in any language and case", product.Filter{Query: "flut"}, "09506000134369"},
			{"a part of the GTIN", product.Filter{Query: "13437"}, "09506000134376"},
			{"nothing", product.Filter{Query: "whisky"}, ""},
		} {
			list, err := h.Products(t.Context(), row.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, st := range list {
				got = append(got, st.Value.GTIN)
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("%s: %v", row.name, got)
			}
		}
		if list, err := h.Brands(t.Context(), product.Filter{Query: "HOUSE"}); err != nil || len(list) != 1 {
			t.Errorf("brands: %v %v", list, err)
		}
	})
}

func TestWhatAProductNamesIsThere(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		for _, row := range []struct {
			name  string
			set   func(*product.Product)
			field string
		}{
			{"brand", func(p *product.Product) { p.Brand = "haldn" }, "brand"},
			{"model", func(p *product.Product) { p.Model = "smart-bottle" }, "model"},
			{"next", func(p *product.Product) { p.Next = rum }, "next"},
			{"image", func(p *product.Product) { p.Image = "images/gin.svg" }, "image"},
		} {
			p := bottle(gin)
			row.set(&p)
			_, _, err := h.PutProduct(t.Context(), p, product.Change{})
			f := fault.From(err)
			if f == nil || f.Code != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Location != row.field {
				t.Errorf("%s: %v", row.name, f)
			}
		}
		if list, err := h.Products(t.Context(), product.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("a refused product was kept: %v %v", list, err)
		}
	})
}

func TestWhatIsNamedStays(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		used := map[string]string{}
		h := open(t, db, func(_ *sqldb.Tx, kind, key string) (string, error) { return used[kind+" "+key], nil })
		h.putBrand(t, brand())
		if _, _, err := h.PutModel(t.Context(), model.Model{Name: "smart-bottle"}, product.Change{}); err != nil {
			t.Fatal(err)
		}
		h.putProduct(t, bottle(rum))
		p := bottle(gin)
		p.Model, p.Next = "smart-bottle", rum
		h.putProduct(t, p)
		used["product "+gin] = "12 things"
		for _, row := range []struct {
			name   string
			remove func() error
			because
		}{
			{"brand", func() error { return h.DeleteBrand(t.Context(), "halden", product.Change{}) }, "named by product " + gin},
			{"model", func() error { return h.DeleteModel(t.Context(), "smart-bottle", product.Change{}) }, "named by product " + gin},
			{"next", func() error { return h.DeleteProduct(t.Context(), rum, product.Change{}) }, "named by product " + gin},
			{"things", func() error { return h.DeleteProduct(t.Context(), gin, product.Change{}) }, "used by 12 things"},
		} {
			err := row.remove()
			if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), string(row.because)) {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		delete(used, "product "+gin)
		for _, remove := range []func() error{
			func() error { return h.DeleteProduct(t.Context(), gin, product.Change{}) },
			func() error { return h.DeleteProduct(t.Context(), rum, product.Change{}) },
			func() error { return h.DeleteModel(t.Context(), "smart-bottle", product.Change{}) },
			func() error { return h.DeleteBrand(t.Context(), "halden", product.Change{}) },
		} {
			if err := remove(); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.DeleteBrand(t.Context(), "halden", product.Change{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("removed twice: %v", err)
		}
		same(t, h)
	})
}

type because string

func TestAChangeInBetweenIsAConflict(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		first := h.putBrand(t, brand())
		changed := brand()
		changed.Name = "Halden & Co"
		second, created, err := h.PutBrand(t.Context(), changed, product.Change{IfRev: first.Rev})
		if err != nil || created || second.Rev <= first.Rev {
			t.Fatalf("%+v %v %v", second, created, err)
		}
		if _, _, err := h.PutBrand(t.Context(), brand(), product.Change{IfRev: first.Rev}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old revision: %v", err)
		}
		if _, _, err := h.PutBrand(t.Context(), brand(), product.Change{New: true}); !fault.Is(err, fault.Conflict) {
			t.Errorf("new, but there: %v", err)
		}
		if err := h.DeleteBrand(t.Context(), "halden", product.Change{IfRev: first.Rev}); !fault.Is(err, fault.Conflict) {
			t.Errorf("removed by an old revision: %v", err)
		}
		if got, err := h.Brand(t.Context(), "halden"); err != nil || got.Value.Name != "Halden & Co" {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func events(t *testing.T, h house) (list []ledger.Event) {
	t.Helper()
	err := h.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		list, err = h.ledger.Read(tx, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheLedgerSaysWhoChangedWhat(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		h.putBrand(t, brand()) // the same again is no change
		changed := brand()
		changed.Country = "NO"
		if _, _, err := h.PutBrand(t.Context(), changed, product.Change{By: "key_y"}); err != nil {
			t.Fatal(err)
		}
		if err := h.DeleteBrand(t.Context(), "halden", product.Change{By: "mem_z"}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range events(t, h) {
			var b product.Happening
			if err := json.Unmarshal(e.Body, &b); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s %s by %s: %s", e.Type, b.Key, b.Action, b.By, b.After))
		}
		want := []string{
			`brand.changed halden created by mem_x: {"slug":"halden","name":"Halden"}`,
			`brand.changed halden changed by key_y: {"slug":"halden","name":"Halden","country":"NO"}`,
			`brand.removed halden removed by mem_z: `,
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s", strings.Join(got, "\n"))
		}
	})
}

func same(t *testing.T, h house) {
	t.Helper()
	differences, err := h.Replay(t.Context())
	if err != nil || len(differences) > 0 {
		t.Fatalf("the tables are not the fold of the ledger: %v %v", differences, err)
	}
}

func TestReplayEqualsTheTablesAndFindsWhatDoesNot(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		h.putProduct(t, bottle(gin))
		p := bottle(gin)
		p.Volume = "70 cl"
		h.putProduct(t, p)
		same(t, h)
		err := h.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE product_item SET body = $1 WHERE gtin = $2`, `{"gtin":"09506000134352","brand":"halden","name":{"en":"Tampered"}}`, gin)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		differences, err := h.Replay(t.Context())
		if err != nil || len(differences) != 1 || !strings.HasPrefix(differences[0], "product "+gin) {
			t.Fatalf("%v %v", differences, err)
		}
	})
}

func TestARefusedChangeLeavesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		before, err := h.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stop := errors.New("stop")
		err = h.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			e, err := h.Edit(tx)
			if err != nil {
				return err
			}
			if _, _, err := e.PutProduct(bottle(gin), product.Change{}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		after, err := h.Catalogue(t.Context())
		if err != nil || after.Version() != before.Version() || len(after.Products()) != 0 || len(events(t, h)) != 1 {
			t.Fatalf("version %d, %d products, %d events, %v", after.Version(), len(after.Products()), len(events(t, h)), err)
		}
		same(t, h)
	})
}

func TestPicturesComeBackByTheirHash(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 800"><rect width="1"/></svg>`)
		err := h.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			e, err := h.Edit(tx)
			if err != nil {
				return err
			}
			p := bottle(gin)
			p.Image = "images/gin.svg"
			if _, _, err := e.PutProduct(p, product.Change{}); err != nil {
				return err
			}
			if _, _, err := e.PutImage("images/gin.svg", svg, product.Change{}); err != nil {
				return err
			}
			return e.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := h.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		src, w, height := c.ImageURL("images/gin.svg")
		img, data, err := h.ImageData(t.Context(), strings.Split(src, "/")[2])
		if err != nil || !bytes.Equal(data, svg) || img.Type != "image/svg+xml" || w != 300 || height != 800 || src != "/media/"+img.Hash+"/gin.svg" {
			t.Fatalf("%s %d %d %+v %v", src, w, height, img, err)
		}
		if _, _, err := h.ImageData(t.Context(), strings.Repeat("0", 32)); !fault.Is(err, fault.NotFound) {
			t.Fatalf("no such picture: %v", err)
		}
		if src, _, _ := c.ImageURL("images/none.svg"); src != "" {
			t.Fatalf("address of no picture: %s", src)
		}
		same(t, h)
	})
}

// Readers ask all the time while brands are renamed, both texts at once: a reader
// never sees half a change, nor an older one than it has seen, and the one who
// changed it sees it at once.
func TestTheSnapshotNeverGoesBack(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		h.putBrand(t, brand())
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var last int64
				for ctx.Err() == nil {
					c, err := h.Catalogue(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if c.Version() < last {
						t.Errorf("version %d after %d", c.Version(), last)
						return
					}
					last = c.Version()
					a, _ := c.Brand("halden")
					if b, ok := c.Brand("other"); ok && a.Name != b.Name {
						t.Errorf("half a change: %s, %s", a.Name, b.Name)
						return
					}
				}
			})
		}
		for i := range 100 {
			name := fmt.Sprintf("Name %d", i)
			err := h.db.Update(t.Context(), func(tx *sqldb.Tx) error {
				e, err := h.Edit(tx)
				if err != nil {
					return err
				}
				for _, slug := range []string{"halden", "other"} {
					if _, _, err := e.PutBrand(product.Brand{Slug: slug, Name: name}, product.Change{}); err != nil {
						return err
					}
				}
				return e.Close()
			})
			if err != nil {
				t.Fatal(err)
			}
			c, err := h.Catalogue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := c.Brand("halden"); b.Name != name {
				t.Fatalf("after the change to %q the catalogue says %q", name, b.Name)
			}
		}
		stop()
		wg.Wait()
	})
}

// Two services on one database stand for two nodes.
func TestAnotherNodeSeesAChangeSoon(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		if db.Engine() != "postgres" {
			t.Skip("SQLite has one node")
		}
		here, there := open(t, db), open(t, db)
		here.putBrand(t, brand())
		if c, err := there.Catalogue(t.Context()); err != nil || len(c.Brands()) != 1 {
			t.Fatalf("%v", err)
		}
		here.putBrand(t, product.Brand{Slug: "other", Name: "Other"})
		if list, err := there.Brands(t.Context(), product.Filter{}); err != nil || len(list) != 2 {
			t.Fatalf("a list is always fresh: %v %v", list, err)
		}
		here.putBrand(t, product.Brand{Slug: "third", Name: "Third"})
		there.clock.Advance(product.FreshFor)
		if c, err := there.Catalogue(t.Context()); err != nil || len(c.Brands()) != 3 {
			t.Fatalf("the snapshot is stale after %s: %v", product.FreshFor, err)
		}
	})
}

// One removes a brand while another puts a product of it: never both.
func TestNoProductIsLeftWithoutItsBrand(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		for range 20 {
			h.putBrand(t, brand())
			var wg sync.WaitGroup
			var removed, put error
			wg.Go(func() { removed = h.DeleteBrand(t.Context(), "halden", product.Change{}) })
			wg.Go(func() { _, _, put = h.PutProduct(t.Context(), bottle(gin), product.Change{}) })
			wg.Wait()
			if (removed == nil) == (put == nil) {
				t.Fatalf("removed: %v, put: %v", removed, put)
			}
			if put == nil {
				if err := h.DeleteProduct(t.Context(), gin, product.Change{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		same(t, h)
	})
}

func BenchmarkCatalogue(b *testing.B) {
	db := sqldbtest.SQLite(b)
	c := clock.System{}
	s := product.New(product.Config{DB: db, Ledger: ledger.New(db, c, bus.New()), Clock: c, IDs: ident.System()})
	if _, _, err := s.PutBrand(b.Context(), brand(), product.Change{}); err != nil {
		b.Fatal(err)
	}
	if _, _, err := s.PutProduct(b.Context(), bottle(gin), product.Change{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := s.Catalogue(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		p, ok := c.Product(gin)
		if !ok {
			b.Fatal("gone")
		}
		p.Name.In("de-AT", "en")
	}
}
