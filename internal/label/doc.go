// Package label draws one code for print: a QR code or a Data Matrix with a GS1
// Digital Link, or a GS1 DataMatrix or GS1 QR code with an element string, with its quiet zone,
// its human readable interpretation (HRI) and one line of free text, as SVG, PNG
// or PDF at a stated X-dimension.
//
//	data, err := label.ParseData("(01)09506000164908(21)A1", "https://id.example")
//	l, err := label.New(label.Spec{Symbology: label.QR, Data: data, HRI: true})
//	err = l.Write(w, label.SVG)
//
// It knows symbologies, sizes in millimetres, dots of a printer, and what a scanner
// will tell of the symbol. It does not know products or items, whether a number was
// ever issued, nor batches (package batch) and sheets of paper.
//
// Invariants, each with a test that reads the symbols with a decoder:
//   - What is drawn reads back as Payload, behind the symbology Identifier, in all
//     three formats.
//   - No quiet zone is narrower than the symbology wants: four modules for QR, one
//     for Data Matrix, on all sides.
//   - No character of HRI or text is left out: long lines are broken or refused.
//   - In a PNG, and everywhere once a resolution is stated, a module is a whole
//     number of dots; the X-dimension that results is reported.
//   - The same Spec gives the same bytes.
//
// A Data Matrix ends at 132 by 132 modules (1,304 codewords); see maxDataMatrix.
//
// It follows ISO/IEC 18004 (QR), ISO/IEC 16022 (Data Matrix), ISO/IEC 15424
// (symbology identifiers), and for quiet zones, HRI and sizes the GS1 General
// Specifications, sections 4.14 and 5. The modules of a QR code come from package
// qr, those of a Data Matrix from github.com/boombuler/barcode.
package label
