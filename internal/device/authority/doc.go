// Package authority signs the certificates of devices and reads who they name. It
// is pure: keys, certificates and requests in, certificates out.
//
// It knows the form of a device's certificate: the identity is the one URI of its
// subject alternative name, urn:tl:{brand}:{device}; the common name repeats it for
// people. It does not know which devices there are, nor which certificate was
// revoked: that is package device, which keeps keys and certificates.
//
// Invariants, each with a test:
//   - What is signed names one device, may not sign others, and is for clients only.
//   - Of a request only the public key is taken: whatever name it asks for, the
//     server decides who it is.
//   - A key that is too weak is refused.
//
// Sources: RFC 5280 (certificates), RFC 2986 (requests), reference page of devices,
// sections 9 and 10.
package authority
