package listfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// title is the first line of a signed list.
const title = "tagline locations and parties 1"

// NewKey draws a pair of keys for signing. The name says whose lists are signed, such
// as the host of a server; it may have no spaces and no plus sign.
func NewKey(chance io.Reader, name string) (secret, public string, err error) {
	return note.GenerateKey(chance, name)
}

// List is a signed list that was found to be true.
type List struct {
	Signer string // name of the key
	Made   time.Time
	Rows   []Row // lines count from the beginning of the signed text
}

// Sign writes rows as a signed list.
func Sign(rows []Row, made time.Time, secret string) ([]byte, error) {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, fmt.Errorf("listfile: the signing key cannot be used: %w", err)
	}
	text := title + "\n" + signer.Name() + "\n" + made.UTC().Format(time.RFC3339) + "\n" + string(Format(rows))
	return note.Sign(&note.Note{Text: text}, signer)
}

// ErrNotSigned tells a list that no given key has signed, or that was changed since.
var ErrNotSigned = errors.New("listfile: the list is not signed by this key, or it was changed after it was signed")

// Signed tells whether a text looks like a signed list.
func Signed(text []byte) bool { return bytes.HasPrefix(text, []byte(title+"\n")) }

// Verify checks a signed list with the public key of who is said to have signed it.
// Errors: ErrNotSigned, and an *Error for what was signed but is no list.
func Verify(text []byte, public string) (List, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return List{}, fmt.Errorf("listfile: this is not a public key of a list; it looks like name+1a2b3c4d+Ad7…: %w", err)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return List{}, ErrNotSigned
	}
	head := strings.SplitN(opened.Text, "\n", 4)
	if len(head) != 4 || head[0] != title || head[1] != verifier.Name() {
		return List{}, &Error{1, "what was signed is no list of locations and parties"}
	}
	made, err := time.Parse(time.RFC3339, head[2])
	if err != nil {
		return List{}, &Error{3, "the third line of a signed list is the time when it was made"}
	}
	rows, err := Parse([]byte(head[3]))
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Line += 3
		}
		return List{}, err
	}
	for i := range rows {
		rows[i].Line += 3
	}
	return List{Signer: verifier.Name(), Made: made, Rows: rows}, nil
}
