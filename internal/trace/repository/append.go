package repository

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"tagline/epcis"
	"tagline/epcis/eventhash"
	"tagline/epcis/identifier"
	"tagline/epcis/query"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// TypeCaptured is the type of the ledger's event that tells followers of new rows.
const TypeCaptured = "epcis.captured"

// Captured is the body of TypeCaptured: the rows from First to Last are new.
type Captured struct {
	First   int64  `json:"first"`
	Last    int64  `json:"last"`
	Capture string `json:"capture"`
}

// Config is what a Repository stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source
}

// Repository keeps the events. It may be used by many goroutines.
type Repository struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
}

// New makes the repository. It reads nothing yet.
func New(c Config) *Repository {
	return &Repository{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs}
}

// Prepared is an event that is ready to be stored: what costs time and needs no
// database is done.
type Prepared struct {
	Event  *epcis.Event
	Hash   string
	facets []query.Facet
	body   string
}

// Prepare makes an event ready. An event without eventID gets its hash as one; the
// record time that it brought along is forgotten.
func Prepare(e *epcis.Event, ignored ...epcis.Name) (Prepared, error) {
	e.RecordTime = epcis.Time{}
	p := Prepared{Event: e, Hash: eventhash.Of(e, ignored...)}
	if e.EventID == "" {
		e.EventID = p.Hash
	}
	body, err := json.Marshal(e)
	if err != nil {
		return p, err
	}
	p.body = string(body)
	p.facets = query.Facets(e)
	return p, nil
}

// declared gives the part of an event's identity that its error declaration makes.
func (p *Prepared) declared() int64 {
	d := p.Event.ErrorDeclaration
	if d == nil {
		return 0
	}
	if d.DeclarationTime.Micro == 0 {
		return 1
	}
	return d.DeclarationTime.Micro
}

// Outcome says what became of an event.
type Outcome uint8

// The outcomes.
const (
	Kept     Outcome = iota + 1 // it is new
	Repeated                    // it was there, the same
	Conflict                    // another event has its identifier
)

// Origin says where events come from.
type Origin struct {
	Capture string // the job
	By      string // the member or key
}

// maxAppend is the most events of one transaction.
const maxAppend = 1000

// Append stores events, at most 1,000, in the given order, in the caller's
// transaction, and tells what became of each. A conflict stores nothing of that
// event; whether the others stay is the caller's decision.
func (r *Repository) Append(tx *sqldb.Tx, events []Prepared, o Origin) ([]Outcome, error) {
	if len(events) > maxAppend {
		return nil, fault.Newf(fault.TooLarge, "%d events are too many for one transaction", len(events)).WithHint("Append them by %d.", maxAppend)
	}
	// The head's row is taken first: it keeps others out to the commit, so that
	// what is looked up here stays true.
	var last, recorded int64
	now := sqldb.Micros(r.clock.Now())
	if _, err := tx.Exec(`UPDATE repository_head SET id = id WHERE id = 1`); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(`SELECT last, recorded_us FROM repository_head WHERE id = 1`).Scan(&last, &recorded); err != nil {
		return nil, err
	}
	outcomes, err := r.judge(tx, events)
	if err != nil {
		return nil, err
	}
	first := last + 1
	recorded = max(recorded, now-1)
	w := rows{}
	words := map[word]struct{}{}
	for i := range events {
		if outcomes[i] != Kept {
			continue
		}
		last, recorded = last+1, recorded+1
		w.event(last, recorded, &events[i], o, words)
		gather(&events[i], words)
	}
	if last < first {
		return outcomes, nil
	}
	if err := w.write(tx); err != nil {
		return nil, err
	}
	if err := writeWords(tx, words); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`UPDATE repository_head SET last = $1, recorded_us = $2 WHERE id = 1`, last, recorded); err != nil {
		return nil, err
	}
	body, err := json.Marshal(Captured{First: first, Last: last, Capture: o.Capture})
	if err != nil {
		return nil, err
	}
	return outcomes, r.ledger.Append(tx, ledger.Event{ID: r.ids.Event(), Source: "epcis", Type: TypeCaptured, At: r.clock.Now(), Body: body})
}

// Judge tells what would become of events, which need not be stored afterwards.
func (r *Repository) Judge(ctx context.Context, events []Prepared) (out []Outcome, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		out, err = r.judge(tx, events)
		return err
	})
	return out, err
}

type identity struct {
	id       string
	declared int64
}

// judge compares events with those that are stored and with one another.
func (r *Repository) judge(tx *sqldb.Tx, events []Prepared) ([]Outcome, error) {
	known := make(map[identity]string, len(events))
	for chunk := range slices.Chunk(events, 200) {
		args := make([]any, len(chunk))
		for i := range chunk {
			args[i] = bounded(chunk[i].Event.EventID)
		}
		rows, err := tx.Query(`SELECT event_id, declared_us, hash FROM repository_event WHERE event_id IN (`+sqldb.In(len(args), 1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var at identity
			var hash string
			if err := rows.Scan(&at.id, &at.declared, &hash); err != nil {
				rows.Close()
				return nil, err
			}
			known[at] = hash
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	out := make([]Outcome, len(events))
	for i := range events {
		at := identity{bounded(events[i].Event.EventID), events[i].declared()}
		hash, there := known[at]
		switch {
		case !there:
			out[i], known[at] = Kept, events[i].Hash
		case hash == events[i].Hash:
			out[i] = Repeated
		default:
			out[i] = Conflict
		}
	}
	return out, nil
}

// bounded shortens a text that stands in an index, of which engines bound the size:
// what is too long is told apart by its hash.
func bounded(s string) string {
	if len(s) <= 400 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(s[:300], "") + "#" + hex.EncodeToString(sum[:])
}

type word struct {
	role  query.Role
	value string
}

// rows gathers what is written of a batch.
type rows struct {
	events, bodies, epcs, facets [][]any
}

func (w *rows) event(id, recorded int64, p *Prepared, o Origin, words map[word]struct{}) {
	e := p.Event
	var step, disposition, point, location string
	seen := map[[2]any]struct{}{}
	for i := range p.facets {
		f := &p.facets[i]
		switch f.Role {
		case query.EventType:
			words[word{f.Role, f.Text}] = struct{}{}
		case query.BizStep:
			step = bounded(f.Text)
			words[word{f.Role, step}] = struct{}{}
		case query.Disposition:
			disposition = bounded(f.Text)
			words[word{f.Role, disposition}] = struct{}{}
		case query.ReadPoint:
			point = bounded(f.Text)
			words[word{f.Role, point}] = struct{}{}
		case query.BizLocation:
			location = bounded(f.Text)
			words[word{f.Role, location}] = struct{}{}
		case query.EventTime, query.RecordTime, query.Action, query.EventID:
		case query.EPC, query.Child, query.Parent, query.InputEPC, query.OutputEPC:
			key := bounded(f.Text)
			if _, twice := seen[[2]any{f.Role, key}]; twice {
				continue
			}
			seen[[2]any{f.Role, key}] = struct{}{}
			w.epcs = append(w.epcs, []any{key, id, int64(f.Role)})
		default:
			var number, canon, at any
			if f.HasNumber {
				number = f.Number
			}
			if f.Dimension != "" {
				canon = f.Canon
			}
			if f.HasTime {
				at = f.Time
			}
			w.facets = append(w.facets, []any{id, int64(f.Role), bounded(f.Name), f.Inner, bounded(f.Text), number, canon, f.Dimension, at})
		}
	}
	w.events = append(w.events, []any{
		id, bounded(e.EventID), p.declared(), p.Hash, bounded(e.Type), e.Action, e.EventTime.Micro, recorded, step, disposition, point, location, o.Capture, o.By,
	})
	w.bodies = append(w.bodies, []any{id, p.body})
}

// What else is remembered of what occurred, beside the roles of facets.
const (
	prefixWords  query.Role = 200 // "prefix namespace" of extensions
	companyWords query.Role = 201 // company prefixes in URNs
)

// gather notes prefixes that an event teaches.
func gather(p *Prepared, words map[word]struct{}) {
	if c := p.Event.Context; c != nil {
		for _, b := range c.Bindings {
			if len(b.Prefix)+len(b.Space) < 300 {
				words[word{prefixWords, b.Prefix + " " + b.Space}] = struct{}{}
			}
		}
	}
	for i := range p.facets {
		if f := &p.facets[i]; f.Raw != "" {
			if company := identifier.CompanyPrefix(f.Raw); company != "" {
				words[word{companyWords, company}] = struct{}{}
			}
		}
	}
}

func (w *rows) write(tx *sqldb.Tx) error {
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{`repository_event (id, event_id, declared_us, hash, type, action, event_us, record_us, biz_step, disposition, read_point, biz_location, capture, captured_by)`, w.events},
		{`repository_body (id, body)`, w.bodies},
		{`repository_epc (key, id, role)`, w.epcs},
		{`repository_facet (id, role, name, inner_part, value, number, canon, dimension, time_us)`, w.facets},
	} {
		if err := insert(tx, t.into, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// insert writes rows, many with one statement: sixty-four, eight or one, so that
// there are few texts of statements.
func insert(tx *sqldb.Tx, into string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		switch {
		case len(rows) >= 64:
			n = 64
		case len(rows) >= 8:
			n = 8
		}
		width := len(rows[0])
		args := make([]any, 0, n*width)
		var b strings.Builder
		b.WriteString("INSERT INTO " + into + " VALUES ")
		for i, row := range rows[:n] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString("(" + sqldb.In(width, len(args)+1) + ")")
			args = append(args, row...)
		}
		if _, err := tx.Exec(b.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func writeWords(tx *sqldb.Tx, words map[word]struct{}) error {
	list := make([]word, 0, len(words))
	for w := range words {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b word) int {
		if a.role != b.role {
			return int(a.role) - int(b.role)
		}
		return strings.Compare(a.value, b.value)
	})
	for _, w := range list {
		if _, err := tx.Exec(`INSERT INTO repository_word (role, value) VALUES ($1, $2) ON CONFLICT (role, value) DO NOTHING`, int64(w.role), w.value); err != nil {
			return err
		}
	}
	return nil
}

// PutMasterData takes in vocabularies: attributes are added or replaced, children
// replace those that were there (EPCIS 2.0, master data).
func (r *Repository) PutMasterData(tx *sqldb.Tx, list []epcis.Vocabulary, by string) error {
	for _, v := range list {
		kind := bounded(v.Type[strings.LastIndexByte(v.Type, ':')+1:])
		for _, e := range v.Elements {
			key := bounded(identifier.Key(e.ID))
			doc, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO repository_vocabulary AS v (kind, key, id, doc, captured_by) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (kind, key) DO UPDATE SET id = excluded.id, doc = excluded.doc, captured_by = excluded.captured_by`, kind, key, e.ID, string(doc), by); err != nil {
				return err
			}
			for _, a := range e.Attributes {
				if _, err := tx.Exec(`INSERT INTO repository_attribute AS a (kind, key, attribute, value) VALUES ($1, $2, $3, $4)
					ON CONFLICT (kind, key, attribute) DO UPDATE SET value = excluded.value`, kind, key, bounded(a.ID), bounded(a.Value.Text)); err != nil {
					return err
				}
			}
			if len(e.Children) == 0 {
				continue
			}
			if _, err := tx.Exec(`DELETE FROM repository_child WHERE kind = $1 AND parent = $2`, kind, key); err != nil {
				return err
			}
			for _, child := range e.Children {
				if _, err := tx.Exec(`INSERT INTO repository_child (kind, parent, child) VALUES ($1, $2, $3) ON CONFLICT (kind, parent, child) DO NOTHING`,
					kind, key, bounded(identifier.Key(child))); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
