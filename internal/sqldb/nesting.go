package sqldb

import (
	"bytes"
	"runtime"
	"sync"
)

// nesting finds transactions inside transactions: on SQLite the inner one would
// wait for the outer one's goroutine for ever.
type nesting struct {
	mu     sync.Mutex
	inside map[string]bool // goroutines that run a transaction's function
}

func newNesting() *nesting { return &nesting{inside: map[string]bool{}} }

func goroutine() string {
	var b [64]byte
	n := runtime.Stack(b[:], false)
	f := bytes.Fields(b[:n])
	return string(f[1]) // "goroutine 7 [running]:"
}

func nothing() {}

// enter marks the caller's goroutine, and panics when it is marked already.
func (n *nesting) enter() func() {
	if n == nil {
		return nothing
	}
	g := goroutine()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inside[g] {
		panic("sqldb: a transaction was opened inside another one's function; use its Tx")
	}
	n.inside[g] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.inside, g)
	}
}

// wrap marks the goroutine that fn will run on.
func (n *nesting) wrap(fn func(tx *Tx) error) func(tx *Tx) error {
	if n == nil {
		return fn
	}
	return func(tx *Tx) error {
		defer n.enter()()
		return fn(tx)
	}
}
