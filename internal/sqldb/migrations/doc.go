// Package migrations holds the schema of all domains as numbered steps, and
// decides which of them a database still needs.
//
// It knows files, numbers and checksums; no engine and no connection. A step is
// NNNN_name.sql; NNNN_name.postgres.sql stands in for it on PostgreSQL where the
// engines need different texts (BYTEA for BLOB, BIGINT for INTEGER PRIMARY KEY).
// Steps go forward only.
//
// Invariants, each with a test:
//   - A step that was applied is never edited: its checksum is compared at every
//     start.
//   - A database with a step that this program does not know is refused.
//   - Both engines end with the same tables and columns (tested in sqldb).
package migrations
