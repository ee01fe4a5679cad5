package passport

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"io"
	"slices"
	"strconv"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/manifest"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// maxGrantLife is how long a grant may last: an interest is asked for again.
const maxGrantLife = 3 * 366 * 24 * time.Hour

// maxScope is the most GTINs that a grant names one by one.
const maxScope = 200

// Grant opens a tier to an organisation.
type Grant struct {
	ID      ident.Access
	Tier    Tier     // legitimate or authority
	Holder  string   // an organisation, never a consumer
	Purpose string   // what it is for
	GTINs   []string // of 14 digits; all passports when empty
	By      string   // id of the member or key who made it
	Created time.Time
	Expires time.Time
	Revoked time.Time // zero = not
}

// State gives active, expired or revoked.
func (g Grant) State(now time.Time) string {
	switch {
	case !g.Revoked.IsZero():
		return "revoked"
	case !now.Before(g.Expires):
		return "expired"
	}
	return "active"
}

// Use is one use of a grant.
type Use struct {
	ID      ident.Access
	Grant   ident.Access
	Path    string // of the passport
	Version int64
	Form    string // page, a format's name, document, copy
	At      time.Time
}

// UseFilter narrows the access log. Before is the id of the last use of the page
// before.
type UseFilter struct {
	Grant  ident.Access
	Path   string
	Before ident.Access
	Limit  int // 50 when 0, at most 1000
}

// A token is letters and digits only, so that it survives being copied and typed.
const tokenPrefix = "tlp_"

func drawToken(chance io.Reader) (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(chance, b[:]); err != nil {
		return "", err
	}
	return tokenPrefix + base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).EncodeToString(b[:]), nil
}

func tokenHash(token string) string { return sheet.Hash([]byte("passport:" + token)) }

// MakeGrant makes a grant from its tier, holder, purpose, GTINs and expiry. The
// token is given once and kept nowhere.
//
// Errors: Invalid with a field for each problem.
func (s *Service) MakeGrant(ctx context.Context, g Grant, by string) (Grant, string, error) {
	now := s.clock.Now()
	g = Grant{Tier: g.Tier, Holder: g.Holder, Purpose: g.Purpose, GTINs: slices.Clone(g.GTINs), Expires: g.Expires.UTC().Truncate(time.Microsecond), By: by, Created: now}
	var ps manifest.Problems
	if g.Tier != Legitimate && g.Tier != Authority {
		ps.Add(manifest.Path{"tier"}, "a grant opens legitimate or authority", "What is public needs no grant.")
	}
	sheet.CheckLine(&ps, manifest.Path{"holder"}, g.Holder, sheet.MaxName)
	sheet.CheckLine(&ps, manifest.Path{"purpose"}, g.Purpose, 500)
	if len(g.GTINs) > maxScope {
		ps.Add(manifest.Path{"gtins"}, "a grant names at most "+strconv.Itoa(maxScope)+" products", "Name none to open all passports.")
	}
	for i, gtin := range g.GTINs {
		a, err := sheet.NewAnchor(gtin, "", "")
		if err != nil {
			ps.Add(manifest.Path{"gtins", i}, fault.From(err).Message, fault.From(err).Hint)
		}
		g.GTINs[i] = a.GTIN
	}
	if !g.Expires.After(now) || g.Expires.After(now.Add(maxGrantLife)) {
		ps.Add(manifest.Path{"expires"}, "a grant ends in the future, within three years", "Give the day on which the interest ends.")
	}
	if err := ps.Err(); err != nil {
		return Grant{}, "", err
	}
	token, err := drawToken(s.chance)
	if err != nil {
		return Grant{}, "", err
	}
	g.ID = s.ids.Access()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := insertGrant(tx, g, tokenHash(token)); err != nil {
			return err
		}
		return s.record(tx, EventGranted, Happening{Grant: g.ID, Tier: g.Tier, Holder: g.Holder, By: by}, "")
	})
	return g, token, err
}

// Grants lists grants, newest first, before the id of the last one of a page.
func (s *Service) Grants(ctx context.Context, before ident.Access, limit int) ([]Grant, error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]Grant, error) { return listGrants(tx, before, limit) })
}

// RevokeGrant ends a grant at once; again it does nothing.
//
// Errors: NotFound.
func (s *Service) RevokeGrant(ctx context.Context, id ident.Access, by string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE passport_grant SET revoked_us = $2 WHERE id = $1 AND revoked_us = 0`, string(id), sqldb.Micros(s.clock.Now()))
		if err != nil {
			return err
		}
		if n > 0 {
			return s.record(tx, EventRevoked, Happening{Grant: id, By: by}, "")
		}
		if _, ok, err := grantByID(tx, id); err != nil || ok {
			return err
		}
		return fault.New(fault.NotFound, "there is no such grant", "Read the list again.")
	})
}

// AccessLog lists the uses of grants, newest first.
func (s *Service) AccessLog(ctx context.Context, f UseFilter) ([]Use, error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]Use, error) { return listUses(tx, f) })
}

// unknownToken is the one answer to every token that opens nothing.
func unknownToken() error {
	return fault.New(fault.Unauthenticated, "this access code opens nothing", "It may have ended: ask who gave it to you for a new one.")
}

// open finds the grant of a token. The look-up is by hash, so its time tells nothing
// of the tokens that exist; the comparison is constant in time all the same.
func open(tx *sqldb.Tx, token string, now time.Time) (Grant, error) {
	sum := tokenHash(token)
	g, ok, err := grantByHash(tx, sum)
	if err != nil {
		return g, err
	}
	var stored string
	if ok {
		if err := tx.QueryRow(`SELECT hash FROM passport_grant WHERE id = $1`, string(g.ID)).Scan(&stored); err != nil {
			return g, err
		}
	}
	if subtle.ConstantTimeCompare([]byte(stored), []byte(sum)) != 1 || g.State(now) != "active" {
		return Grant{}, unknownToken()
	}
	return g, nil
}

// covers says whether the grant opens the passports of a GTIN.
func (g Grant) covers(gtin string) error {
	if len(g.GTINs) == 0 || slices.Contains(g.GTINs, gtin) {
		return nil
	}
	return fault.New(fault.Forbidden, "this access code is for other products", "Ask who gave it to you to widen it.")
}
