// Package ce holds a second way to the links: the API of GS1's reference resolver
// (Resolver CE, version 3), so that whoever comes from there keeps their scripts.
//
//	POST   /api/new                     an object or a list, of version 3 or 2
//	GET    /api/index                   the anchors
//	GET    /api/{ai}/{value}[/…]        an entry, as version 3
//	PUT    /api/{ai}/{value}[/…]        merge links into an entry that is there
//	DELETE /api/{ai}/{value}[/…]        the entry, or the links that the body names
//
// It knows the paths, statuses and documents; what they mean is the business of
// packages link and entryfile, and who may do it stands in internal/access. Our own
// API at /api/v1 can do more.
//
// Differences from the reference, on purpose: a list is taken whole or not at all;
// an escaped slash is part of a value; an answer to a write says what became of each
// entry; the index needs a key like everything else; errors are problem documents.
//
// Statuses as there: 401 without a key, 403 with a wrong one, 415 for what is not
// JSON, 404 for an entry that is not there.
//
// Invariants, each with a test:
//   - No input gives a 500, and a body is bounded.
//   - What GET answers can be posted again and changes nothing.
package ce
