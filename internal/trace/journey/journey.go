package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"tagline/internal/clock"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/repository"
)

// Config is what a Service stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	Things *thing.Service
	// Sold tells whether a GTIN is one of ours: only such things become items.
	Sold func(tx *sqldb.Tx, gtin string) (bool, error)
	// Notice takes in what else happened and gives the keys of things that are to be
	// judged because of it; Judge looks at ways that may be new. Both may be nil.
	Notice func(tx *sqldb.Tx, events []ledger.Event) ([]string, error)
	Judge  func(tx *sqldb.Tx, ways []chain.Way) error
	// Look gives things that are due to be judged again, at most limit; it may be nil.
	Look func(tx *sqldb.Tx, limit int) ([]string, error)
}

// Service keeps journeys. It may be used by many goroutines.
type Service struct{ Config }

// New makes the service.
func New(c Config) *Service { return &Service{c} }

// Cursor is the name of the follower.
const Cursor = "journey"

// Follow folds captured events until ctx ends.
func (s *Service) Follow(ctx context.Context) error {
	return s.Ledger.Follow(ctx, Cursor, s.apply)
}

// apply takes in a batch of the ledger.
func (s *Service) apply(tx *sqldb.Tx, events []ledger.Event) error {
	for _, e := range events {
		if err := told(tx, e); err != nil {
			return err
		}
		if e.Type != repository.TypeCaptured {
			continue
		}
		var c repository.Captured
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return fmt.Errorf("journey: event %d has a body that cannot be read: %w", e.Seq, err)
		}
		// At most a thousand rows: so many go into one capture's transaction.
		if err := s.fold(tx, c.First, c.Last); err != nil {
			return err
		}
	}
	if s.Notice == nil {
		return nil
	}
	keys, err := s.Notice(tx, events)
	if err != nil {
		return err
	}
	return s.judge(tx, newGraph(tx, math.MaxInt64), keys)
}

// judge hands the ways of things over to whoever looks for what is suspicious.
func (s *Service) judge(tx *sqldb.Tx, g *graph, keys []string) error {
	if s.Judge == nil {
		return nil
	}
	for chunk := range slices.Chunk(keys, atOnce) {
		if err := g.load(chunk); err != nil {
			return err
		}
		ways := make([]chain.Way, len(chunk))
		for i, key := range chunk {
			ways[i] = chain.Way{Key: key, Entries: chain.Story(key, g.facts), Held: chain.Held(key, g.facts)}
		}
		if err := s.Judge(tx, ways); err != nil {
			return err
		}
	}
	return nil
}

// lookEvery is how often things are looked at again that are due.
const lookEvery = 10 * time.Second

// Watch judges things again when their time has come, until ctx ends.
func (s *Service) Watch(ctx context.Context) error {
	for {
		more, err := s.watch(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.DB.Log().ErrorContext(ctx, "things could not be looked at again", "err", err.Error())
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Clock.After(lookEvery):
		}
	}
}

func (s *Service) watch(ctx context.Context) (more bool, err error) {
	if s.Look == nil {
		return false, nil
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		keys, err := s.Look(tx, atOnce)
		if err != nil {
			return err
		}
		more = len(keys) == atOnce
		return s.judge(tx, newGraph(tx, math.MaxInt64), keys)
	})
	return more && err == nil, err
}

// atOnce is how many things are folded together.
const atOnce = 500

// fold takes in the rows first to last.
func (s *Service) fold(tx *sqldb.Tx, first, last int64) error {
	rows, err := repository.Range(tx, first, last)
	if err != nil {
		return err
	}
	touched := map[string]bool{}
	moved := map[string]bool{} // their containers may have changed
	for _, r := range rows {
		f := chain.FactOf(r.Row, r.Event)
		for _, key := range f.Keys() {
			touched[key] = true
		}
		for _, key := range f.Children {
			moved[key] = true
		}
		if f.Parent != "" && len(f.Children) == 0 {
			inside, err := childrenOf(tx, []string{f.Parent})
			if err != nil {
				return err
			}
			for _, key := range inside {
				moved[key], touched[key] = true, true
			}
		}
	}
	g := newGraph(tx, math.MaxInt64)
	for chunk := range slices.Chunk(sorted(moved), atOnce) {
		if err := g.load(chunk); err != nil {
			return err
		}
		for _, key := range chunk {
			if err := putIntervals(tx, key, chain.Held(key, g.facts)); err != nil {
				return err
			}
		}
	}
	// What a container's event says holds for what is, or ever was, in it.
	for todo := sorted(touched); len(todo) > 0; {
		inside, err := childrenOf(tx, todo)
		if err != nil {
			return err
		}
		todo = nil
		for _, key := range inside {
			if !touched[key] {
				touched[key] = true
				todo = append(todo, key)
			}
		}
	}
	for chunk := range slices.Chunk(sorted(touched), atOnce) {
		if err := g.load(chunk); err != nil {
			return err
		}
		ways := make([]chain.Way, 0, len(chunk))
		for _, key := range chunk {
			story := chain.Story(key, g.facts)
			if s.Judge != nil {
				ways = append(ways, chain.Way{Key: key, Entries: story, Held: chain.Held(key, g.facts)})
			}
			state := chain.At(key, story, chain.Open)
			before, known, err := stored(tx, key)
			if err != nil {
				return err
			}
			if err := putState(tx, key, state, known); err != nil {
				return err
			}
			if err := s.moments(tx, key, before, state); err != nil {
				return err
			}
		}
		if s.Judge != nil {
			if err := s.Judge(tx, ways); err != nil {
				return err
			}
		}
	}
	return nil
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for key := range set {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// graph is what is known of things and their containers, loaded as it is needed.
type graph struct {
	tx    *sqldb.Tx
	upTo  int64
	rows  map[int64]*chain.Fact
	names map[string][]*chain.Fact
}

func newGraph(tx *sqldb.Tx, upTo int64) *graph {
	return &graph{tx, upTo, map[int64]*chain.Fact{}, map[string][]*chain.Fact{}}
}

// facts implements chain.Facts for what was loaded.
func (g *graph) facts(key string) []*chain.Fact { return g.names[key] }

// load reads all events of things, and of their containers as far as these go.
func (g *graph) load(keys []string) error {
	for depth := 0; len(keys) > 0 && depth < 10; depth++ {
		keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { _, known := g.names[k]; return known })
		of, err := repository.OfThings(g.tx, keys, g.upTo)
		if err != nil {
			return err
		}
		if err := g.fetch(of); err != nil {
			return err
		}
		parents := map[string]bool{}
		for _, key := range keys {
			list := []*chain.Fact{}
			for _, row := range of[key] {
				f := g.rows[row]
				if f == nil {
					continue // declared wrong
				}
				list = append(list, f)
				if f.Parent != "" && slices.Contains(f.Children, key) {
					parents[f.Parent] = true
				}
			}
			slices.SortStableFunc(list, chain.Compare)
			g.names[key] = list
		}
		keys = sorted(parents)
	}
	return nil
}

// fetch reads events that are not there yet, without those that were declared wrong.
func (g *graph) fetch(of map[string][]int64) error {
	var need []int64
	for _, rows := range of {
		for _, row := range rows {
			if _, known := g.rows[row]; !known {
				g.rows[row] = nil
				need = append(need, row)
			}
		}
	}
	slices.Sort(need)
	events, err := repository.Load(g.tx, need)
	if err != nil {
		return err
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.Event.EventID
	}
	wrong, err := repository.DeclaredWrong(g.tx, ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Event.ErrorDeclaration == nil && !wrong[e.Event.EventID] {
			f := chain.FactOf(e.Row, e.Event)
			g.rows[e.Row] = &f
		}
	}
	return nil
}

// Way is a thing's story with its state.
type Way struct {
	Key     string
	State   chain.State
	Entries []chain.Entry
	Held    []chain.Interval
}

// Of tells a thing's way and its state at a time; events after it are left out. A
// thing that no event names has no entries.
func (s *Service) Of(ctx context.Context, key string, at int64) (Way, error) {
	w := Way{Key: key}
	err := s.DB.View(ctx, func(tx *sqldb.Tx) error {
		g := newGraph(tx, math.MaxInt64)
		if err := g.load([]string{key}); err != nil {
			return err
		}
		w.Entries = chain.Story(key, g.facts)
		w.Entries = slices.DeleteFunc(w.Entries, func(e chain.Entry) bool { return e.Fact.At > at })
		w.State, w.Held = chain.At(key, w.Entries, at), chain.Held(key, g.facts)
		for _, i := range w.Held {
			if i.From <= at && at < i.To {
				w.State.Container = append(w.State.Container, i.Parent)
			}
		}
		return nil
	})
	return w, err
}

// Contents gives what is directly in a container at a time, in order of the keys, at
// most size after a key.
func (s *Service) Contents(ctx context.Context, key string, at int64, after string, size int) (list []string, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, err = texts(tx, `SELECT child FROM journey_contained WHERE parent = $1 AND from_us <= $2 AND to_us > $2 AND child > $3 ORDER BY child LIMIT $4`, key, at, after, size)
		return err
	})
	return list, err
}

// Present is a thing with its present state.
type Present struct {
	Key   string
	State chain.State
}

// OfLot gives the things of a lot with their states, at most size after a key.
func (s *Service) OfLot(ctx context.Context, gtin, lot, after string, size int) (list []Present, err error) {
	stem := "01/" + gtin + "/21/"
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, err = presents(tx, `SELECT key, state FROM journey_item WHERE lot = $1 AND key >= $2 AND key < $3 AND key > $4 ORDER BY key LIMIT $5`, lot, stem, stem+"\x7f", after, size)
		return err
	})
	return list, err
}

// AtPlace gives the things at a place with their states, at most size after a key.
func (s *Service) AtPlace(ctx context.Context, place, after string, size int) (list []Present, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, err = presents(tx, `SELECT key, state FROM journey_item WHERE place = $1 AND key > $2 ORDER BY key LIMIT $3`, place, after, size)
		return err
	})
	return list, err
}

// Now gives the present state of a thing as the follower keeps it; false for one that
// no event names.
func (s *Service) Now(ctx context.Context, key string) (state chain.State, known bool, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		state, known, err = stored(tx, key)
		return err
	})
	return state, known, err
}
