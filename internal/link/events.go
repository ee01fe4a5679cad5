package link

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// TypeChanged is the type of this package's events.
const TypeChanged = "link.changed"

// Action says what happened to an entry.
type Action string

// What can happen to an entry.
const (
	Created  Action = "created"
	Replaced Action = "changed"
	Removed  Action = "removed"
	Restored Action = "restored" // by Undo
	Same     Action = "same"     // nothing; stands in no history
)

// Changed is one change of an entry, as the history has it.
type Changed struct {
	Seq    int64 // grows with every change of any entry; the version of the entry after it
	Anchor string
	At     time.Time
	By     string // id of the member or key
	Action Action
	Before string // the entry as JSON; "" for none
	After  string // the entry as JSON; "" for none
}

// Happening is the body of link.changed.
type Happening struct {
	Anchor string          `json:"anchor"`
	Seq    int64           `json:"seq"`
	By     string          `json:"by,omitempty"`
	Action Action          `json:"action"`
	After  json.RawMessage `json:"after,omitempty"`
}

// record appends the event of a change to the ledger.
func (s *Service) record(tx *sqldb.Tx, path string, seq int64, a Action, doc string, c Change, now time.Time) error {
	h := Happening{Anchor: path, Seq: seq, By: c.By, Action: a}
	if doc != "" {
		h.After = json.RawMessage(doc)
	}
	body, err := encode(h)
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{
		ID: s.ids.Event(), Source: "link", Type: TypeChanged, Class: ledger.Fact, Cause: c.Cause, At: now, Body: json.RawMessage(body),
	})
}

// Replay folds the ledger's events of this package and says where the table
// differs from them, in words; nothing when they agree.
func (s *Service) Replay(ctx context.Context) (differences []string, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		differences = nil
		want, err := s.fold(tx)
		if err != nil {
			return err
		}
		have, err := docs(tx)
		if err != nil {
			return err
		}
		both := maps.Clone(want)
		maps.Copy(both, have)
		for _, path := range slices.Sorted(maps.Keys(both)) {
			if want[path] != have[path] {
				differences = append(differences, fmt.Sprintf("link %s: the ledger says %.200q, the table %.200q", path, want[path], have[path]))
			}
		}
		return nil
	})
	return differences, err
}

// fold gives the last state of every entry by the ledger.
func (s *Service) fold(tx *sqldb.Tx) (map[string]string, error) {
	state, done := map[string]string{}, map[string]bool{}
	var before int64
	for {
		events, err := s.ledger.List(tx, ledger.Filter{Types: []string{TypeChanged}, Before: before, Limit: 500})
		if err != nil || len(events) == 0 {
			return state, err
		}
		for _, e := range events { // newest first: the first one of an anchor is its last
			before = e.Seq
			var h Happening
			if err := json.Unmarshal(e.Body, &h); err != nil {
				return nil, err
			}
			if !done[h.Anchor] && h.Action != Removed {
				state[h.Anchor] = string(h.After)
			}
			done[h.Anchor] = true
		}
	}
}
