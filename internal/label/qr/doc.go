// Package qr computes the modules of a QR code.
//
// It knows versions 1 to 40 at all four levels of error correction, text in mixed
// numeric, alphanumeric and byte mode, and the FNC1 character in first position,
// which makes a GS1 QR code. It knows neither Digital Links nor element strings, and
// draws nothing.
//
// Invariants, each with a test that reads the symbols with a decoder:
//   - Every version at every level reads back, and no smaller version would do.
//   - The text is cut into modes so that no other cut takes fewer bits.
//   - Of the eight masks the one with the least penalty is taken; of equal ones the
//     first. The same text gives the same modules.
//
// It follows ISO/IEC 18004:2015: clauses 7.3 and 7.4 (modes), 7.5 and table 9 (error
// correction), 7.7 and 7.8 (placement and masks), 7.9 and 7.10 (format and version
// information). Written here and not taken from a library because a batch draws a
// hundred thousand symbols: this takes about an eighth of the processor time.
package qr
