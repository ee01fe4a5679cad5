// Package brand makes a server be as a set of files says: it reads documents and
// pictures, says in words what would change, applies it in one transaction, and
// writes the same files back.
//
// It knows the kinds of document as a list of Kind values, handed to New: Brand,
// Model, Product, Content and Links by default; later kinds join the list. What a kind
// means is the business of its package. It knows no command and no HTTP.
//
// Invariants, each with a test:
//   - All or nothing: a set with one problem, or one that fails half-way, changes
//     nothing.
//   - Every problem has the file, line and column where it can be put right, also
//     those between documents: what one names and no other holds.
//   - What Plan says is what Apply does; applying again changes nothing.
//   - Export, then Apply: nothing changes.
//   - Without pruning, nothing is removed but pictures that no product names.
package brand
