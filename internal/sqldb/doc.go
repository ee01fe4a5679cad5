// Package sqldb runs one hand-written SQL text on two engines: SQLite inside the
// process (the default) and PostgreSQL.
//
// It knows engines, transactions, migrations and how engines fail. It knows no
// table but its own schema_migration and schema_health, and no rule of any domain.
// It is the only package that names an engine.
//
// A transaction is a function. View gives it one read snapshot; Update lets it
// write. Both may run the function twice (after a conflict with another
// transaction, or after a lost connection), so it must have no effect outside its
// Tx; wake-ups go through Tx.AfterCommit.
//
// On SQLite one goroutine owns the only writing connection. It takes what waits
// in a bounded queue, runs all of it in one transaction (under savepoints once a
// function has failed after it had written) and commits it; a second goroutine
// flushes the log to the disk beside the next group, and only then do the callers
// get their answers (docs/decisions/0013). On PostgreSQL every Update is a transaction of
// its own.
//
// Invariants, each with a test:
//   - An Update that returned nil survives kill -9 and power loss.
//   - An Update that returned an error has left nothing behind, unless the error
//     is ErrOutcome (the engine did not tell how the commit ended).
//   - Updates grouped together give the same tables as one by one.
//   - A caller's context never reaches a writing statement: SQLite would answer
//     an interrupt by undoing the whole group.
//   - Two processes never open the same data folder.
//   - A database that a newer Tagline has migrated is refused, not damaged.
//
// What is portable between the engines: types TEXT, BIGINT, BOOLEAN, DOUBLE
// PRECISION; placeholders $1, $2; upserts with RETURNING; row values for paging.
// Times are BIGINT microseconds in columns named *_us (Micros, Time); an argument
// of type time.Time is refused. After a failed statement the transaction is lost
// on both engines.
package sqldb
