// Package pages draws the pages that a consumer sees after a tap, a scan or a
// link: plain structs in, HTML out.
//
// It knows the look, the words in every language, and how to keep a page small.
// It does not know tags, items, databases or HTTP requests: which page is due,
// and what stands on it, the resolver decides and says in a View.
//
// A Page is drawn once and served many times. What differs from one item to the
// next (serial, lot, dates, the item's path) is left open as slots that are
// filled while serving, in the compressed form too: the parts between the slots
// are compressed once, and a slot travels as a stored block between them.
//
// Invariants, each with a test:
//   - No page needs a script, a second request for its look, or a third party;
//     the whole answer stays within ten segments of 1,460 bytes (RFC 6928).
//   - Text of others (products, content, unit data) is escaped for its place;
//     no template.HTML, URL or CSS value is made from data.
//   - A page that says "not verified" is the same for every cause.
//   - Nothing of a single unit stands in what a link preview reads
//     (og: tags, canonical, JSON-LD).
//   - Text and edges keep the contrast of WCAG 2.2 AA in both schemes, whatever
//     accent a brand chose.
//
// Sources: RFC 1951 3.2.4 (stored blocks), RFC 1952 (gzip), WCAG 2.2,
// CSP Level 3, schema.org Product.
package pages
