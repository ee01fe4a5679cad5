// Package console serves the web console that is built from the console folder
// at the root of the repository.
//
// It knows the built files, how to hand them to a browser (compression, caching,
// security headers) and that every other address under /console/ is a place
// inside the application. It does not know the API that the application calls,
// nor who is signed in.
//
// Invariants:
//   - It compiles and answers without a build: one plain page says how to make one.
//   - A missing asset is 404, never the application: an old tab must notice that
//     its build is gone.
//   - Files with a hash in their name are cached for ever, everything else is
//     asked for again.
//   - No answer allows an inline script (Content-Security-Policy, CSP level 3).
//
// Content negotiation follows RFC 9110 clause 12.5.3.
package console
