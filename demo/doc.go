// Package demo holds a small made-up spirits brand as files, the same that
// `tagline apply -f demo/` reads, so that the program can show itself anywhere.
//
// It knows no more than how to hand them out. The brand, Ferrow, its people and its
// places are invented; its GTINs stand in the range that GS1 keeps for
// demonstrations (9506000). The texts and pictures are part of the project and
// under its licence.
//
// Invariants, each with a test: the set stands by itself and applies without a
// change the second time; every text exists in every language of the consumer
// pages; there is something to say, in each language and market, to a sealed, an
// opened and an empty bottle of every product.
package demo
