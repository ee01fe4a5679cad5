package passport

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Passport is a passport as it is kept: its draft and where it stands.
type Passport struct {
	Anchor      Anchor
	Status      Status
	Rev         int64 // counts the changes; the expected one guards an edit
	Version     int64 // the newest published one; 0 = none
	Draft       Document
	Updated     time.Time
	WithdrawnAt time.Time // zero = it is not
	Reason      string    // of a withdrawal
}

// Version is a published version.
type Version struct {
	Anchor    Anchor
	Number    int64
	SHA256    string    // of the canonical JSON of Document
	ValidFrom time.Time // not shown before
	Published time.Time
	By        string // id of the member or key
	Document  Document
}

const passportColumns = `gtin, lot, serial, status, rev, version, draft, updated_us, withdrawn_us, reason`

func scanPassport(scan func(...any) error) (p Passport, err error) {
	var status, draft string
	var updated, withdrawn int64
	if err := scan(&p.Anchor.GTIN, &p.Anchor.Lot, &p.Anchor.Serial, &status, &p.Rev, &p.Version, &draft, &updated, &withdrawn, &p.Reason); err != nil {
		return p, err
	}
	p.Status, p.Updated, p.WithdrawnAt = Status(status), sqldb.Time(updated), orZero(withdrawn)
	return p, json.Unmarshal([]byte(draft), &p.Draft)
}

func orZero(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return sqldb.Time(us)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return sqldb.Micros(t)
}

// load reads a passport; ok is false when there is none.
func load(tx *sqldb.Tx, a Anchor) (p Passport, ok bool, err error) {
	p, err = scanPassport(tx.QueryRow(`SELECT `+passportColumns+` FROM passport_document WHERE path = $1`, a.Path()).Scan)
	return found(p, err)
}

// lock is load for a change: whoever holds the row changes it alone, on any engine.
func lock(tx *sqldb.Tx, a Anchor) (p Passport, ok bool, err error) {
	p, err = scanPassport(tx.QueryRow(`UPDATE passport_document SET path = path WHERE path = $1 RETURNING `+passportColumns, a.Path()).Scan)
	return found(p, err)
}

func found[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, sqldb.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

func insertPassport(tx *sqldb.Tx, p Passport) error {
	draft, err := json.Marshal(p.Draft)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO passport_document (path, `+passportColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.Anchor.Path(), p.Anchor.GTIN, p.Anchor.Lot, p.Anchor.Serial, string(p.Status), p.Rev, p.Version, string(draft),
		micros(p.Updated), micros(p.WithdrawnAt), p.Reason)
	return err
}

func updatePassport(tx *sqldb.Tx, p Passport) error {
	draft, err := json.Marshal(p.Draft)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE passport_document SET status = $2, rev = $3, version = $4, draft = $5, updated_us = $6, withdrawn_us = $7, reason = $8 WHERE path = $1`,
		p.Anchor.Path(), string(p.Status), p.Rev, p.Version, string(draft), micros(p.Updated), micros(p.WithdrawnAt), p.Reason)
	return err
}

// Filter narrows the list of passports. After is the path of the last one of the
// page before.
type Filter struct {
	GTIN   string
	Status Status
	Query  string // part of a path or a name, in any case
	After  string
	Limit  int // 50 when 0, at most 1000
}

func limited(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}

// listPassports lists by path.
func listPassports(tx *sqldb.Tx, f Filter) (list []Passport, err error) {
	query := strings.ToLower(strings.TrimSpace(f.Query))
	after := f.After
	for {
		var page []Passport
		rows, err := tx.Query(`SELECT `+passportColumns+` FROM passport_document
			WHERE path > $1 AND ($2 = '' OR gtin = $2) AND ($3 = '' OR status = $3) ORDER BY path LIMIT 200`, after, f.GTIN, string(f.Status))
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			p, err := scanPassport(rows.Scan)
			if err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			page = append(page, p)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
		for _, p := range page {
			after = p.Anchor.Path()
			if query != "" && !strings.Contains(strings.ToLower(after), query) && !p.Draft.Name.Contains(query) {
				continue
			}
			if list = append(list, p); len(list) == limited(f.Limit) {
				return list, nil
			}
		}
		if len(page) < 200 {
			return list, nil
		}
	}
}

func insertVersion(tx *sqldb.Tx, v Version, body []byte) error {
	_, err := tx.Exec(`INSERT INTO passport_version (path, n, sha256, valid_us, published_us, by_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Anchor.Path(), v.Number, v.SHA256, micros(v.ValidFrom), micros(v.Published), v.By, string(body))
	return err
}

const versionColumns = `n, sha256, valid_us, published_us, by_id, body`

func scanVersion(a Anchor, scan func(...any) error) (Version, error) {
	v := Version{Anchor: a}
	var valid, published int64
	var body string
	if err := scan(&v.Number, &v.SHA256, &valid, &published, &v.By, &body); err != nil {
		return v, err
	}
	v.ValidFrom, v.Published = sqldb.Time(valid), sqldb.Time(published)
	return v, json.Unmarshal([]byte(body), &v.Document)
}

// versionOf reads a version by its number; ok is false when there is none.
func versionOf(tx *sqldb.Tx, a Anchor, n int64) (Version, bool, error) {
	v, err := scanVersion(a, tx.QueryRow(`SELECT `+versionColumns+` FROM passport_version WHERE path = $1 AND n = $2`, a.Path(), n).Scan)
	return found(v, err)
}

// versionAt reads the version that was shown at a time.
func versionAt(tx *sqldb.Tx, a Anchor, at time.Time) (Version, bool, error) {
	v, err := scanVersion(a, tx.QueryRow(`SELECT `+versionColumns+` FROM passport_version
		WHERE path = $1 AND valid_us <= $2 AND published_us <= $2 ORDER BY n DESC LIMIT 1`, a.Path(), sqldb.Micros(at)).Scan)
	return found(v, err)
}

// listVersions lists versions below a number, newest first.
func listVersions(tx *sqldb.Tx, a Anchor, before int64, limit int) (list []Version, err error) {
	rows, err := tx.Query(`SELECT `+versionColumns+` FROM passport_version WHERE path = $1 AND n < $2 ORDER BY n DESC LIMIT $3`, a.Path(), before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scanVersion(a, rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

func insertFile(tx *sqldb.Tx, a Anchor, sha string, data []byte) error {
	_, err := tx.Exec(`INSERT INTO passport_file (path, sha256, bytes, data) VALUES ($1, $2, $3, $4) ON CONFLICT (path, sha256) DO NOTHING`,
		a.Path(), sha, int64(len(data)), base64.StdEncoding.EncodeToString(data))
	return err
}

// fileSizes gives the sizes of the files of a passport by their hashes.
func fileSizes(tx *sqldb.Tx, a Anchor) (map[string]int64, error) {
	rows, err := tx.Query(`SELECT sha256, bytes FROM passport_file WHERE path = $1`, a.Path())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var sha string
		var n int64
		if err := rows.Scan(&sha, &n); err != nil {
			return nil, err
		}
		sizes[sha] = n
	}
	return sizes, rows.Err()
}

func loadFile(tx *sqldb.Tx, a Anchor, sha string) ([]byte, bool, error) {
	var data string
	err := tx.QueryRow(`SELECT data FROM passport_file WHERE path = $1 AND sha256 = $2`, a.Path(), sha).Scan(&data)
	if _, ok, err := found(data, err); err != nil || !ok {
		return nil, false, err
	}
	file, err := base64.StdEncoding.DecodeString(data)
	return file, err == nil, err
}

// sweepFiles removes the files that neither the draft nor a version names.
func sweepFiles(tx *sqldb.Tx, a Anchor, draft Document) error {
	sizes, err := fileSizes(tx, a)
	if err != nil || len(sizes) == 0 {
		return err
	}
	for _, f := range draft.Documents {
		delete(sizes, f.SHA256)
	}
	for before := int64(1) << 62; len(sizes) > 0; {
		list, err := listVersions(tx, a, before, 50)
		if err != nil {
			return err
		}
		for _, v := range list {
			before = v.Number
			for _, f := range v.Document.Documents {
				delete(sizes, f.SHA256)
			}
		}
		if len(list) < 50 {
			break
		}
	}
	for sha := range sizes {
		if _, err := tx.Exec(`DELETE FROM passport_file WHERE path = $1 AND sha256 = $2`, a.Path(), sha); err != nil {
			return err
		}
	}
	return nil
}

func deletePassport(tx *sqldb.Tx, a Anchor) error {
	for _, query := range []string{`DELETE FROM passport_file WHERE path = $1`, `DELETE FROM passport_document WHERE path = $1`} {
		if _, err := tx.Exec(query, a.Path()); err != nil {
			return err
		}
	}
	return nil
}

const grantColumns = `id, tier, holder, purpose, gtins, by_id, created_us, expires_us, revoked_us`

func scanGrant(scan func(...any) error) (g Grant, err error) {
	var id, tier, gtins string
	var created, expires, revoked int64
	if err := scan(&id, &tier, &g.Holder, &g.Purpose, &gtins, &g.By, &created, &expires, &revoked); err != nil {
		return g, err
	}
	g.ID, g.Tier = ident.Access(id), Tier(tier)
	g.Created, g.Expires, g.Revoked = sqldb.Time(created), sqldb.Time(expires), orZero(revoked)
	if gtins != "" {
		g.GTINs = strings.Split(gtins, " ")
	}
	return g, nil
}

func insertGrant(tx *sqldb.Tx, g Grant, hash string) error {
	_, err := tx.Exec(`INSERT INTO passport_grant (hash, `+grantColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		hash, string(g.ID), string(g.Tier), g.Holder, g.Purpose, strings.Join(g.GTINs, " "), g.By, micros(g.Created), micros(g.Expires), micros(g.Revoked))
	return err
}

func grantByHash(tx *sqldb.Tx, hash string) (Grant, bool, error) {
	g, err := scanGrant(tx.QueryRow(`SELECT `+grantColumns+` FROM passport_grant WHERE hash = $1`, hash).Scan)
	return found(g, err)
}

func grantByID(tx *sqldb.Tx, id ident.Access) (Grant, bool, error) {
	g, err := scanGrant(tx.QueryRow(`SELECT `+grantColumns+` FROM passport_grant WHERE id = $1`, string(id)).Scan)
	return found(g, err)
}

// listGrants lists the newest first. Ids grow with time.
func listGrants(tx *sqldb.Tx, before ident.Access, limit int) (list []Grant, err error) {
	rows, err := tx.Query(`SELECT `+grantColumns+` FROM passport_grant WHERE ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, string(before), limited(limit))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		g, err := scanGrant(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, rows.Err()
}

func insertUse(tx *sqldb.Tx, u Use) error {
	_, err := tx.Exec(`INSERT INTO passport_access (id, grant_id, path, version, form, at_us) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(u.ID), string(u.Grant), u.Path, u.Version, u.Form, micros(u.At))
	return err
}

// listUses lists the newest first.
func listUses(tx *sqldb.Tx, f UseFilter) (list []Use, err error) {
	where, args := []string{"1 = 1"}, []any{}
	and := func(column, op, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, column+" "+op+" $"+strconv.Itoa(len(args)))
		}
	}
	and("grant_id", "=", string(f.Grant))
	and("path", "=", f.Path)
	and("id", "<", string(f.Before))
	args = append(args, limited(f.Limit))
	rows, err := tx.Query(`SELECT id, grant_id, path, version, form, at_us FROM passport_access WHERE `+strings.Join(where, " AND ")+
		` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, grant string
		var at int64
		var u Use
		if err := rows.Scan(&id, &grant, &u.Path, &u.Version, &u.Form, &at); err != nil {
			return nil, err
		}
		u.ID, u.Grant, u.At = ident.Access(id), ident.Access(grant), sqldb.Time(at)
		list = append(list, u)
	}
	return slices.Clip(list), rows.Err()
}
