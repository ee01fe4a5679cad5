package access

import (
	"context"
	"encoding/json"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// source is the name of this package in the ledger.
const source = "access"

// The types of this package's events. Their bodies hold ids, roles and actions:
// no name, no e-mail address, no secret.
const (
	EventStarted         = "access.started"
	EventInvited         = "access.member-invited"
	EventChanged         = "access.member-changed"
	EventLinked          = "access.link-made"
	EventRecovered       = "access.owner-recovered"
	EventSignedIn        = "access.signed-in"
	EventSignedOut       = "access.signed-out"
	EventSessionsEnded   = "access.sessions-ended"
	EventPasswordSet     = "access.password-set"
	EventKeyMade         = "access.key-made"
	EventKeyRevoked      = "access.key-revoked"
	EventOwnProfileSaved = "access.profile-saved"
	EventActed           = "access.acted"
)

// note is the body of an event: who did it, to whom, and what it is now.
type note struct {
	By       string       `json:"by"` // id of a member or key; "server" at the first start, "operator" for who holds the data folder
	Member   ident.Member `json:"member,omitempty"`
	Key      ident.Key    `json:"key,omitempty"`
	Role     Role         `json:"role,omitempty"`
	Scopes   []Action     `json:"scopes,omitempty"`
	Way      string       `json:"way,omitempty"` // of signing in: link, password, key
	Disabled *bool        `json:"disabled,omitempty"`
	Fields   []string     `json:"fields,omitempty"` // what changed
	Did      string       `json:"did,omitempty"`    // the operation
	To       string       `json:"to,omitempty"`     // the path that it was asked at
}

// Acted records that an actor did something whose own events do not say who it
// was. To is an address without a secret in it.
func (s *Service) Acted(ctx context.Context, by Actor, did, to string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.record(tx, EventActed, note{By: by.ID, Did: did, To: to}) })
}

// record appends an event and makes this node forget what it knows of rights, if
// they may have changed.
func (s *Service) record(tx *sqldb.Tx, kind string, n note) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if kind != EventActed && kind != EventSignedIn {
		tx.AfterCommit(s.known.forget)
	}
	return s.ledger.Append(tx, ledger.Event{ID: s.ids.Event(), Source: source, Type: kind, At: s.clock.Now(), Body: body})
}
