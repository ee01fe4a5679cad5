package tag

import (
	"errors"
	"strconv"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

const chipColumns = `id, set_name, epoch, uid, gtin, serial, status, last_ctr, last_us, simulated, batch, created_us`

func scanChip(scan func(...any) error) (Chip, error) {
	var (
		c             Chip
		lastUs, madeU int64
	)
	err := scan(&c.ID, &c.Set, &c.Epoch, &c.uid, &c.GTIN, &c.Serial, &c.Status, &c.LastCounter, &lastUs, &c.Virtual, &c.Batch, &madeU)
	c.LastTap, c.Created, c.Masked = sqldb.Time(lastUs), sqldb.Time(madeU), mask(c.uid)
	return c, err
}

// ReadChip reads one chip; a fault.NotFound if there is none.
func ReadChip(tx *sqldb.Tx, id ident.Tag) (Chip, error) {
	c, err := scanChip(tx.QueryRow(`SELECT `+chipColumns+` FROM tag_chip WHERE id = $1`, id).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, fault.New(fault.NotFound, "there is no such chip", "List the chips to see their ids.")
	}
	return c, err
}

// findChip reads a chip by what its messages say of it.
func findChip(tx *sqldb.Tx, set string, epoch int64, uid string) (Chip, bool, error) {
	c, err := scanChip(tx.QueryRow(`SELECT `+chipColumns+` FROM tag_chip WHERE set_name = $1 AND epoch = $2 AND uid = $3`,
		set, epoch, uid).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

func readChips(rows *sqldb.Rows, err error) ([]Chip, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Chip
	for rows.Next() {
		c, err := scanChip(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// where builds the conditions of a list.
type where struct {
	text string
	args []any
}

// and adds a condition in which ? stands for the value.
func (w *where) and(column, op string, value any) {
	if w.text == "" {
		w.text = " WHERE "
	} else {
		w.text += " AND "
	}
	w.args = append(w.args, value)
	w.text += column + " " + op + " $" + strconv.Itoa(len(w.args))
}

// limit adds the page size and gives the whole clause.
func (w *where) limit(order string, n int) string {
	w.args = append(w.args, bounded(n))
	return w.text + " ORDER BY " + order + " LIMIT $" + strconv.Itoa(len(w.args))
}

// bounded is the page size for a wished one.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 1000)
}
