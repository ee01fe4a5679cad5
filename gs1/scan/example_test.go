package scan_test

import (
	"fmt"

	"tagline/gs1"
	"tagline/gs1/scan"
)

// The same product scanned at the till and tapped at home has one GTIN.
func ExampleParse() {
	for _, transmission := range []string{
		"]E09506000134352",
		"]d2010950600013435210ABC\x1d17270101",
		"]Q1https://id.brand.example/01/09506000134352",
	} {
		reading, err := scan.Parse(transmission)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(reading.Symbology, gs1.FormatElements(reading.Elements))
	}
	// Output:
	// EAN13 (01)09506000134352
	// DM (01)09506000134352(10)ABC(17)270101
	// QR (01)09506000134352
}
