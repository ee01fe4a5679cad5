package inspect_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"tagline/internal/inspect"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The URLs are the published examples of NXP AN12196, on a host of ours.
const (
	an12196Encrypted = "https://ntag.nxp.com/424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
	an12196File      = "https://www.my424dna.com/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6"
)

func TestReports(t *testing.T) {
	cases := []struct{ name, input string }{
		{"link-item", "https://id.example/01/09506000134352/10/L1/21/A1?17=270101&utm_source=x"},
		{"link-wrong-check-digit", "https://id.example/01/09506000134353/21/A1"},
		{"link-wrong-order", "https://id.example/01/09506000134352/21/A1/10/L1"},
		{"link-path-only", "/01/09506000134352/21/A%2F1"},
		{"tag-aes", an12196Encrypted},
		{"tag-aes-file", an12196File},
		{"tag-in-link", "https://id.example/t/k1/01/09506000134352/21/A1?p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086"},
		{"tag-short-mac", "https://id.example/t/k1/x?p=EF963FF7828658A599F3041510671E88&m=94EED9EE653370"},
		{"tag-thirty-zeros", "https://id.example/t/k1/x?p=000000000000000000000000000000&m=94EED9EE65337086"},
		{"tag-bad-hex", "https://id.example/t/k1/x?p=EF963FF7828658A599F3041510671EXY&m=94EED9EE65337086"},
		{"tag-cut", "https://id.example/t/k1/x?p=EF963FF7828658A599F3041510671E88"},
		{"elements-bracketed", "(01)09506000134352(10)ABC(17)270101"},
		{"elements-fnc1", "^010950600013435210ABC"},
		{"elements-wrong-date", "(01)09506000134352(17)271301"},
		{"gtin-13", "9506000134352"},
		{"gtin-wrong", "9506000134353"},
		{"other-url", "https://www.example.com/about"},
		{"link-common", "https://id.gs1.org/01/09506000134352/10/ABC/21/12345?15=271231"},
		{"link-meat", "https://id.example/01/99506000134355?3103=001250&3932=9780001299&422=276&423=276040&15=271200"},
		{"link-compressed", "https://id.example/CwH45ZeyuRNfIs0OZFSJH?linkType=gs1:pip"},
		{"link-compressed-partly", "/01/01084257720668/EImvkWaHMipEjg"},
		{"link-compressed-wrong", "https://id.example/ARFKk4XBog"},
		{"tag-in-compressed", "https://id.example/t/k1/CwH45ZeyuRNfIs0OZFSJH?p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086"},
		{"urn-item", "urn:epc:id:sgtin:0614141.112345.400"},
		{"urn-lot", "urn:epc:class:lgtin:4012345.012345.998877"},
		{"urn-pattern", "urn:epc:idpat:sgtin:4012345.012345.*"},
		{"urn-wrong", "urn:epc:id:sgtin:0614141.12345.400"},
		{"urn-without-key", "urn:epc:id:gid:95100000.12345.400"},
		{"scan-datamatrix", "]d20109506000134352172712311" + "0ABC\x1d21XYZ"},
		{"scan-qr-link", "]Q1https://id.example/01/09506000134352?17=271331"},
		{"scan-qr-text", "]Q1hello"},
		{"scan-ean13", "]E09506000134352"},
		{"scan-ean8", "]E495060002"},
		{"scan-itf", "]I119506000134359"},
		{"scan-wrong", "]d20109506000134353"},
		{"scan-unknown", "]?1hello"},
		{"elements-bare", "0109506000134352" + "10ABC\x1d17271231"},
		{"elements-bare-wrong", "0109506000134352" + "10ABC\x1d17271331"},
		{"elements-freezer", "(00)006141411234567890(4330)000800(4333)001800-(4309)14250000001880000000(4307)DE(4321)0"},
		{"elements-coupon", "(255)9526064000028(3941)0125"},
		{"gtin-12", "614141000036"},
		{"gtin-14", "19506000134359"},
		{"gtin-book", "9783161484100"},
		{"gtin-in-store", "2012345600010"},
		{"sscc", "006141411234567890"},
		{"sscc-wrong", "006141411234567891"},
		{"text", "hello"},
		{"empty", ""},
		{"bad-utf8", "(01)\xff"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.MarshalIndent(inspect.Explain(c.input), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", c.name+".json")
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(want)) != string(got) {
				t.Errorf("the report differs from %s (-update rewrites it):\n%s", golden, got)
			}
		})
	}
}

func FuzzExplain(f *testing.F) {
	for _, s := range []string{an12196Encrypted, an12196File, "(01)09506000134352(10)ABC", "^0109506000134352", "]d2010950600013435", "/t/k1/x?p=%", "https://", "9506000134352", "(01)\xff",
		"/CwH45ZeyuRNfIs0OZFSJH", "urn:epc:id:sgtin:0614141.112345.400", "]d2010950600013435210A\x1d21B", "]Q1/t/k1/x?p=1", "010950600013435210A\x1d17271231", "(8008)2712311530(01)09506000134352", "(00)006141411234567890(4309)14250000001880000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := inspect.Explain(s)
		if r.Valid == (r.Error != nil) {
			t.Fatalf("valid %v with error %v", r.Valid, r.Error)
		}
		if r.Error != nil && (r.Error.Position < -1 || r.Error.Position > len(s)) {
			t.Fatalf("position %d lies outside of %d bytes", r.Error.Position, len(s))
		}
		if r.Words == "" || !strings.ContainsAny(r.Words[len(r.Words)-1:], ".?!") {
			t.Fatalf("in words it is %q", r.Words)
		}
		if r.Says == "" || !utf8.ValidString(r.Says) && utf8.ValidString(s) {
			t.Fatalf("it says %q", r.Says)
		}
	})
}
