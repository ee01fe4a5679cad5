package reading

import (
	"context"
	"errors"
	"math"
	"sync"

	"tagline/internal/clock"
	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/model"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// Config is what a Service is made of.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source

	// Model finds the model of a device, from memory.
	Model func(ctx context.Context, name string) (*model.Model, error)

	// Told is called in the transaction that tells a moment, or takes one back; nil: by
	// nobody.
	Told func(tx *sqldb.Tx, d *device.Device, m Moment) error
}

// Service keeps the readings of one server. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
	model  func(ctx context.Context, name string) (*model.Model, error)
	told   func(tx *sqldb.Tx, d *device.Device, m Moment) error
	wake   chan struct{} // something may be due earlier

	mu       sync.Mutex
	live     map[int64]*live
	programs map[*model.Model]*detect.Program
}

const (
	maxLive = 50_000

	// checkEvery is how many entries are folded between two checkpoints. A late entry
	// costs the folding of so many, and a restart too, for each device.
	checkEvery = 256
)

// New makes a Service.
func New(c Config) *Service {
	return &Service{
		db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, model: c.Model, told: c.Told, wake: make(chan struct{}, 1),
		live: map[int64]*live{}, programs: map[*model.Model]*detect.Program{},
	}
}

// program gives the compiled detectors of a model.
func (s *Service) program(m *model.Model) (*detect.Program, error) {
	s.mu.Lock()
	p := s.programs[m]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := detect.Compile(*m)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.programs) > 1000 { // models that were since changed
		clear(s.programs)
	}
	s.programs[m] = p
	return p, nil
}

// live is the state of a device in memory, as of some number of its turn.
type live struct {
	mu       sync.Mutex
	turn     int64 // reading_turn.n when the fold was made; -1: never
	reported twin.Reported
	state    *detect.State
	program  string
	entries  int64 // in the log
	received int64 // of the newest entry to arrive

	since int   // entries folded since the state was written
	due   int64 // what is stored of it

	// passed is until when waits were told that ended with time alone, ahead what was
	// told of them since the newest entry: a late entry can disprove it. state itself
	// is the fold of entries and nothing else.
	passed int64
	ahead  []detect.Firing
}

// known gives the live state of a device if there is one.
func (s *Service) known(no int64) *live {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[no]
}

func (s *Service) keep(no int64, l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) >= maxLive {
		for k := range s.live { // any will do: it is read again when it is needed
			delete(s.live, k)
			if len(s.live) < maxLive*9/10 {
				break
			}
		}
	}
	s.live[no] = l
}

// Forget drops what is in memory of some devices, after a transaction that failed.
func (s *Service) Forget(nos ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, no := range nos {
		delete(s.live, no)
	}
}

// turn is the row that whoever changes a device's fold takes first.
type turn struct{ n, due, passed int64 }

// takeTurn counts up a device's turn and gives the row as it was.
func takeTurn(tx *sqldb.Tx, no int64) (t turn, err error) {
	err = tx.QueryRow(`UPDATE reading_turn SET n = n + 1 WHERE device = $1 RETURNING n, due_us, passed_us`, no).Scan(&t.n, &t.due, &t.passed)
	if errors.Is(err, sqldb.ErrNoRows) {
		err = tx.QueryRow(`INSERT INTO reading_turn (device, n, due_us, passed_us) VALUES ($1, 1, 0, 0)
			ON CONFLICT (device) DO UPDATE SET n = reading_turn.n + 1 RETURNING n, due_us, passed_us`, no).Scan(&t.n, &t.due, &t.passed)
	}
	t.n--
	return t, err
}

// takeTurns is takeTurn for several devices, in few statements.
func takeTurns(tx *sqldb.Tx, nos []int64) (map[int64]turn, error) {
	turns := make(map[int64]turn, len(nos))
	for rest := nos; len(rest) > 0; {
		n := perInsert
		for n > len(rest) {
			n /= 2
		}
		args := make([]any, n)
		for i, no := range rest[:n] {
			args[i] = no
		}
		rest = rest[n:]
		rows, err := tx.Query(`UPDATE reading_turn SET n = n + 1 WHERE device IN (`+sqldb.In(n, 1)+`) RETURNING device, n, due_us, passed_us`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var no int64
			var t turn
			if err := rows.Scan(&no, &t.n, &t.due, &t.passed); err != nil {
				rows.Close()
				return nil, err
			}
			t.n--
			turns[no] = t
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		rows.Close()
	}
	for _, no := range nos { // those that were never heard before
		if _, ok := turns[no]; !ok {
			t, err := takeTurn(tx, no)
			if err != nil {
				return nil, err
			}
			turns[no] = t
		}
	}
	return turns, nil
}

// load makes the state of a device from what is written and the log after it. skip
// are entries that are in the log already and not to be folded in yet.
func (s *Service) load(tx *sqldb.Tx, no int64, p *detect.Program, skip map[string]bool) (*live, error) {
	l, at, id, err := stored(tx, no)
	if err != nil {
		return nil, err
	}
	if l.program != "" && l.program != p.Fingerprint() {
		return l, s.adopt(tx, no, l, p, at, id, skip)
	}
	first := l.program == ""
	l.program = p.Fingerprint()
	if err := l.follow(tx, no, p, at, id, skip); err != nil || !first {
		return l, err
	}
	return l, l.write(tx, no) // which program it was is known from the first entry on
}

// stored reads what is written of a device's state, and up to where it reaches.
func stored(tx *sqldb.Tx, no int64) (l *live, at int64, id string, err error) {
	l, at = &live{turn: -1, state: &detect.State{}}, math.MinInt64
	var reported, detectors []byte
	err = tx.QueryRow(`SELECT at_us, id, entries, program, reported, detectors, received_us FROM reading_state WHERE device = $1`, no).
		Scan(&at, &id, &l.entries, &l.program, &reported, &detectors, &l.received)
	if errors.Is(err, sqldb.ErrNoRows) {
		return l, at, "", nil
	}
	if err != nil {
		return nil, 0, "", err
	}
	if l.reported, err = twin.Decode(reported); err != nil {
		return nil, 0, "", err
	}
	l.state, err = detect.Decode(detectors)
	return l, at, id, err
}

// follow folds what comes after a point of the log.
func (l *live) follow(tx *sqldb.Tx, no int64, p *detect.Program, at int64, id string, skip map[string]bool) error {
	for {
		tail, err := readAfter(tx, no, at, id, 1000)
		if err != nil {
			return err
		}
		for i := range tail {
			at, id = tail[i].At, tail[i].ID
			if !skip[id] {
				l.fold(p, &tail[i])
			}
		}
		if len(tail) < 1000 {
			return nil
		}
	}
}

// fold takes one entry in that is newer than all before, and gives what it fires.
func (l *live) fold(p *detect.Program, e *Entry) []detect.Firing {
	l.reported.Merge(e.Patch, e.stamp(), e.Full)
	l.entries++
	l.since++
	l.received = max(l.received, e.Received)
	return p.Step(l.state, e.reading())
}

// warm is how many readings a changed program looks at before it may tell anything.
const warm = 512

// adopt gives a device to a changed program: it has seen the last readings, and tells
// nothing of them.
func (s *Service) adopt(tx *sqldb.Tx, no int64, l *live, p *detect.Program, at int64, id string, skip map[string]bool) error {
	nothing, err := detect.Compile(model.Model{Name: "none"})
	if err != nil {
		return err
	}
	if err := l.follow(tx, no, nothing, at, id, skip); err != nil { // the twin knows nothing of detectors
		return err
	}
	last, err := collect(tx.Query(`SELECT `+entryColumns+` FROM reading_entry WHERE device = $1 ORDER BY at_us DESC, id DESC LIMIT $2`, no, warm+len(skip)))
	if err != nil {
		return err
	}
	l.state, l.program, l.since = &detect.State{}, p.Fingerprint(), 0
	for i := len(last) - 1; i >= 0; i-- {
		if !skip[last[i].ID] {
			p.Step(l.state, last[i].reading())
		}
	}
	if _, err := tx.Exec(`DELETE FROM reading_checkpoint WHERE device = $1`, no); err != nil {
		return err
	}
	if err := setCheckpoint(tx, no, l.program, l.state, 1); err != nil {
		return err
	}
	return l.write(tx, no)
}

// write stores the state.
func (l *live) write(tx *sqldb.Tx, no int64) error {
	reported, err := l.reported.Encode()
	if err != nil {
		return err
	}
	detectors, err := l.state.Encode()
	if err != nil {
		return err
	}
	at, id := l.state.Last()
	if _, err := tx.Exec(`INSERT INTO reading_state (device, at_us, id, entries, program, reported, detectors, received_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (device) DO UPDATE SET at_us = excluded.at_us, id = excluded.id, entries = excluded.entries, program = excluded.program,
			reported = excluded.reported, detectors = excluded.detectors, received_us = excluded.received_us`,
		no, at, id, l.entries, l.program, []byte(reported), detectors, l.received); err != nil {
		return err
	}
	l.since = 0
	return nil
}
