// Package sdm is the cryptography of one Secure Dynamic Message of an NTAG 424 DNA:
// AES-CMAC, key diversification, the leakage resilient primitive, PICC data, the
// MAC and the encrypted file data, each for both sides (the chip and the verifier).
//
// It knows bytes and keys. It knows no URL, no hexadecimal and no key set: those
// are package ntag424's.
//
// Invariants:
//   - Sealing and opening, signing and verifying are the same functions.
//   - A Session is all the memory that a message needs, so that it can be pooled:
//     beyond it only crypto/aes allocates, once for each session key in AES mode.
//
// It follows RFC 4493 (CMAC), NXP AN10922 (diversification), AN12304 (LRP), and
// NT4H2421Gx 9.3 with AN12196 (messages).
package sdm
