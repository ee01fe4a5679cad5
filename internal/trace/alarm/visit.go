package alarm

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tagline/epcis/identifier"
	"tagline/gs1"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/trace/suspicion"
)

// Bounds of what is kept of scans.
const (
	sessionPause = 30 * time.Minute // scans further apart are another session
	visitPause   = 24 * time.Hour   // and another visit
	maxVisits    = 200              // of one item; what is over goes into the last
	maxUnknown   = 1000             // open alarms of unknown serials of one product
	// The end of a visit is written down to the minute: many scans in a row are one
	// write.
	endsWithin = time.Minute
)

// Notice takes in what happened to items otherwise than by events of the supply
// chain, and gives the keys of those that are to be looked at because of it.
func (s *Service) Notice(tx *sqldb.Tx, events []ledger.Event) ([]string, error) {
	type scan struct {
		event  *ledger.Event
		body   life.TapBody
		key    string
		market string
	}
	var scans []scan
	var keys []any
	seen := map[string]bool{}
	for i := range events {
		e := &events[i]
		if e.Type != life.TypeTap && e.Type != life.TypePlain && e.Type != life.TypeRefused {
			continue
		}
		// Scans of products are the most, and are nobody's visit.
		if !bytes.Contains(e.Body, []byte(`"serial":`)) {
			continue
		}
		var b life.TapBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return nil, err
		}
		// A copied address proves nothing; a tag says which item it is on, a plain link
		// only claims it.
		// Of the refused only those that ask for a number that nobody has made.
		if e.Type == life.TypeRefused && (b.Verdict != life.Unknown || b.Step != "item") || b.Serial == "" {
			continue
		}
		key := keyOf(b.GTIN, b.Serial)
		if key == "" {
			continue
		}
		scans = append(scans, scan{e, b, key, b.Market})
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	if len(scans) == 0 {
		return nil, nil
	}
	settings, err := s.settings(tx)
	if err != nil {
		return nil, err
	}
	visits := map[string][]suspicion.Visit{}
	for chunk := range slices.Chunk(keys, 500) {
		part, err := visitsOf(tx, chunk)
		if err != nil {
			return nil, err
		}
		for k, v := range part {
			visits[k] = v
		}
	}
	changed := map[string]int{} // the first visit that is not stored as it is
	look := map[string]bool{}
	full := map[string]bool{}
	for _, c := range scans {
		list := visits[c.key]
		at := sqldb.Micros(c.event.At)
		if len(list) == 0 && c.body.Verdict == life.Unknown {
			over, asked := full[c.body.GTIN]
			if !asked {
				n, err := countOpen(tx, suspicion.UnknownSerial, c.body.GTIN)
				if err != nil {
					return nil, err
				}
				over = n >= maxUnknown
				full[c.body.GTIN] = over
			}
			if over {
				continue
			}
		}
		n, news := len(list)-1, false
		if n < 0 || len(list) < maxVisits && (list[n].Market != c.market || at-list[n].To > visitPause.Microseconds()) {
			list = append(list, suspicion.Visit{Market: c.market, From: at, To: at, First: string(c.event.ID)})
			n++
			look[c.key], news = true, true
		}
		v := &list[n]
		news = news || at-v.To >= endsWithin.Microseconds()
		if v.Taps == 0 || at-v.To > sessionPause.Microseconds() {
			v.Sessions++
			look[c.key], news = look[c.key] || v.Sessions > settings.Sessions/2, true
		}
		if news {
			v.To, v.Last = max(v.To, at), string(c.event.ID)
		}
		v.Taps++
		opened := slices.ContainsFunc(list, func(v suspicion.Visit) bool { return v.Opened != 0 })
		switch c.body.Tamper {
		case "OO", "OC", "CO":
			if !opened {
				v.Opened, v.OpenedBy = at, string(c.event.ID)
				look[c.key], news = true, true
			}
		case "CC":
			if opened && !slices.ContainsFunc(list, func(v suspicion.Visit) bool { return v.Resealed != 0 }) {
				v.Resealed, v.ResealedBy = at, string(c.event.ID)
				look[c.key], news = true, true
			}
		}
		visits[c.key] = list
		if first, known := changed[c.key]; news && (!known || n < first) {
			changed[c.key] = n
		}
	}
	var out []string
	for _, k := range keys {
		key := k.(string)
		first, touched := changed[key]
		if !touched {
			continue
		}
		for n := first; n < len(visits[key]); n++ {
			if err := putVisit(tx, key, n, &visits[key][n]); err != nil {
				return nil, err
			}
		}
		if look[key] {
			out = append(out, key)
		}
	}
	return out, nil
}

// keyOf is the canonical key of an item; "" for what cannot be one.
func keyOf(gtin, serial string) string {
	path, err := gs1.FormatLink("", []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}, {AI: gs1.AISerial, Value: serial}})
	if err != nil {
		return ""
	}
	return strings.Clone(identifier.Key(gs1.CanonicalStem + path))
}
