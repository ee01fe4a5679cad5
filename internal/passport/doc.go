// Package passport keeps Digital Product Passports: what a maker says of a product,
// a lot or an item to everybody, to those with a legitimate interest, and to
// authorities.
//
// It knows passports and their versions, documents, tiers of access, the grants
// that open a tier, JSON-LD, and the independent copy (a ZIP that proves itself, see package copyfile).
// It does not know what the catalogue says of a product, nor who scans one: a
// public reading leaves no trace anywhere, in no table and no event.
//
// A passport stands at an anchor: a GTIN, a GTIN with a lot, or a GTIN with a
// serial, written as the canonical path of a GS1 Digital Link. What a lot's passport
// does not say it inherits from the product's, what an item's does not say from
// its lot's (ofLot names it), attribute by attribute; every answer says from which
// level a value comes.
//
// Invariants, each with a test:
//   - A version never changes: it is the canonical JSON (RFC 8785) of the document
//     with its SHA-256, a number, a time and who published it.
//   - An anchor is never used again: a passport that was published stays, and once
//     withdrawn answers with the reason.
//   - What a tier may not see is absent from its answers, not empty; only the
//     number of what is hidden is told.
//   - A token is stored as a hash. A wrong, an expired and a revoked one get the
//     same answer, whether the passport exists or not.
//   - Every answer above the public tier is in the access log before it is given.
//   - Drafts, versions, documents and grants are the ones that the ledger's events
//     name by hash. The events do not hold them: a passport can have documents of
//     100 MB, and what a tier may not see does not belong in a log of everything.
//   - The same version gives the same bytes of JSON-LD, the same copy at the same
//     time the same bytes of ZIP.
//
// Sources: Regulation (EU) 2024/1781 (ESPR), Articles 9 to 11: persistent unique
// identifier, levels model, batch and item, access rights, an independent back-up
// copy, no tracking of customers; Regulation (EU) 2023/1542 (batteries), Article 77
// and Annex XIII, for the tiers. Annex XIII knows a fourth group, data of the single
// battery, which here is a passport of an item. That the authorities' tier holds all
// of the legitimate interest's is our reading. GS1 Digital Link; GS1 Web Vocabulary
// 1.16; schema.org; JSON-LD 1.1.
//
// Unconfirmed: the delegated acts decide what a passport holds; the fields of the EU
// registry are known from drafts only. So sections and attributes are free, terms of
// a vocabulary are optional, and a Format writes a view in another shape.
package passport
