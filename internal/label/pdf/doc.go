// Package pdf writes a PDF file of many pages as a stream.
//
// It knows pages, paths and lines of one monospaced face; it knows nothing of
// labels. A page's content is written in millimetres from the upper left corner,
// y downwards, in the operators of PDF.
//
// Invariants, each with a test:
//   - A page is with the reader before the next one begins: of what was written,
//     only the places of its objects in the file are kept.
//   - The same pages give the same bytes: no date, no id, no chance.
//   - Every object stands where the cross-reference table says.
//
// It writes PDF 1.4 (ISO 32000-1), with Courier-Bold of the fourteen standard
// fonts in WinAnsiEncoding, so that no font is embedded.
package pdf
