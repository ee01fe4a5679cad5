// Package copyfile is the form of the independent copy of a passport: a ZIP whose
// manifest names every file with its size and SHA-256, so that the copy proves itself
// without the server that made it.
//
// It knows the manifest and how to check a copy. It does not know databases, nor who
// may have which copy; package passport writes copies.
//
// Invariants, each with a test:
//   - A copy in which a byte of a file was changed, a file is missing or one is there
//     that the manifest does not name is refused.
//   - Checking is bounded by the copy itself: no entry is unpacked that claims bytes
//     another entry has too, and none further than its manifest says.
//
// Sources: Regulation (EU) 2024/1781 (ESPR), Article 10(4), the back-up copy of a third
// party; ZIP: PKWARE APPNOTE 6.3. A copy has no more than its manifest, no encryption,
// and no directories of their own. The form is ours, its name is Format.
package copyfile
