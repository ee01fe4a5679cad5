package access

import (
	"context"

	"tagline/internal/sqldb"
)

// RecoverOwner makes a one-time link for an owner, for whoever holds the data
// folder: nobody else can help when the last owner has lost their password. It lives
// as long as the link of the first start; older links of that owner end.
//
// With an e-mail address the member who has it is made an owner, and enabled, if
// need be; nobody has it: a new owner gets it. Without one the oldest owner who is
// not disabled is taken, or a new one is made. The ledger has what was done, by
// "operator".
//
// Errors: Invalid for what is no e-mail address.
func (s *Service) RecoverOwner(ctx context.Context, email string) (m Member, l Link, err error) {
	if email, err = cleanEmail(email); err != nil {
		return Member{}, Link{}, err
	}
	token, err := drawSecret(s.chance)
	if err != nil {
		return Member{}, Link{}, err
	}
	now := s.clock.Now()
	fresh := s.ids.Member()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := takeTurn(tx); err != nil {
			return err
		}
		var fields []string
		if m, fields, err = ownerToBe(tx, email); err != nil {
			return err
		}
		if m.ID == "" {
			m = Member{ID: fresh, Name: "Owner", Email: email, Role: Owner, Created: now}
			fields = []string{"new"}
			err = insertMember(tx, m)
		} else if len(fields) > 0 {
			err = saveMember(tx, m)
		}
		if err != nil {
			return err
		}
		if err := endLinks(tx, m.ID, now); err != nil {
			return err
		}
		l = Link{Token: token, Expires: now.Add(firstLinkLife)}
		if err := insertLink(tx, digest("link", token), m.ID, now, l.Expires); err != nil {
			return err
		}
		return s.record(tx, EventRecovered, note{By: "operator", Member: m.ID, Role: Owner, Fields: fields})
	})
	return m, l, err
}

// ownerToBe finds who is to be the owner and says what has to change; a member
// without id is nobody.
func ownerToBe(tx *sqldb.Tx, email string) (m Member, fields []string, err error) {
	if email == "" {
		m, found, err := firstOwner(tx)
		if !found {
			m = Member{}
		}
		return m, nil, err
	}
	m, found, err := findMember(tx, email)
	if err != nil || !found {
		return Member{}, nil, err
	}
	if m.Role != Owner {
		m.Role = Owner
		fields = append(fields, "role")
	}
	if m.Disabled {
		m.Disabled = false
		fields = append(fields, "disabled")
	}
	return m, fields, nil
}
