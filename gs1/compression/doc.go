// Package compression writes GS1 Digital Links in their compressed form, in which
// key, qualifiers and attributes are one segment of base64url, and reads them.
//
// # Which function do I want?
//
//   - A request to a web server, compressed or not: [ParseLinkPath].
//   - A whole URI, compressed or not: [ParseLink].
//   - A short link to print: [Compress].
//   - A path that must be compressed, and the place where it is not: [Decompress].
//
// # What it knows, and what it does not
//
// It knows the bits: how application identifiers, their values and foreign
// parameters are packed. Whether what was unpacked is a valid link is package gs1's
// question, and it is always asked.
//
// # Promises
//
//   - What [Compress] writes, [Decompress] reads as the same elements and foreign
//     parameters.
//   - All digits survive: numbers are exact, and their leading zeros are kept.
//   - A link that was returned without an error is valid, and its key stood in the
//     compressed segment, or before it in the partial form.
//   - Errors are [gs1.Error]s with a position in the input. Where bits are at fault,
//     the message names the bit, counted from 0.
//   - No input makes it panic, and none longer than [gs1.MaxLength] is read.
//
// It follows GS1 Digital Link: URI Compression. Where the published toolkit and its
// text differ in the order of two elements (the codes 1A and 9D), both orders are
// read and neither is written.
package compression

//go:generate go run ../internal/aigen -compression -from ../../../shared/data/gs1
