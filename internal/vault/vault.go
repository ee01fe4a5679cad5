package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Config says where the vault's keys are.
type Config struct {
	DB     *sqldb.DB
	Dir    string    // holds the key file
	Chance io.Reader // crypto/rand.Reader in the running server
	Clock  clock.Clock
}

// Vault seals and opens. It may be used by many goroutines.
type Vault struct {
	db     *sqldb.DB
	dir    string
	chance io.Reader
	clock  clock.Clock

	secrets, derive [32]byte // the house's data keys

	mu    sync.RWMutex
	roots []root // the wrapping keys that are known, the newest first
}

// String keeps keys out of every print.
func (v *Vault) String() string { return "vault" }

// GoString keeps keys out of %#v.
func (v *Vault) GoString() string { return "vault" }

// maxRoots bounds the wrapping keys that a process remembers.
const maxRoots = 16

const (
	secretsKey = "house:secrets"
	deriveKey  = "house:derive"
	personKey  = "person:" // and the person's id
)

// Open reads the key file and unwraps the house's keys, making both at the very
// first start. A rotation that was interrupted is finished.
//
// Errors: Forbidden when others may read the key file, Invalid when it is damaged,
// missing, or not the one that this database was wrapped with.
func Open(ctx context.Context, c Config) (*Vault, error) {
	v := &Vault{db: c.DB, dir: c.Dir, chance: c.Chance, clock: c.Clock}
	rotating := false
	err := v.db.Update(ctx, func(tx *sqldb.Tx) error {
		roots, err := v.firstRoots(tx)
		if err != nil {
			return err
		}
		v.setRoots(roots)
		rotating = len(roots) > 1
		if v.secrets, err = v.dataKey(tx, secretsKey, mayMake); err != nil {
			return err
		}
		v.derive, err = v.dataKey(tx, deriveKey, mayMake)
		return err
	})
	if err != nil {
		return nil, err
	}
	if rotating {
		if err := v.Rotate(ctx); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// firstRoots reads the key file, or makes it for a database without keys. It holds
// the row of vault_root to the commit, so that of two nodes which start at once
// one makes the file and the other reads it.
func (v *Vault) firstRoots(tx *sqldb.Tx) ([]root, error) {
	if _, err := tx.Exec(`INSERT INTO vault_root (id, root, since_us) VALUES (1, '', $1) ON CONFLICT (id) DO NOTHING`,
		sqldb.Micros(v.clock.Now())); err != nil {
		return nil, err
	}
	name, err := lockRoot(tx)
	if err != nil {
		return nil, err
	}
	roots, err := readKeyFile(v.dir)
	switch {
	case err != nil:
		return nil, err
	case roots == nil && name != "":
		return nil, fault.New(fault.Invalid, fmt.Sprintf("the database holds wrapped keys, but the key file %s is missing in %s", keyFile, v.dir),
			"Restore the key file that belongs to this database. Without it nothing sealed can be read.")
	case roots == nil:
		r, err := v.newRoot()
		if err != nil {
			return nil, err
		}
		roots = []root{r}
		if err := writeKeyFile(v.dir, roots); err != nil {
			return nil, err
		}
	}
	if name == "" {
		_, err = tx.Exec(`UPDATE vault_root SET root = $1 WHERE id = 1`, roots[0].id)
	}
	return roots, err
}

// lockRoot says which wrapping key new keys are wrapped with, and keeps other
// nodes from changing that before our commit.
func lockRoot(tx *sqldb.Tx) (name string, err error) {
	err = tx.QueryRow(`UPDATE vault_root SET root = root WHERE id = 1 RETURNING root`).Scan(&name)
	return name, err
}

func (v *Vault) newRoot() (root, error) {
	var r root
	var id [4]byte
	if _, err := io.ReadFull(v.chance, id[:]); err != nil {
		return r, err
	}
	r.id = "w" + hex.EncodeToString(id[:])
	_, err := io.ReadFull(v.chance, r.key[:])
	return r, err
}

type whenMissing int

const (
	mustExist whenMissing = iota
	mayMake
)

// dataKey loads a data key, and makes it when it is missing and may be made.
// Errors: NotFound, Gone when it was destroyed, Invalid when no wrapping key fits.
func (v *Vault) dataKey(tx *sqldb.Tx, id string, missing whenMissing) (key [32]byte, err error) {
	var rootID, wrapped string
	var forgotten int64
	err = tx.QueryRow(`SELECT root, wrapped, forgotten_us FROM vault_key WHERE id = $1`, id).Scan(&rootID, &wrapped, &forgotten)
	if err == sqldb.ErrNoRows {
		if missing == mustExist {
			return key, fault.New(fault.NotFound, "nothing was ever sealed under this key", "")
		}
		return v.makeKey(tx, id)
	}
	if err != nil {
		return key, err
	}
	if forgotten != 0 {
		return key, fault.New(fault.Gone, "the key was destroyed on request of its person", "What was sealed under it cannot be read any more.")
	}
	r, err := v.root(rootID)
	if err != nil {
		return key, err
	}
	b, err := open(r.key, "key:"+id, wrapped)
	if err != nil || len(b) != 32 {
		return key, v.wrongFile()
	}
	copy(key[:], b)
	return key, nil
}

func (v *Vault) wrongFile() error {
	return fault.New(fault.Invalid, fmt.Sprintf("the key file %s in %s is not the one that this database was wrapped with", keyFile, v.dir),
		"Restore the key file that belongs to this database.")
}

// makeKey makes a data key under the wrapping key that the database names. A
// rotation on another node waits for our commit, and then finds our key.
func (v *Vault) makeKey(tx *sqldb.Tx, id string) (key [32]byte, err error) {
	name, err := lockRoot(tx)
	if err != nil {
		return key, err
	}
	r, err := v.root(name)
	if err != nil {
		return key, err
	}
	if _, err := io.ReadFull(v.chance, key[:]); err != nil {
		return key, err
	}
	wrapped, err := v.seal(r.key, "key:"+id, key[:])
	if err != nil {
		return key, err
	}
	_, err = tx.Exec(`INSERT INTO vault_key (id, root, wrapped, made_us, forgotten_us) VALUES ($1, $2, $3, $4, 0)`,
		id, r.id, wrapped, sqldb.Micros(v.clock.Now()))
	return key, err
}

// root finds a wrapping key. One that we do not know may have come into the key
// file by another node's rotation.
func (v *Vault) root(id string) (root, error) {
	v.mu.RLock()
	roots := v.roots
	v.mu.RUnlock()
	if r, ok := among(roots, id); ok {
		return r, nil
	}
	roots, err := readKeyFile(v.dir)
	if err != nil {
		return root{}, err
	}
	r, ok := among(roots, id)
	if !ok {
		return root{}, v.wrongFile()
	}
	v.setRoots(roots)
	return r, nil
}

func among(roots []root, id string) (root, bool) {
	for _, r := range roots {
		if r.id == id {
			return r, true
		}
	}
	return root{}, false
}

// setRoots makes wrapping keys known. Old ones stay known to this process: a
// reader may still hold a snapshot from before the end of a rotation.
func (v *Vault) setRoots(roots []root) {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := append([]root(nil), roots...)
	for _, r := range v.roots {
		if _, ok := among(known, r.id); !ok && len(known) < maxRoots {
			known = append(known, r)
		}
	}
	v.roots = known
}

const envelope = "v1."

// seal gives "v1." and the base64url of nonce and ciphertext.
func (v *Vault) seal(key [32]byte, purpose string, b []byte) (string, error) {
	g, err := gcm(key)
	if err != nil {
		return "", err
	}
	out := make([]byte, g.NonceSize(), g.NonceSize()+len(b)+g.Overhead())
	if _, err := io.ReadFull(v.chance, out); err != nil {
		return "", err
	}
	return envelope + base64.RawURLEncoding.EncodeToString(g.Seal(out, out, b, []byte(purpose))), nil
}

var errSeal = errors.New("vault: the seal does not open")

func open(key [32]byte, purpose, sealed string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, envelope)
	if !ok {
		return nil, errSeal
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errSeal
	}
	g, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(raw) < g.NonceSize() {
		return nil, errSeal
	}
	b, err := g.Open(nil, raw[:g.NonceSize()], raw[g.NonceSize():], []byte(purpose))
	if err != nil {
		return nil, errSeal
	}
	return b, nil
}

func gcm(key [32]byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

func notOpened() error {
	return fault.Wrap(fault.Invalid, errSeal, "a sealed value does not open", "It was sealed for another purpose or by another server, or it was changed.")
}

// Wrap seals a secret of the house for a purpose, such as "tag key set".
func (v *Vault) Wrap(purpose string, secret []byte) (string, error) {
	return v.seal(v.secrets, "house:"+purpose, secret)
}

// Unwrap opens what Wrap sealed for the same purpose. Errors: Invalid.
func (v *Vault) Unwrap(purpose, sealed string) ([]byte, error) {
	b, err := open(v.secrets, "house:"+purpose, sealed)
	if err != nil {
		return nil, notOpened()
	}
	return b, nil
}

// Derive gives a key for a purpose: the same one always and on all nodes, through
// rotations too. It is for cookie MACs and pseudonyms.
func (v *Vault) Derive(purpose string) [32]byte {
	m := hmac.New(sha256.New, v.derive[:])
	io.WriteString(m, "tagline derive 1\x00"+purpose)
	var out [32]byte
	m.Sum(out[:0])
	return out
}

// SealFor seals something of a person under their own key, which is made when
// they have none. Errors: Gone when the person was forgotten.
func (v *Vault) SealFor(tx *sqldb.Tx, person ident.Person, purpose string, b []byte) (string, error) {
	if person == "" {
		return "", fault.New(fault.Invalid, "no person is named to seal for", "")
	}
	key, err := v.dataKey(tx, personKey+string(person), mayMake)
	if err != nil {
		return "", err
	}
	return v.seal(key, personKey+string(person)+":"+purpose, b)
}

// OpenFor opens what SealFor sealed. Errors: Gone when the person was forgotten,
// NotFound when nothing was ever sealed for them, Invalid when it does not open.
func (v *Vault) OpenFor(tx *sqldb.Tx, person ident.Person, purpose, sealed string) ([]byte, error) {
	key, err := v.dataKey(tx, personKey+string(person), mustExist)
	if err != nil {
		return nil, err
	}
	b, err := open(key, personKey+string(person)+":"+purpose, sealed)
	if err != nil {
		return nil, notOpened()
	}
	return b, nil
}

// Forget destroys a person's key. What was sealed under it can never be read
// again. The key's place stays, empty, so that nothing is sealed for them anew.
func (v *Vault) Forget(tx *sqldb.Tx, person ident.Person) error {
	now := sqldb.Micros(v.clock.Now())
	_, err := tx.Exec(`INSERT INTO vault_key (id, root, wrapped, made_us, forgotten_us) VALUES ($1, '', '', $2, $2)
		ON CONFLICT (id) DO UPDATE SET root = '', wrapped = '', forgotten_us = excluded.forgotten_us`,
		personKey+string(person), now)
	return err
}
