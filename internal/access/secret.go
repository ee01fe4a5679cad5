package access

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"strings"

	"tagline/internal/ident"
)

// secretBytes is the chance in a link, a session or a key: none can be guessed, so
// a plain hash is enough to keep it.
const secretBytes = 32

// encoding has letters and digits only: a secret is selected by a double click and
// needs no escaping anywhere.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func drawSecret(chance io.Reader) (string, error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(chance, b[:]); err != nil {
		return "", err
	}
	return encoding.EncodeToString(b[:]), nil
}

// digest is how a secret is stored and looked up. The kind keeps the hash of a
// link from ever being that of a session.
func digest(kind, secret string) string {
	sum := sha256.Sum256([]byte(kind + ":" + secret))
	return hex.EncodeToString(sum[:])
}

// keyText gives the text of an API key: who finds one can tell by its id which it is.
func keyText(id ident.Key, secret string) string {
	return "tl_" + strings.TrimPrefix(string(id), "key_") + "_" + secret
}
