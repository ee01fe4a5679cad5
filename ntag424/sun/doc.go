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
// # Rules
//
// Error.Rule is one of these. Syntax: scheme, host, host_static, character, braces,
// variables, duplicate, ambiguous, parameters, parameter_name, prefix, mac_from,
// mac_missing, identity_missing, mirror_conflict, file_without_enc, slots,
// variable_value. The chip's: meta_needs_uid_or_counter, enc_needs_uid_and_counter,
// enc_needs_file_read, enc_length, enc_before_mac, mac_input_after_enc,
// mac_input_after_mac, tt_in_plain_half, overlap, file_size, limit_needs_counter,
// limit_too_low, limit_too_high, counter_read_needs_counter, access, reserved, length.
// The house's, which Options.Foreign turns into findings: https, mac_last,
// mac_covers, mirrors_encrypted, counter_missing, uid_missing, tt_in_enc,
// keyset_in_path, read_free, rights_closed.
//
// It follows NT4H2421Gx 9.3 and 10.7.1, AN12196, and the NFC Forum's URI record.
package sun
