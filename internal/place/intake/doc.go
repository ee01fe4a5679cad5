// Package intake reads files of locations and parties: CSV, signed lists, and the
// master data of EPCIS documents.
//
// It knows which file is which, and how attributes of master data are called. What a
// location may be, package place decides; the forms of files are those of packages
// place/listfile, epcis/jsondoc and epcis/xmldoc.
//
// Invariants, each with a test:
//   - Every mistake is told with its place, and none of the others is lost for it.
//   - A signed list is read with the key of who signed it, or not at all.
//
// Sources: CBV 2.0 section 9, attributes of locations and parties.
package intake
