// Package arch holds the plan of the house as a table, and tests that fail when
// the code leaves it: layers, names, sizes, documentation, the places where time
// and chance may be read, and who owns which SQL table.
//
// It knows the shape of the source tree and nothing of what the packages do. It
// is imported by nobody.
//
// A package imports lower layers; inside a layer only what stands left of it in
// its row. When a test here fails, the remedy is almost always to move the code,
// not the rule; a change of a rule comes with a page in docs/decisions.
package arch
