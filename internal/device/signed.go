package device

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"time"

	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// The bounds of signed tokens.
const (
	maxSigned     = 2048             // bytes
	maxSignedLife = 24 * time.Hour   // from the issue to the end
	skew          = 10 * time.Minute // of the device's clock
)

type signedHead struct {
	Algorithm string `json:"alg"`
}

type signedBody struct {
	Audience string  `json:"aud"` // the brand
	Subject  string  `json:"sub"` // the device
	Expires  float64 `json:"exp"` // seconds since 1970
	Before   float64 `json:"nbf"`
	Issued   float64 `json:"iat"`
}

// bySigned checks a JSON Web Token (RFC 7519) in its compact form, signed by ES256 or
// EdDSA with a key of the device. Nothing in the token chooses the key's kind: each
// key fits one algorithm.
func (s *Service) bySigned(ctx context.Context, token string, now time.Time) (id Identity, err error) {
	var head signedHead
	var body signedBody
	parts := strings.Split(token, ".")
	if len(token) > maxSigned || len(parts) != 3 || part(parts[0], &head) != nil || part(parts[1], &body) != nil {
		return id, errNoEntry
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !authority.Named(body.Audience, body.Subject) {
		return id, errNoEntry
	}
	at := func(seconds float64) time.Time { return time.Unix(int64(seconds), 0) }
	start := max(body.Before, body.Issued)
	switch {
	case body.Expires <= 0 || start <= 0 || body.Expires > 1<<40 || start > 1<<40,
		!now.Before(at(body.Expires)), now.Before(at(start).Add(-skew)),
		at(body.Expires).Sub(now) > maxSignedLife+skew:
		return id, errNoEntry
	}
	var keys []Credential
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		if id.Device, err = Find(tx, body.Audience, body.Subject); err != nil {
			return err
		}
		keys, err = credentials(tx, id.Device.No)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return id, errNoEntry
	}
	if err != nil {
		return id, err
	}
	signed := []byte(parts[0] + "." + parts[1])
	for _, k := range keys {
		if k.Kind == PublicKey && k.State == active && now.Before(k.Until) && verifies(k.Public, head.Algorithm, signed, signature) {
			id.Credential, id.Until = k.ID, at(body.Expires).UTC()
			return id, nil
		}
	}
	return Identity{}, errNoEntry
}

func part(text string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func verifies(public, algorithm string, signed, signature []byte) bool {
	block, _ := pem.Decode([]byte(public))
	if block == nil {
		return false
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return false
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		return algorithm == "EdDSA" && ed25519.Verify(k, signed, signature)
	case *ecdsa.PublicKey:
		if algorithm != "ES256" || len(signature) != 64 {
			return false
		}
		sum := sha256.Sum256(signed)
		return ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	return false
}

// ClaimOf gives the claim that a device name stands for, "" for a device.
func ClaimOf(name string) ident.Claim {
	if rest, ok := strings.CutPrefix(name, claimName); ok {
		return ident.Claim("clm_" + rest)
	}
	return ""
}
