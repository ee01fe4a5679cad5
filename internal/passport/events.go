package passport

import (
	"encoding/json"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// The events of this package. There is none of a reading: public readers leave no
// trace, and what a grant is used for stands in the access log.
const (
	EventChanged   = "passport.changed"   // its draft
	EventPublished = "passport.published" // a version
	EventWithdrawn = "passport.withdrawn"
	EventRemoved   = "passport.removed" // a draft that was never published
	EventGranted   = "passport.granted"
	EventRevoked   = "passport.revoked"
)

// Happening is the body of this package's events. What a version says stands in its
// row; the hash binds it to the history.
type Happening struct {
	Path    string       `json:"path,omitempty"` // of the Digital Link
	By      string       `json:"by,omitempty"`   // id of the member or key
	Rev     int64        `json:"rev,omitempty"`
	Version int64        `json:"version,omitempty"`
	SHA256  string       `json:"sha256,omitempty"`
	Reason  string       `json:"reason,omitempty"`
	Grant   ident.Access `json:"grant,omitempty"`
	Tier    Tier         `json:"tier,omitempty"`
	Holder  string       `json:"holder,omitempty"`
}

func (s *Service) record(tx *sqldb.Tx, kind string, h Happening, cause ident.Event) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{ID: s.ids.Event(), Source: "passport", Type: kind, Class: ledger.Fact, Cause: cause, At: s.clock.Now(), Body: body})
}
