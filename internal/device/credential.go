package device

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"time"

	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Kind is how a device proves who it is.
type Kind string

// The kinds.
const (
	Certificate Kind = "certificate" // a client's, over TLS
	Token       Kind = "token"       // for development: it expires
	PublicKey   Kind = "key"         // of signed tokens
)

// The states of a credential.
const (
	pending = "pending" // was handed out, and never used
	active  = "active"
	revoked = "revoked"
)

// Credential is one way in for a device, without its secret.
type Credential struct {
	ID      ident.Credential
	Device  int64
	Kind    Kind
	Hint    string // the first letters of a token, or the beginning of a fingerprint
	State   string // "pending", "active", "revoked"
	From    time.Time
	Until   time.Time
	Created time.Time
	By      string
	Public  string // PEM of a certificate or a public key
}

// The bounds of credentials.
const (
	developmentLife = 30 * 24 * time.Hour
	activateWithin  = time.Hour
	keyLife         = 3 * 365 * 24 * time.Hour
	maxCredentials  = 10 // that are not revoked, of one device
	developmentMark = "tld_"
	claimMark       = "tlc_"
)

const credentialColumns = `id, device, kind, hint, state, from_us, until_us, created_us, created_by, public`

func scanCredential(scan func(...any) error) (c Credential, err error) {
	var from, until, created int64
	err = scan(&c.ID, &c.Device, &c.Kind, &c.Hint, &c.State, &from, &until, &created, &c.By, &c.Public)
	c.From, c.Until, c.Created = sqldb.Time(from), sqldb.Time(until), sqldb.Time(created)
	return c, err
}

// draw makes a secret and its digest.
func (s *Service) draw(mark string) (secret, digest string, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.chance, raw[:]); err != nil {
		return "", "", fmt.Errorf("draw a token: %w", err)
	}
	secret = mark + base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, digestOf([]byte(secret)), nil
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Credentials lists the credentials of a device, the newest first.
func (s *Service) Credentials(ctx context.Context, no int64) (all []Credential, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all, err = credentials(tx, no)
		return err
	})
	return all, err
}

func credentials(tx *sqldb.Tx, no int64) ([]Credential, error) {
	rows, err := tx.Query(`SELECT `+credentialColumns+` FROM device_credential WHERE device = $1 ORDER BY id DESC LIMIT 100`, no)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Credential
	for rows.Next() {
		c, err := scanCredential(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// MakeToken makes a token for development, which ends after 30 days at the latest.
// The secret is told this once.
func (s *Service) MakeToken(ctx context.Context, by, brand, name string, life time.Duration) (c Credential, secret string, err error) {
	if life <= 0 || life > developmentLife {
		life = developmentLife
	}
	secret, digest, err := s.draw(developmentMark)
	if err != nil {
		return c, "", err
	}
	now := s.clock.Now()
	c = Credential{ID: s.ids.Credential(), Kind: Token, Hint: secret[:8], State: active, From: now, Until: now.Add(life), Created: now, By: by}
	err = s.give(ctx, brand, name, &c, digest)
	return c, secret, err
}

// AddKey takes a public key (PEM: P-256 or Ed25519) with which the device signs
// tokens of its own.
func (s *Service) AddKey(ctx context.Context, by, brand, name string, public []byte) (c Credential, err error) {
	block, _ := pem.Decode(public)
	if block == nil || len(public) > 4096 {
		return c, fault.New(fault.Invalid, "this is not a public key in PEM", "It begins with -----BEGIN PUBLIC KEY-----.")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	switch k := key.(type) {
	case ed25519.PublicKey:
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return c, errKeyKind
		}
	default:
		return c, errKeyKind
	}
	if err != nil {
		return c, errKeyKind
	}
	now, digest := s.clock.Now(), digestOf(block.Bytes)
	c = Credential{ID: s.ids.Credential(), Kind: PublicKey, Hint: digest[:16], State: active, From: now, Until: now.Add(keyLife), Created: now, By: by,
		Public: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: block.Bytes}))}
	return c, s.give(ctx, brand, name, &c, digest)
}

var errKeyKind = fault.New(fault.Invalid, "signed tokens are checked with keys of P-256 or Ed25519", "Make such a key, and send its public half.")

// Certify signs a certificate for a device that is registered already, for example
// the next one before the last ends.
func (s *Service) Certify(ctx context.Context, by, brand, name string, request []byte) (Credential, error) {
	signer, err := s.signer(ctx, brand)
	if err != nil {
		return Credential{}, err
	}
	cert, err := signer.Sign(request, brand, name, s.clock.Now(), s.chance)
	if err != nil {
		return Credential{}, err
	}
	c := s.certificate(cert, active, cert.NotAfter, by)
	return c, s.give(ctx, brand, name, &c, authority.Fingerprint(cert))
}

func (s *Service) certificate(cert *x509.Certificate, state string, until time.Time, by string) Credential {
	return Credential{
		ID: s.ids.Credential(), Kind: Certificate, Hint: authority.Fingerprint(cert)[:16], State: state, From: cert.NotBefore.UTC(), Until: until.UTC(),
		Created: s.clock.Now(), By: by, Public: authority.PEM(cert),
	}
}

// give stores a new credential.
func (s *Service) give(ctx context.Context, brand, name string, c *Credential, digest string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		d, err := Find(tx, brand, name)
		if err != nil {
			return err
		}
		return s.giveIn(tx, d, c, digest, "")
	})
}

func (s *Service) giveIn(tx *sqldb.Tx, d Device, c *Credential, digest string, claim ident.Claim) error {
	if d.State == Retired {
		return fault.New(fault.Conflict, "the device is retired", "Make it active first.")
	}
	var n, twice int64
	if err := tx.QueryRow(`SELECT count(*) FROM device_credential WHERE device = $1 AND state <> 'revoked' AND until_us > $2`,
		d.No, sqldb.Micros(s.clock.Now())).Scan(&n); err != nil {
		return err
	}
	if n >= maxCredentials {
		return fault.Newf(fault.Conflict, "the device has %d credentials already", n).WithHint("Revoke those that are not used.")
	}
	if err := tx.QueryRow(`SELECT count(*) FROM device_credential WHERE digest = $1`, digest).Scan(&twice); err != nil {
		return err
	}
	if twice > 0 {
		return fault.New(fault.Conflict, "this key or certificate is in use already", "Every device has one of its own.")
	}
	c.Device = d.No
	if _, err := tx.Exec(`INSERT INTO device_credential (id, device, kind, digest, hint, state, from_us, until_us, created_us, created_by, public)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(c.ID), c.Device, string(c.Kind), digest, c.Hint, c.State, sqldb.Micros(c.From), sqldb.Micros(c.Until), sqldb.Micros(c.Created), c.By, c.Public); err != nil {
		return err
	}
	return s.note(tx, d, TypeCredential, credentialBody{Device: d.ID(), Credential: c.ID, Kind: c.Kind, Claim: claim, By: c.By})
}

// Revoke ends a credential; whoever is connected as that device is told to leave at
// once. To do it twice changes nothing. Errors: NotFound.
func (s *Service) Revoke(ctx context.Context, by, brand, name string, id ident.Credential, reason string) error {
	if len(reason) > 500 {
		return fault.New(fault.TooLarge, "the reason is longer than 500 bytes", "Say it shorter.")
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		d, err := Find(tx, brand, name)
		if err != nil {
			return err
		}
		var state string
		err = tx.QueryRow(`SELECT state FROM device_credential WHERE id = $1 AND device = $2`, string(id), d.No).Scan(&state)
		if err == sqldb.ErrNoRows {
			return fault.New(fault.NotFound, "the device has no such credential", "List its credentials.")
		}
		if err != nil || state == revoked {
			return err
		}
		if _, err := tx.Exec(`UPDATE device_credential SET state = 'revoked' WHERE id = $1`, string(id)); err != nil {
			return err
		}
		s.tellRevoked(tx, brand, name, "its credential was revoked")
		return s.note(tx, d, TypeRevoked, credentialBody{Device: d.ID(), Credential: id, Reason: reason, By: by})
	})
}

// Authorities gives the certificates that sign those of devices, of all brands: what
// a TLS server trusts.
func (s *Service) Authorities(ctx context.Context) (pool []*x509.Certificate, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		pool = nil
		rows, err := tx.Query(`SELECT certificate FROM device_authority WHERE state <> 'retired' ORDER BY brand, generation`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			block, _ := pem.Decode([]byte(text))
			if block == nil {
				return fmt.Errorf("device: the certificate of an authority cannot be read")
			}
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return err
			}
			pool = append(pool, cert)
		}
		return rows.Err()
	})
	return pool, err
}

// signer gives the authority of a brand; it is made when there is none.
func (s *Service) signer(ctx context.Context, brand string) (*authority.Authority, error) {
	s.mu.Lock()
	a := s.signers[brand]
	s.mu.Unlock()
	if a != nil {
		return a, nil
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		a, err = s.newest(tx, brand)
		if err == nil && a == nil {
			a, err = s.makeAuthority(tx, brand, 1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signers[brand] = a
	return a, nil
}

const authorityPurpose = "device.authority"

func (s *Service) newest(tx *sqldb.Tx, brand string) (*authority.Authority, error) {
	var text, sealed string
	err := tx.QueryRow(`SELECT certificate, key FROM device_authority WHERE brand = $1 AND state = 'signing' ORDER BY generation DESC LIMIT 1`, brand).Scan(&text, &sealed)
	if err == sqldb.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := s.vault.Unwrap(authorityPurpose, sealed)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("device: the certificate of an authority cannot be read")
	}
	return authority.Load(block.Bytes, key)
}

func (s *Service) makeAuthority(tx *sqldb.Tx, brand string, generation int64) (*authority.Authority, error) {
	now := s.clock.Now()
	a, err := authority.New(brand, generation, now, s.chance)
	if err != nil {
		return nil, err
	}
	key, err := a.Key()
	if err != nil {
		return nil, err
	}
	sealed, err := s.vault.Wrap(authorityPurpose, key)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(`INSERT INTO device_authority (brand, generation, certificate, key, state, created_us, until_us) VALUES ($1, $2, $3, $4, 'signing', $5, $6)`,
		brand, generation, authority.PEM(a.Certificate), sealed, sqldb.Micros(now), sqldb.Micros(a.Certificate.NotAfter))
	return a, err
}

// RotateAuthority makes a new authority for a brand. What the one before has signed
// stays good until it ends or RetireAuthorities is called.
func (s *Service) RotateAuthority(ctx context.Context, brand string) (generation int64, err error) {
	var a *authority.Authority
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(generation), 0) + 1 FROM device_authority WHERE brand = $1`, brand).Scan(&generation); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE device_authority SET state = 'trusted' WHERE brand = $1 AND state = 'signing'`, brand); err != nil {
			return err
		}
		a, err = s.makeAuthority(tx, brand, generation)
		return err
	})
	if err == nil {
		s.mu.Lock()
		s.signers[brand] = a
		s.mu.Unlock()
	}
	return generation, err
}
