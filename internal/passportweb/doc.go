// Package passportweb serves digital product passports to the public and to holders
// of an access code: a page, JSON-LD, documents, and the independent copy.
//
// It knows addresses, content negotiation and the look of the page. What a reader may
// see, package passport decides; nobody's tap, scan or address is known here.
//
// Invariants, each with a test:
//   - The path tracks nobody (ESPR, Regulation (EU) 2024/1781, Article 10(1)(e) as we
//     read it): no cookie is set or read, no event is recorded, no address is logged,
//     nothing is loaded from anywhere, and no referrer is sent on.
//   - An access code comes in a header or in the body of a form and goes into no
//     address; what it opens is not stored by any cache.
//   - The page works without a script, and its answer stays within 14 kB compressed.
//   - A withdrawn passport answers at once: everything is revalidated.
//
// Addresses: /passport and the path of a Digital Link, then nothing, /documents/{sha256}
// or /copy.zip; ?version=, ?format=, ?lang=, and ?all=1 of a copy. Sources: RFC 9110
// (negotiation, validators, status), RFC 6750 2.1 (bearer tokens).
package passportweb
