package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Topic is woken on the bus after a commit that appended events.
const Topic = "ledger"

// Class says how long an event is kept and who made it.
type Class string

// The classes of events.
const (
	Fact    Class = "fact"    // happened, and stays
	Reading Class = "reading" // carries sensor values; has a retention
	Moment  Class = "moment"  // derived from a cause; people can act upon it
)

// Bounds of one event.
const (
	maxBody = 64 << 10 // bytes
	maxText = 512      // bytes of source, source id, type
	maxList = 1000     // events in one answer
)

// Event is one entry of the ledger.
type Event struct {
	Seq      int64           // its number, from 1; the ledger's
	ID       ident.Event     // required
	Source   string          // who reported it: "tap", "epcis:lieferant-a"
	SourceID string          // the reporter's own id; once per source when not empty
	Type     string          // "tap", "opened", ...; the domain's
	Class    Class           // Fact when empty
	Thing    ident.Thing     // may be empty
	Person   ident.Person    // may be empty
	Cause    ident.Event     // the event that this one follows from; may be empty
	At       time.Time       // when it happened, by the reporter's corrected clock
	Recorded time.Time       // when it was appended; the ledger's
	Body     json.RawMessage // an object; {} when empty
}

// Ledger appends and reads events.
type Ledger struct {
	db    *sqldb.DB
	node  string // under which leases are held
	clock clock.Clock
	bus   *bus.Bus
	tail  *tail

	// Pace is how long a follower rests after each piece of work, so that under load
	// it takes many events at a time; 0 is not at all. It is set before anybody
	// follows.
	Pace time.Duration
}

// New makes the ledger of a database.
func New(db *sqldb.DB, c clock.Clock, b *bus.Bus) *Ledger {
	return &Ledger{db: db, node: db.Node(), clock: c, bus: b, tail: &tail{}}
}

// pending are the events of a transaction that are not yet numbered.
type pending struct {
	events []Event
	round  int // counts the writes: another package's hook may append after ours has run
}

type pendingKey struct{}

// Append adds events at the end of the ledger, in the order given, when tx
// commits. It sets Recorded and Seq itself.
//
// Errors: Invalid for an event without id or type, TooLarge for a body over 64
// KiB, Conflict for a (source, source id) that is there already; when another
// node appends the same pair at the same moment, the Conflict comes from the
// commit, that is from Update.
func (l *Ledger) Append(tx *sqldb.Tx, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	p := tx.Local(pendingKey{}, func() any { return &pending{} }).(*pending)
	now, before := l.clock.Now(), len(p.events)
	for _, e := range events {
		err := e.check()
		if err == nil && e.SourceID != "" {
			err = l.unseen(tx, p, e)
		}
		if err != nil {
			p.events = p.events[:before] // all of a call, or none
			return err
		}
		e.Recorded = now
		p.events = append(p.events, e)
	}
	hook := "ledger"
	if p.round > 0 {
		hook = fmt.Sprint("ledger ", p.round)
	}
	tx.BeforeCommit(hook, func(tx *sqldb.Tx) error {
		tx.AfterCommit(func() { l.bus.Wake(Topic) })
		return p.write(tx)
	})
	return nil
}

func (e *Event) check() error {
	if e.Class == "" {
		e.Class = Fact
	}
	if len(e.Body) == 0 {
		e.Body = json.RawMessage("{}")
	}
	switch {
	case e.ID == "":
		return fault.New(fault.Invalid, "an event has no id", "")
	case e.Type == "" || len(e.Type) > maxText:
		return fault.Newf(fault.Invalid, "an event's type has %d bytes, 1 to %d are allowed", len(e.Type), maxText)
	case len(e.Source) > maxText || len(e.SourceID) > maxText:
		return fault.Newf(fault.TooLarge, "an event's source or source id has more than %d bytes", maxText)
	case e.Class != Fact && e.Class != Reading && e.Class != Moment:
		return fault.Newf(fault.Invalid, "%q is no class of events", e.Class)
	case len(e.Body) > maxBody:
		return fault.Newf(fault.TooLarge, "an event's body has %d bytes, %d are allowed", len(e.Body), maxBody)
	}
	return nil
}

func (l *Ledger) unseen(tx *sqldb.Tx, p *pending, e Event) error {
	for _, o := range p.events {
		if o.SourceID == e.SourceID && o.Source == e.Source {
			return seenFault()
		}
	}
	_, seen, err := l.Seen(tx, e.Source, e.SourceID)
	if err != nil {
		return err
	}
	if seen {
		return seenFault()
	}
	return nil
}

func seenFault() error {
	return fault.New(fault.Conflict, "this event was already reported", "Nothing is to be done: it counts once.")
}

const (
	eventColumns = `seq, id, source, source_id, type, class, thing, person, cause, at_us, recorded_us, body`
	columns      = 12
	perInsert    = 16 // events in one statement

	// insertNext numbers one event by itself: nobody else numbers until our commit.
	insertNext = `INSERT INTO ledger_event (` + eventColumns + `) VALUES
		((SELECT coalesce(max(seq), 0) + 1 FROM ledger_event), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
)

// write numbers the events and stores them.
func (p *pending) write(tx *sqldb.Tx) error {
	events := p.events
	p.events, p.round = nil, p.round+1
	if len(events) == 1 {
		_, err := tx.Exec(insertNext, events[0].values(make([]any, 0, columns))...)
		return err
	}
	seq, err := head(tx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(events, perInsert) {
		args := make([]any, 0, columns*len(some))
		for _, e := range some {
			seq++
			args = e.values(append(args, seq))
		}
		if _, err := tx.Exec(insertEvents(len(some)), args...); err != nil {
			return err
		}
	}
	return nil
}

// values appends an event's columns, its number excepted.
func (e *Event) values(args []any) []any {
	return append(args, string(e.ID), e.Source, e.SourceID, e.Type, string(e.Class),
		string(e.Thing), string(e.Person), string(e.Cause), sqldb.Micros(e.At), sqldb.Micros(e.Recorded), e.Body)
}

// insertEvents is the statement for n events with their numbers. Its texts are
// few, so that each is prepared once.
func insertEvents(n int) string {
	b := []byte(`INSERT INTO ledger_event (` + eventColumns + `) VALUES `)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '(')
		b = append(b, sqldb.In(columns, 1+i*columns)...)
		b = append(b, ')')
	}
	return string(b)
}

// Seen looks for an event by its reporter's own id.
func (l *Ledger) Seen(tx *sqldb.Tx, source, sourceID string) (ident.Event, bool, error) {
	if sourceID == "" {
		return "", false, nil
	}
	var id ident.Event
	err := tx.QueryRow(`SELECT id FROM ledger_event WHERE source = $1 AND source_id = $2 AND source_id <> ''`, source, sourceID).Scan(&id)
	if err == sqldb.ErrNoRows {
		return "", false, nil
	}
	return id, err == nil, err
}

// Read gives the events after a number, oldest first, at most limit (and at most
// 1,000).
func (l *Ledger) Read(tx *sqldb.Tx, after int64, limit int) ([]Event, error) {
	return collect(tx.Query(`SELECT `+eventColumns+` FROM ledger_event WHERE seq > $1 ORDER BY seq LIMIT `+strconv.Itoa(clamp(limit)), after))
}

// Get gives one event. Errors: NotFound.
func (l *Ledger) Get(tx *sqldb.Tx, id ident.Event) (Event, error) {
	all, err := collect(tx.Query(`SELECT `+eventColumns+` FROM ledger_event WHERE id = $1`, string(id)))
	if err != nil {
		return Event{}, err
	}
	if len(all) == 0 {
		return Event{}, fault.New(fault.NotFound, "there is no such event", "")
	}
	return all[0], nil
}

// Head gives the number of the newest event, 0 when there is none.
func (l *Ledger) Head(tx *sqldb.Tx) (int64, error) {
	return head(tx)
}

func head(tx *sqldb.Tx) (seq int64, err error) {
	err = tx.QueryRow(`SELECT coalesce(max(seq), 0) FROM ledger_event`).Scan(&seq)
	return seq, err
}

// Filter chooses events; its zero value chooses all.
type Filter struct {
	Thing  ident.Thing
	Types  []string
	Class  Class
	Before int64 // only numbers below this one; 0: no bound
	After  int64 // only numbers above this one
	Limit  int   // 100 when 0; 1,000 at most
}

// List gives events newest first. For the next page set Before to the last Seq.
func (l *Ledger) List(tx *sqldb.Tx, f Filter) ([]Event, error) {
	query, args := `SELECT `+eventColumns+` FROM ledger_event WHERE seq > $1`, []any{f.After}
	and := func(text string, arg any) {
		args = append(args, arg)
		query += fmt.Sprintf(text, len(args))
	}
	if f.Thing != "" {
		and(` AND thing = $%d AND thing <> ''`, string(f.Thing))
	}
	if f.Class != "" {
		and(` AND class = $%d`, string(f.Class))
	}
	if f.Before > 0 {
		and(` AND seq < $%d`, f.Before)
	}
	if len(f.Types) > 0 {
		query += ` AND type IN (` + sqldb.In(len(f.Types), len(args)+1) + `)`
		for _, t := range f.Types {
			args = append(args, t)
		}
	}
	and(` ORDER BY seq DESC LIMIT $%d`, clamp(f.Limit))
	return collect(tx.Query(query, args...))
}

func clamp(limit int) int {
	switch {
	case limit <= 0:
		return 100
	case limit > maxList:
		return maxList
	}
	return limit
}

func collect(rows *sqldb.Rows, err error) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Event
	for rows.Next() {
		var e Event
		var at, recorded int64
		if err := rows.Scan(&e.Seq, &e.ID, &e.Source, &e.SourceID, &e.Type, &e.Class, &e.Thing, &e.Person, &e.Cause, &at, &recorded, &e.Body); err != nil {
			return nil, err
		}
		e.At, e.Recorded = sqldb.Time(at), sqldb.Time(recorded)
		all = append(all, e)
	}
	return all, rows.Err()
}
