package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"time"

	"tagline/internal/fault"
)

// Life is how long a device's certificate counts, and an authority's.
const (
	Life          = 2 * 365 * 24 * time.Hour
	AuthorityLife = 10 * 365 * 24 * time.Hour

	// early is how far the clock of a device may be behind ours.
	early = time.Hour
)

var part = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// Named checks the two halves of a device's name: 1 to 40 small letters, digits and
// dashes each.
func Named(brand, device string) bool { return part.MatchString(brand) && part.MatchString(device) }

// URN names a device: urn:tl:{brand}:{device}.
func URN(brand, device string) string { return "urn:tl:" + brand + ":" + device }

// Authority is a key that signs the certificates of one brand's devices.
type Authority struct {
	Certificate *x509.Certificate
	key         crypto.Signer
}

// New makes the authority of a brand, of a generation. chance must be secure.
func New(brand string, generation int64, now time.Time, chance io.Reader) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), chance)
	if err != nil {
		return nil, fmt.Errorf("make the key of an authority: %w", err)
	}
	serial, err := serialNumber(chance)
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"Tagline"}, CommonName: fmt.Sprintf("Devices of %s, %d", brand, generation)},
		NotBefore:    now.Add(-early), NotAfter: now.Add(AuthorityLife),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(chance, form, form, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of an authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	return &Authority{cert, key}, err
}

// Load makes an authority of what Key and Certificate.Raw gave.
func Load(certificate, key []byte) (*Authority, error) {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate of an authority: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("key of an authority: %w", err)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("key of an authority: a %T cannot sign", parsed)
	}
	return &Authority{cert, signer}, nil
}

// Key gives the private key in PKCS 8, to be sealed.
func (a *Authority) Key() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(a.key) }

// Sign makes the certificate of a device for the key of a request (PEM or DER).
// Errors: Invalid for what is no request, was not signed by its own key, or brings a
// key that is too weak.
func (a *Authority) Sign(request []byte, brand, device string, now time.Time, chance io.Reader) (*x509.Certificate, error) {
	if !Named(brand, device) {
		return nil, fault.New(fault.Invalid, "a device is named by brand and device, 1 to 40 small letters, digits and dashes each", "")
	}
	if block, _ := pem.Decode(request); block != nil {
		request = block.Bytes
	}
	csr, err := x509.ParseCertificateRequest(request)
	if err == nil {
		err = csr.CheckSignature()
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "this is not a certificate request that was signed by its own key", "Send PKCS 10 in PEM or DER.")
	}
	if err := strong(csr.PublicKey); err != nil {
		return nil, err
	}
	serial, err := serialNumber(chance)
	if err != nil {
		return nil, err
	}
	until := now.Add(Life)
	if a.Certificate.NotAfter.Before(until) {
		until = a.Certificate.NotAfter
	}
	urn, err := url.Parse(URN(brand, device))
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: brand + "_" + device},
		URIs:         []*url.URL{urn},
		NotBefore:    now.Add(-early), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(chance, form, a.Certificate, csr.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a device's certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func strong(key any) error {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() || k.Curve == elliptic.P384() {
			return nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 && k.N.BitLen() <= 4096 {
			return nil
		}
	}
	return fault.New(fault.Invalid, "the key of the request is of a kind that is not taken", "Take P-256 or Ed25519; RSA needs 2048 to 4096 bits.")
}

func serialNumber(chance io.Reader) (*big.Int, error) {
	var b [16]byte
	if _, err := io.ReadFull(chance, b[:]); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	b[0] &= 0x7f
	b[15] |= 1
	return new(big.Int).SetBytes(b[:]), nil
}

// Who reads the device that a certificate names; false for none, or more than one.
func Who(c *x509.Certificate) (brand, device string, ok bool) {
	if len(c.URIs) != 1 {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(c.URIs[0].String(), "urn:tl:")
	if !ok {
		return "", "", false
	}
	brand, device, ok = strings.Cut(rest, ":")
	return brand, device, ok && Named(brand, device)
}

// Fingerprint is the SHA-256 of a certificate, in hexadecimal.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// PEM writes certificates one after another.
func PEM(certificates ...*x509.Certificate) string {
	var b strings.Builder
	for _, c := range certificates {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return b.String()
}
