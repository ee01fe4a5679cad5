// Package personalise reads and writes the files that pass between Tagline and
// those who encode tags.
//
// It knows the columns of a personalisation batch, as encoding houses and tools
// write it, and what an encoder needs to know of each item. It makes missing items
// and registers their chips through packages thing and tag; it has no tables.
//
// Invariants, each with a test:
//   - A file with a wrong row imports nothing, and every wrong row is named by its
//     line, column and reason. To import a file again changes nothing.
//   - No file holds a key: encoders load keys by reference and compare check values.
//   - Files are bounded in bytes and rows.
//
// It follows the batch files of GoToTags-like encoders, by header and not by
// position, and NXP AN12196 for the settings.
package personalise
