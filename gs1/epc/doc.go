// Package epc turns Electronic Product Codes, written as URNs, into Digital Links
// and back: urn:epc:id:sgtin:0614141.112345.400 is /01/10614141123459/21/400.
//
// # Which function do I want?
//
//   - A URN as a link: [ToLink].
//   - A link as a URN: [FromLink], with the lengths of the company prefixes.
//   - What the parts of a URN are: [Parse].
//
// # What it knows, and what it does not
//
// It knows the schemes that GS1 keys have: identifiers of single things
// (urn:epc:id), classes (urn:epc:class:lgtin) and patterns of all things of a class
// (urn:epc:idpat with a star for the serial number). It knows by name the schemes
// that have no GS1 key, such as gid and usdod. It knows no binary encodings of RFID
// tags, and no events. It has no list of company prefixes: a Digital Link does not
// tell where the prefix ends, so that its way to a URN needs somebody who knows.
//
// # Promises
//
//   - From URN to link nothing is lost: with the same length of the company prefix
//     [FromLink] gives the same URN again, escaped as the standard wants it (but for
//     patterns of upui, which are those of sgtin: both name the trade item).
//   - Nothing is guessed: where the length of a prefix is unknown, or a link says
//     more than a URN can, there is an error.
//   - Errors are [gs1.Error]s; of a URN they name the component, and have a position
//     in it.
//   - No input makes it panic, and none longer than [gs1.MaxLength] is read.
//
// It follows the GS1 EPC Tag Data Standard 2.x, sections 6 and 7, and the Core
// Business Vocabulary 2.0, section 8, for what a class and a pattern mean.
package epc
