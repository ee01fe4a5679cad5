package device

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// claimName begins the names under which claims connect: claim- and the id.
const claimName = "claim-"

// ClaimName is the device name of a claim.
func ClaimName(id ident.Claim) string {
	_, rest, _ := strings.Cut(string(id), "_")
	return claimName + rest
}

// Claim lets the devices of one batch ask for credentials of their own.
type Claim struct {
	ID      ident.Claim
	Brand   string
	Model   string
	Title   string
	Used    int64
	Uses    int64 // at most
	State   string
	Until   time.Time
	Created time.Time
	By      string
}

// NewClaim is a wish for a claim.
type NewClaim struct {
	Brand, Model, Title string
	Uses                int64
	Until               time.Time
	Request             []byte // a certificate request: the claim then is a certificate; without, it is a token
}

// MadeClaim is a new claim with what opens it, told this once.
type MadeClaim struct {
	Claim
	Token       string // of a claim by token
	Certificate string // PEM with its chain, of a claim by certificate
}

const claimColumns = `id, brand, model, title, used, uses, state, until_us, created_us, created_by`

func scanClaim(scan func(...any) error) (c Claim, err error) {
	var until, created int64
	err = scan(&c.ID, &c.Brand, &c.Model, &c.Title, &c.Used, &c.Uses, &c.State, &until, &created, &c.By)
	c.Until, c.Created = sqldb.Time(until), sqldb.Time(created)
	return c, err
}

const maxClaimLife = 366 * 24 * time.Hour

// MakeClaim makes a claim. Errors: Invalid.
func (s *Service) MakeClaim(ctx context.Context, by string, n NewClaim) (m MadeClaim, err error) {
	now := s.clock.Now()
	catalogue, err := s.products.Catalogue(ctx)
	if err != nil {
		return m, err
	}
	wrong := fault.New(fault.Invalid, "this claim cannot be made", "Correct the fields that are named.")
	if _, ok := catalogue.Brand(n.Brand); !ok || !authority.Named(n.Brand, "x") {
		wrong = wrong.At("body.brand", "no such brand")
	}
	if _, ok := catalogue.Model(n.Model); !ok {
		wrong = wrong.At("body.model", "no such model")
	}
	if n.Uses < 1 || n.Uses > 1_000_000 {
		wrong = wrong.At("body.uses", "1 to 1000000 devices may use a claim")
	}
	if n.Until.IsZero() {
		n.Until = now.Add(90 * 24 * time.Hour)
	}
	if !n.Until.After(now) || n.Until.After(now.Add(maxClaimLife)) {
		wrong = wrong.At("body.until", "a time within the next year")
	}
	if len(n.Title) > 200 {
		wrong = wrong.At("body.title", "at most 200 bytes")
	}
	if len(wrong.Fields) > 0 {
		return m, wrong
	}
	m.Claim = Claim{ID: s.ids.Claim(), Brand: n.Brand, Model: n.Model, Title: n.Title, Uses: n.Uses, State: active, Until: n.Until.UTC(), Created: now, By: by}
	var digest string
	if n.Request != nil {
		signer, err := s.signer(ctx, n.Brand)
		if err != nil {
			return m, err
		}
		cert, err := signer.Sign(n.Request, n.Brand, ClaimName(m.ID), now, s.chance)
		if err != nil {
			return m, err
		}
		digest, m.Certificate = authority.Fingerprint(cert), authority.PEM(cert, signer.Certificate)
	} else if m.Token, digest, err = s.draw(claimMark); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO device_claim (`+claimColumns+`, digest) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10)`,
			string(m.ID), m.Brand, m.Model, m.Title, m.Uses, m.State, sqldb.Micros(m.Until), sqldb.Micros(now), by, digest); err != nil {
			return err
		}
		return s.note(tx, Device{}, TypeClaim, claimBody{Claim: m.ID, Brand: m.Brand, Model: m.Model, State: active, By: by})
	})
	return m, err
}

// Claims lists the claims, the newest first.
func (s *Service) Claims(ctx context.Context) (all []Claim, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all = nil
		rows, err := tx.Query(`SELECT ` + claimColumns + ` FROM device_claim ORDER BY id DESC LIMIT 200`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanClaim(rows.Scan)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		return rows.Err()
	})
	return all, err
}

// EndClaim ends a claim at once. Errors: NotFound.
func (s *Service) EndClaim(ctx context.Context, by string, id ident.Claim) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := scanClaim(tx.QueryRow(`SELECT `+claimColumns+` FROM device_claim WHERE id = $1`, string(id)).Scan)
		if err == sqldb.ErrNoRows {
			return fault.New(fault.NotFound, "there is no such claim", "List the claims.")
		}
		if err != nil || c.State == revoked {
			return err
		}
		if _, err := tx.Exec(`UPDATE device_claim SET state = 'revoked' WHERE id = $1`, string(id)); err != nil {
			return err
		}
		s.tellRevoked(tx, c.Brand, ClaimName(id), "its claim was ended")
		return s.note(tx, Device{}, TypeClaim, claimBody{Claim: id, Brand: c.Brand, Model: c.Model, State: revoked, By: by})
	})
}

// Expected is a device that was made and may claim itself.
type Expected struct {
	Brand, Name, Model string
	GTIN, Serial, Lot  string
	Secret             string // burned in or printed, 16 to 128 bytes; every device has one of its own
}

// Expect takes a list of devices that were made. A name that is expected or
// registered already, a secret that is too short or stands twice is refused, and
// nothing is taken. Errors: Invalid with the place of each.
func (s *Service) Expect(ctx context.Context, by string, list []Expected) error {
	if len(list) == 0 || len(list) > MaxBatch {
		return fault.Newf(fault.Invalid, "one call names 1 to %d devices", MaxBatch)
	}
	wishes := make([]Wish, len(list))
	for i, e := range list {
		wishes[i] = Wish{Brand: e.Brand, Name: e.Name, Model: e.Model, GTIN: e.GTIN, Serial: e.Serial}
	}
	if err := s.check(ctx, wishes); err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "this list cannot be taken", "Correct the rows that are named.")
	at := func(i int, field, says string) { wrong = wrong.At(fmt.Sprintf("body.devices[%d].%s", i, field), says) }
	digests, names := map[string]bool{}, map[string]bool{}
	for i, e := range list {
		if len(e.Secret) < 16 || len(e.Secret) > 128 {
			at(i, "secret", "16 to 128 bytes are needed")
		}
		if d := digestOf([]byte(e.Secret)); digests[d] {
			at(i, "secret", "stands twice: every device has one of its own")
		} else {
			digests[d] = true
		}
		if id := e.Brand + "/" + e.Name; names[id] {
			at(i, "name", "stands twice")
		} else {
			names[id] = true
		}
		if len(e.Lot) > 20 {
			at(i, "lot", "at most 20 bytes")
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	now := sqldb.Micros(s.clock.Now())
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		for i, e := range list {
			digest := digestOf([]byte(e.Secret))
			var taken int64
			if err := tx.QueryRow(`SELECT (SELECT count(*) FROM device_expected WHERE brand = $1 AND name = $2) + (SELECT count(*) FROM device_device WHERE brand = $1 AND name = $2)`,
				e.Brand, e.Name).Scan(&taken); err != nil {
				return err
			}
			if taken > 0 {
				return fault.Newf(fault.Conflict, "the device %s/%s is known already", e.Brand, e.Name).At(fmt.Sprintf("body.devices[%d].name", i), "is known already")
			}
			if err := tx.QueryRow(`SELECT count(*) FROM device_expected WHERE secret_digest = $1`, digest).Scan(&taken); err != nil {
				return err
			}
			if taken > 0 {
				return fault.New(fault.Conflict, "two devices would have one secret", "Every device has one of its own.").At(fmt.Sprintf("body.devices[%d].secret", i), "another device has it")
			}
			sealed, err := s.vault.Wrap(secretPurpose, []byte(e.Secret))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO device_expected (brand, name, model, gtin, serial, lot, secret, secret_digest, device, failures, failed_us, created_us)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9)`,
				e.Brand, e.Name, wishes[i].Model, wishes[i].GTIN, e.Serial, e.Lot, sealed, digest, now); err != nil {
				return err
			}
		}
		return nil
	})
}

const secretPurpose = "device.secret"

// Asking is what a device says to be provisioned.
type Asking struct {
	Name    string // its own, without the brand
	Request []byte // a certificate request
	Nonce   string // 8 to 100 bytes of its own choice
	Proof   string // Proof(secret, nonce, request), in hexadecimal
}

// Proof is what a device shows to be the one that was made: HMAC-SHA-256 with its
// secret over the nonce, a line feed, and the SHA-256 of the request (DER).
func Proof(secret []byte, nonce string, request []byte) string {
	if block, _ := pem.Decode(request); block != nil {
		request = block.Bytes
	}
	sum := sha256.Sum256(request)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(nonce + "\n"))
	mac.Write(sum[:])
	return hex.EncodeToString(mac.Sum(nil))
}

// Given is a device's first credential: it counts once the device has connected with
// it, within an hour.
type Given struct {
	Device      Device
	Certificate string // PEM, with the authority behind it
	Until       time.Time
}

const (
	maxWrongProofs = 5
	lockedFor      = 24 * time.Hour
)

var errNotExpected = fault.New(fault.Forbidden, "the device may not be claimed", "It is not on the list of devices that were made, its proof is wrong, or it was claimed before.")

// Provision gives a device its certificate, for a claim under which it is connected.
// A device that never used the one it was given may ask again. The errors say no more
// than that it may not be: Forbidden; RateLimited after five wrong proofs in a day.
func (s *Service) Provision(ctx context.Context, claim ident.Claim, a Asking) (g Given, err error) {
	if len(a.Nonce) < 8 || len(a.Nonce) > 100 || len(a.Request) > 8192 {
		return g, fault.New(fault.Invalid, "a nonce of 8 to 100 bytes and a certificate request are needed", "")
	}
	var c Claim
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		c, err = scanClaim(tx.QueryRow(`SELECT `+claimColumns+` FROM device_claim WHERE id = $1`, string(claim)).Scan)
		return err
	})
	if err == sqldb.ErrNoRows {
		return g, errNotExpected
	}
	if err != nil {
		return g, err
	}
	if !authority.Named(c.Brand, a.Name) {
		return g, errNotExpected
	}
	signer, err := s.signer(ctx, c.Brand)
	if err != nil {
		return g, err
	}
	cert, err := signer.Sign(a.Request, c.Brand, a.Name, s.clock.Now(), s.chance)
	if err != nil {
		return g, err
	}
	var refused error
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		refused = nil
		g, err = s.provision(tx, claim, a, cert)
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.RateLimited) {
			refused = err // a wrong proof is counted: that must be kept
			return nil
		}
		return err
	})
	if err == nil {
		err = refused
	}
	g.Certificate = authority.PEM(cert, signer.Certificate)
	return g, err
}

func (s *Service) provision(tx *sqldb.Tx, claim ident.Claim, a Asking, cert *x509.Certificate) (g Given, err error) {
	now := s.clock.Now()
	used, err := tx.Exec(`UPDATE device_claim SET used = used + 1 WHERE id = $1 AND state = 'active' AND used < uses AND until_us > $2`, string(claim), sqldb.Micros(now))
	if err != nil {
		return g, err
	}
	if used == 0 {
		return g, errNotExpected
	}
	back := func(err error) (Given, error) { // a refusal uses nothing up
		if _, e := tx.Exec(`UPDATE device_claim SET used = used - 1 WHERE id = $1`, string(claim)); e != nil {
			return g, e
		}
		return g, err
	}
	c, err := scanClaim(tx.QueryRow(`SELECT `+claimColumns+` FROM device_claim WHERE id = $1`, string(claim)).Scan)
	if err != nil {
		return g, err
	}
	var (
		e              Expected
		sealed         string
		no, failures   int64
		failed, closed int64
	)
	err = tx.QueryRow(`SELECT brand, name, model, gtin, serial, lot, secret, device, failures, failed_us FROM device_expected WHERE brand = $1 AND name = $2`, c.Brand, a.Name).
		Scan(&e.Brand, &e.Name, &e.Model, &e.GTIN, &e.Serial, &e.Lot, &sealed, &no, &failures, &failed)
	if err == sqldb.ErrNoRows || err == nil && e.Model != c.Model {
		return back(errNotExpected)
	}
	if err != nil {
		return g, err
	}
	if closed = sqldb.Micros(now.Add(-lockedFor)); failed < closed {
		failures = 0
	}
	if failures >= maxWrongProofs {
		return back(fault.New(fault.RateLimited, "too many wrong proofs for this device today", "Try again tomorrow."))
	}
	secret, err := s.vault.Unwrap(secretPurpose, sealed)
	if err != nil {
		return g, err
	}
	if subtle.ConstantTimeCompare([]byte(Proof(secret, a.Nonce, a.Request)), []byte(strings.ToLower(a.Proof))) != 1 {
		if _, err := tx.Exec(`UPDATE device_expected SET failures = $1, failed_us = $2 WHERE brand = $3 AND name = $4`, failures+1, sqldb.Micros(now), e.Brand, e.Name); err != nil {
			return g, err
		}
		return back(errNotExpected)
	}
	if no == 0 {
		g.Device, err = s.register(tx, string(claim), Wish{Brand: e.Brand, Name: e.Name, Model: e.Model, GTIN: e.GTIN, Serial: e.Serial})
		if err == nil {
			_, err = tx.Exec(`UPDATE device_expected SET device = $1, failures = 0 WHERE brand = $2 AND name = $3`, g.Device.No, e.Brand, e.Name)
		}
	} else {
		g.Device, err = s.again(tx, no)
	}
	if fault.Is(err, fault.Forbidden) {
		return back(err)
	}
	if err != nil {
		return g, err
	}
	g.Until = cert.NotAfter.UTC()
	cred := s.certificate(cert, pending, g.Until, string(claim))
	if err := s.giveIn(tx, g.Device, &cred, authority.Fingerprint(cert), claim); err != nil {
		return g, err
	}
	return g, s.note(tx, g.Device, TypeClaimed, credentialBody{Device: g.Device.ID(), Credential: cred.ID, Claim: claim})
}

// again lets a device that never used what it was given ask once more.
func (s *Service) again(tx *sqldb.Tx, no int64) (Device, error) {
	d, err := ByNo(tx, no)
	if err != nil {
		return d, err
	}
	var n int64
	if err := tx.QueryRow(`SELECT count(*) FROM device_credential WHERE device = $1 AND state = 'active'`, no).Scan(&n); err != nil {
		return d, err
	}
	if n > 0 || d.State != Active {
		return d, errNotExpected
	}
	_, err = tx.Exec(`UPDATE device_credential SET state = 'revoked' WHERE device = $1 AND state = 'pending'`, no)
	return d, err
}
