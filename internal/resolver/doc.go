// Package resolver answers the people who hold a product: it reads a tap or a
// Digital Link, has it recorded, decides what to say, and serves the page.
//
// It knows HTTP, cookies, limits and the order of things. It does not know how a
// tag proves itself (tag), what a tap does to an item (thing), which content fits
// (content) or how a page looks (pages).
//
// The way of a tap: the request URI is kept byte for byte, verified, recorded in
// one transaction, and answered with 303 to the item's clean link and a signed
// session of 30 minutes. The page behind the clean link shows what only a tap may
// show while that session lasts.
//
// Invariants, each with a test:
//   - A genuine tap is answered with success only after it is durable, and once.
//   - HEAD, link previews and prefetches read; they never consume a tap.
//   - Refused taps look the same whatever was wrong with them.
//   - No input ends in a 500, and none reaches a log line with what it proves:
//     an access line names the way, the product and the outcome, never the URL.
//   - A page of an alcoholic product is shown after the age question only; the
//     birth date is compared and forgotten.
//   - Every table that strangers can fill has a fixed size.
//
// It follows GS1 Digital Link URI Syntax and GS1-Conformant Resolver 1.2 (status
// codes; the rest of the resolver standard comes later), RFC 9110, RFC 6265.
package resolver
