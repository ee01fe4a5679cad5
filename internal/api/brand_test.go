package api_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/content"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/sqldb/sqldbtest"
)

const gtin = "09506000134352"

// stock puts a brand and a product.
func (s *server) stock(t *testing.T) {
	t.Helper()
	s.do(t, call{method: "PUT", path: "/brands/halden", body: wire.Brand{Slug: "halden", Name: "Halden", Country: "NO", Accent: "#1A5C4A"}}).into(t, 201, nil)
	s.do(t, call{method: "PUT", path: "/products/" + gtin, body: map[string]any{"gtin": gtin, "brand": "halden", "name": map[string]string{"en": "Halden Gin", "de": "Halden Gin"},
		"alcohol": true, "abv": 41.5, "category": "gin"}}).into(t, 201, nil)
}

func TestResourcesArePutAndReadWhole(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		read := s.do(t, call{path: "/products/9506000134352"}) // 13 digits
		var p wire.Product
		read.into(t, 200, &p)
		if p.GTIN != gtin || p.Name["de"] != "Halden Gin" || p.UpdatedAt == nil || read.header.Get("ETag") == "" {
			t.Fatalf("%s", read.body)
		}
		p.Volume = "70 cl"
		again := s.do(t, call{method: "PUT", path: "/products/" + gtin, body: p}) // with what only answers hold
		again.into(t, 200, &p)
		if p.Volume != "70 cl" || again.header.Get("ETag") == read.header.Get("ETag") {
			t.Errorf("%s %s", again.body, again.header.Get("ETag"))
		}

		var list frame.Page[wire.Product]
		s.do(t, call{path: "/products?brand=halden&q=gin"}).into(t, 200, &list)
		if len(list.Items) != 1 {
			t.Errorf("%+v", list)
		}
		s.do(t, call{path: "/products?brand=other"}).into(t, 200, &list)
		if len(list.Items) != 0 || list.Items == nil {
			t.Errorf("%+v", list)
		}
		s.do(t, call{method: "DELETE", path: "/brands/halden"}).problem(t, 409, "conflict")
		s.do(t, call{method: "DELETE", path: "/products/9506000134352"}).into(t, 204, nil)
		s.do(t, call{method: "DELETE", path: "/brands/halden"}).into(t, 204, nil)
		s.do(t, call{path: "/brands/halden"}).problem(t, 404, "not-found")
		s.do(t, call{path: "/products/nonsense"}).problem(t, 400, "invalid")
	})
}

func TestTheSecondOfTwoEditorsIsTold(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		tag := s.do(t, call{path: "/brands/halden"}).header.Get("ETag")
		put := func(name, match string) reply {
			return s.do(t, call{method: "PUT", path: "/brands/halden", body: wire.Brand{Slug: "halden", Name: name}, header: map[string]string{"If-Match": match}})
		}
		put("First", tag).into(t, 200, nil)
		put("Second", tag).problem(t, 409, "conflict")
		put("Any", "*").into(t, 200, nil)
		put("Bad", "rubbish").problem(t, 400, "invalid")
		s.do(t, call{method: "PUT", path: "/brands/halden", body: wire.Brand{Slug: "halden", Name: "x"}, header: map[string]string{"If-None-Match": "*"}}).problem(t, 409, "conflict")
		s.do(t, call{method: "DELETE", path: "/brands/halden", header: map[string]string{"If-Match": tag}}).problem(t, 409, "conflict")
	})
}

func TestAFaultOfAResourcePointsIntoTheBody(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	for name, row := range map[string]struct {
		path, body, at string
	}{
		"a rule of the domain":      {"/products/" + gtin, `{"gtin":"` + gtin + `","brand":"halden","name":{"en":"x"},"abv":40}`, "body.abv"},
		"an unknown field":          {"/products/" + gtin, `{"gtin":"` + gtin + `","brand":"halden","name":{"en":"x"},"colour":"red"}`, "body.colour"},
		"another key in the path":   {"/brands/other", `{"slug":"halden","name":"x"}`, "path.key"},
		"a condition of wrong form": {"/models/bottle", `{"name":"bottle","detect":[{"moment":"low","when":{"property":"fill","belw":20}}]}`, ""},
	} {
		p := s.do(t, call{method: http.MethodPut, path: row.path, body: row.body}).problem(t, 400, "invalid")
		if row.at != "" && (len(p.Errors) != 1 || p.Errors[0].Location != row.at) {
			t.Errorf("%s: %+v", name, p)
		}
		if p.Hint == "" {
			t.Errorf("%s: no way out: %+v", name, p)
		}
	}
}

// fill sets every field of a value, so that a field which a shape leaves out shows.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		if v.Type() == reflect.TypeFor[model.Span]() {
			v.SetInt(int64(2 * time.Minute))
			return
		}
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		e := reflect.New(v.Type().Elem()).Elem()
		fill(e)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("en"), e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	}
}

func whole[D any](t *testing.T, cast func(D) (D, error)) {
	t.Helper()
	var v D
	fill(reflect.ValueOf(&v).Elem())
	back, err := cast(v)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(v)
	got, _ := json.Marshal(back)
	if string(got) != string(want) {
		t.Errorf("%T is lost on the way:\n%s\n%s", v, want, got)
	}
}

func through[D, W any](v D) (D, error) {
	w, err := wire.Recast[W](v)
	if err != nil {
		return v, err
	}
	return wire.Recast[D](w)
}

func TestTheShapesHoldEverythingOfTheDomain(t *testing.T) {
	whole(t, through[product.Brand, wire.Brand])
	whole(t, through[model.Model, connected.Model])
	whole(t, through[product.Product, wire.Product])
	whole(t, through[content.Item, wire.Content])
}
