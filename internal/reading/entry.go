package reading

import (
	"encoding/json"
	"fmt"
	"strings"

	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/model"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// Kind is what an entry of the log is.
type Kind string

// The kinds.
const (
	Event  Kind = "ev"    // a fact, with values
	Sample Kind = "tm"    // a sampled value
	Report Kind = "rep"   // a numbered report of the state
	Epoch  Kind = "epoch" // a new ownership period begins
)

// Entry is one entry of a device's log.
type Entry struct {
	Device   *device.Device
	Model    *model.Model
	Kind     Kind
	ID       string // unique for the device; at most 100 bytes
	At       int64  // corrected, microseconds of UTC
	Received int64
	Told     int64  // what the device's clock said; 0: nothing
	Clock    string // "ok", "bad", "none"
	Type     string // of an event: "tl.brush.session.v1"
	Patch    twin.Patch
	Extra    json.RawMessage // what the model does not know, as it came; may be nil
	Boot, RV int64           // of a report
	Full     bool            // a report that names everything
}

// doc is what a row keeps beside its columns.
type doc struct {
	Values  map[string]rule.Value `json:"v,omitempty"`
	Removed []string              `json:"rm,omitempty"`
	Type    string                `json:"y,omitempty"`
	Extra   json.RawMessage       `json:"x,omitempty"`
	Boot    int64                 `json:"b,omitempty"`
	RV      int64                 `json:"r,omitempty"`
	Full    bool                  `json:"full,omitempty"`
}

func (e *Entry) encode() ([]byte, error) {
	return json.Marshal(doc{e.Patch.Values, e.Patch.Removed, e.Type, e.Extra, e.Boot, e.RV, e.Full})
}

func (e *Entry) reading() detect.Reading {
	return detect.Reading{At: e.At, ID: e.ID, Values: e.Patch.Values, Epoch: e.Kind == Epoch}
}

func (e *Entry) stamp() twin.Stamp {
	if e.Kind == Report {
		return twin.Stamp{At: e.At, Boot: e.Boot, RV: e.RV}
	}
	return twin.Stamp{At: e.At, ID: e.ID}
}

// before orders entries of one device.
func before(at int64, id string, bt int64, bid string) bool {
	return at < bt || at == bt && id < bid
}

const entryColumns = `device, at_us, id, kind, recorded_us, told_us, clock, doc`

const (
	entryWidth = 8
	perInsert  = 32 // rows in one statement, a power of two
)

// insert writes entries and gives those that were not there, as device and id.
func insert(tx *sqldb.Tx, entries []Entry) (fresh map[string]bool, err error) {
	fresh = make(map[string]bool, len(entries))
	for len(entries) > 0 {
		n := perInsert
		for n > len(entries) {
			n /= 2 // few texts, each prepared once
		}
		args := make([]any, 0, entryWidth*n)
		for i := range entries[:n] {
			e := &entries[i]
			body, err := e.encode()
			if err != nil {
				return nil, fmt.Errorf("reading: encode an entry: %w", err)
			}
			args = append(args, e.Device.No, e.At, e.ID, string(e.Kind), e.Received, e.Told, e.Clock, body)
		}
		rows, err := tx.Query(insertSQL(n), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var no int64
			var id string
			if err := rows.Scan(&no, &id); err != nil {
				rows.Close()
				return nil, err
			}
			fresh[mark(no, id)] = true
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		rows.Close()
		entries = entries[n:]
	}
	return fresh, nil
}

func mark(no int64, id string) string { return fmt.Sprint(no) + "/" + id }

func insertSQL(n int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO reading_entry (` + entryColumns + `) VALUES `)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(" + sqldb.In(entryWidth, 1+i*entryWidth) + ")")
	}
	b.WriteString(` ON CONFLICT DO NOTHING RETURNING device, id`)
	return b.String()
}

// readAfter gives entries of a device after a point of its log, oldest first.
func readAfter(tx *sqldb.Tx, no, at int64, id string, limit int) ([]Entry, error) {
	rows, err := tx.Query(`SELECT `+entryColumns+` FROM reading_entry
		WHERE device = $1 AND at_us >= $2 AND (at_us > $2 OR id > $3) ORDER BY at_us, id LIMIT $4`, no, at, id, limit)
	return collect(rows, err)
}

func collect(rows *sqldb.Rows, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		e, err := scanEntry(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func scanEntry(scan func(...any) error) (e Entry, err error) {
	var no int64
	var body []byte
	if err := scan(&no, &e.At, &e.ID, &e.Kind, &e.Received, &e.Told, &e.Clock, &body); err != nil {
		return e, err
	}
	var d doc
	if err := json.Unmarshal(body, &d); err != nil {
		return e, fmt.Errorf("reading: an entry cannot be read: %w", err)
	}
	e.Patch = twin.Patch{Values: d.Values, Removed: d.Removed}
	e.Type, e.Extra, e.Boot, e.RV, e.Full = d.Type, d.Extra, d.Boot, d.RV, d.Full
	return e, nil
}
