package passport

import (
	"encoding/json"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/passport/history"
	"tagline/internal/sqldb"
)

// The events of this package.
const (
	EventChanged   = history.EventChanged
	EventPublished = history.EventPublished
	EventWithdrawn = history.EventWithdrawn
	EventRemoved   = history.EventRemoved
	EventGranted   = history.EventGranted
	EventRevoked   = history.EventRevoked
)

// Happening is the body of this package's events.
type Happening = history.Happening

func (s *Service) record(tx *sqldb.Tx, kind string, h Happening, cause ident.Event) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{ID: s.ids.Event(), Source: "passport", Type: kind, Class: ledger.Fact, Cause: cause, At: s.clock.Now(), Body: body})
}
