package reading

import (
	"context"
	"errors"
	"math"

	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/model"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// Twin is what a device reports of itself.
type Twin struct {
	Reported twin.Reported
	Entries  int64 // in its log
	Received int64 // of the newest to arrive, microseconds of UTC; 0: never
	Newest   int64 // by its corrected clock
}

// Twin gives the reported side of a device. A device that never reported has an empty
// one.
func (s *Service) Twin(ctx context.Context, d device.Device) (t Twin, err error) {
	m, err := s.model(ctx, d.Model)
	if err != nil {
		return t, err
	}
	p, err := s.program(m)
	if err != nil {
		return t, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		var n int64
		err := tx.QueryRow(`SELECT n FROM reading_turn WHERE device = $1`, d.No).Scan(&n)
		if errors.Is(err, sqldb.ErrNoRows) {
			t = Twin{}
			return nil
		}
		if err != nil {
			return err
		}
		if l := s.known(d.No); l != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.turn == n {
				t, err = l.twin()
				return err
			}
		}
		l, err := s.read(tx, d.No, p)
		if err != nil {
			return err
		}
		t, err = l.twin()
		return err
	})
	return t, err
}

// twin gives a copy that nobody changes.
func (l *live) twin() (Twin, error) {
	data, err := l.reported.Encode()
	if err != nil {
		return Twin{}, err
	}
	r, err := twin.Decode(data)
	at, _ := l.state.Last()
	return Twin{Reported: r, Entries: l.entries, Received: l.received, Newest: at}, err
}

// read is load for a reader, which changes nothing: a changed program is left alone.
func (s *Service) read(tx *sqldb.Tx, no int64, p *detect.Program) (*live, error) {
	l, at, id, err := stored(tx, no)
	if err != nil {
		return nil, err
	}
	if l.program != "" && l.program != p.Fingerprint() {
		if p, err = detect.Compile(model.Model{Name: "none"}); err != nil {
			return nil, err
		}
	}
	return l, l.follow(tx, no, p, at, id, nil)
}

// Point is one stretch of a series.
type Point struct {
	At   int64 // its beginning
	N    int   // values in it
	Mean float64
	Min  float64
	Max  float64
	Word string // of a text: the last one
}

// maxSeries is the most entries that a series looks at.
const maxSeries = 50_000

// Series gives the values of a property in a time, in at most so many stretches of
// equal length; those without a value are left out. more says that there were too many
// entries to look at: the newest are left out.
func (s *Service) Series(ctx context.Context, no int64, name string, from, to int64, points int) (list []Point, more bool, err error) {
	points = min(max(points, 1), 2000)
	step := max((to-from)/int64(points), 1)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		list, more = nil, false
		rows, err := tx.Query(`SELECT `+entryColumns+` FROM reading_entry WHERE device = $1 AND at_us >= $2 AND at_us < $3 ORDER BY at_us, id LIMIT $4`, no, from, to, maxSeries)
		if err != nil {
			return err
		}
		defer rows.Close()
		looked := 0
		for rows.Next() {
			e, err := scanEntry(rows.Scan)
			if err != nil {
				return err
			}
			looked++
			v, ok := e.Patch.Values[name]
			if !ok {
				continue
			}
			begin := from + (e.At-from)/step*step
			if len(list) == 0 || list[len(list)-1].At != begin {
				list = append(list, Point{At: begin, Min: math.Inf(1), Max: math.Inf(-1)})
			}
			p := &list[len(list)-1]
			p.N++
			f, ok := v.Float()
			if !ok {
				p.Word, p.Min, p.Max = v.String(), 0, 0
				continue
			}
			p.Mean += (f - p.Mean) / float64(p.N)
			p.Min, p.Max = min(p.Min, f), max(p.Max, f)
		}
		more = looked == maxSeries
		return rows.Err()
	})
	return list, more, err
}

// Entries lists the entries of a device before a time, the newest first.
func (s *Service) Entries(ctx context.Context, no, before int64, limit int) (all []Entry, err error) {
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all, err = collect(tx.Query(`SELECT `+entryColumns+` FROM reading_entry WHERE device = $1 AND at_us < $2 ORDER BY at_us DESC, id DESC LIMIT $3`, no, before, limit))
		return err
	})
	return all, err
}

// Try runs the detectors of a model, as it may be some day, over what a device has
// reported since a time: what they would have told.
func (s *Service) Try(ctx context.Context, no int64, m model.Model, since int64) (told []detect.Firing, looked int, err error) {
	p, err := detect.Compile(m)
	if err != nil {
		return nil, 0, err
	}
	now := s.clock.Now().UnixMicro()
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		told, looked = nil, 0
		state := &detect.State{}
		at, id := since, ""
		for looked < maxSeries {
			some, err := readAfter(tx, no, at, id, 1000)
			if err != nil {
				return err
			}
			for i := range some {
				at, id = some[i].At, some[i].ID
				told = append(told, p.Step(state, some[i].reading())...)
			}
			if looked += len(some); len(some) < 1000 {
				told = append(told, p.Pass(state, now)...)
				return nil
			}
		}
		return nil
	})
	return told, looked, err
}

// Difference is something that is not as the log tells it.
type Difference struct {
	Device int64
	What   string
}

// Check folds the whole log of a device anew and compares: its twin, and the moments
// that stand. Of a device whose detectors were changed it compares the twin only.
func (s *Service) Check(ctx context.Context, d device.Device) (wrong []Difference, err error) {
	m, err := s.model(ctx, d.Model)
	if err != nil {
		return nil, err
	}
	p, err := s.program(m)
	if err != nil {
		return nil, err
	}
	have, err := s.Twin(ctx, d)
	if err != nil {
		return nil, err
	}
	say := func(what string) { wrong = append(wrong, Difference{d.No, what}) }
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		wrong = nil
		var fresh twin.Reported
		state, n, received := &detect.State{}, int64(0), int64(0)
		should := map[string]detect.Firing{}
		note := func(all []detect.Firing) {
			for _, f := range all {
				should[f.Key()] = f
			}
		}
		at, id := int64(math.MinInt64), ""
		for {
			some, err := readAfter(tx, d.No, at, id, 1000)
			if err != nil {
				return err
			}
			for i := range some {
				e := &some[i]
				at, id = e.At, e.ID
				fresh.Merge(e.Patch, e.stamp(), e.Full)
				note(p.Step(state, e.reading()))
				n++
				received = max(received, e.Received)
			}
			if len(some) < 1000 {
				break
			}
		}
		var adopted, passed int64
		if err := tx.QueryRow(`SELECT (SELECT count(*) FROM reading_checkpoint WHERE device = $1 AND adopted = 1), coalesce((SELECT passed_us FROM reading_turn WHERE device = $1), 0)`,
			d.No).Scan(&adopted, &passed); err != nil {
			return err
		}
		if !equal(fresh, have.Reported) {
			say("its twin is not the fold of its log")
		}
		if n != have.Entries || received != have.Received {
			say("its counts are not those of its log")
		}
		if adopted > 0 {
			return nil
		}
		if passed > state.At {
			note(p.Pass(state, passed))
		}
		stand, err := Moments(tx, d.No, "", math.MinInt64, 2000)
		if err != nil {
			return err
		}
		for _, m := range stand {
			if _, ok := should[m.Key]; !ok {
				say("the moment " + m.Key + " stands, and its log does not tell it")
			}
			delete(should, m.Key)
		}
		if len(stand) < 2000 {
			for key := range should {
				say("the moment " + key + " is missing")
			}
		}
		return nil
	})
	return wrong, err
}

func equal(a, b twin.Reported) bool {
	if a.Boot != b.Boot || a.RV != b.RV {
		return false
	}
	names := a.Names()
	if len(names) != len(b.Names()) {
		return false
	}
	for _, name := range names {
		v, at, _ := a.Leaf(name)
		w, bt, ok := b.Leaf(name)
		if !ok || v != w || at != bt {
			return false
		}
	}
	return true
}
