// Package sqldbtest gives tests real databases: SQLite in a temporary folder, and
// PostgreSQL where there is one.
package sqldbtest
