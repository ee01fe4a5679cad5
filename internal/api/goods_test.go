package api_test

import (
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/wire"
	"tagline/internal/sqldb/sqldbtest"
)

const brandFiles = `kind: Brand
slug: halden
name: Halden
---
kind: Product
gtin: "09506000134352"
brand: halden
name: {en: Halden Gin, de: Halden Gin}
category: gin
alcohol: true
abv: 41.5
---
kind: Content
name: recipe
placement: tap-page
brands: [halden]
when: {fact: seal, is: opened}
texts:
  en: {title: A drink, body: [{steps: [Stir., Serve.]}]}
  de: {title: Ein Drink}
---
kind: Content
name: story
placement: tap-page
allAges: true
texts: {en: {title: Where it comes from}}
`

var asYAML = map[string]string{"Content-Type": "application/yaml"}

func TestFilesAreShownAppliedAndExported(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		var got wire.Applied
		s.do(t, call{method: "POST", path: "/apply?dryRun=true", body: brandFiles, header: asYAML}).into(t, 200, &got)
		if !got.DryRun || got.Changed != 4 || got.Changes[0].Action != "create" || got.Changes[0].At == "" {
			t.Fatalf("%+v", got)
		}
		s.do(t, call{path: "/brands/halden"}).problem(t, 404, "not-found")
		s.do(t, call{method: "POST", path: "/apply", body: brandFiles, header: asYAML}).into(t, 200, &got)
		if got.DryRun || got.Changed != 4 {
			t.Fatalf("%+v", got)
		}
		text := s.do(t, call{path: "/export"})
		if text.status != 200 || text.header.Get("Content-Type") != "application/yaml; charset=utf-8" {
			t.Fatalf("%d %v", text.status, text.header)
		}
		got = wire.Applied{}
		s.do(t, call{method: "POST", path: "/apply", body: string(text.body), header: asYAML}).into(t, 200, &got)
		if got.Changed != 0 || len(got.Changes) != 4 || got.Changes[0].Action != "none" {
			t.Errorf("an export, applied again, changes %+v", got)
		}
		var files wire.Files
		s.do(t, call{path: "/export/files?brand=halden"}).into(t, 200, &files)
		got = wire.Applied{}
		s.do(t, call{method: "POST", path: "/apply", body: files}).into(t, 200, &got)
		if got.Changed != 0 || len(got.Changes) == 0 {
			t.Errorf("%+v", got)
		}
		changed := strings.Replace(brandFiles, "abv: 41.5", "abv: 40", 1)
		got = wire.Applied{}
		s.do(t, call{method: "POST", path: "/apply?dryRun=true", body: changed, header: asYAML}).into(t, 200, &got)
		for _, c := range got.Changes {
			if c.Kind == "Product" && (c.Action != "update" || len(c.Fields) != 1 || c.Fields[0].Path != "abv" || c.Fields[0].After != "40") {
				t.Errorf("%+v", c)
			}
		}
	})
}

func TestAConditionIsSaidInWords(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.do(t, call{method: "POST", path: "/apply", body: brandFiles, header: asYAML}).into(t, 200, nil)
	var c wire.Content
	s.do(t, call{path: "/contents/recipe"}).into(t, 200, &c)
	if !strings.Contains(c.WhenWords, "seal") || !strings.Contains(c.WhenWords, "opened") || strings.Contains(c.WhenWords, "{") {
		t.Errorf("%q", c.WhenWords)
	}
	s.do(t, call{method: "PUT", path: "/contents/recipe", body: c}).into(t, 200, nil) // with what only answers hold
	c = wire.Content{}
	s.do(t, call{path: "/contents/story"}).into(t, 200, &c)
	if c.WhenWords != "" {
		t.Errorf("%q", c.WhenWords)
	}
}

func TestAMistakeInAFileIsShownWhereItStands(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	p := s.do(t, call{method: "POST", path: "/apply", body: wire.Files{Files: []wire.File{
		{Path: "brand.yaml", Text: "kind: Brand\nslug: halden\nname: Halden\n"},
		{Path: "gin/product.yaml", Text: "kind: Product\ngtin: \"09506000134352\"\nbrand: halden\nname: {en: Gin}\nalchohol: true\n"}}}}).problem(t, 400, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Location != "gin/product.yaml:5:1" {
		t.Errorf("%+v", p)
	}
	s.do(t, call{path: "/brands/halden"}).problem(t, 404, "not-found") // nothing of it was applied
	p = s.do(t, call{method: "POST", path: "/apply", body: "kind: Brand\nslug: [", header: asYAML}).problem(t, 400, "invalid")
	if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Location, "body.yaml:") {
		t.Errorf("%+v", p)
	}
	s.do(t, call{method: "POST", path: "/apply", body: `{"files":[]}`}).problem(t, 400, "invalid")
	s.do(t, call{method: "POST", path: "/apply", body: `{"filez":[]}`}).problem(t, 400, "invalid")
	s.do(t, call{method: "POST", path: "/apply", body: brandFiles, header: map[string]string{"Content-Type": "text/plain"}}).problem(t, 415, "unsupported")
	s.do(t, call{method: "POST", path: "/apply", body: brandFiles, key: s.key(t, access.PR), header: asYAML}).problem(t, 403, "forbidden")
	s.do(t, call{path: "/export?brand=none"}).problem(t, 404, "not-found")
}

func TestAPreviewSaysWhy(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.do(t, call{method: "POST", path: "/apply", body: brandFiles, header: asYAML}).into(t, 200, nil)
		ask := func(f wire.Facts) (p wire.Preview) {
			s.do(t, call{method: "POST", path: "/contents/preview", body: wire.PreviewRequest{Facts: f}}).into(t, 200, &p)
			return p
		}
		why := func(p wire.Preview, name string) wire.Reason {
			for _, r := range p.Why {
				if r.Name == name {
					return r
				}
			}
			return wire.Reason{}
		}
		sealed := ask(wire.Facts{GTIN: gtin, Seal: "sealed", Tap: "genuine", AgeConfirmed: true, Locale: "de"})
		if len(sealed.Chosen) != 1 || sealed.Chosen[0].Name != "story" || why(sealed, "recipe").Code != "condition" || why(sealed, "recipe").Reason == "" {
			t.Errorf("%+v", sealed)
		}
		opened := ask(wire.Facts{GTIN: gtin, Seal: "opened", Tap: "genuine", AgeConfirmed: true, Locale: "de"})
		if len(opened.Chosen) != 2 || !why(opened, "recipe").Chosen {
			t.Errorf("%+v", opened)
		}
		for _, c := range opened.Chosen {
			if c.Name == "recipe" && (c.Title != "Ein Drink" || c.Locale != "de") {
				t.Errorf("%+v", c)
			}
		}
		young := ask(wire.Facts{GTIN: gtin, Seal: "opened", Tap: "genuine"})
		if !young.AskAge || why(young, "recipe").Code != "age-unknown" {
			t.Errorf("%+v", young)
		}
		s.do(t, call{method: "POST", path: "/contents/preview", body: wire.PreviewRequest{Facts: wire.Facts{GTIN: "9506000164908"}}}).problem(t, 404, "not-found")
	})
}
