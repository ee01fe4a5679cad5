// Package value says what may go into a column and what comes out of one.
//
// It knows Go's types and the few values that database drivers speak; no engine,
// no connection, no table. It exists because database/sql converts where it can,
// which hides a mistake on one engine that the other one refuses.
//
// Invariants, each with a test:
//   - A value that goes in as a Go type comes out as the same, on both engines.
//   - A time.Time never goes in: its text would sort wrongly. Times are BIGINT
//     microseconds.
//   - Text is UTF-8 without a zero byte, and no value is larger than 16 MiB.
package value
