// Package sqldbtest gives tests real databases: SQLite in a temporary folder, and
// PostgreSQL from the address in TAGLINE_TEST_POSTGRES, or else from a throw-away
// server that it starts from the installed binaries.
//
// A store's suite is a function that takes a *sqldb.DB and is handed to Run, so
// that it passes on both engines or not at all. Every test has a schema of its
// own. Where no PostgreSQL is to be had, its half is skipped with a loud line;
// with CI=true and TAGLINE_REQUIRE_POSTGRES=1 that is a failure.
//
// The throw-away server belongs to one test binary. It listens on a socket in its
// own short folder, and ends when the binary does, however that ends: a small
// process waits on a pipe that only the binary holds.
package sqldbtest
