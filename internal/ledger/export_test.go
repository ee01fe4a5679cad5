package ledger

import (
	"context"

	"tagline/internal/sqldb"
)

// As gives the ledger as another node sees it.
func (l *Ledger) As(node string) *Ledger {
	c := *l
	c.node = node
	return &c
}

// Halves is a follower taken apart, so that a test can stop it in its middle.
type Halves struct{ f *follower }

// Halves makes a follower that a test drives.
func (l *Ledger) Halves(name string, apply func(tx *sqldb.Tx, events []Event) error) *Halves {
	return &Halves{&follower{l: l, name: name, apply: apply, pos: -1}}
}

// Read is the first half of a step.
func (h *Halves) Read(ctx context.Context) ([]Event, error) { return h.f.read(ctx) }

// Work is the second half.
func (h *Halves) Work(ctx context.Context, events []Event) error {
	_, err := h.f.work(ctx, events)
	return err
}

// Step is both.
func (h *Halves) Step(ctx context.Context) error {
	_, err := h.f.step(ctx)
	return err
}

// Backoff is the pause after a number of failures.
var Backoff = backoff
