// Package product keeps what a brand sells: brands, models, products and the
// pictures of them.
//
// It knows what a product is (a GTIN, its texts, where it is sold, what follows
// it) and what its model can do (properties, detectors, placements). It does not
// know single items (package thing), nor what is said about a product when
// (package content).
//
// Invariants, each with a test:
//   - A product's brand, model and next product exist; what is still referred to
//     cannot be removed.
//   - Whoever changes the catalogue holds its version row until the commit, so two
//     changes never pass each other, on any engine.
//   - The Catalogue in memory is a snapshot: it never shows half a change, never
//     goes back, and on this node shows a change as soon as its commit is answered.
//     Another node on the same PostgreSQL shows it within FreshFor.
//   - The tables equal the fold of the ledger's events of this package.
//   - A picture holds nothing that runs.
//
// Sources: GS1 General Specifications (GTIN), ISO 3166-1 (markets), BCP 47
// (locales; RFC 4647 lookup, then CLDR language matching).
package product
