// Package manifest reads and writes a brand as files: YAML documents that begin
// with `kind:`, strict enough that a typing error is found at its line and column.
//
// It knows the form (files, documents, fields, positions) and nothing of what the
// kinds mean: a caller decodes a Document into its own struct, whose `json` tags
// name the fields, so that files, API and store use one vocabulary.
//
// Invariants:
//   - Everything wrong in a set of files is reported at once, sorted by file, line
//     and column, at most MaxProblems of them.
//   - Unknown fields, fields given twice, wrong types, aliases, tags, control
//     characters and invalid UTF-8 are errors. Nothing is guessed.
//   - What Encode writes, Parse and Decode read back to an equal value; Encode of
//     equal values gives equal bytes.
//   - Input is bounded in bytes, documents, nodes and depth. Aliases are refused
//     before anything is expanded, so there are no alias bombs.
//
// It follows YAML 1.2 (yaml.org/spec/1.2.2) as read by go.yaml.in/yaml/v3.
package manifest
