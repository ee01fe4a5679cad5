// Package outbound is the way out to the web for addresses that somebody else
// named: links to check, webhooks to call.
//
// It knows which addresses a server must not be talked into asking, and how to say
// in plain English why nobody answered. It does not know what is asked, nor what
// an answer means.
//
// Invariants, each with a test:
//   - A guard looks at the address of the connection itself, when it is made:
//     whatever a name resolves to at that moment, and wherever a redirect leads.
//   - Without leave it lets through public addresses only.
//   - Words hold no address, no certificate and no text of the other side.
//   - No proxy stands between: it would connect for us, unseen.
//
// Sources: RFC 6890 and the IANA registries of special-purpose addresses; RFC 6052
// and RFC 8215 (NAT64).
package outbound
