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

// action says what happened to a resource.
type action string

const (
	wasCreated action = "created"
	wasChanged action = "changed"
	wasRemoved action = "removed"
)

// Happening is the body of this package's events, whose types are the kind
// (brand, model, product, image) and ".changed" or ".removed".
type Happening struct {
	Key    string          `json:"key"`
	By     string          `json:"by,omitempty"` // id of the member or key
	Action action          `json:"action"`       // created, changed, removed
	After  json.RawMessage `json:"after,omitempty"`
}

// record appends the event of a change to the ledger.
func (s *Service) record(tx *sqldb.Tx, kind, key string, a action, after []byte, c Change) error {
	body, err := json.Marshal(Happening{Key: key, By: c.By, Action: a, After: after})
	if err != nil {
		return err
	}
	suffix := ".changed"
	if a == wasRemoved {
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
		want, err := fold(tx, s.ledger)
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
		both := maps.Clone(want)
		maps.Copy(both, have)
		for _, key := range slices.Sorted(maps.Keys(both)) {
			if want[key] != have[key] {
				differences = append(differences, fmt.Sprintf("%s: the ledger says %.200q, the table %.200q", key, want[key], have[key]))
			}
		}
		return nil
	})
	return differences, err
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

// fold gives the last state of each resource by the ledger.
func fold(tx *sqldb.Tx, l *ledger.Ledger) (map[string]string, error) {
	state := map[string]string{}
	done := map[string]bool{}
	var types []string
	for _, k := range []string{"brand", "model", "product", "image"} {
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
			if h.Action != wasRemoved {
				state[key] = string(h.After)
			}
		}
	}
}
