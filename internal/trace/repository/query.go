package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/query"
	"tagline/internal/sqldb"
)

// Viewer says who asks. Whoever does not see all sees what it captured, and what
// names one of its parties or places as source, destination, read point or business
// location.
type Viewer struct {
	All     bool
	By      string
	Parties []string // canonical keys
}

// Stored is an event with its row. Its RecordTime is set.
type Stored struct {
	Row   int64
	Event *epcis.Event
}

// Page says which part of the answer is wanted. The zero Position is the beginning.
type Page struct {
	Size  int
	After Position
	// Pin is the highest row that counts; 0 is all there are now. A page gives the
	// pin of its first page to the next, so that pages neither shift nor repeat.
	Pin int64
}

// Position is where a page ended.
type Position struct {
	Row   int64
	Micro int64 // of the order, for orderBy eventTime
	Given int   // events on the pages before
}

// Answer is one page.
type Answer struct {
	Events []Stored
	Next   *Position // nil on the last page
	Pin    int64
}

// ErrTooComplex says that a query would read more than is allowed for one.
var ErrTooComplex = errors.New("repository: the query reads too much")

// The bounds of one query.
const (
	maxScanned = 50_000 // events that are read and do not match
	maxTime    = 10 * time.Second
	maxSorted  = 10_000 // events that are put in order of an extension
)

// Find gives a page of the events that a query asks for. Errors: *query.Error with
// QueryTooLargeException where more than q.Max match, ErrTooComplex.
func (r *Repository) Find(ctx context.Context, q *query.Query, v Viewer, p Page) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	var out Answer
	err := r.db.View(ctx, func(tx *sqldb.Tx) error {
		resolved, err := q.Resolve(masterData{tx})
		if err != nil {
			return err
		}
		out, err = r.find(tx, resolved, v, p)
		return err
	})
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = ErrTooComplex
	}
	return out, err
}

func (r *Repository) find(tx *sqldb.Tx, q *query.Query, v Viewer, p Page) (Answer, error) {
	out := Answer{Pin: p.Pin}
	if out.Pin == 0 {
		if err := tx.QueryRow(`SELECT last FROM repository_head WHERE id = 1`).Scan(&out.Pin); err != nil {
			return out, err
		}
	}
	s := newSearch(q, v, out.Pin)
	if q.Max >= 0 && p.After == (Position{}) {
		n := 0
		err := s.each(tx, Position{}, func(Stored) bool { n++; return n <= q.Max })
		if err != nil {
			return out, err
		}
		if n > q.Max {
			return out, &query.Error{Name: "QueryTooLargeException", Parameter: "maxEventCount", Detail: fmt.Sprintf("more than %d events match", q.Max)}
		}
	}
	if q.OrderBy != "" && q.OrderBy != "eventTime" && q.OrderBy != "recordTime" {
		return s.sorted(tx, out, p)
	}
	want := p.Size
	if q.Limit > 0 {
		want = min(want, q.Limit-p.After.Given)
	}
	if want <= 0 {
		return out, nil
	}
	// One more than is wanted tells whether there is a next page.
	err := s.each(tx, p.After, func(e Stored) bool {
		if len(out.Events) == want {
			out.Next = &Position{}
			return false
		}
		out.Events = append(out.Events, e)
		return true
	})
	if err != nil || out.Next == nil {
		return out, err
	}
	last := out.Events[len(out.Events)-1]
	out.Next = &Position{Row: last.Row, Micro: last.Event.EventTime.Micro, Given: p.After.Given + len(out.Events)}
	if q.Limit > 0 && out.Next.Given >= q.Limit {
		out.Next = nil
	}
	return out, nil
}

// search is a query as SQL. What it finds is a superset: patterns, units and long
// texts are looked at again in memory.
type search struct {
	q     *query.Query
	where []string
	args  []any
}

func newSearch(q *query.Query, v Viewer, pin int64) *search {
	s := &search{q: q}
	s.and(`e.id <= ` + s.arg(pin))
	for i := range q.Conditions {
		s.condition(&q.Conditions[i])
	}
	if !v.All {
		s.viewer(v)
	}
	return s
}

func (s *search) arg(v any) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d", len(s.args))
}

func (s *search) and(condition string) { s.where = append(s.where, condition) }

func (s *search) in(column string, values []query.Value) string {
	if len(values) == 0 {
		return `1 = 0`
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = s.arg(bounded(v.Text))
	}
	return column + ` IN (` + strings.Join(list, ",") + `)`
}

func (s *search) viewer(v Viewer) {
	own := `e.captured_by = ` + s.arg(v.By)
	if len(v.Parties) == 0 {
		s.and(own)
		return
	}
	values := make([]query.Value, len(v.Parties))
	for i, p := range v.Parties {
		values[i] = query.Value{Text: p}
	}
	s.and(`(` + own + ` OR ` + s.in("e.read_point", values) + ` OR ` + s.in("e.biz_location", values) +
		` OR EXISTS (SELECT 1 FROM repository_facet f WHERE f.id = e.id AND f.role IN (` + fmt.Sprint(int(query.Source), ",", int(query.Destination)) + `) AND ` + s.in("f.value", values) + `))`)
}

func roleList(roles []query.Role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = fmt.Sprint(int(r))
	}
	return strings.Join(list, ",")
}

func (s *search) condition(c *query.Condition) {
	column := ""
	switch c.Roles[0] {
	case query.EventType:
		column = "e.type"
	case query.Action:
		column = "e.action"
	case query.BizStep:
		column = "e.biz_step"
	case query.Disposition:
		column = "e.disposition"
	case query.ReadPoint:
		column = "e.read_point"
	case query.BizLocation:
		column = "e.biz_location"
	case query.EventID:
		column = "e.event_id"
	case query.EventTime, query.RecordTime:
		at := "e.event_us"
		if c.Roles[0] == query.RecordTime {
			at = "e.record_us"
		}
		op := ">="
		if c.Operator == query.Less {
			op = "<"
		}
		s.and(at + " " + op + " " + s.arg(c.Values[0].Time))
		return
	case query.EPC, query.Child, query.Parent, query.InputEPC, query.OutputEPC:
		s.epc(c)
		return
	}
	if column != "" && c.Operator == query.Equal {
		s.and(s.in(column, c.Values))
		return
	}
	s.facet(c)
}

// epc looks for things by their keys: exact keys drive the query, stretches of keys
// only filter.
func (s *search) epc(c *query.Condition) {
	roles := ` AND x.role IN (` + roleList(c.Roles) + `)`
	if len(c.Patterns) == 0 {
		s.and(`e.id IN (SELECT x.id FROM repository_epc x WHERE ` + s.in("x.key", c.Values) + roles + `)`)
		return
	}
	any := s.stretches("x.key", c.Patterns)
	if len(c.Values) > 0 {
		any = append(any, s.in("x.key", c.Values))
	}
	s.and(`EXISTS (SELECT 1 FROM repository_epc x WHERE x.id = e.id AND (` + strings.Join(any, " OR ") + `)` + roles + `)`)
}

func (s *search) stretches(column string, patterns []identifier.Pattern) (any []string) {
	for _, p := range patterns {
		for _, r := range p.Ranges() {
			if r.To == "" {
				any = append(any, column+` = `+s.arg(r.From))
			} else {
				any = append(any, column+` >= `+s.arg(r.From)+` AND `+column+` < `+s.arg(r.To))
			}
		}
		// Schemes without a GS1 key, and patterns that events hold themselves.
		any = append(any, column+` >= 'urn:epc:' AND `+column+` < 'urn:epc;'`)
	}
	return any
}

// facet looks for everything else.
func (s *search) facet(c *query.Condition) {
	where := `f.role IN (` + roleList(c.Roles) + `)`
	if c.Name != "" {
		where += ` AND f.name = ` + s.arg(bounded(c.Name))
	}
	if c.Operator != query.Exists {
		if any := s.compared(c); any != "" {
			where += ` AND (` + any + `)`
		}
	}
	plain := c.Operator == query.Equal && len(c.Patterns) == 0 && !slices.ContainsFunc(c.Values, func(v query.Value) bool { return v.HasNumber || v.HasTime })
	if plain { // may be selective, and has an index
		s.and(`e.id IN (SELECT f.id FROM repository_facet f WHERE ` + where + `)`)
		return
	}
	s.and(`EXISTS (SELECT 1 FROM repository_facet f WHERE f.id = e.id AND ` + where + `)`)
}

func (s *search) compared(c *query.Condition) string {
	any := s.stretches("f.value", c.Patterns)
	var texts []query.Value
	for _, v := range c.Values {
		switch {
		case v.HasNumber:
			column := "f.number"
			if c.Dimension != "" {
				column = "f.canon"
			}
			low, high := v.Bounds()
			switch c.Operator {
			case query.Equal:
				any = append(any, column+` >= `+s.arg(low)+` AND `+column+` <= `+s.arg(high))
				if v.Text != "" {
					texts = append(texts, v)
				}
			case query.Less, query.LessEqual:
				any = append(any, column+` <= `+s.arg(high))
			default:
				any = append(any, column+` >= `+s.arg(low))
			}
		case v.HasTime:
			switch c.Operator {
			case query.Equal:
				any = append(any, `f.time_us = `+s.arg(v.Time))
				if v.Text != "" {
					texts = append(texts, v)
				}
			case query.Less, query.LessEqual:
				any = append(any, `f.time_us <= `+s.arg(v.Time))
			default:
				any = append(any, `f.time_us >= `+s.arg(v.Time))
			}
		case c.Operator == query.Equal:
			texts = append(texts, v)
		default:
			return "" // texts that are shortened have no order: memory decides
		}
	}
	if len(texts) > 0 {
		any = append(any, s.in("f.value", texts))
	}
	if len(any) == 0 {
		return `1 = 0`
	}
	return strings.Join(any, " OR ")
}

// each hands over what matches, in order, until fn says no.
func (s *search) each(tx *sqldb.Tx, after Position, fn func(Stored) bool) error {
	byTime := s.q.OrderBy == "eventTime"
	scanned := 0
	for batch := 32; ; batch = min(batch*2, 512) {
		where, args := slices.Clone(s.where), slices.Clone(s.args)
		next := &search{args: args}
		direction, compare := "DESC", "<"
		if s.q.Ascending {
			direction, compare = "ASC", ">"
		}
		if after.Row != 0 {
			if byTime {
				where = append(where, fmt.Sprintf(`(e.event_us, e.id) %s (%s, %s)`, compare, next.arg(after.Micro), next.arg(after.Row)))
			} else {
				where = append(where, fmt.Sprintf(`e.id %s %s`, compare, next.arg(after.Row)))
			}
		}
		order := `e.id ` + direction
		if byTime {
			order = `e.event_us ` + direction + `, e.id ` + direction
		}
		rows, err := tx.Query(`SELECT e.id, e.event_us, e.record_us, b.body FROM repository_event e JOIN repository_body b ON b.id = e.id WHERE `+
			strings.Join(where, " AND ")+` ORDER BY `+order+` LIMIT `+next.arg(batch), next.args...)
		if err != nil {
			return err
		}
		list, err := read(rows, &after)
		if err != nil {
			return err
		}
		for _, e := range list {
			if !s.q.Matches(e.Event) {
				if scanned++; scanned > maxScanned {
					return ErrTooComplex
				}
				continue
			}
			if !fn(e) {
				return nil
			}
		}
		if len(list) < batch {
			return nil
		}
	}
}

// read takes rows of events; last is the position of the last one.
func read(rows *sqldb.Rows, last *Position) (list []Stored, err error) {
	defer rows.Close()
	for rows.Next() {
		var e Stored
		var micro, recorded int64
		var body string
		if err := rows.Scan(&e.Row, &micro, &recorded, &body); err != nil {
			return nil, err
		}
		if e.Event, err = decode(body, recorded); err != nil {
			return nil, err
		}
		list = append(list, e)
		if last != nil {
			last.Row, last.Micro = e.Row, micro
		}
	}
	return list, rows.Err()
}

func decode(body string, recorded int64) (*epcis.Event, error) {
	e := &epcis.Event{}
	if err := json.Unmarshal([]byte(body), e); err != nil {
		return nil, fmt.Errorf("repository: a stored event cannot be read: %w", err)
	}
	e.RecordTime = epcis.Time{Text: epcis.FormatTime(recorded), Micro: recorded}
	return e, nil
}

// sorted answers a query whose order is that of an extension. Events without it come
// last.
func (s *search) sorted(tx *sqldb.Tx, out Answer, p Page) (Answer, error) {
	type ranked struct {
		Stored
		value query.Facet
		has   bool
	}
	var list []ranked
	err := s.each(tx, Position{}, func(e Stored) bool {
		item := ranked{Stored: e}
		for _, f := range query.Facets(e.Event) {
			if f.Role == query.Extension && !f.Inner && f.Name == s.q.OrderBy {
				item.value, item.has = f, true
				break
			}
		}
		list = append(list, item)
		return len(list) <= maxSorted
	})
	if err != nil {
		return out, err
	}
	if len(list) > maxSorted {
		return out, ErrTooComplex
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		switch {
		case a.has != b.has && a.has:
			return -1
		case a.has != b.has:
			return 1
		}
		n := query.Compare(a.value, b.value)
		if !s.q.Ascending {
			n = -n
		}
		return n
	})
	if s.q.Limit > 0 {
		list = list[:min(len(list), s.q.Limit)]
	}
	list = list[min(p.After.Given, len(list)):]
	if len(list) > p.Size {
		list = list[:p.Size]
		out.Next = &Position{Row: list[len(list)-1].Row, Given: p.After.Given + p.Size}
	}
	for _, item := range list {
		out.Events = append(out.Events, item.Stored)
	}
	return out, nil
}
