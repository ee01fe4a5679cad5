package thing

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tagline/internal/ident"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
)

const itemColumns = `id, gtin, serial, lot, market, record`

// scanRow reads a row of itemColumns, and what else is asked for.
func scanRow(scan func(...any) error, more ...any) (r life.Row, err error) {
	err = scan(append([]any{&r.ID, &r.GTIN, &r.Serial, &r.Lot, &r.Market, &r.Record}, more...)...)
	return r, err
}

// follow gives a row the trail of its chips.
func follow(r *life.Row, t tag.Trail) {
	r.Taps, r.FirstTap, r.LastTap, r.SealedAt, r.SealedBy = t.Taps, t.First, t.Last, t.SealedAt, t.SealedBy
}

// items derives the items of rows, with the trails of their chips.
func items(tx *sqldb.Tx, rows []life.Row) ([]Item, error) {
	refs := make([]Ref, len(rows))
	for i, r := range rows {
		refs[i] = Ref{GTIN: r.GTIN, Serial: r.Serial}
	}
	trails, err := tag.Trails(tx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(rows))
	for i := range rows {
		follow(&rows[i], trails[refs[i]])
		if out[i], err = rows[i].Item(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// one gives the item of one row; false if there is no row.
func one(tx *sqldb.Tx, row sqldb.Row) (Item, bool, error) {
	r, err := scanRow(row.Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Item{}, false, nil
	}
	if err != nil {
		return Item{}, false, err
	}
	all, err := items(tx, []life.Row{r})
	if err != nil {
		return Item{}, false, err
	}
	return all[0], true, nil
}

func load(tx *sqldb.Tx, id ident.Thing) (Item, error) {
	it, known, err := one(tx, tx.QueryRow(`SELECT `+itemColumns+` FROM thing_item WHERE id = $1`, id))
	if err == nil && !known {
		err = errNoItem
	}
	return it, err
}

const findSQL = `SELECT ` + itemColumns + ` FROM thing_item WHERE gtin = $1 AND serial = $2`

// Lookup gives the item of a GTIN and a serial; false when there is none.
func Lookup(tx *sqldb.Tx, r Ref) (Item, bool, error) { return find(tx, r) }

func find(tx *sqldb.Tx, r Ref) (Item, bool, error) {
	return one(tx, tx.QueryRow(findSQL, r.GTIN, r.Serial))
}

// lock reads an item that is about to be changed by other means than a tap: until
// the transaction ends nobody else changes it, and no tap of it is claimed. Chips
// are held before items, everywhere.
func lock(tx *sqldb.Tx, r Ref) (Item, bool, error) {
	if err := tag.Hold(tx, r); err != nil {
		return Item{}, false, err
	}
	if err := hold(tx, r); err != nil {
		return Item{}, false, err
	}
	return find(tx, r)
}

// hold keeps an item from being changed by others until the transaction ends.
func hold(tx *sqldb.Tx, r Ref) error {
	_, err := tx.Exec(`UPDATE thing_item SET lot = lot WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial)
	return err
}

// before gives a tapped item as it was before the tap, from the trail that the
// claim tells.
func before(tx *sqldb.Tx, ref Ref, t tag.Trail) (Item, bool, error) {
	r, err := scanRow(tx.QueryRow(findSQL, ref.GTIN, ref.Serial).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Item{}, false, nil
	}
	if err != nil {
		return Item{}, false, err
	}
	follow(&r, t)
	it, err := r.Item()
	return it, true, err
}

// columns are what lists search by; they follow from the record and the trail.
type columns struct {
	seal                           Seal
	stage                          Stage
	sold, opened, drained, alarmed bool
}

func columnsOf(it Item) columns {
	return columns{it.Seal, it.Stage, it.Life.Sold.Is(), it.Life.Opened.Is(), it.Life.Drained.Is(), len(it.Alarms) > 0}
}

// insert stores a new item; false if its label is taken.
func insert(tx *sqldb.Tx, it Item) (bool, error) {
	r, c := it.Row(), columnsOf(it)
	n, err := tx.Exec(`INSERT INTO thing_item (id, gtin, serial, lot, market, seal, stage, sold, opened, drained, alarmed, record)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (gtin, serial) DO NOTHING`,
		r.ID, r.GTIN, r.Serial, r.Lot, r.Market, c.seal, c.stage, c.sold, c.opened, c.drained, c.alarmed, string(r.Record))
	if err != nil || n == 0 {
		return false, err
	}
	tally(tx, it.GTIN, Counts{}, CountsOf(it))
	return true, nil
}

// save stores what differs from before. For an ordinary tap that is nothing.
func save(tx *sqldb.Tx, before, after Item) error {
	if before.SameRecord(after) {
		return nil
	}
	tally(tx, after.GTIN, CountsOf(before), CountsOf(after))
	c := columnsOf(after)
	_, err := tx.Exec(`UPDATE thing_item SET seal = $1, stage = $2, sold = $3, opened = $4, drained = $5, alarmed = $6, record = $7 WHERE id = $8`,
		c.seal, c.stage, c.sold, c.opened, c.drained, c.alarmed, string(after.Row().Record), after.ID)
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
	found, err := readRows(rows)
	if err != nil {
		return nil, err
	}
	return items(tx, found)
}

func readRows(rows *sqldb.Rows) ([]life.Row, error) {
	defer rows.Close()
	var out []life.Row
	for rows.Next() {
		r, err := scanRow(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
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

// CountsOf is an item's share of its product's counts.
func CountsOf(it Item) Counts {
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

// Plus adds counts.
func (c Counts) Plus(o Counts) Counts {
	return Counts{c.Made + o.Made, c.Sealed + o.Sealed, c.Sold + o.Sold, c.Opened + o.Opened, c.Drained + o.Drained, c.Alarmed + o.Alarmed}
}

func (c Counts) minus(o Counts) Counts {
	return c.Plus(Counts{-o.Made, -o.Sealed, -o.Sold, -o.Opened, -o.Drained, -o.Alarmed})
}

type countsKey struct{}

// tally moves an item's share of the counts from before to after. The rows of the
// counts are shared by all items of a product, so they are written once, in order,
// as the transaction's last act.
func tally(tx *sqldb.Tx, gtin string, before, after Counts) {
	if before == after {
		return
	}
	deltas := tx.Local(countsKey{}, func() any { return map[string]Counts{} }).(map[string]Counts)
	deltas[gtin] = deltas[gtin].Plus(after.minus(before))
	tx.BeforeCommit("thing counts", func(tx *sqldb.Tx) error {
		for _, g := range slices.Sorted(maps.Keys(deltas)) {
			d := deltas[g]
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
