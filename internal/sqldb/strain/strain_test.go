package strain_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/sqldb/strain"
)

func TestOnlyTheDatabasesOwnFailuresAreCounted(t *testing.T) {
	for _, c := range []struct {
		err  error
		want strain.Figures
	}{
		{nil, strain.Figures{}},
		{fault.New(fault.NotFound, "no such thing", ""), strain.Figures{}},
		{fault.New(fault.Conflict, "taken", ""), strain.Figures{}},
		{fmt.Errorf("read: %w", sql.ErrNoRows), strain.Figures{}},
		{context.Canceled, strain.Figures{}},
		{context.DeadlineExceeded, strain.Figures{Unavailable: 1}},
		{fmt.Errorf("write: %w", fault.New(fault.Unavailable, "the disk is full", "")), strain.Figures{Unavailable: 1}},
		{errors.New("no such column"), strain.Figures{Broken: 1}},
	} {
		var g strain.Gauge
		if got := g.Note(c.err); got != c.err {
			t.Errorf("%v came back as %v", c.err, got)
		}
		if got := g.Figures(); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.err, got, c.want)
		}
	}
	g := strain.Gauge{Queue: func() int { return 7 }}
	if g.Figures().Queue != 7 {
		t.Error("nobody asks the queue")
	}
}
