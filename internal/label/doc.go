// Package label draws one code for print: a QR code or a Data Matrix with a GS1
// Digital Link, or a GS1 DataMatrix with an element string, with its quiet zone,
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
// A GS1 QR code (]Q3, QR with FNC1) is not written: GS1 wants a Digital Link in a
// plain QR code, and element strings in a GS1 DataMatrix.
//
// It follows ISO/IEC 18004 (QR), ISO/IEC 16022 (Data Matrix), ISO/IEC 15424
// (symbology identifiers), and for quiet zones, HRI and sizes the GS1 General
// Specifications, sections 4.14 and 5. The modules of a symbol are computed by
// github.com/boombuler/barcode; all drawing is done here.
package label
