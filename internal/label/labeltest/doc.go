// Package labeltest reads printed codes back in tests: it draws the SVG and PDF that
// packages label and pdf write, and decodes the picture as a scanner would.
//
// It knows the operators and attributes that we write and no others: what it does
// not know is an error, so that nothing new goes unread. It never looks at how a
// label was made.
//
// Invariants: a picture is drawn from the file alone; in PDF every object is found
// by the cross-reference table. Letters are drawn as blocks, since where they stand
// matters to a scanner and their shape does not.
//
// The decoder is github.com/makiuchi-d/gozxing, which gives symbology identifiers
// by ISO/IEC 15424.
package labeltest
