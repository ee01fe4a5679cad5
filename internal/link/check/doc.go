// Package check looks whether the addresses of links still lead somewhere.
//
// It knows how to ask a web server politely and where it must not go. What it
// found is kept by package link; when it runs is decided by whoever calls Run.
//
// An address is asked with HEAD, and with GET when that is refused. At most five
// redirects are followed.
//
// Invariants, each with a test:
//   - It never talks to anything but public addresses on ports 80 and 443,
//     whatever a name resolves to at that moment and wherever a redirect leads: the
//     address is looked at when the connection is made.
//   - A body is read to a bound and thrown away; nothing is unpacked.
//   - A host is asked one thing at a time, with a pause between.
//   - A run is bounded in addresses; the longest unchecked come first.
//   - What was broken off is not recorded as trouble.
//
// Sources: RFC 6890 and the IANA registries of special-purpose addresses; RFC 6052
// and RFC 8215 (NAT64); RFC 9110 (HEAD, redirects).
package check
