// Package scan reads and writes what bar code scanners transmit: the data of a
// symbol behind a symbology identifier, such as "]d2" before GS1 data from a
// DataMatrix or "]E0" before the digits of an EAN-13.
//
// It knows how the data of a symbol, and of a composite component beside it, come
// over the wire. What the data say is package gs1's business; how a symbol is drawn
// or decoded is nobody's here.
//
// Invariants:
//   - What [Parse] returns without an error is valid GS1 data, a valid Digital Link
//     or plain data; plain data are never taken for GS1 data.
//   - What [Format] writes, [Parse] reads.
//   - Errors are [gs1.Error]s with positions in the whole input.
//
// It follows ISO/IEC 15424 and the GS1 General Specifications, section 5.
package scan
