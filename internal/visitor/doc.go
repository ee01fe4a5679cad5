// Package visitor reads who asks for a consumer page, as far as a request says it
// and no further: language, market, whether a person follows a link or software
// draws a preview, the session of a tap, the answer to the age question.
//
// It knows headers and cookies. It does not know items or pages, and it never
// learns who somebody is: a session names a tap, the age cookie an outcome, an
// address is used for a limit and nothing else.
//
// Invariants, each with a test:
//   - A cookie that this server did not sign, or whose time is over, says nothing.
//   - A cookie of one kind is never taken for one of another kind.
//   - Tables that strangers can fill have a fixed size.
//
// Sources: RFC 6265 (cookies), RFC 9110 12.5.4 (Accept-Language), the Fetch
// standard (Sec-Purpose, Origin), guard rule 2.3 (GCRA).
package visitor
