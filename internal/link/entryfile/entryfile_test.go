package entryfile_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/link/entryfile"
	"tagline/internal/link/linkset"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

const gtin = "/01/09506000164908"

func open(db *sqldb.DB) *link.Service {
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	return link.New(link.Config{DB: db, Ledger: ledger.New(db, c, bus.New()), Clock: c, IDs: ident.NewSource(c, rand.Reader)})
}

// say writes an entry in short: its anchor, and of each link what matters here.
func say(e linkset.Entry) string {
	s := e.Anchor
	for _, l := range e.Links {
		s += " [" + l.LinkType + " " + strings.TrimPrefix(l.Href, "https://b.example/")
		if l.MediaType != "" {
			s += " " + l.MediaType
		}
		if len(l.Hreflang) > 0 {
			s += " " + strings.Join(l.Hreflang, "+")
		}
		for name, on := range map[string]bool{" hidden": !l.IsPublic()} {
			if on {
				s += name
			}
		}
		if l.Default {
			s += " default"
		}
		if l.Multi {
			s += " multi"
		}
		s += "]"
	}
	return s
}

func TestFilesOfTheReferenceResolverAreUnderstood(t *testing.T) {
	for _, row := range []struct{ name, file, want string }{
		{"version 3, nulls and und say nothing", `{"anchor":"/01/09506000164908","itemDescription":"Gin","defaultLinktype":"gs1:pip","links":[
			{"linktype":"gs1:faqs","href":"https://b.example/f","title":"F","type":null,"hreflang":null,"context":["DE"]},
			{"linktype":"gs1:pip","href":"https://b.example/c","title":"P","type":"und","hreflang":["und"],"context":["DE"]},
			{"linktype":"https://gs1.org/voc/pip","href":"https://b.example/p","title":"P"}]}`,
			gtin + " [gs1:faqs f] [gs1:pip c] [gs1:pip p default]"},
		{"language variants", `[{"anchor":"/01/09506000164908","itemDescription":"Gin","defaultLinktype":"gs1:pip","links":[
			{"linktype":"gs1:pip","href":"https://b.example/en","title":"P","hreflang":["en"]},
			{"linktype":"gs1:pip","href":"https://b.example/de","title":"P","hreflang":"de"}]}]`,
			gtin + " [gs1:pip en en default multi] [gs1:pip de de multi]"},
		{"qualifiers, a template, a hidden link", `{"anchor":"/01/09506000164908","itemDescription":"Gin","qualifiers":[{"21":"S/1"},{"10":"{lot}"}],"links":[
			{"linktype":"gs1:pip","href":"https://b.example/{lot}","title":"P","public":false}]}`,
			gtin + "/10/{lot}/21/S%2F1 [gs1:pip {lot} hidden]"},
		{"in their order", `{"anchor":"/01/09506000164908","itemDescription":"Gin","qualifiers":[{"10":"{lot}","21":"S/1"}],"links":[
			{"linktype":"gs1:pip","href":"https://b.example/{lot}","title":"P","active":false}]}`,
			gtin + "/10/{lot}/21/S%2F1 [gs1:pip {lot} hidden]"},
		{"a prefix", `{"anchor":"/8004/95060001343","itemDescription":"Crates","defaultLinktype":"gs1:pip","links":[
			{"linktype":"gs1:pip","href":"https://b.example/{0}/{1}","title":"P"}]}`,
			"/8004/95060001343* [gs1:pip {0}/{1} default]"},
		{"version 2", `{"identificationKeyType":"gtin","identificationKey":"09506000164908","itemDescription":"Gin","qualifierPath":"/10/L1","active":true,"responses":[
			{"linkType":"gs1:pip","linkTitle":"P","targetUrl":"https://b.example/p","mimeType":"text/html","ianaLanguage":"en","context":"GB","active":true,"fwqs":true,"defaultLinkType":true},
			{"linkType":"gs1:pip","linkTitle":"P","targetUrl":"https://b.example/p","mimeType":"text/html","ianaLanguage":"de","context":"GB","active":true,"defaultLinkType":true},
			{"linkType":"gs1:faqs","linkTitle":"F","targetUrl":"https://b.example/f","mimeType":"und","language":"und","active":false}]}`,
			gtin + "/10/L1 [gs1:pip p text/html en+de default] [gs1:faqs f hidden]"},
	} {
		entries, problems, err := entryfile.Read(entryfile.JSON, []byte(row.file))
		if err != nil || len(problems) > 0 || len(entries) != 1 {
			t.Errorf("%s: %v %v", row.name, problems, err)
			continue
		}
		if got := say(entries[0].Normalize()); got != row.want {
			t.Errorf("%s: %s, not %s", row.name, got, row.want)
		}
	}
}

const sheet = "gtin;lot;itemDescription;linktype;href;title;hreflang;markets;until;when;default;multi\n" +
	"9506000164908;;Gin;gs1:pip;https://b.example/en;Gin;en;;;;yes;yes\n" +
	"9506000164908;;;gs1:pip;https://b.example/de;Gin;de;DE|AT;2026-12-24;\"{\"\"fact\"\":\"\"seal\"\",\"\"is\"\":\"\"opened\"\"}\";;ja\n" +
	"\n" +
	"9506000164908;L 1;Gin;gs1:epil;https://b.example/x;\"Two\nlines\";;;tomorrow;;;\n" +
	"9506000164908;L2;Gin;gs1:nosuch;ftp://b.example/x;Lot;zh-Hans;;;;;\n"

func TestEveryProblemHasItsPlace(t *testing.T) {
	_, problems, err := entryfile.Read(entryfile.CSV, []byte(sheet))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.Row, p.Column))
	}
	want := "3 multi, 5 until, 2 multi, 5 anchor, 5 title, 7 linktype, 7 href, 7 hreflang"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s, not %s\n%v", strings.Join(got, ", "), want, problems)
	}
	for file, want := range map[string]string{
		`[{"anchor":"/01/1","itemDescription":"x","links":[{"linktype":"gs1:pip","href":"https://b.example/","title":"T"}]}]`:                                                                                                                         "[0].anchor",
		`{"anchor":"/01/09506000164908","itemDescription":"x","links":[{"linktype":"gs1:pip","href":"b.example","title":"T"}]}`:                                                                                                                       "links[0].href",
		`{"anchor":"/01/09506000164908","itemDescription":"x","links":[{"linktype":"gs1:pip","href":"https://b.example","title":["T"]}]}`:                                                                                                             "links[0].title links[0].title",
		`{"anchor":"/01/09506000164908","itemdescription":"x","links":[{"linktype":"gs1:pip","href":"https://b.example","title":"T"}]}`:                                                                                                               "itemdescription itemDescription",
		`[{"identificationKeyType":"gtin","identificationKey":"09506000164908","itemDescription":"x","responses":[{"linkType":"gs1:pip","linkTitle":"a","targetUrl":"https://b.example/"},{"linkType":"gs1:faqs","linkTitle":"a","targetUrl":"x"}]}]`: "[0].responses[1].targetUrl",
		`{"anchor":"/01/09506000164908","itemDescription":"x","defaultLinktype":"gs1:faqs","links":[{"linktype":"gs1:pip","href":"https://b.example","title":"T"}]}`:                                                                                  "defaultLinktype",
		`[{"anchor":"/01/09506000164908","itemDescription":"x","handledBy":"https://b.example"},{"anchor":"/01/9506000164908","itemDescription":"x","handledBy":"https://b.example"}, 7]`:                                                             "[2] [1].anchor",
	} {
		_, problems, err := entryfile.Read(entryfile.JSON, []byte(file))
		var paths []string
		for _, p := range problems {
			paths = append(paths, p.Path)
		}
		if err != nil || strings.Join(paths, " ") != want {
			t.Errorf("%s: %v %v", want, problems, err)
		}
	}
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 70 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	many := "anchor,href\n" + strings.Repeat("/01/09506000164908,x\n", entryfile.MaxRows+1)
	for _, row := range []struct {
		name string
		f    entryfile.Format
		data []byte
		code fault.Code
	}{
		{"too large", entryfile.CSV, make([]byte, entryfile.MaxBytes+1), fault.TooLarge},
		{"too many rows", entryfile.CSV, []byte(many), fault.TooLarge},
		{"no columns", entryfile.CSV, []byte("a,b\n1,2\n"), fault.Invalid},
		{"no UTF-8", entryfile.CSV, []byte("anchor,title\n\xff,2\n"), fault.Invalid},
		{"empty", entryfile.CSV, nil, fault.Invalid},
		{"no JSON", entryfile.JSON, []byte("anchor"), fault.Invalid},
		{"an empty list", entryfile.JSON, []byte("[]"), fault.Invalid},
		{"no workbook", entryfile.Excel, []byte("PK"), fault.Invalid},
		{"a bomb", entryfile.Excel, bomb.Bytes(), fault.Invalid},
		{"another format", "pdf", []byte("x"), fault.Unsupported},
	} {
		if _, _, err := entryfile.Read(row.f, row.data); fault.CodeOf(err) != row.code {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestAWorkbookIsReadLikeATable(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	rows := [][]any{
		{"GTIN", "Lot", "ItemDescription", "LinkType", "Href", "Title", "Until"},
		{9506000164908, nil, "Gin", "gs1:pip", "https://b.example/p", "Gin", time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)},
		{9506000164908, nil, nil, "gs1:faqs", "https://b.example/f", "Faq", "2026-12-25"},
		{"9506000164908", 12, "Lot", "gs1:epil", "nowhere", "Lot", nil},
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var data bytes.Buffer
	if err := f.Write(&data); err != nil {
		t.Fatal(err)
	}
	entries, problems, err := entryfile.Read(entryfile.Excel, data.Bytes())
	if err != nil || len(problems) != 1 || problems[0].Row != 4 || problems[0].Column != "href" {
		t.Fatalf("%v %v", problems, err)
	}
	if got := say(entries[0]); got != gtin+" [gs1:pip p default] [gs1:faqs f]" || entries[1].Anchor != gtin+"/10/12" {
		t.Errorf("%s %s", got, entries[1].Anchor)
	}
	for i, want := range []string{"2026-12-24", "2026-12-25"} {
		if got := entries[0].Links[i].Until.Format(time.DateOnly); got != want {
			t.Errorf("until %s", got)
		}
	}
}

// sample is a set of entries with everything that an entry can have.
func sample() []linkset.Entry {
	no, yes := false, true
	at := time.Date(2026, 11, 1, 12, 30, 0, 0, time.UTC)
	return []linkset.Entry{
		{Anchor: gtin, ItemDescription: "=Gin, \"dry\" <&>", Links: []linkset.Link{
			{LinkType: "gs1:pip", Href: "https://b.example/en?a=1&b=2", Title: "+Gin", MediaType: "text/html", Hreflang: []string{"en", "en-GB"}, Context: []string{"A b"}, Default: true, Multi: true},
			{LinkType: "gs1:pip", Href: "https://b.example/de", Title: "'Gin;", Hreflang: []string{"de"}, Markets: []string{"DE", "AT"}, Multi: true, FWQS: &yes},
			{LinkType: "gs1:recipeInfo", Href: "https://b.example/r", Title: "Öffnen", Default: true, When: rule.All(rule.Is("seal", rule.Text("opened")), rule.Not(rule.Is("market", rule.Text("US"), rule.Text("CA"))))},
			{LinkType: "license", Href: "https://b.example/l", Title: "L", Public: &no, FWQS: &no, From: at, Until: at.Add(time.Hour)},
		}},
		{Anchor: gtin + "/10/{lot}/21/A%2FB", ItemDescription: "-Lot", Links: []linkset.Link{{LinkType: "https://b.example/voc/x", Href: "https://b.example/{lot}", Title: "{lot}"}}},
		{Anchor: "/8003/095060001343*", ItemDescription: "Crates", HandledBy: "https://other.example"},
		{Anchor: "/*/9506*", ItemDescription: "All", HandledBy: "https://other.example/x", Links: []linkset.Link{{LinkType: "gs1:pip", Href: "https://b.example/{1}", Title: "P", Default: true}}},
	}
}

func TestWhatIsExportedImportsAgain(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := open(db)
		if _, err := s.PutAll(t.Context(), sample(), link.Change{}); err != nil {
			t.Fatal(err, fault.From(err).Fields)
		}
		before, err := s.List(t.Context(), link.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []entryfile.Format{entryfile.JSON, entryfile.CSV} {
			var file bytes.Buffer
			if err := entryfile.Export(t.Context(), s, f, link.Filter{}, &file); err != nil {
				t.Fatal(err)
			}
			r, err := entryfile.Rehearse(t.Context(), s, f, file.Bytes())
			if err != nil || len(r.Problems) > 0 || r.Count(link.Same) != len(before) {
				t.Errorf("%s: %+v %v\n%s", f, r, err, file.String())
			}
			other := open(sqldbtest.SQLite(t))
			if r, err := entryfile.Import(t.Context(), other, f, file.Bytes(), link.Change{}); err != nil || r.Count(link.Created) != len(before) {
				t.Fatalf("%s: %+v %v", f, r, err)
			}
			after, err := other.List(t.Context(), link.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range before {
				a, _ := json.Marshal(before[i].Entry)
				b, _ := json.Marshal(after[i].Entry)
				if string(a) != string(b) {
					t.Errorf("%s:\n%s\n%s", f, a, b)
				}
			}
		}
	})
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := open(db)
		if _, err := s.PutAll(t.Context(), sample()[:1], link.Change{}); err != nil {
			t.Fatal(err)
		}
		good := "anchor,itemDescription,linktype,href,title,default\n" +
			"/01/09506000164908,Gin,gs1:pip,https://b.example/new,Gin,yes\n" +
			"/01/09506000134352,Rum,gs1:pip,https://b.example/rum,Rum,yes\n"
		bad := good + "/414/9506000134376,Bar,gs1:pip,https://b.example/bar,Bar,\n"
		r, err := entryfile.Import(t.Context(), s, entryfile.CSV, []byte(bad), link.Change{})
		if err != nil || len(r.Problems) != 1 || r.Problems[0].Row != 4 || r.Problems[0].Column != "default" || r.Err() == nil {
			t.Errorf("an entry without a default: %+v %v", r, err)
		}
		r, err = entryfile.Rehearse(t.Context(), s, entryfile.CSV, []byte(good))
		if err != nil || r.Count(link.Created) != 1 || r.Count(link.Replaced) != 1 || r.Links != 2 {
			t.Errorf("%+v %v", r, err)
		}
		if list, _ := s.List(t.Context(), link.Filter{}); len(list) != 1 || len(list[0].Links) != 4 {
			t.Errorf("something was stored: %+v", list)
		}
		done, err := entryfile.Import(t.Context(), s, entryfile.CSV, []byte(good), link.Change{By: "mem_x"})
		if err != nil || fmt.Sprint(done) != fmt.Sprint(r) {
			t.Errorf("%+v, rehearsed %+v", done, r)
		}
		if h, _ := s.History(t.Context(), gtin, 0, 0); len(h) != 2 || h[0].By != "mem_x" {
			t.Errorf("%+v", h)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("csv", sheet)
	f.Add("json", `[{"anchor":"/01/09506000164908","links":[{"linktype":null,"hreflang":[null]}],"qualifiers":[{"10":"{lot}"}]}]`)
	f.Add("json", `{"identificationKeyType":"gtin","identificationKey":"1","responses":[{}]}`)
	f.Fuzz(func(t *testing.T, format, data string) {
		entries, problems, err := entryfile.Read(entryfile.Format(format), []byte(data))
		if err != nil || len(problems) > 0 {
			return
		}
		for _, e := range entries {
			if ps := e.Normalize().Check(); len(ps) > 0 {
				t.Errorf("an entry without a problem has some: %v", ps)
			}
		}
	})
}

func ExampleRead() {
	entries, problems, err := entryfile.Read(entryfile.CSV, []byte(`gtin,lot,itemDescription,linktype,href,title
9506000134352,,Gin,gs1:pip,https://brand.example/gin,Our gin
9506000134352,,,gs1:recipeInfo,https://brand.example/negroni,Negroni
9506000134352,L7,Lot 7 of the gin,gs1:epil,https://brand.example/leaflet,
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range entries {
		fmt.Println(e.Anchor, len(e.Links))
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output:
	// /01/09506000134352 2
	// /01/09506000134352/10/L7 1
	// row 4, title: the text is empty. Write what a person should read there.
}
