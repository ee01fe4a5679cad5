package api_test

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/png"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/label/labeltest"
	"tagline/internal/sqldb/sqldbtest"
)

const symbols = 4 // of the test below, so that none is left out

// What a scanner reads from the files that the API gives is what the API says of them.
func TestACodeReadsBackAsItWasDescribed(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	const data = "(01)09506000134352(10)L7(21)A/1%"
	const uri = "https://tagline.example/01/09506000134352/10/L7/21/A%2F1%25"
	seen := map[string]bool{}
	for symbology, want := range map[string]struct{ identifier, payload string }{
		"qr":             {"]Q1", uri},
		"datamatrix":     {"]d1", uri},
		"gs1-datamatrix": {"]d2", "010950600013435210L7\x1d21A/1%"},
		"gs1-qr":         {"]Q3", "010950600013435210L7\x1d21A/1%"},
	} {
		query := url.Values{"data": {data}, "symbology": {symbology}, "xDimension": {"0.4"}, "dpi": {"300"}}.Encode()
		var l wire.Label
		s.do(t, call{path: "/label?" + query}).into(t, 200, &l)
		if l.Identifier != want.identifier || l.Payload != want.payload || l.URI != uri || l.Elements != data || !strings.HasPrefix(l.SVG, "<svg") {
			t.Errorf("%s: %+v", symbology, l)
		}
		file := s.do(t, call{path: "/label.png?" + query})
		if file.status != 200 || file.header.Get("Content-Type") != "image/png" || file.header.Get("Content-Disposition") != `attachment; filename="code-09506000134352-L7-A_1_.png"` {
			t.Fatalf("%s: %d %v %.200s", symbology, file.status, file.header, file.body)
		}
		if got := file.header.Values("Label-Warning"); !slices.Equal(got, l.Warnings) {
			t.Errorf("%s: the file warns %q, the description %q", symbology, got, l.Warnings)
		}
		img, err := png.Decode(bytes.NewReader(file.body))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != l.Raster.Width || b.Dy() != l.Raster.Height || l.Raster.DPI != 300 {
			t.Errorf("%s: %v, said to be %+v", symbology, b, l.Raster)
		}
		read, identifier, err := decode(img, want.identifier)
		if err != nil || read != l.Payload || identifier != l.Identifier {
			t.Errorf("%s reads as %s%q, %v", symbology, identifier, read, err)
		}
		drawing, err := labeltest.ReadSVG([]byte(l.SVG))
		if err != nil {
			t.Fatal(err)
		}
		if read, _, err = decode(drawing.Picture(12), want.identifier); err != nil || read != l.Payload {
			t.Errorf("the preview of %s reads as %q, %v", symbology, read, err)
		}
		paper := s.do(t, call{path: "/label.pdf?" + query})
		if read, _, err = decode(page(t, paper, 0).Picture(12), want.identifier); err != nil || read != l.Payload {
			t.Errorf("the PDF of %s reads as %q, %v", symbology, read, err)
		}
		seen[symbology] = true
	}
	if len(seen) != symbols {
		t.Errorf("%v", seen)
	}
}

// decode is labeltest.Decode without the FNC1 in front, which the decoder sends on
// and which the identifier says already.
func decode(img image.Image, expect string) (data, identifier string, err error) {
	data, identifier, err = labeltest.Decode(img, expect)
	if identifier == "]d2" {
		data = strings.TrimPrefix(data, "\x1d")
	}
	return data, identifier, err
}

// page reads a page of an answer that is PDF.
func page(t *testing.T, r reply, n int) *labeltest.Drawing {
	t.Helper()
	if r.status != 200 || r.header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%d %v %.300s", r.status, r.header, r.body)
	}
	file, err := labeltest.ReadPDF(r.body)
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := file.Page(n)
	if err != nil {
		t.Fatal(err)
	}
	return drawing
}

func TestACodeSaysWhereItLeadsAndWhatSpeaksAgainstIt(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	for _, c := range []struct {
		why, query, uri, warning string
	}{
		{"the server's address when none is stated", "data=(01)09506000134352", "https://tagline.example/01/09506000134352", ""},
		{"a stated stem, without its slash", "data=(01)09506000134352&stem=https://id.example/x/", "https://id.example/x/01/09506000134352", ""},
		{"a link stands as it is", "data=https://brand.example/01/09506000134352?utm=a", "https://brand.example/01/09506000134352?utm=a", ""},
		{"this machine alone", "data=(01)09506000134352&stem=http://127.0.0.1:8080", "http://127.0.0.1:8080/01/09506000134352", "this machine alone"},
		{"a private network", "data=(01)09506000134352&stem=http://192.168.1.7", "http://192.168.1.7/01/09506000134352", "your own network"},
		{"no TLS", "data=(01)09506000134352&stem=http://id.example", "http://id.example/01/09506000134352", "http without s"},
		{"a scanner reads no link", "data=(01)09506000134352&symbology=gs1-datamatrix&stem=http://localhost", "http://localhost/01/09506000134352", ""},
		{"elements that stand in no link", "data=(90)X1&symbology=gs1-datamatrix", "", ""},
		{"too small for retail", "data=(01)09506000134352&xDimension=0.2", "https://tagline.example/01/09506000134352", "0.396 mm"},
	} {
		var l wire.Label
		query := strings.ReplaceAll(c.query, "?", "%3F")
		s.do(t, call{path: "/label?" + query}).into(t, 200, &l)
		if l.URI != c.uri || c.warning == "" && len(l.Warnings) > 0 || !strings.Contains(strings.Join(l.Warnings, " "), c.warning) {
			t.Errorf("%s: %q %q", c.why, l.URI, l.Warnings)
		}
	}
	for query, location := range map[string]string{
		"":                        "query.data",
		"data=(01)09506000134353": "query.data",
		"data=(90)X1":             "query.data",
		"data=(01)09506000134352&stem=id.example":                         "query.stem",
		"data=https://a.example/01/09506000134352&stem=https://b.example": "query.data",
		"data=(01)09506000134352&stem=https://":                           "query.stem",
		"data=(01)09506000134352&stem=https://a%20b.example":              "query.stem",
		"data=(01)09506000134352&stem=https://a.example?x=1":              "query.stem",
		"data=(01)09506000134352&stem=ftp://a.example":                    "query.stem",
		"data=(01)09506000134352&xDimension=9":                            "query.xDimension",
		"data=(01)09506000134352&quietZone=2":                             "query.quietZone",
		"data=(01)09506000134352&maxWidth=3":                              "query.maxWidth",
		"data=(01)09506000134352&symbology=aztec":                         "query.symbology",
	} {
		for _, path := range []string{"/label?", "/label.svg?", "/label.pdf?"} {
			p := s.do(t, call{path: path + query}).problem(t, 400, "invalid")
			if len(p.Errors) != 1 || p.Errors[0].Location != location || p.Hint == "" {
				t.Errorf("%s%s: %+v", path, query, p)
			}
		}
	}
}

func TestABatchIsListedAndDrawnAgainTheSame(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		make := func(r wire.LabelsRequest) (b wire.LabelBatch) {
			t.Helper()
			s.do(t, call{method: "POST", path: "/labels", body: r}).into(t, 201, &b)
			return b
		}
		b := make(wire.LabelsRequest{GTIN: gtin[1:], Count: 7, Lot: "L7", Market: "NO"})
		other := make(wire.LabelsRequest{GTIN: gtin, Count: 2, Lot: "L7"})
		if len(b.Batches) != 1 || b.GTIN != gtin || b.Count != 7 || len(b.Warnings) != 0 || b.First == b.Last {
			t.Fatalf("%+v", b)
		}
		serials := func(query string) (out []string) {
			t.Helper()
			r := s.do(t, call{path: "/labels.csv?" + query})
			if r.status != 200 || r.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(r.header.Get("Content-Disposition"), `"code-`+gtin+`-L7.csv"`) {
				t.Fatalf("%d %v %s", r.status, r.header, r.body)
			}
			rows, err := csv.NewReader(bytes.NewReader(r.body)).ReadAll()
			if err != nil || strings.Join(rows[0], " ") != "gtin serial lot uri element_string" {
				t.Fatalf("%v %v", err, rows)
			}
			for _, row := range rows[1:] {
				if row[0] != gtin || row[2] != "L7" || row[3] != "https://id.example/01/"+gtin+"/10/L7/21/"+row[1]+"?17=271231" ||
					row[4] != "(01)"+gtin+"(10)L7(21)"+row[1]+"(17)271231" {
					t.Errorf("%q", row)
				}
				out = append(out, row[1])
			}
			return out
		}
		look := "&stem=https://id.example&also=(17)271231&xDimension=0.3"
		mine := serials("batch=" + b.Batches[0] + look)
		if len(mine) != 7 || mine[0] != b.First || mine[6] != b.Last || len(mine[0]) != 12 {
			t.Fatalf("%q %+v", mine, b)
		}
		// Every one of them is a thing, and a tap of it is known.
		var it wire.Thing
		s.do(t, call{path: "/things/" + gtin + "." + mine[3]}).into(t, 200, &it)
		if it.Lot != "L7" || it.Market != "NO" || it.Life != "made" {
			t.Errorf("%+v", it)
		}
		theirs := serials("batch=" + other.Batches[0] + look)
		whole := serials("gtin=" + gtin[1:] + "&lot=L7" + look)
		if !slices.Equal(whole, append(slices.Clone(mine), theirs...)) {
			t.Errorf("the lot has %q, the batches %q and %q", whole, mine, theirs)
		}
		if got := serials("batch=" + other.Batches[0] + "," + b.Batches[0] + look); !slices.Equal(got, append(slices.Clone(theirs), mine...)) {
			t.Errorf("both batches: %q", got)
		}

		sheet := "/labels.pdf?batch=" + b.Batches[0] + look + "&page=roll&margin=1"
		first := s.do(t, call{path: sheet})
		for i, serial := range mine {
			// The serials are drawn, and the decoder fails to find some patterns at some
			// resolutions.
			read, err := "", error(nil)
			for _, dots := range []float64{12, 10, 16} {
				if read, _, err = labeltest.Decode(page(t, first, i).Picture(dots), "]Q1"); err == nil {
					break
				}
			}
			if want := "https://id.example/01/" + gtin + "/10/L7/21/" + serial + "?17=271231"; err != nil || read != want {
				t.Errorf("page %d reads as %q, want %q, %v", i, read, want, err)
			}
		}
		if again := s.do(t, call{path: sheet}); !bytes.Equal(first.body, again.body) {
			t.Error("the same labels were drawn otherwise the second time")
		}
		if got := first.header.Values("Label-Warning"); len(got) != 1 || !strings.Contains(got[0], "0.396") {
			t.Errorf("%q", got)
		}
	})
}

func TestNumberedSerialsWarnAndDoNotCollide(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		first := 98
		wish := wire.LabelsRequest{GTIN: gtin, Count: 3, Lot: "L8", Serials: "numbered", Prefix: "A-", First: &first}
		var b wire.LabelBatch
		s.do(t, call{method: "POST", path: "/labels", body: wish}).into(t, 201, &b)
		if b.First != "A-098" || b.Last != "A-100" || len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0], "guessed") {
			t.Fatalf("%+v", b)
		}
		p := s.do(t, call{method: "POST", path: "/labels", body: wish}).problem(t, 409, "conflict")
		if !strings.Contains(p.Detail, "A-098") || len(p.Errors) != 1 || p.Errors[0].Location != "body.first" || !strings.Contains(p.Hint, "higher") {
			t.Errorf("%+v", p)
		}
		var list frame.Page[wire.Thing]
		s.do(t, call{path: "/things?lot=L8"}).into(t, 200, &list)
		if len(list.Items) != 3 {
			t.Errorf("%d things of three", len(list.Items))
		}
	})
}

func TestABatchOfMoreThanAThousand(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	var b wire.LabelBatch
	s.do(t, call{method: "POST", path: "/labels", body: wire.LabelsRequest{GTIN: gtin, Count: 2100, Lot: "L9"}}).into(t, 201, &b)
	if len(b.Batches) != 3 || b.Count != 2100 {
		t.Fatalf("%+v", b)
	}
	parts := s.do(t, call{path: "/labels.csv?batch=" + strings.Join(b.Batches, ",")})
	whole := s.do(t, call{path: "/labels.csv?gtin=" + gtin + "&lot=L9"})
	if n := bytes.Count(parts.body, []byte("\n")); n != 2101 || !bytes.Equal(parts.body, whole.body) {
		t.Errorf("%d lines, the same as the lot's: %v", n, bytes.Equal(parts.body, whole.body))
	}
	// Who made serials and who took the list along is recorded.
	var events frame.Page[wire.Event]
	s.do(t, call{path: "/events?type=access.acted"}).into(t, 200, &events)
	if len(events.Items) != 3 {
		t.Errorf("%d acts were recorded: %+v", len(events.Items), events.Items)
	}
}

func TestWhatIsNoBatchOfLabelsIsRefused(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	one := 1
	for _, c := range []struct {
		why      string
		body     wire.LabelsRequest
		location string
	}{
		{"no product", wire.LabelsRequest{GTIN: "09506000164908", Count: 1}, "body.gtin"},
		{"a wrong check digit", wire.LabelsRequest{GTIN: "09506000134353", Count: 1}, "body.gtin"},
		{"none", wire.LabelsRequest{GTIN: gtin}, "body.count"},
		{"too many", wire.LabelsRequest{GTIN: gtin, Count: 10_001}, "body.count"},
		{"a lot that no code can carry", wire.LabelsRequest{GTIN: gtin, Count: 1, Lot: "Süß"}, "body.lot"},
		{"a market that is none", wire.LabelsRequest{GTIN: gtin, Count: 1, Market: "no"}, "body.market"},
		{"a prefix of random serials", wire.LabelsRequest{GTIN: gtin, Count: 1, Prefix: "A"}, "body.prefix"},
		{"a length of numbered serials", wire.LabelsRequest{GTIN: gtin, Count: 1, Serials: "numbered", Length: 9}, "body.length"},
		{"a prefix that is too long", wire.LabelsRequest{GTIN: gtin, Count: 1000, Serials: "numbered", First: &one, Prefix: "AAAAAAAAAAAAAAAAAAA"}, "body.prefix"},
	} {
		p := s.do(t, call{method: "POST", path: "/labels", body: c.body}).problem(t, 400, "invalid")
		if len(p.Errors) != 1 || p.Errors[0].Location != c.location || p.Hint == "" {
			t.Errorf("%s: %+v", c.why, p)
		}
	}
	var made wire.LabelBatch
	s.do(t, call{method: "POST", path: "/labels", body: wire.LabelsRequest{GTIN: gtin, Count: 1, Lot: "L1"}}).into(t, 201, &made)
	id := made.Batches[0]
	s.do(t, call{method: "POST", path: "/labels", body: wire.LabelsRequest{GTIN: gtin, Count: 1, Lot: "L2"}}).into(t, 201, &made)
	for query, want := range map[string]struct {
		status         int
		code, location string
	}{
		"":                                            {400, "invalid", "query.batch"},
		"gtin=" + gtin:                                {400, "invalid", "query.batch"},
		"lot=L1":                                      {400, "invalid", "query.batch"},
		"batch=" + id + "&lot=L1":                     {400, "invalid", "query.batch"},
		"batch=" + id + "," + made.Batches[0]:         {400, "invalid", "query.batch"},
		"batch=evt_00000000000000000000000000":        {404, "not-found", ""},
		"gtin=" + gtin + "&lot=none":                  {404, "not-found", ""},
		"batch=" + id + "&also=(17)279999":            {400, "invalid", "query.also"},
		"batch=" + id + "&also=banana":                {400, "invalid", "query.also"},
		"batch=" + id + "&cellWidth=5":                {400, "invalid", ""},
		"batch=" + id + "&cropMarks=true&margin=2":    {400, "invalid", "query.margin"},
		"batch=" + id + "&page=roll&cellWidth=2000.1": {400, "invalid", "query.cellWidth"},
	} {
		p := s.do(t, call{path: "/labels.pdf?" + query}).problem(t, want.status, want.code)
		got := ""
		if len(p.Errors) > 0 {
			got = p.Errors[0].Location
		}
		if got != want.location || p.Hint == "" {
			t.Errorf("%s: %+v", query, p)
		}
	}
}

func TestWhoMayDrawAndWhoMayMake(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	for role, want := range map[access.Role][2]int{access.Marketer: {200, 403}, access.Engineer: {200, 201}, access.Auditor: {200, 403}, access.Partner: {403, 403}} {
		key := s.key(t, role)
		draw := s.do(t, call{path: "/label.svg?data=(01)" + gtin, key: key}).status
		make := s.do(t, call{method: "POST", path: "/labels", key: key, body: wire.LabelsRequest{GTIN: gtin, Count: 1}}).status
		if draw != want[0] || make != want[1] {
			t.Errorf("%s draws %d and makes %d, want %v", role, draw, make, want)
		}
	}
}
