package timer

import (
	"context"
	"time"
)

// Round runs what is due now, once, and says when the next entry is.
func (s *Timers) Round(ctx context.Context, handlers map[string]Handler) (time.Time, error) {
	return s.round(ctx, handlers)
}

// Fire runs one entry that was found due earlier.
func (s *Timers) Fire(ctx context.Context, t Timer, now time.Time, h Handler) error {
	return s.fire(ctx, t, now, h)
}

// MaxTries is the number of failures after which an entry is parked.
const MaxTries = maxTries
