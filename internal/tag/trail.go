package tag

import (
	"time"

	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Trail is what the verified taps of a chip, or of all chips of an item, leave
// behind: the part of an item's state that changes with every tap.
type Trail struct {
	Taps     int64
	First    time.Time
	Last     time.Time
	SealedAt time.Time // of the last tap that measured a closed seal
	SealedBy ident.Event
}

// join adds the trail of other taps. It does not matter in which order trails are
// joined: the later seal counts, and of two at once the one with the greater event.
func (t Trail) join(o Trail) Trail {
	if o.Taps == 0 {
		return t
	}
	if t.Taps == 0 || o.First.Before(t.First) {
		t.First = o.First
	}
	if o.Last.After(t.Last) {
		t.Last = o.Last
	}
	if c := o.SealedAt.Compare(t.SealedAt); c > 0 || c == 0 && o.SealedBy > t.SealedBy {
		t.SealedAt, t.SealedBy = o.SealedAt, o.SealedBy
	}
	t.Taps += o.Taps
	return t
}

// Add is the trail after one more verified tap.
func (t Trail) Add(at time.Time, sealed Sealed, event ident.Event) Trail {
	one := Trail{Taps: 1, First: at, Last: at}
	if sealed {
		one.SealedAt, one.SealedBy = at, event
	}
	return t.join(one)
}

// Sealed says whether a tap measured a closed seal.
type Sealed bool

// trailColumns are read by scanTrail, after what else is read of a chip.
const trailColumns = `taps, first_us, last_us, sealed_us, sealed_by`

func scanTrail(scan func(...any) error, before ...any) (Trail, error) {
	var (
		t                   Trail
		first, last, sealed int64
		by                  string
	)
	err := scan(append(before, &t.Taps, &first, &last, &sealed, &by)...)
	if t.Taps > 0 { // else last_us, which is also set by hand, says nothing
		t.First, t.Last, t.SealedAt, t.SealedBy = sqldb.Time(first), sqldb.Time(last), sqldb.Time(sealed), ident.Event(by)
	}
	return t, err
}

// Trails gives the trails of some items; items without a tapped chip have none.
func Trails(tx *sqldb.Tx, items []Ref) (map[Ref]Trail, error) {
	out := map[Ref]Trail{}
	bySerial := map[string][]any{} // by GTIN
	for _, r := range items {
		if bySerial[r.GTIN] == nil {
			bySerial[r.GTIN] = []any{r.GTIN}
		}
		bySerial[r.GTIN] = append(bySerial[r.GTIN], r.Serial)
	}
	for gtin, args := range bySerial {
		if err := addTrails(tx, out, gtin, args); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addTrails(tx *sqldb.Tx, out map[Ref]Trail, gtin string, args []any) error {
	rows, err := tx.Query(`SELECT serial, `+trailColumns+` FROM tag_chip WHERE gtin = $1 AND serial IN (`+sqldb.In(len(args)-1, 2)+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var serial string
		t, err := scanTrail(rows.Scan, &serial)
		if err != nil {
			return err
		}
		if t.Taps > 0 {
			r := Ref{GTIN: gtin, Serial: serial}
			out[r] = out[r].join(t)
		}
	}
	return rows.Err()
}

// Hold keeps the chips of an item from being claimed until the transaction ends.
// Whoever changes an item by other means than a tap holds its chips first: what is
// remembered of them is then no longer believed.
func Hold(tx *sqldb.Tx, r Ref) error {
	_, err := tx.Exec(`UPDATE tag_chip SET rev = rev + 1 WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial)
	return err
}

// Told is what the ledger tells of a chip: the highest counter and the trail.
type Told struct {
	Counter int64
	Trail   Trail
}

// Compare walks over all chips that were tapped, or of which the ledger tells, and
// hands out those that are not as the ledger tells. It gives the number of chips.
func Compare(tx *sqldb.Tx, told map[ident.Tag]Told, differ func(id ident.Tag, what string)) (int64, error) {
	rows, err := tx.Query(`SELECT id, last_ctr, ` + trailColumns + ` FROM tag_chip WHERE taps > 0 ORDER BY id`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n, seen := int64(0), map[ident.Tag]bool{}
	for rows.Next() {
		var (
			id  ident.Tag
			ctr int64
		)
		t, err := scanTrail(rows.Scan, &id, &ctr)
		if err != nil {
			return n, err
		}
		n, seen[id] = n+1, true
		switch want := told[id]; {
		case ctr < want.Counter:
			differ(id, "its counter is lower than a tap in the ledger: a spent URL would be taken again")
		case t != want.Trail:
			differ(id, "its taps are not those in the ledger")
		}
	}
	for id := range told {
		if !seen[id] {
			differ(id, "the ledger tells taps of it, the table does not")
		}
	}
	return n, rows.Err()
}

// Restore sets a chip to what the ledger tells. Its counter is never lowered.
func Restore(tx *sqldb.Tx, id ident.Tag, told Told) error {
	t := told.Trail
	_, err := tx.Exec(`UPDATE tag_chip SET last_ctr = CASE WHEN last_ctr < $1 THEN $1 ELSE last_ctr END,
			rev = rev + 1, taps = $2, first_us = $3, last_us = $4, sealed_us = $5, sealed_by = $6 WHERE id = $7`,
		told.Counter, t.Taps, sqldb.Micros(t.First), sqldb.Micros(t.Last), sqldb.Micros(t.SealedAt), t.SealedBy, id)
	return err
}
