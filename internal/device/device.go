package device

import (
	"strings"
	"time"

	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// State says what a device may do.
type State string

// The states.
const (
	Active  State = "active"
	Frozen  State = "frozen"  // connected and heard, but told nothing: something is wrong with it
	Retired State = "retired" // may not connect
)

// Device is one thing that is connected.
type Device struct {
	No        int64 // small, for the tables of what it reports
	Brand     string
	Name      string // unique in the brand; 1 to 40 small letters, digits and dashes
	Model     string
	GTIN      string // of its product, with Serial; may be empty
	Serial    string
	Thing     ident.Thing // under which the ledger tells its story
	Title     string      // for people: "Hall lock"
	Household string      // devices of one home; may be empty
	Zone      string      // IANA time zone of its home; "" = UTC
	State     State
	Reason    string  // why it is frozen or retired
	Demo      bool    // made up: no person stands behind it
	Lat, Lon  float64 // where it was sold to, roughly; both 0: not known
	Created   time.Time
	Changed   time.Time
	Presence
}

// Presence is whether a device is connected.
type Presence struct {
	Online  bool
	Session int64     // of this or the last connection
	Since   time.Time // it is there, or gone, since; zero: it never was
	Gone    string    // why it is not there: "left", "lost", "taken-over", "kicked", "restart"
}

// ID names the device among all: brand/name.
func (d Device) ID() string { return d.Brand + "/" + d.Name }

// URN names the device to the outside: urn:tl:brand:name.
func (d Device) URN() string { return authority.URN(d.Brand, d.Name) }

// Location is the place in whose days and hours the device lives.
func (d Device) Location() *time.Location {
	if l, err := time.LoadLocation(d.Zone); err == nil {
		return l
	}
	return time.UTC
}

// ParseID splits brand/name. Errors: Invalid.
func ParseID(id string) (brand, name string, err error) {
	brand, name, ok := strings.Cut(id, "/")
	if !ok || !authority.Named(brand, name) {
		return "", "", fault.New(fault.Invalid, "this is not the name of a device", "Write brand/name, each of 1 to 40 small letters, digits and dashes.")
	}
	return brand, name, nil
}

// Wish is a device that is to be registered.
type Wish struct {
	Brand, Name, Model string
	GTIN, Serial       string // of a product that has the model; the item is made if it is missing
	Title, Household   string
	Zone               string
	Lat, Lon           float64
	Demo               bool
}

const deviceColumns = `no, brand, name, model, gtin, serial, thing, title, household, zone, state, reason, demo, lat, lon, created_us, changed_us, online, session, since_us, gone`

func scanDevice(scan func(...any) error) (d Device, err error) {
	var demo, online, created, changed, since int64
	err = scan(&d.No, &d.Brand, &d.Name, &d.Model, &d.GTIN, &d.Serial, &d.Thing, &d.Title, &d.Household, &d.Zone, &d.State, &d.Reason, &demo,
		&d.Lat, &d.Lon, &created, &changed, &online, &d.Session, &since, &d.Gone)
	d.Demo, d.Online = demo != 0, online != 0
	d.Created, d.Changed, d.Since = sqldb.Time(created), sqldb.Time(changed), sqldb.Time(since)
	return d, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

var errNoDevice = fault.New(fault.NotFound, "there is no such device", "List the devices, or register it first.")

// Find gives a device by its name, inside a transaction. Errors: NotFound.
func Find(tx *sqldb.Tx, brand, name string) (Device, error) {
	return one(tx.QueryRow(`SELECT `+deviceColumns+` FROM device_device WHERE brand = $1 AND name = $2`, brand, name))
}

// ByNo gives a device by its number, inside a transaction. Errors: NotFound.
func ByNo(tx *sqldb.Tx, no int64) (Device, error) {
	return one(tx.QueryRow(`SELECT `+deviceColumns+` FROM device_device WHERE no = $1`, no))
}

func one(row sqldb.Row) (Device, error) {
	d, err := scanDevice(row.Scan)
	if err == sqldb.ErrNoRows {
		return d, errNoDevice
	}
	return d, err
}

// Filter chooses devices; empty fields choose all.
type Filter struct {
	Brand, Model, GTIN string
	Household          string
	Thing              ident.Thing
	State              State
	Online             *bool
	Query              string // beginning of a name, title, or serial
	Demo               *bool
	After              int64 // the last number of the page before
	Limit              int   // at most 1,000; 0 is 50
}

// List gives devices by number, inside a transaction.
func List(tx *sqldb.Tx, f Filter) ([]Device, error) {
	query, args := `SELECT `+deviceColumns+` FROM device_device WHERE no > $1`, []any{f.After}
	and := func(text string, arg any) {
		args = append(args, arg)
		query += strings.ReplaceAll(text, "?", "$"+itoa(len(args)))
	}
	for _, eq := range []struct{ column, want string }{
		{"brand", f.Brand}, {"model", f.Model}, {"gtin", f.GTIN}, {"household", f.Household}, {"thing", string(f.Thing)}, {"state", string(f.State)},
	} {
		if eq.want != "" {
			and(` AND `+eq.column+` = ?`, eq.want)
		}
	}
	if f.Online != nil {
		and(` AND online = ?`, flag(*f.Online))
	}
	if f.Demo != nil {
		and(` AND demo = ?`, flag(*f.Demo))
	}
	if f.Query != "" {
		and(` AND (substr(name, 1, length(?)) = ? OR substr(lower(title), 1, length(?)) = ? OR substr(lower(serial), 1, length(?)) = ?)`, strings.ToLower(f.Query))
	}
	limit := f.Limit
	switch {
	case limit <= 0:
		limit = 50
	case limit > 1000:
		limit = 1000
	}
	query += ` ORDER BY no LIMIT ` + itoa(limit)
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Device
	for rows.Next() {
		d, err := scanDevice(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// ModelCount counts the devices of a model.
type ModelCount struct {
	Model       string
	All, Online int64
}

// ByModel counts devices by their model, inside a transaction.
func ByModel(tx *sqldb.Tx) ([]ModelCount, error) {
	rows, err := tx.Query(`SELECT model, count(*), sum(online) FROM device_device WHERE state <> 'retired' GROUP BY model ORDER BY model`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []ModelCount
	for rows.Next() {
		var m ModelCount
		if err := rows.Scan(&m.Model, &m.All, &m.Online); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}
