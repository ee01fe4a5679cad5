// Package vault keeps secrets at rest: tag keys, cookie keys, and the personal
// fields of events, each under the key of its person.
//
// It knows keys and bytes, and nothing of what they mean. The wrapping key stands
// in a file of the data folder that only the server's user may read; it never
// reaches the database. The database holds data keys, wrapped by it: one for the
// house's secrets, one for derivation, one for each person. Destroying a person's
// key makes everything sealed under it unreadable at once, in backups too.
//
// Envelopes are AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce; the
// purpose is authenticated with them, so that what was sealed for one place does
// not open in another.
//
// Invariants, each with a test:
//   - A wrong or missing key file is refused with a clear fault; a new key is made
//     only when the database holds no wrapped key.
//   - Rotation of the wrapping key loses nothing, wherever it is interrupted, and
//     changes neither what Wrap sealed nor what Derive gives.
//   - After Forget nothing of that person opens again, and nothing new is sealed.
//   - No key is in an error, a log line or a String.
package vault
