// Package ntag424 verifies, explains and makes the messages of NXP's NTAG 424 DNA
// and NTAG 424 DNA TagTamper: the URL that a phone opens when it is held to a bottle.
//
// # Which part do I want?
//
// To check a tap, describe the tags once with [Compile] (the URL pattern) and a
// [KeySet], make a [Verifier], and give [Verifier.Verify] the URL or, in a server,
// the request URI byte for byte. The [Tap] says which chip it was, its counter, the
// state of its seal, and how strong the evidence is.
//
// To encode tags, [KeySet.Encode] gives the file and its settings for each of them,
// and [KeySet.SlotKey] the keys. [VerifyOriginality] tells NXP's silicon from a copy,
// at the time of encoding.
//
// To try a server without tags, [NewChip] makes one that taps: [Chip.Open] tears its
// seal. To tell a tag maker what is wrong, use [Diagnose].
//
// # What a good tap does not prove
//
// The chip gets no challenge from a reader: a valid message proves that the chip was
// read, not when or where. So the counter has to grow, which only your database can
// decide. Claim it in one statement (last < new) together with whatever the tap
// causes, per set, epoch and UID; equal is a replay, lower is out of order. Somebody
// with the bottle in hand can store URLs and play them later in order: for a prize,
// ask for a second live tap.
//
// The seal is measured only while a phone reads the chip. "Sealed" means that no
// opening was seen.
//
// # Keys
//
// The meta key opens the encrypted UID and counter, so all tags of a set share it.
// The file key makes the MAC, and each tag should have its own: scheme [AN10922]
// derives it from the UID. Put the name of the set into the URL's path, and no key
// has to be tried in vain. [KeySet.Weak] knows the keys of public examples. Keys do
// not print; [Key.Check] is what people compare.
//
// # What stands in the URL
//
// Chips are encoded in many shapes: parameters, path segments, one long segment,
// letters between the values. A pattern describes each, and the MAC input is rebuilt
// from the pattern, because apps and proxies re-order parameters, add their own and
// change the host. [Compile] refuses what the chip would refuse, and what is unwise;
// for tags that somebody else has encoded set [Options].Foreign, and read
// [Template.Findings].
//
// # Errors
//
// Every error is an [*Error] with a stable [Code], and errors.Is takes the code:
// errors.Is(err, ntag424.ErrMAC). Show the public one answer for all of them.
// ErrPICC and ErrMAC take the same way and the same time, so that nobody learns which
// key they missed. Nothing of an error is secret.
//
// # What it does not do
//
// It reads no clock, no file and no network, and imports the standard library only.
// It keeps no counter. It speaks to no reader: the commands that write keys and files
// are an encoder's business. NTAG 223/224 DNA lay out their messages differently and
// are not read.
//
// # Sources
//
// NXP AN12196 rev 1.8 (messages), NT4H2421Gx rev 3.0 sections 9.3 and 10.7.1 and
// NT4H2421Tx rev 3.0 (settings, tamper), AN10922 (diversification), AN12304 (LRP);
// RFC 4493 (CMAC). Paths below this one: package sun is the URL, internal/sdm the
// cryptography.
package ntag424
