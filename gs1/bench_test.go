package gs1_test

import (
	"testing"

	"tagline/gs1"
)

func BenchmarkParseLink(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gs1.ParseLink("https://id.example/01/09506000134352/10/ABC/21/12345?17=270101"); err != nil {
			b.Fatal(err)
		}
	}
}

// A tap of an NFC tag: the dynamic parameters are not GS1's.
func BenchmarkParseLinkPathOfTap(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gs1.ParseLinkPath("/01/09506000134352/21/12345", "p=EF963FF7828658A599F3041510671E88&e=94592FDE69FA06E8E3B6CA686A22842B&m=94EED9EE65337086"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	l, err := gs1.ParseLink("https://id.example/01/09506000134352/10/ABC/21/12345?17=270101")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Canonical()
	}
}

func BenchmarkParseElements(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gs1.ParseElements("^010950600013435210ABC^2112345^17270101"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRefuseWrongCheckDigit(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gs1.ParseLinkPath("/01/09506000134353", ""); err == nil {
			b.Fatal("accepted")
		}
	}
}
