// Package gs1 reads, checks and writes GS1 identifiers: element strings as they
// stand in bar codes, Digital Link URIs as they stand in QR codes and NFC tags,
// keys and their check digits.
//
// # Which function do I want?
//
//   - A request to a web server: [ParseLinkPath], with the escaped path.
//   - A whole URI: [ParseLink].
//   - A URI to print on a product: [FormatLink].
//   - "(01)09506000134352(10)ABC", or the same with FNC1: [ParseElements].
//   - What a scanner transmits, "]d2…": package [tagline/gs1/scan].
//   - A compressed link, or one that may be: package [tagline/gs1/compression].
//   - An EPC, "urn:epc:id:sgtin:…": package [tagline/gs1/epc].
//   - One value for itself, as somebody types it: [CheckElement].
//   - What a newer release of the dictionary says: [LoadDictionary].
//   - A GTIN that somebody typed, with 8, 12, 13 or 14 digits: [NormalizeGTIN].
//   - The last digit of a key: [CheckDigit].
//
// # What it knows, and what it does not
//
// It knows the syntax: which application identifiers (AIs) there are, what their
// values look like, which go together, and where they stand in a URI. It does no
// I/O, knows no resolver and no product, and cannot tell whether a key was ever
// issued.
//
// # Promises
//
//   - A Link that was returned without an error is valid; all its values are
//     unescaped, and none is empty.
//   - %2F in a path is data, never a separator: routing happens on the escaped
//     path.
//   - Parameters that are not GS1's are kept byte for byte and in order.
//   - Every error is an [*Error], with the codes and texts of the GS1 Barcode Syntax
//     Engine (Apache-2.0).
//   - No input makes it panic, and no input longer than [MaxLength] is read.
//   - A common link is read in a microsecond, with one allocation.
//
// It follows the GS1 General Specifications, the GS1 Barcode Syntax Dictionary (in
// [Release], or a newer one that is loaded as data), and GS1 Digital Link: URI Syntax.
// Where an order is free, it is the Syntax Engine's.
package gs1
