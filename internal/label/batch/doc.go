// Package batch makes labels by the thousand: serial numbers that nobody can guess,
// the list of them as CSV, and the labels as sheets or a roll in PDF.
//
//	serials, err := batch.Serials(rand.Reader, 10_000, batch.DefaultLength, nil)
//	b := batch.Batch{GTIN: "09506000164908", Lot: "L7", Stem: "https://id.example", Serials: serials, Spec: spec}
//	err = b.WriteCSV(ctx, csvFile, nil)
//	made, err := b.WritePDF(ctx, pdfFile, batch.Sheet{Page: batch.A4, Margin: 10, Gap: 2}, nil)
//
// It knows how serials are drawn and how labels are laid out on paper. It does not
// know which serials were issued before (the caller can exclude them), keeps
// nothing, and draws no symbol itself (package label).
//
// Invariants, each with a test:
//   - Serials are unique within a batch, hold only letters that cannot be mistaken,
//     and are as random as their source: five bits a character. A serial of the
//     default twelve characters has 60 bits; whoever tries numbers at random meets
//     one of a million issued items once in a million million tries.
//   - CSV and PDF of one batch say the same, in the same order.
//   - Both are written as a stream: of 100,000 labels a few hundred are in memory.
//   - The same Batch gives the same bytes, on however many processors.
//   - A label that does not fit its cell is an error, never cut or laid over another.
package batch
