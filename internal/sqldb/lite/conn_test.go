package lite

import "testing"

func TestOlder(t *testing.T) {
	for _, row := range []struct {
		have  string
		older bool
	}{{"3.51.3", false}, {"3.53.4", false}, {"4.0", false}, {"3.51.10", false}, {"3.51.2", true}, {"3.7.0", true}, {"3.51", true}, {"", true}, {"x.y.z", true}} {
		if got := older(row.have, "3.51.3"); got != row.older {
			t.Errorf("%q is older: %v", row.have, got)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, row := range []struct{ query, want string }{
		{`INSERT INTO t VALUES ($1, $2,$3)`, `INSERT INTO t VALUES (?, ?,?)`},
		{`SELECT 'costs $9 or ''more''', "$1" FROM t WHERE a = $1`, `SELECT 'costs $9 or ''more''', "$1" FROM t WHERE a = ?`},
		{`SELECT $1 || $1`, ``},
		{`SELECT $2, $1`, ``},
		{`SELECT $1, $3`, ``},
		{`SELECT $1 -- $2`, ``},
		{`SELECT /* $1 */ $1`, ``},
		{`SELECT ?1, $1`, ``},
		{`SELECT 'open $1`, ``},
		{`SELECT $, $1`, ``},
		{`SELECT $99999999999999999999999`, ``},
	} {
		if row.want == "" { // stays as it is
			row.want = row.query
		}
		if got := plain(row.query); got != row.want {
			t.Errorf("%s became %s", row.query, got)
		}
	}
}
