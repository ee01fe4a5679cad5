package access

import (
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// takeTurn makes transactions that change who owns the place run one by one.
func takeTurn(tx *sqldb.Tx) error {
	_, err := tx.Exec(`UPDATE access_setup SET turn = turn + 1 WHERE id = 1`)
	return err
}

const memberColumns = `id, name, email, role, password, disabled, created_us, seen_us, parties`

func scanMember(scan func(...any) error) (m Member, err error) {
	var created, seen int64
	var parties string
	err = scan(&m.ID, &m.Name, &m.Email, &m.Role, &m.password, &m.Disabled, &created, &seen, &parties)
	m.Parties = strings.Fields(parties)
	m.Created, m.Seen, m.HasPassword = sqldb.Time(created), sqldb.Time(seen), m.password != ""
	return m, err
}

func loadMember(tx *sqldb.Tx, id ident.Member) (Member, error) {
	m, err := scanMember(tx.QueryRow(`SELECT `+memberColumns+` FROM access_member WHERE id = $1`, id).Scan)
	if err == sqldb.ErrNoRows {
		return Member{}, fault.New(fault.NotFound, "there is no such member", "List the members to see their ids.")
	}
	return m, err
}

// findMember looks for a member by the folded e-mail address.
func findMember(tx *sqldb.Tx, email string) (m Member, found bool, err error) {
	if email == "" {
		return Member{}, false, nil
	}
	m, err = scanMember(tx.QueryRow(`SELECT `+memberColumns+` FROM access_member WHERE email = $1 AND email <> ''`, email).Scan)
	if err == sqldb.ErrNoRows {
		return Member{}, false, nil
	}
	return m, err == nil, err
}

func listMembers(tx *sqldb.Tx, after ident.Member, limit int) ([]Member, error) {
	rows, err := tx.Query(`SELECT `+memberColumns+` FROM access_member WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return collect(rows, err, scanMember)
}

func collect[T any](rows *sqldb.Rows, err error, scan func(func(...any) error) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func insertMember(tx *sqldb.Tx, m Member) error {
	_, err := tx.Exec(`INSERT INTO access_member (`+memberColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Name, m.Email, m.Role, m.password, m.Disabled, sqldb.Micros(m.Created), sqldb.Micros(m.Seen), strings.Join(m.Parties, " "))
	return err
}

func saveMember(tx *sqldb.Tx, m Member) error {
	_, err := tx.Exec(`UPDATE access_member SET name = $1, email = $2, role = $3, password = $4, disabled = $5, parties = $6 WHERE id = $7`,
		m.Name, m.Email, m.Role, m.password, m.Disabled, strings.Join(m.Parties, " "), m.ID)
	return err
}

func markSeen(tx *sqldb.Tx, id ident.Member, now time.Time) error {
	_, err := tx.Exec(`UPDATE access_member SET seen_us = $1 WHERE id = $2`, sqldb.Micros(now), id)
	return err
}

func countOtherOwners(tx *sqldb.Tx, not ident.Member) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM access_member WHERE role = $1 AND NOT disabled AND id <> $2`, Owner, not).Scan(&n)
	return n, err
}

func insertLink(tx *sqldb.Tx, hash string, m ident.Member, now, expires time.Time) error {
	_, err := tx.Exec(`INSERT INTO access_link (hash, member, created_us, expires_us, used_us) VALUES ($1, $2, $3, $4, 0)`,
		hash, m, sqldb.Micros(now), sqldb.Micros(expires))
	return err
}

// useLink marks a link as used. It can succeed once.
func useLink(tx *sqldb.Tx, hash string, now time.Time) (m ident.Member, won bool, err error) {
	err = tx.QueryRow(`UPDATE access_link SET used_us = $1 WHERE hash = $2 AND used_us = 0 AND expires_us > $1 RETURNING member`,
		sqldb.Micros(now), hash).Scan(&m)
	if err == sqldb.ErrNoRows {
		return "", false, nil
	}
	return m, err == nil, err
}

func linkExists(tx *sqldb.Tx, hash string) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM access_link WHERE hash = $1`, hash).Scan(&n)
	return n > 0, err
}

// endLinks makes the unused links of a member worthless. They stay, so that who
// follows one is told that it ended.
func endLinks(tx *sqldb.Tx, m ident.Member, now time.Time) error {
	_, err := tx.Exec(`UPDATE access_link SET used_us = $1 WHERE member = $2 AND used_us = 0`, sqldb.Micros(now), m)
	return err
}

func insertSession(tx *sqldb.Tx, hash string, m ident.Member, k ident.Key, now, expires time.Time) error {
	_, err := tx.Exec(`INSERT INTO access_session (hash, member, key_id, created_us, seen_us, expires_us) VALUES ($1, $2, $3, $4, $4, $5)`,
		hash, m, k, sqldb.Micros(now), sqldb.Micros(expires))
	return err
}

// kept is a session as it is stored.
type kept struct {
	member                 ident.Member
	key                    ident.Key
	created, seen, expires time.Time
}

func loadSession(tx *sqldb.Tx, hash string) (s kept, err error) {
	var created, seen, expires int64
	err = tx.QueryRow(`SELECT member, key_id, created_us, seen_us, expires_us FROM access_session WHERE hash = $1`, hash).
		Scan(&s.member, &s.key, &created, &seen, &expires)
	s.created, s.seen, s.expires = sqldb.Time(created), sqldb.Time(seen), sqldb.Time(expires)
	return s, err
}

func touchSession(tx *sqldb.Tx, hash string, now, expires time.Time) error {
	_, err := tx.Exec(`UPDATE access_session SET seen_us = $1, expires_us = $2 WHERE hash = $3`, sqldb.Micros(now), sqldb.Micros(expires), hash)
	return err
}

func deleteSession(tx *sqldb.Tx, hash string) error {
	_, err := tx.Exec(`DELETE FROM access_session WHERE hash = $1`, hash)
	return err
}

// endSessions deletes the sessions of a member, but for the one to spare.
func endSessions(tx *sqldb.Tx, m ident.Member, spare string) error {
	_, err := tx.Exec(`DELETE FROM access_session WHERE member = $1 AND member <> '' AND hash <> $2`, m, spare)
	return err
}

// sweep deletes what has expired; a hundred rows at a time keep sign-ins quick.
func sweep(tx *sqldb.Tx, now time.Time) error {
	if _, err := tx.Exec(`DELETE FROM access_session WHERE hash IN (SELECT hash FROM access_session WHERE expires_us < $1 ORDER BY expires_us LIMIT 100)`,
		sqldb.Micros(now)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM access_link WHERE hash IN (SELECT hash FROM access_link WHERE expires_us < $1 ORDER BY hash LIMIT 100)`,
		sqldb.Micros(now.Add(-keepLinks)))
	return err
}

const keyColumns = `id, name, role, scopes, maker, maker_name, created_us, expires_us, used_us, revoked_us, parties`

func scanKey(scan func(...any) error) (k Key, err error) {
	var scopes, parties string
	var created, expires, used, revoked int64
	err = scan(&k.ID, &k.Name, &k.Role, &scopes, &k.Maker, &k.MakerName, &created, &expires, &used, &revoked, &parties)
	k.Parties = strings.Fields(parties)
	for s := range strings.FieldsSeq(scopes) {
		k.Scopes = append(k.Scopes, Action(s))
	}
	k.Created, k.Expires, k.Used, k.Revoked = sqldb.Time(created), sqldb.Time(expires), sqldb.Time(used), sqldb.Time(revoked)
	return k, err
}

func loadKey(tx *sqldb.Tx, id ident.Key) (Key, error) {
	k, err := scanKey(tx.QueryRow(`SELECT `+keyColumns+` FROM access_key WHERE id = $1`, id).Scan)
	if err == sqldb.ErrNoRows {
		return Key{}, fault.New(fault.NotFound, "there is no such key", "List the keys to see their ids.")
	}
	return k, err
}

func findKey(tx *sqldb.Tx, hash string) (Key, error) {
	return scanKey(tx.QueryRow(`SELECT `+keyColumns+` FROM access_key WHERE hash = $1`, hash).Scan)
}

func listKeys(tx *sqldb.Tx, before ident.Key, limit int) ([]Key, error) {
	if before == "" {
		before = "key_~" // after every id in byte order
	}
	rows, err := tx.Query(`SELECT `+keyColumns+` FROM access_key WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	return collect(rows, err, scanKey)
}

func insertKey(tx *sqldb.Tx, k Key, hash string) error {
	var scopes []string
	for _, s := range k.Scopes {
		scopes = append(scopes, string(s))
	}
	_, err := tx.Exec(`INSERT INTO access_key (hash, `+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		hash, k.ID, k.Name, k.Role, strings.Join(scopes, " "), k.Maker, k.MakerName,
		sqldb.Micros(k.Created), sqldb.Micros(k.Expires), sqldb.Micros(k.Used), sqldb.Micros(k.Revoked), strings.Join(k.Parties, " "))
	return err
}

func revokeKey(tx *sqldb.Tx, id ident.Key, now time.Time) error {
	if _, err := tx.Exec(`UPDATE access_key SET revoked_us = $1 WHERE id = $2 AND revoked_us = 0`, sqldb.Micros(now), id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM access_session WHERE key_id = $1 AND key_id <> ''`, id)
	return err
}

func markUsed(tx *sqldb.Tx, id ident.Key, now time.Time) error {
	_, err := tx.Exec(`UPDATE access_key SET used_us = $1 WHERE id = $2`, sqldb.Micros(now), id)
	return err
}

// nobodyYet says whether there is neither an owner's key nor a member who ever
// signed in.
func nobodyYet(tx *sqldb.Tx) (bool, error) {
	var keys, seen int64
	// A key of a lesser role, such as the demo's, opens no door to the console.
	if err := tx.QueryRow(`SELECT count(*) FROM access_key WHERE role = $1`, Owner).Scan(&keys); err != nil {
		return false, err
	}
	err := tx.QueryRow(`SELECT count(*) FROM access_member WHERE seen_us > 0`).Scan(&seen)
	return keys == 0 && seen == 0, err
}

// firstOwner gives the oldest owner who is not disabled.
func firstOwner(tx *sqldb.Tx) (m Member, found bool, err error) {
	m, err = scanMember(tx.QueryRow(`SELECT `+memberColumns+` FROM access_member WHERE role = $1 AND NOT disabled ORDER BY id LIMIT 1`, Owner).Scan)
	if err == sqldb.ErrNoRows {
		return Member{}, false, nil
	}
	return m, err == nil, err
}
