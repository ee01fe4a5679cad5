// Package strain counts how a database fares, for figures of operation.
//
// It knows the difference between a database that could not serve, an error that
// nobody has a word for, and an answer that is no failure at all: a fault of the
// caller's, a row that is not there, a visitor who went away. It knows no engine.
//
// Invariant, with a test: an error that passes through stays as it is.
package strain
