package brand_test

import (
	"bytes"
	"strings"
	"testing"

	"tagline/internal/brand"
	"tagline/internal/fault"
	"tagline/internal/passport"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

const sheet = `kind: Passport
gtin: "09506000134352"
name: {en: Gin}
operator: {name: Halden Spirits AS}
sections:
  - name: packaging
    label: {en: Packaging}
    attributes:
      - {name: weight, label: {en: Weight}, number: 412.5, unit: GRM}
documents:
  - {name: scan.pdf, title: {en: Scan}, type: application/pdf, tier: authority, file: passports/scan.pdf}
`

var at = passport.Anchor{GTIN: "09506000134352"}

func sheets(text string) []brand.File {
	return []brand.File{{Name: "passports/gin.yaml", Data: []byte(text)}, {Name: "passports/scan.pdf", Data: []byte("%PDF-1.7\x00\xff")}}
}

func TestAPassportTravelsWithItsDocuments(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		if d := h.apply(t, sheets(sheet), brand.Options{By: "mem_x"}); d.Changed() != 1 {
			t.Fatalf("%s", d.Words())
		}
		p, err := h.kept.Get(t.Context(), at)
		if err != nil || p.Status != passport.Published || p.Version != 1 || p.Draft.Documents[0].Bytes != 10 {
			t.Fatalf("%+v, %v", p, err)
		}
		exported, err := h.Export(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		stream, err := brand.Stream(exported)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := brand.AsText(exported)
		if err != nil {
			t.Fatal(err)
		}
		for name, set := range map[string][]brand.File{"files": exported, "stream": {{Name: "all.yaml", Data: stream}}, "text": texts, "again": sheets(sheet)} {
			if d := h.apply(t, set, brand.Options{Prune: true}); d.Changed() != 0 {
				t.Errorf("%s: %s", name, d.Words())
			}
		}
		if d := h.apply(t, sheets(strings.Replace(sheet, "412.5", "410", 1)), brand.Options{}); d.Changed() != 1 || !strings.Contains(d.Words(), "412.5") {
			t.Errorf("%s", d.Words())
		}
		if without, err := h.Export(t.Context(), "", "Passport"); err != nil || len(without) != 0 {
			t.Errorf("%v, %v", without, err)
		}
		// A withdrawn passport is neither brought back nor exported.
		if _, err := h.kept.Withdraw(t.Context(), at, "Wrong", passport.Change{}); err != nil {
			t.Fatal(err)
		}
		h.apply(t, sheets(sheet), brand.Options{})
		if p, err := h.kept.Get(t.Context(), at); err != nil || p.Status != passport.Withdrawn || p.Version != 2 {
			t.Errorf("%+v, %v", p, err)
		}
		if files, err := h.Export(t.Context(), ""); err != nil || len(files) != 0 {
			t.Errorf("%v, %v", files, err)
		}
	})
}

func TestADraftIsAppliedUnpublished(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	draft := strings.Replace(sheet, "name: {en: Gin}", "draft: true\nname: {en: Gin}", 1)
	forbidden := func(r brand.Resource) error {
		if r.Publishes() {
			return fault.New(fault.Forbidden, "no", "")
		}
		return nil
	}
	if _, err := h.Apply(t.Context(), sheets(sheet), brand.Options{Allow: forbidden}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("published: %v", err)
	}
	h.apply(t, sheets(draft), brand.Options{Allow: forbidden})
	if p, err := h.kept.Get(t.Context(), at); err != nil || p.Status != passport.Draft {
		t.Errorf("%+v, %v", p, err)
	}
	if d := h.apply(t, sheets(draft), brand.Options{}); d.Changed() != 0 {
		t.Errorf("%s", d.Words())
	}
	if d := h.apply(t, sheets(sheet), brand.Options{}); d.Changed() != 1 {
		t.Errorf("%s", d.Words())
	}
}

func TestMistakesInAPassportAreShownWhereTheyStand(t *testing.T) {
	for want, files := range map[string][]brand.File{
		"passports/gin.yaml:9:":  sheets(strings.Replace(sheet, "unit: GRM", "unit: a b c", 1)),
		"passports/gin.yaml:11:": {{Name: "passports/gin.yaml", Data: []byte(sheet)}},
		"passports/more.pdf":     append(sheets(sheet), brand.File{Name: "passports/more.pdf", Data: []byte("x")}),
		"passports/gin.yaml:2:":  sheets(strings.Replace(sheet, "134352", "134353", 1)),
	} {
		err := brand.Check(files)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(told(err), want) {
			t.Errorf("want %s: %v", want, err)
		}
	}
	if err := brand.Check([]brand.File{{Name: "x.yaml", Data: bytes.ReplaceAll([]byte(sheet), []byte("file: passports/scan.pdf"), []byte("file: ../etc/passwd"))}}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestThePassportOfTheSampleSpeaksEveryLanguage(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	h.apply(t, ferrow(t), brand.Options{})
	v, err := h.kept.Show(t.Context(), passport.Query{Anchor: at}, passport.Authority)
	if err != nil || len(v.Sections) < 2 || len(v.Documents) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	texts := []passport.Localized{v.Name, v.Description, v.Documents[0].Title, v.Documents[1].Title}
	for _, s := range v.Sections {
		texts = append(texts, s.Label)
		for _, a := range s.Attributes {
			texts = append(texts, a.Label)
			texts = append(texts, a.List...)
			if len(a.Text) > 0 {
				texts = append(texts, a.Text)
			}
		}
	}
	for _, text := range texts {
		for _, lang := range languages {
			if text[lang] == "" {
				t.Errorf("%v says nothing in %s", text, lang)
			}
		}
	}
	if public, err := h.kept.Read(t.Context(), passport.Query{Anchor: at}); err != nil || public.Hidden != 3 || len(public.Documents) != 1 {
		t.Errorf("the public sees %+v, %v", public, err)
	}
}
