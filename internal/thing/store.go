package thing

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tagline/internal/ident"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

const (
	itemColumns = `id, gtin, serial, lot, market, record, taps, first_tap_us, last_tap_us, sealed_us, sealed_by`
	touchedSQL  = `SELECT id, lot, market, record, taps, first_tap_us, was_sealed_us, was_sealed_by FROM thing_item WHERE gtin = $1 AND serial = $2`
)

// scanItem reads a row of itemColumns.
func scanItem(scan func(...any) error) (Item, error) {
	var (
		r                   life.Row
		first, last, sealed int64
	)
	if err := scan(&r.ID, &r.GTIN, &r.Serial, &r.Lot, &r.Market, &r.Record, &r.Taps, &first, &last, &sealed, &r.SealedBy); err != nil {
		return Item{}, err
	}
	r.FirstTap, r.LastTap, r.SealedAt = sqldb.Time(first), sqldb.Time(last), sqldb.Time(sealed)
	return r.Item()
}

func load(tx *sqldb.Tx, id ident.Thing) (Item, error) {
	it, err := scanItem(tx.QueryRow(`SELECT `+itemColumns+` FROM thing_item WHERE id = $1`, id).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return it, errNoItem
	}
	return it, err
}

func find(tx *sqldb.Tx, r Ref) (Item, bool, error) {
	it, err := scanItem(tx.QueryRow(`SELECT `+itemColumns+` FROM thing_item WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Item{}, false, nil
	}
	return it, err == nil, err
}

// lock reads an item that is about to be changed: until the transaction ends
// nobody else changes it.
func lock(tx *sqldb.Tx, r Ref) (Item, bool, error) {
	if _, err := tx.Exec(`UPDATE thing_item SET taps = taps WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial); err != nil {
		return Item{}, false, err
	}
	return find(tx, r)
}

// insert stores a new item; false if its label is taken.
func insert(tx *sqldb.Tx, it Item) (bool, error) {
	r := it.Row()
	n, err := tx.Exec(`INSERT INTO thing_item (id, gtin, serial, lot, market, seal, stage, sold, opened, drained, alarmed, record,
			taps, first_tap_us, last_tap_us, sealed_us, sealed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (gtin, serial) DO NOTHING`,
		r.ID, r.GTIN, r.Serial, r.Lot, r.Market, it.Seal, it.Stage, it.Life.Sold.Is(), it.Life.Opened.Is(), it.Life.Drained.Is(),
		len(it.Alarms) > 0, string(r.Record), r.Taps, sqldb.Micros(r.FirstTap), sqldb.Micros(r.LastTap), sqldb.Micros(r.SealedAt), r.SealedBy)
	if err != nil || n == 0 {
		return false, err
	}
	tally(tx, it.GTIN, Counts{}, counts(it))
	return true, nil
}

// touchSQL takes in the part of a verified tap that is the same for every tap: for
// an ordinary tap nothing else of the item is written. was_* is what it overwrites.
const touchSQL = `UPDATE thing_item SET taps = taps + 1, last_tap_us = $1, was_sealed_us = sealed_us, was_sealed_by = sealed_by,
		first_tap_us = CASE WHEN taps = 0 THEN $1 ELSE first_tap_us END,
		sealed_us = CASE WHEN $2 THEN $1 ELSE sealed_us END,
		sealed_by = CASE WHEN $2 THEN $3 ELSE sealed_by END
	WHERE gtin = $4 AND serial = $5`

// touch counts a verified tap on an item and gives the item as it was before, but
// for its last tap.
func touch(tx *sqldb.Tx, memory *life.Memory, ref Ref, nowUs int64, sealed bool, event ident.Event) (before Item, known bool, err error) {
	n, err := tx.Exec(touchSQL, nowUs, sealed, string(event), ref.GTIN, ref.Serial)
	if err != nil || n == 0 {
		return Item{}, false, err
	}
	// The update holds the row: nobody changes it now.
	r := life.Row{GTIN: ref.GTIN, Serial: ref.Serial}
	var id, by string
	var first, at int64
	if err := tx.QueryRow(touchedSQL, ref.GTIN, ref.Serial).Scan(&id, &r.Lot, &r.Market, &r.Record, &r.Taps, &first, &at, &by); err != nil {
		return Item{}, false, err
	}
	r.ID, r.SealedAt, r.SealedBy = ident.Thing(id), sqldb.Time(at), ident.Event(by)
	if r.Taps--; r.Taps > 0 {
		r.FirstTap = sqldb.Time(first)
	}
	before, err = memory.Item(r)
	return before, true, err
}

// save stores what differs from before, apart from what touch wrote.
func save(tx *sqldb.Tx, before, after Item) error {
	if before.SameRecord(after) {
		return nil
	}
	tally(tx, after.GTIN, counts(before), counts(after))
	_, err := tx.Exec(`UPDATE thing_item SET seal = $1, stage = $2, sold = $3, opened = $4, drained = $5, alarmed = $6, record = $7 WHERE id = $8`,
		after.Seal, after.Stage, after.Life.Sold.Is(), after.Life.Opened.Is(), after.Life.Drained.Is(), len(after.Alarms) > 0, string(after.Row().Record), after.ID)
	return err
}

func list(tx *sqldb.Tx, f Filter) ([]Item, error) {
	query, args := `SELECT `+itemColumns+` FROM thing_item`, []any{}
	and := func(condition string, values ...any) {
		if len(args) == 0 && !strings.Contains(query, "WHERE") {
			query += " WHERE "
		} else {
			query += " AND "
		}
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		query += condition
	}
	for _, c := range []struct{ column, value string }{
		{"gtin", f.GTIN}, {"serial", f.Serial}, {"lot", f.Lot}, {"market", f.Market}, {"seal", string(f.Seal)}, {"stage", string(f.Stage)},
	} {
		if c.value != "" {
			and(c.column+" = ?", c.value)
		}
	}
	switch f.Reached {
	case StageSold:
		and("sold")
	case StageOpened:
		and("opened")
	case StageDrained:
		and("drained")
	}
	if f.Alarmed {
		and("alarmed")
	}
	if f.Query != "" {
		and("(gtin = ? OR serial >= ? AND serial < ?)", f.Query, f.Query, f.Query+"\U0010FFFF")
	}
	if f.After != "" {
		and("id < ?", f.After)
	}
	if f.Lot != "" {
		and("lot <> ''") // so that the index of lots serves
	}
	args = append(args, bounded(f.Limit))
	rows, err := tx.Query(query+" ORDER BY id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Item
	for rows.Next() {
		it, err := scanItem(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

// bounded is the page size for a wished one.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 1000)
}

// counts is an item's share of its product's counts.
func counts(it Item) Counts {
	one := func(is bool) int64 {
		if is {
			return 1
		}
		return 0
	}
	return Counts{
		Made: one(it.ID != ""), Sealed: one(it.Seal == Sealed), Sold: one(it.Life.Sold.Is()), Opened: one(it.Life.Opened.Is()),
		Drained: one(it.Life.Drained.Is()), Alarmed: one(len(it.Alarms) > 0),
	}
}

func (c *Counts) add(plus, minus Counts) {
	c.Made += plus.Made - minus.Made
	c.Sealed += plus.Sealed - minus.Sealed
	c.Sold += plus.Sold - minus.Sold
	c.Opened += plus.Opened - minus.Opened
	c.Drained += plus.Drained - minus.Drained
	c.Alarmed += plus.Alarmed - minus.Alarmed
}

type countsKey struct{}

// tally moves an item's share of the counts from before to after. The rows of the
// counts are shared by all items of a product, so they are written once, in order,
// as the transaction's last act.
func tally(tx *sqldb.Tx, gtin string, before, after Counts) {
	if before == after {
		return
	}
	deltas := tx.Local(countsKey{}, func() any { return map[string]*Counts{} }).(map[string]*Counts)
	d := deltas[gtin]
	if d == nil {
		d = &Counts{}
		deltas[gtin] = d
	}
	d.add(after, before)
	tx.BeforeCommit("thing counts", func(tx *sqldb.Tx) error {
		gtins := make([]string, 0, len(deltas))
		for g := range deltas {
			gtins = append(gtins, g)
		}
		slices.SortFunc(gtins, cmp.Compare)
		for _, g := range gtins {
			d := *deltas[g]
			if d == (Counts{}) {
				continue
			}
			_, err := tx.Exec(`INSERT INTO thing_count AS c (gtin, made, sealed, sold, opened, drained, alarmed) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (gtin) DO UPDATE SET made = c.made + excluded.made, sealed = c.sealed + excluded.sealed, sold = c.sold + excluded.sold,
					opened = c.opened + excluded.opened, drained = c.drained + excluded.drained, alarmed = c.alarmed + excluded.alarmed`,
				g, d.Made, d.Sealed, d.Sold, d.Opened, d.Drained, d.Alarmed)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
