// Package sun is the URL of a Secure Unique NFC message: the pattern that a brand
// writes, the file and settings that an encoder puts into the chip for it, and the
// parts of a URL that comes back.
//
// Most callers want package ntag424, which names everything of here that they need.
//
// It knows text, offsets and the chip's rules about them. It knows no key and no
// cryptography: Match proves nothing.
//
// Invariants:
//   - One compiled Template serves the encoder and the verifier, so that what the
//     chip covers by its MAC and what AppendMACInput rebuilds are the same bytes.
//   - Settings.Bytes and ParseSettings are inverse.
//   - An error names the rule and the place, and nothing of the URL's values.
//
// It follows NT4H2421Gx 9.3 and 10.7.1, AN12196, and the NFC Forum's URI record.
package sun
