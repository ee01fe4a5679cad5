// Package sheet knows what one digital product passport says: its anchor, its
// document and the checks of it, the tiers, how an item's passport is laid over its
// lot's and its product's, canonical JSON, and JSON-LD.
//
// It is pure: documents in, views and bytes out. It does not know where passports
// are kept, who may hold a grant, or versions beyond their numbers; that is package
// passport.
//
// Invariants, each with a test: an anchor reads back from its path; what a tier may
// not see is absent from a view, and nothing but its number is told; what a finer
// level says replaces what a coarser one says, with its tier; the same view gives the
// same bytes.
//
// Sources: GS1 Digital Link URI Syntax; GS1 Web Vocabulary 1.16; schema.org; JSON-LD
// 1.1; RFC 8785 (canonical JSON); Regulation (EU) 2024/1781, Articles 9 to 11, and
// Regulation (EU) 2023/1542, Annex XIII, for levels and tiers.
package sheet
