// Package lite is one connection to SQLite: its address, its pragmas, its
// prepared statements, and what its result codes mean.
//
// It knows a file in a folder and SQL text; no transaction of ours, no queue, no
// other engine. It goes straight to the driver, without database/sql: one
// goroutine uses a connection at a time, so locks, pools and watchers would only
// cost. It never opens the database's files by other means: closing any
// descriptor of them would drop the locks of the whole process.
//
// Sources: sqlite.org/rescode.html, sqlite.org/pragma.html, sqlite.org/wal.html.
package lite
