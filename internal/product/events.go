package product

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// Action says what happened to a resource.
type Action string

// What can happen to a resource.
const (
	Created Action = "created"
	Changed Action = "changed"
	Removed Action = "removed"
)

// Happening is the body of this package's events, whose types are the kind
// (brand, model, product, image) and ".changed" or ".removed".
type Happening struct {
	Key    string          `json:"key"`
	By     string          `json:"by,omitempty"` // id of the member or key
	Action Action          `json:"action"`       // created, changed, removed
	After  json.RawMessage `json:"after,omitempty"`
}

// record appends the event of a change to the ledger.
func (s *Service) record(tx *sqldb.Tx, kind, key string, a Action, after []byte, c Change) error {
	body, err := json.Marshal(Happening{Key: key, By: c.By, Action: a, After: after})
	if err != nil {
		return err
	}
	suffix := ".changed"
	if a == Removed {
		suffix = ".removed"
	}
	return s.ledger.Append(tx, ledger.Event{
		ID: s.ids.Event(), Source: "catalogue", Type: kind + suffix, Class: ledger.Fact, Cause: c.Cause, At: s.clock.Now(), Body: body,
	})
}

// Replay folds the ledger's events of this package and says where the tables
// differ from them, in words; nothing when they agree.
func (s *Service) Replay(ctx context.Context) (differences []string, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		differences = nil
		want, err := Fold(tx, s.ledger, "brand", "model", "product", "image")
		if err != nil {
			return err
		}
		c, err := Load(tx)
		if err != nil {
			return err
		}
		have := map[string]string{}
		for _, read := range []func() error{
			func() error { return bodies(brands, c, have) },
			func() error { return bodies(models, c, have) },
			func() error { return bodies(products, c, have) },
			func() error { return bodies(images, c, have) },
		} {
			if err := read(); err != nil {
				return err
			}
		}
		differences = Differences(want, have)
		return nil
	})
	return differences, err
}

// Differences compares resources as the ledger tells them with the tables.
func Differences(want, have map[string]string) (list []string) {
	both := maps.Clone(want)
	maps.Copy(both, have)
	for _, key := range slices.Sorted(maps.Keys(both)) {
		if want[key] != have[key] {
			list = append(list, fmt.Sprintf("%s: the ledger says %.200q, the table %.200q", key, want[key], have[key]))
		}
	}
	return list
}

func bodies[T any](k kind[T], c *Catalogue, into map[string]string) error {
	for _, st := range k.shelf(c).sorted {
		b, err := json.Marshal(st.Value)
		if err != nil {
			return err
		}
		into[k.name+" "+k.key(st.Value)] = string(b)
	}
	return nil
}

// Fold gives the last state, as JSON, of each resource of some kinds by the
// ledger. The keys are kind and key, with a space between.
func Fold(tx *sqldb.Tx, l *ledger.Ledger, kinds ...string) (map[string]string, error) {
	state := map[string]string{}
	done := map[string]bool{}
	var types []string
	for _, k := range kinds {
		types = append(types, k+".changed", k+".removed")
	}
	var before int64
	for {
		events, err := l.List(tx, ledger.Filter{Types: types, Before: before, Limit: 500})
		if err != nil || len(events) == 0 {
			return state, err
		}
		for _, e := range events { // newest first: the first one of a key is its last
			before = e.Seq
			var h Happening
			if err := json.Unmarshal(e.Body, &h); err != nil {
				return nil, err
			}
			kind, _, _ := strings.Cut(e.Type, ".")
			key := kind + " " + h.Key
			if done[key] {
				continue
			}
			done[key] = true
			if h.Action != Removed {
				state[key] = string(h.After)
			}
		}
	}
}
