package ntag424

// Verifier checks taps of one key set and template. It is safe for concurrent use
// and remembers the ciphers of recent tags, never more than a few thousand.
type Verifier struct{}

// NewVerifier prepares a verifier. It fails with ErrKeySet.
func NewVerifier(ks KeySet, t *Template) (*Verifier, error) { return &Verifier{}, nil }

// Verify checks a full URL or a request URI. Only after the MAC holds is anything
// decrypted or believed; a wrong tag byte and a wrong MAC take the same way and time.
// It fails with ErrTemplateMismatch, ErrBadHex, ErrModeRefused, ErrPICC, ErrMAC,
// ErrRetiredKeySet or ErrExhausted; with the last the Tap is filled in all the same.
// Show the public one answer for all of them.
func (v *Verifier) Verify(rawURL string) (Tap, error) { return Tap{}, nil }

// VerifyUID is Verify for templates that mirror only the counter: the UID, which the
// tag's key may depend on, comes from elsewhere. If the message carries a UID, it
// must be this one (else ErrMAC).
func (v *Verifier) VerifyUID(rawURL string, uid UID) (Tap, error) { return Tap{}, nil }
