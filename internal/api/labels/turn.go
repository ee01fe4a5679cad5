package labels

import (
	"context"

	"tagline/internal/fault"
)

// turn lets one in at a time. A sheet of thousands of labels keeps all processors
// busy for seconds: several at once would make each other late, and taps with them.
type turn chan struct{}

// take waits for the turn. It fails with fault.Unavailable when ctx ends before.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, ctx.Err(), "other labels are being drawn", "Ask again in a moment.")
	}
}

func (t turn) give() { <-t }
