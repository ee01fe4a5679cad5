package device

import (
	"context"
	"crypto/x509"
	"net/netip"
	"strings"
	"time"

	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Shown is what somebody shows to be let in.
type Shown struct {
	ClientID    string // brand_name; "" where the way in has none
	Username    string // "jwt" for a signed token
	Password    []byte // a token
	Certificate *x509.Certificate
	Remote      netip.Addr
	Secure      bool // the line is encrypted
}

// Identity is who was let in.
type Identity struct {
	Device     Device // of a claim only brand, name and model
	Claim      ident.Claim
	Credential ident.Credential
	Until      time.Time // when it ends; zero: with the certificate
}

// IsToken tells a device's token, or a claim's, from other secrets.
func IsToken(secret string) bool {
	return strings.HasPrefix(secret, developmentMark) || strings.HasPrefix(secret, claimMark)
}

var errNoEntry = fault.New(fault.Unauthenticated, "this does not prove who the device is",
	"Show the device's certificate, its token, or a signed token; the client id is brand_name.")

// Authenticate says who somebody is. Errors: Unauthenticated, which says no more;
// RateLimited for an address or a name that has failed too often; Forbidden for a
// device that may not connect.
func (s *Service) Authenticate(ctx context.Context, a Shown) (Identity, error) {
	now := s.clock.Now()
	address := "addr " + a.Remote.String()
	if p, err := a.Remote.Unmap().Prefix(64); err == nil && a.Remote.Is6() && !a.Remote.Is4In6() {
		address = "addr " + p.String()
	}
	name := "name " + a.ClientID
	byAddress, byName := s.wrong.Ask(address, now), s.wrong.Ask(name, now)
	if !byAddress.Allowed || a.ClientID != "" && !byName.Allowed {
		s.wrong.Count(address)
		return Identity{}, fault.New(fault.RateLimited, "too many wrong credentials", "Wait ten minutes.")
	}
	id, err := s.authenticate(ctx, a, now)
	if fault.Is(err, fault.Unauthenticated) {
		s.wrong.Settle(address, byAddress)
		if a.ClientID != "" {
			s.wrong.Settle(name, byName)
		}
	}
	return id, err
}

func (s *Service) authenticate(ctx context.Context, a Shown, now time.Time) (id Identity, err error) {
	switch {
	case a.Certificate != nil:
		id, err = s.byDigest(ctx, authority.Fingerprint(a.Certificate), Certificate, now)
	case a.Username == "jwt":
		id, err = s.bySigned(ctx, string(a.Password), now)
	case strings.HasPrefix(string(a.Password), developmentMark):
		if !a.Secure && !a.Remote.Unmap().IsLoopback() {
			return id, fault.New(fault.Unauthenticated, "tokens are not taken over a line that is not encrypted", "Connect over TLS.")
		}
		id, err = s.byDigest(ctx, digestOf(a.Password), Token, now)
	case strings.HasPrefix(string(a.Password), claimMark):
		if !a.Secure && !a.Remote.Unmap().IsLoopback() {
			return id, errNoEntry
		}
		id, err = s.claimed(ctx, digestOf(a.Password), now)
	default:
		return id, errNoEntry
	}
	if err != nil {
		return id, err
	}
	if a.ClientID != "" && a.ClientID != id.Device.Brand+"_"+id.Device.Name {
		return id, errNoEntry
	}
	if id.Device.State == Retired {
		return id, fault.New(fault.Forbidden, "the device is retired", "Somebody of the brand can make it active again.")
	}
	return id, nil
}

// byDigest finds a credential of a device. One that is pending becomes active.
func (s *Service) byDigest(ctx context.Context, digest string, kind Kind, now time.Time) (id Identity, err error) {
	var (
		c           Credential
		from, until int64
		created     int64
	)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		err := tx.QueryRow(`SELECT id, device, state, from_us, until_us, created_us FROM device_credential WHERE digest = $1 AND kind = $2`, digest, string(kind)).
			Scan(&c.ID, &c.Device, &c.State, &from, &until, &created)
		if err != nil {
			return err
		}
		id.Device, err = ByNo(tx, c.Device)
		return err
	})
	if err == sqldb.ErrNoRows {
		if kind == Certificate {
			return s.claimed(ctx, digest, now)
		}
		return id, errNoEntry
	}
	if err != nil {
		return id, err
	}
	us := sqldb.Micros(now)
	if c.State == revoked || us < from || us >= until || c.State == pending && now.Sub(sqldb.Time(created)) > activateWithin {
		return id, errNoEntry
	}
	id.Credential, id.Until = c.ID, sqldb.Time(until)
	if c.State == pending {
		err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
			n, err := tx.Exec(`UPDATE device_credential SET state = 'active' WHERE id = $1 AND state = 'pending'`, string(c.ID))
			if err == nil && n == 0 {
				return s.stillActive(tx, c.ID)
			}
			return err
		})
	}
	return id, err
}

// stillActive tells a credential that somebody else has just activated from one that
// was revoked in between.
func (s *Service) stillActive(tx *sqldb.Tx, id ident.Credential) error {
	var state string
	if err := tx.QueryRow(`SELECT state FROM device_credential WHERE id = $1`, string(id)).Scan(&state); err != nil {
		return err
	}
	if state != active {
		return errNoEntry
	}
	return nil
}

// Valid asks again whether a credential still counts: for connections that last.
func (s *Service) Valid(ctx context.Context, id ident.Credential) (ok bool, err error) {
	var n int64
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM device_credential WHERE id = $1 AND state = 'active' AND until_us > $2`, string(id), sqldb.Micros(s.clock.Now())).Scan(&n)
	})
	return n > 0, err
}

func (s *Service) claimed(ctx context.Context, digest string, now time.Time) (id Identity, err error) {
	var c Claim
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		c, err = scanClaim(tx.QueryRow(`SELECT `+claimColumns+` FROM device_claim WHERE digest = $1`, digest).Scan)
		return err
	})
	if err == sqldb.ErrNoRows {
		return id, errNoEntry
	}
	if err != nil {
		return id, err
	}
	if c.State != active || !now.Before(c.Until) || c.Used >= c.Uses {
		return id, errNoEntry
	}
	id.Claim, id.Until = c.ID, c.Until
	id.Device = Device{Brand: c.Brand, Name: ClaimName(c.ID), Model: c.Model, State: Active}
	return id, nil
}
