// Package entryfile brings links in from files and writes them out.
//
// It knows four formats and which of their fields mean what here. It stores
// nothing: package link does, all of a file or nothing of it.
//
// # JSON
//
// One object or a list of them. The members of version 3 of GS1's reference
// resolver are read, and its older version 2 (identificationKeyType,
// identificationKey, qualifierPath, responses); export writes version 3. Our own
// members stand beside its own: handledBy; and in a link id, markets, from, until,
// when, default and multi.
//
// hreflang and type that are null or "und" say nothing and are dropped. Where no
// link says default or multi itself, the default is the first public link of
// defaultLinktype with the fewest of hreflang, type and context, and its language
// variants are the multi set when they are two or more. public or active false:
// the link is kept and not served. In version 2 links of one type and address
// become one link with all their languages. An anchor of 8003, 8004 or 00 whose
// links hold {0} or {1} is a prefix.
//
// # CSV and Excel
//
// A line of names, then one line for each link; of a workbook the first sheet.
// Lines with the same anchor make one entry. Separators of CSV may be comma,
// semicolon or tab.
//
//	anchor           /01/09506000134352/10/LOT1; or instead the columns
//	                 gtin, variant, lot and serial
//	itemDescription  on the first line of an anchor, or the same on all
//	handledBy        another resolver; such a line needs no link
//	id               stays with the link; may be left out
//	linktype         gs1:pip
//	href, title      may hold {lot} and the like
//	type             text/html
//	hreflang, context, markets   several with | between them
//	fwqs, public, default, multi yes or no; nothing is the usual
//	from, until      2026-11-01 or 2026-11-01T12:00:00Z
//	when             a condition as JSON
//
// Where no line of a file has the column default, the first public link of each
// anchor is the default, unless the file has an anchor above it. A cell that a
// spreadsheet would take for a formula is written with an apostrophe before it,
// which is taken off again.
//
// Invariants, each with a test:
//   - What is exported imports again to equal entries, in either format.
//   - All that is wrong is reported at once, with row and column or path, at most
//     MaxProblems.
//   - A rehearsal says exactly what the import would do, and does nothing.
//   - A file is bounded: 10 MB, 20,000 rows, 64 MB unzipped.
package entryfile
