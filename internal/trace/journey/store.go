package journey

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tagline/internal/sqldb"
	"tagline/internal/trace/chain"
)

// childrenOf gives what is or ever was directly in one of the containers.
func childrenOf(tx *sqldb.Tx, keys []string) (out []string, err error) {
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, len(chunk))
		for i, k := range chunk {
			args[i] = k
		}
		part, err := texts(tx, `SELECT DISTINCT child FROM journey_contained WHERE parent IN (`+sqldb.In(len(args), 1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// putIntervals replaces the intervals of a thing.
func putIntervals(tx *sqldb.Tx, key string, list []chain.Interval) error {
	if _, err := tx.Exec(`DELETE FROM journey_contained WHERE child = $1`, key); err != nil {
		return err
	}
	for _, i := range list {
		if _, err := tx.Exec(`INSERT INTO journey_contained (child, parent, from_us, to_us) VALUES ($1, $2, $3, $4)`, key, i.Parent, i.From, i.To); err != nil {
			return err
		}
	}
	return nil
}

// stored gives the state of a thing as it was folded last.
func stored(tx *sqldb.Tx, key string) (s chain.State, known bool, err error) {
	var text string
	err = tx.QueryRow(`SELECT state FROM journey_item WHERE key = $1`, key).Scan(&text)
	if errors.Is(err, sqldb.ErrNoRows) {
		return s, false, nil
	}
	if err == nil {
		err = decode(text, &s)
	}
	return s, err == nil, err
}

func decode(text string, s *chain.State) error {
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return fmt.Errorf("journey: a stored state cannot be read: %w", err)
	}
	return nil
}

func putState(tx *sqldb.Tx, key string, s chain.State, known bool) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if known {
		_, err = tx.Exec(`UPDATE journey_item SET lot = $1, place = $2, state = $3 WHERE key = $4`, s.Lot, s.Place, string(text), key)
		return err
	}
	_, err = tx.Exec(`INSERT INTO journey_item (key, lot, place, state) VALUES ($1, $2, $3, $4)`, key, s.Lot, s.Place, string(text))
	return err
}

func presents(tx *sqldb.Tx, query string, args ...any) (list []Present, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Present
		var text string
		if err := rows.Scan(&p.Key, &text); err != nil {
			return nil, err
		}
		if err := decode(text, &p.State); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

func texts(tx *sqldb.Tx, query string, args ...any) (list []string, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
