package history

import (
	"encoding/json"
	"fmt"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// The events of passports. There is none of a reading: public readers leave no
// trace, and what a grant is used for stands in the access log.
const (
	EventChanged   = "passport.changed"   // its draft
	EventPublished = "passport.published" // a version
	EventWithdrawn = "passport.withdrawn"
	EventRemoved   = "passport.removed" // a draft that was never published
	EventGranted   = "passport.granted"
	EventRevoked   = "passport.revoked"
)

// Happening is the body of these events. What a version says stands in its
// row; the hash binds it to the history.
type Happening struct {
	Path    string       `json:"path,omitempty"` // of the Digital Link
	By      string       `json:"by,omitempty"`   // id of the member or key
	Rev     int64        `json:"rev,omitempty"`
	Version int64        `json:"version,omitempty"`
	SHA256  string       `json:"sha256,omitempty"`
	Reason  string       `json:"reason,omitempty"`
	Grant   ident.Access `json:"grant,omitempty"`
	Tier    sheet.Tier   `json:"tier,omitempty"`
	Holder  string       `json:"holder,omitempty"`
}

// PassportLine is the state of a passport in a line; draft is the hash of its draft.
func PassportLine(status string, rev, version int64, draft string) string {
	return fmt.Sprintf("%s, revision %d, version %d, draft %s", status, rev, version, draft)
}

// GrantLine is the state of a grant in a line.
func GrantLine(g Happening, revoked bool) string {
	return fmt.Sprintf("%s for %s, ended: %t", g.Tier, g.Holder, revoked)
}

// traced is what the events say of a passport, read from the newest backwards.
type traced struct {
	rev, version int64
	status       string
	draft        string
	over         bool // older events are of a draft that was removed
}

// Fold gives what the tables should hold, in lines by what they are of.
func Fold(tx *sqldb.Tx, l *ledger.Ledger) (map[string]string, error) {
	lines, passports, revoked := map[string]string{}, map[string]*traced{}, map[ident.Access]bool{}
	types := []string{EventChanged, EventPublished, EventWithdrawn, EventRemoved, EventGranted, EventRevoked}
	for before := int64(0); ; {
		events, err := l.List(tx, ledger.Filter{Types: types, Before: before, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			before = e.Seq
			var h Happening
			if err := json.Unmarshal(e.Body, &h); err != nil {
				return nil, fmt.Errorf("passport history: event %d: %w", e.Seq, err)
			}
			switch e.Type {
			case EventGranted:
				lines["grant "+string(h.Grant)] = GrantLine(h, revoked[h.Grant])
			case EventRevoked:
				revoked[h.Grant] = true
			default:
				if passports[h.Path] == nil {
					passports[h.Path] = &traced{}
				}
				passports[h.Path].take(e.Type, h)
				if e.Type == EventPublished {
					lines[fmt.Sprintf("version %d of %s", h.Version, h.Path)] = h.SHA256
				}
			}
		}
		if len(events) < 500 {
			break
		}
	}
	for path, p := range passports {
		if p.rev > 0 {
			lines["passport "+path] = PassportLine(p.status, p.rev, p.version, p.draft)
		}
	}
	return lines, nil
}

func (p *traced) take(kind string, h Happening) {
	if p.over = p.over || kind == EventRemoved; p.over {
		return
	}
	if p.rev == 0 {
		p.rev, p.status = h.Rev, "draft"
	}
	switch {
	case kind == EventChanged && p.draft == "":
		p.draft = h.SHA256
	case kind == EventWithdrawn && p.version == 0:
		p.status, p.version = "withdrawn", h.Version
	case kind == EventPublished && p.version == 0:
		p.status, p.version = "published", h.Version
	}
}
