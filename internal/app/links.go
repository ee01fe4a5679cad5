package app

import (
	"context"
	"log/slog"
	"time"

	"tagline/internal/link/check"
	"tagline/internal/sqldb"
	"tagline/internal/timer"
)

// The link checker runs once a day. A timer keeps the day, so that one node of
// many runs, and a restart forgets nothing; the asking itself takes minutes and
// stands outside of the timer's transaction.
const (
	checkKind  = "link.check"
	checkKey   = "daily"
	checkEvery = 24 * time.Hour
	checkFirst = time.Hour // after the first start
	checkRuns  = 25        // in a day, of 200 addresses at most: what is left is first tomorrow
)

// linkChecks connects the timer with the run.
type linkChecks struct {
	due chan struct{} // holds one: a run that is still going on takes the next one's work
}

// setLinkCheck sets the timer on a server that has none. A demo has none: its
// addresses lead nowhere.
func (a *App) setLinkCheck(ctx context.Context) error {
	if a.config.Demo {
		return nil
	}
	return a.db.Update(ctx, func(tx *sqldb.Tx) error {
		set, err := a.timers.List(tx, checkKind, 1)
		if err != nil || len(set) > 0 {
			return err
		}
		return a.timers.Set(tx, timer.Timer{Kind: checkKind, Key: checkKey, Due: a.config.Clock.Now().Add(checkFirst)})
	})
}

// linkCheckDue is the timer's handler.
func (a *App) linkCheckDue(tx *sqldb.Tx, t timer.Timer) error {
	t.Due = a.config.Clock.Now().Add(checkEvery)
	tx.AfterCommit(func() {
		select {
		case a.checks.due <- struct{}{}:
		default:
		}
	})
	return a.timers.Set(tx, t)
}

// followLinkChecks runs the link checker when it is due, until ctx ends.
func (a *App) followLinkChecks(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.checks.due:
		}
		if err := runLinkChecks(ctx, a.checker, a.config.Log); err != nil && ctx.Err() == nil {
			// The next day has another try; until then the console shows what was found.
			a.config.Log.LogAttrs(ctx, slog.LevelWarn, "links were not checked to the end", slog.Any("error", err))
		}
	}
}

func runLinkChecks(ctx context.Context, c *check.Checker, log *slog.Logger) error {
	all := 0
	for range checkRuns {
		asked, err := c.Run(ctx)
		all += asked
		if err != nil {
			return err
		}
		if asked == 0 {
			break
		}
	}
	log.LogAttrs(ctx, slog.LevelInfo, "links were checked", slog.Int("addresses", all))
	return nil
}
