package reading

import (
	"math"
	"slices"

	"tagline/internal/detect"
	"tagline/internal/sqldb"
)

// Result says what became of an entry.
type Result struct {
	Fresh bool // it was not there before
	Late  bool // entries that are newer were there already
	Gap   bool // a report before this one is missing: the whole is to be asked for
}

// Apply takes entries into the logs of their devices, folds them, and tells the
// moments that came true. The entries may be of many devices, in any order.
//
// A transaction that fails after Apply must be followed by Forget.
func (s *Service) Apply(tx *sqldb.Tx, entries []Entry) ([]Result, error) {
	fresh, err := insert(tx, entries)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(entries))
	of := map[int64][]int{} // places of the fresh entries of each device
	for i := range entries {
		m := mark(entries[i].Device.No, entries[i].ID)
		if !fresh[m] {
			continue
		}
		fresh[m] = false // the same entry a second time in one call is not
		out[i].Fresh = true
		of[entries[i].Device.No] = append(of[entries[i].Device.No], i)
	}
	nos := make([]int64, 0, len(of))
	for no := range of {
		nos = append(nos, no)
	}
	slices.Sort(nos) // two nodes take the rows in one order
	turns, err := takeTurns(tx, nos)
	if err != nil {
		return nil, err
	}
	for _, no := range nos {
		if err := s.applyTo(tx, no, turns[no], entries, of[no], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// applyTo folds the fresh entries of one device.
func (s *Service) applyTo(tx *sqldb.Tx, no int64, t turn, entries []Entry, places []int, out []Result) error {
	slices.SortFunc(places, func(a, b int) int {
		if before(entries[a].At, entries[a].ID, entries[b].At, entries[b].ID) {
			return -1
		}
		return 1
	})
	first := &entries[places[0]]
	p, err := s.program(first.Model)
	if err != nil {
		return err
	}
	skip := make(map[string]bool, len(places))
	for _, i := range places {
		skip[entries[i].ID] = true
	}
	l, err := s.hold(tx, no, p, t, skip)
	if err != nil {
		return err
	}
	defer l.mu.Unlock()
	l.turn = -1 // until all went well
	at, id := l.state.Last()
	late := l.state.Seen && before(first.At, first.ID, at, id)
	var told, gone []detect.Firing
	if late {
		told, gone, err = s.refold(tx, no, l, p, entries, places, out)
	} else {
		for _, i := range places {
			e := &entries[i]
			out[i].Gap = l.reported.Merge(e.Patch, e.stamp(), e.Full)
			l.entries++
			l.since++
			l.received = max(l.received, e.Received)
			told = append(told, p.Step(l.state, e.reading())...)
		}
		if l.ahead != nil || l.passed > l.state.At {
			next, err := l.passing(p, l.passed)
			if err != nil {
				return err
			}
			told, gone = differ(l.ahead, append(told, next...))
			l.ahead = next
		}
		if l.since >= checkEvery {
			if err = setCheckpoint(tx, no, l.program, l.state, 0); err == nil {
				err = l.write(tx, no)
			}
		}
	}
	if err != nil {
		return err
	}
	if err := s.tell(tx, first.Device, told, gone); err != nil {
		return err
	}
	if err := s.plan(tx, no, l, p); err != nil {
		return err
	}
	l.turn = t.n + 1
	return nil
}

// hold gives the state of a device, locked, as it was at a turn. skip are entries that
// are in the log already and not folded in.
func (s *Service) hold(tx *sqldb.Tx, no int64, p *detect.Program, t turn, skip map[string]bool) (*live, error) {
	if l := s.known(no); l != nil {
		l.mu.Lock()
		if l.turn == t.n && l.program == p.Fingerprint() {
			return l, nil
		}
		l.mu.Unlock()
	}
	l, err := s.load(tx, no, p, skip)
	if err != nil {
		return nil, err
	}
	l.due, l.passed = t.due, t.passed
	if l.ahead, err = l.passing(p, l.passed); err != nil {
		return nil, err
	}
	l.mu.Lock()
	s.keep(no, l)
	return l, nil
}

// passing gives what waits tell that end between the newest entry and now, without
// touching the state.
func (l *live) passing(p *detect.Program, now int64) ([]detect.Firing, error) {
	if now <= l.state.At {
		return nil, nil
	}
	if due, ok := p.Due(l.state); !ok || due > now {
		return nil, nil
	}
	c, err := l.state.Clone()
	if err != nil {
		return nil, err
	}
	return p.Pass(c, now), nil
}

// due says when the next wait ends that was not told yet.
func (l *live) next(p *detect.Program) (int64, bool, error) {
	due, ok := p.Due(l.state)
	if !ok || due > l.passed {
		return due, ok, nil
	}
	c, err := l.state.Clone()
	if err != nil {
		return 0, false, err
	}
	p.Pass(c, l.passed)
	due, ok = p.Due(c)
	return due, ok, nil
}

// plan stores when somebody must look again, if that is earlier than what is stored.
func (s *Service) plan(tx *sqldb.Tx, no int64, l *live, p *detect.Program) error {
	due, ok, err := l.next(p)
	if err != nil || !ok || l.due != 0 && l.due <= due {
		return err
	}
	l.due = due
	if _, err := tx.Exec(`UPDATE reading_turn SET due_us = $1 WHERE device = $2`, due, no); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	})
	return nil
}

// same reports whether two firings say the same.
func same(a, b detect.Firing) bool {
	if a.Key() != b.Key() || a.From != b.From || len(a.Values) != len(b.Values) {
		return false
	}
	for name, v := range a.Values {
		if w, ok := b.Values[name]; !ok || v != w {
			return false
		}
	}
	return true
}

// differ gives what is new and what is no more.
func differ(old, now []detect.Firing) (fresh, gone []detect.Firing) {
	has := func(all []detect.Firing, f detect.Firing) bool {
		return slices.ContainsFunc(all, func(o detect.Firing) bool { return same(o, f) })
	}
	for _, f := range now {
		if !has(old, f) {
			fresh = append(fresh, f)
		}
	}
	for _, f := range old {
		if !has(now, f) {
			gone = append(gone, f)
		}
	}
	return fresh, gone
}

// refold folds entries in of which some are older than others that were folded: from
// the last checkpoint before them, once without them and once with them. What differs
// is told and taken back.
func (s *Service) refold(tx *sqldb.Tx, no int64, l *live, p *detect.Program, entries []Entry, places []int, out []Result) (told, gone []detect.Firing, err error) {
	first := &entries[places[0]]
	for _, i := range places {
		e := &entries[i]
		at, id := l.state.Last()
		out[i].Late = before(e.At, e.ID, at, id)
		out[i].Gap = l.reported.Merge(e.Patch, e.stamp(), e.Full)
		l.entries++
		l.received = max(l.received, e.Received)
	}
	start, floor, err := s.checkpoint(tx, no, p, first.At)
	if err != nil {
		return nil, nil, err
	}
	if start == nil && floor {
		// Older than anything that this program may tell of: it is kept, and known to the
		// twin, and nothing more. What else came with it is folded as usual.
		var rest []int
		at, id := l.state.Last()
		for _, i := range places {
			if !before(entries[i].At, entries[i].ID, at, id) {
				rest = append(rest, i)
			}
		}
		for _, i := range rest {
			told = append(told, p.Step(l.state, entries[i].reading())...)
		}
		return told, nil, l.write(tx, no)
	}
	if start == nil {
		start = &detect.State{}
	}
	fresh := map[string]bool{}
	for _, i := range places {
		fresh[entries[i].ID] = true
	}
	without, err := start.Clone()
	if err != nil {
		return nil, nil, err
	}
	with := start
	var old, now []detect.Firing
	at, id := start.Last()
	if !start.Seen {
		at, id = math.MinInt64, ""
	}
	if err := dropAfter(tx, no, first.At); err != nil {
		return nil, nil, err
	}
	since := 0
	for {
		some, err := readAfter(tx, no, at, id, 1000)
		if err != nil {
			return nil, nil, err
		}
		for i := range some {
			e := &some[i]
			at, id = e.At, e.ID
			if !fresh[e.ID] {
				old = append(old, p.Step(without, e.reading())...)
			}
			now = append(now, p.Step(with, e.reading())...)
			if since++; since >= checkEvery { // those that the late entry made wrong are made anew
				since = 0
				if err := setCheckpoint(tx, no, p.Fingerprint(), with, 0); err != nil {
					return nil, nil, err
				}
			}
		}
		if len(some) < 1000 {
			break
		}
	}
	l.state, l.since = with, since
	next, err := l.passing(p, l.passed)
	if err != nil {
		return nil, nil, err
	}
	old, now = append(old, l.ahead...), append(now, next...)
	l.ahead = next
	told, gone = differ(old, now)
	return told, gone, l.write(tx, no)
}

// checkpoint gives the state at the last checkpoint before a time; floor says that
// there are entries before the first checkpoint of which this program tells nothing.
func (s *Service) checkpoint(tx *sqldb.Tx, no int64, p *detect.Program, at int64) (state *detect.State, floor bool, err error) {
	var data []byte
	err = tx.QueryRow(`SELECT detectors FROM reading_checkpoint WHERE device = $1 AND at_us < $2 AND program = $3 ORDER BY at_us DESC, id DESC LIMIT 1`,
		no, at, p.Fingerprint()).Scan(&data)
	if err == nil {
		state, err = detect.Decode(data)
		return state, false, err
	}
	if err != sqldb.ErrNoRows {
		return nil, false, err
	}
	var adopted int64
	err = tx.QueryRow(`SELECT count(*) FROM reading_checkpoint WHERE device = $1 AND adopted = 1`, no).Scan(&adopted)
	return nil, adopted > 0, err
}

// dropAfter removes the checkpoints that a late entry has made wrong.
func dropAfter(tx *sqldb.Tx, no, at int64) error {
	_, err := tx.Exec(`DELETE FROM reading_checkpoint WHERE device = $1 AND at_us >= $2 AND adopted = 0`, no, at)
	return err
}

// setCheckpoint stores a state from which late entries can be folded in.
func setCheckpoint(tx *sqldb.Tx, no int64, program string, state *detect.State, adopted int64) error {
	data, err := state.Encode()
	if err != nil {
		return err
	}
	at, id := state.Last()
	_, err = tx.Exec(`INSERT INTO reading_checkpoint (device, at_us, id, program, detectors, adopted) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (device, at_us, id) DO UPDATE SET program = excluded.program, detectors = excluded.detectors`, no, at, id, program, data, adopted)
	return err
}
