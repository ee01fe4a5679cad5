// Package history knows the events of passports, and what they say the tables hold.
//
// It does not know the tables: package passport writes the events and compares. The
// events name documents by hash and do not hold them.
package history
