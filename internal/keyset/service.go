package keyset

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/vault"
	"tagline/ntag424"
)

// Config is what a Service is made of.
type Config struct {
	DB     *sqldb.DB
	Vault  *vault.Vault
	Clock  clock.Clock
	Chance io.Reader // must be fit for keys
}

// Service holds the key sets of one server. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	vault  *vault.Vault
	clock  clock.Clock
	chance io.Reader

	mu      sync.RWMutex
	ring    *Ring // nil until first used
	changes int   // counts forget
	load    sync.Mutex
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{db: c.DB, vault: c.Vault, clock: c.Clock, chance: c.Chance}
}

// Create makes the first epoch of a key set. A name is taken for ever.
func (s *Service) Create(ctx context.Context, n NewSet) (KeySet, error) {
	out, ks, err := n.keyset(1, s.chance)
	if err != nil {
		return KeySet{}, err
	}
	return s.store(ctx, out, ks)
}

// NextEpoch begins the next epoch of a set, for tags that are encoded from now on.
// Tags of older epochs stay good until their epoch is retired.
func (s *Service) NextEpoch(ctx context.Context, name string, n NewEpoch) (KeySet, error) {
	epochs, err := s.Get(ctx, name)
	if err != nil {
		return KeySet{}, err
	}
	last := epochs[0]
	wish := NewSet{
		Name: name, Scheme: last.Scheme, Mode: last.Mode.String(), Layout: last.Layout, MetaSlot: &last.MetaSlot,
		FileSlot: &last.FileSlot, Version: last.Version, SystemID: last.SystemID, Template: last.Template,
		Options: &last.Options, Test: last.Test, Keys: n.Keys,
	}
	if n.Mode != "" {
		wish.Mode = n.Mode
	}
	if n.Template != "" {
		wish.Template, wish.Options = n.Template, nil
	}
	if n.Options != nil {
		wish.Options = n.Options
	}
	out, ks, err := wish.keyset(last.Epoch+1, s.chance)
	if err != nil {
		return KeySet{}, err
	}
	return s.store(ctx, out, ks)
}

func (s *Service) store(ctx context.Context, k KeySet, ks ntag424.KeySet) (KeySet, error) {
	sealed, err := s.vault.Wrap(purpose, sealedForm(ks))
	if err != nil {
		return KeySet{}, err
	}
	k.CreatedAt = s.clock.Now()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error { return insertSet(tx, k, sealed) })
	if err != nil {
		return KeySet{}, err
	}
	s.forget()
	return k, nil
}

// Retire ends an epoch (0: the newest): its taps are refused from now on.
func (s *Service) Retire(ctx context.Context, name string, epoch int64) (KeySet, error) {
	var out KeySet
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		epochs, err := readSets(tx, name)
		if err != nil {
			return err
		}
		for _, r := range epochs {
			if r.Epoch == epoch || epoch == 0 {
				out = r.KeySet
				break
			}
		}
		if out.Name == "" {
			return unknownSet(name)
		}
		if out.State == Retired {
			return nil
		}
		out.State, out.RetiredAt = Retired, s.clock.Now()
		_, err = tx.Exec(`UPDATE keyset_epoch SET retired_us = $1 WHERE name = $2 AND epoch = $3`,
			sqldb.Micros(out.RetiredAt), out.Name, out.Epoch)
		return err
	})
	s.forget()
	return out, err
}

// Get gives all epochs of a key set, the newest first.
func (s *Service) Get(ctx context.Context, name string) ([]KeySet, error) {
	var out []KeySet
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		out = nil
		rows, err := readSets(tx, name)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.KeySet)
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		return nil, unknownSet(name)
	}
	return out, err
}

// List lists key sets by name, each by its newest epoch, from after on.
func (s *Service) List(ctx context.Context, after string, limit int) ([]KeySet, error) {
	var names []string
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		names = nil
		rows, err := tx.Query(`SELECT name FROM keyset_epoch WHERE epoch = 1 AND name > $1 ORDER BY name LIMIT $2`,
			after, bounded(limit))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				return err
			}
			names = append(names, n)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	out := make([]KeySet, 0, len(names))
	for _, n := range names {
		epochs, err := s.Get(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, epochs[0])
	}
	return out, nil
}

// bounded is the page size for a wished one.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 1000)
}

func unknownSet(name string) error {
	return fault.Newf(fault.NotFound, "there is no key set %q", name).WithHint("List the key sets to see their names.")
}

// Encoding gives what an encoder writes to a chip of the newest active epoch,
// with a sample item in it.
func (s *Service) Encoding(ctx context.Context, name string) (Encoding, error) {
	e, err := s.Newest(ctx, name)
	if err != nil {
		return Encoding{}, err
	}
	return e.Encode(Ref{GTIN: "09506000134352", Serial: "SAMPLE1"})
}

// Newest finds the epoch that new tags of a set get.
func (s *Service) Newest(ctx context.Context, name string) (*Epoch, error) {
	ring, err := s.Ring(ctx, Fresh)
	if err != nil {
		return nil, err
	}
	epochs := ring.sets[name]
	if len(epochs) == 0 {
		return nil, unknownSet(name)
	}
	if epochs[0].State == Retired {
		return nil, fault.Newf(fault.Conflict, "key set %q is retired", name).WithHint("Begin a new epoch of it, or take another set.")
	}
	return epochs[0], nil
}

// Ring is what verifying needs of all key sets, read in one go. Sets are few, so
// it is whole: a name that is not in it is unknown without another look.
type Ring struct {
	sets    map[string][]*Epoch // newest first, active before retired
	roaming []*Epoch            // those that a path may belong to without naming them
	read    time.Time
}

// Epoch is one epoch of a set, ready to verify.
type Epoch struct {
	KeySet
	keys       ntag424.KeySet
	template   *ntag424.Template
	verifier   *ntag424.Verifier
	params     []string // names of the query parameters that the chip fills
	limit      int64    // the counter at which the chip falls silent
	mirrorsUID bool
	roams      string // the fixed beginning of the path of a foreign template that names no set; "" = none
	wholePath  bool   // and that is all of its path
}

// Encode lays out the chip of an item.
func (e *Epoch) Encode(r Ref) (Encoding, error) {
	vars, err := e.vars(r)
	if err != nil {
		return Encoding{}, err
	}
	enc, err := e.keys.Encode(e.template, e.mode(), vars)
	if err != nil {
		return Encoding{}, invalid("template", err)
	}
	return encoding(e.KeySet, enc), nil
}

// Chip plays the chip of an item, as it is when it leaves the encoder. Only test
// sets are played.
func (e *Epoch) Chip(r Ref, uid ntag424.UID) (*ntag424.Chip, error) {
	if !e.Test {
		return nil, fault.Newf(fault.Conflict, "key set %q is not a test set", e.Name).
			WithHint("Virtual chips are allowed in test sets only.")
	}
	vars, err := e.vars(r)
	if err != nil {
		return nil, err
	}
	keys := e.keys
	keys.Retired = false // a chip does not learn of it
	c, err := ntag424.NewChip(keys, e.template, uid, e.mode(), vars)
	if err != nil {
		return nil, invalid("template", err)
	}
	return c, nil
}

// mode is the one that chips of this epoch are encoded in.
func (e *Epoch) mode() ntag424.Mode {
	if e.Mode == ntag424.LRP {
		return ntag424.LRP
	}
	return ntag424.AES
}

func (e *Epoch) vars(r Ref) (map[string]string, error) {
	path, err := r.Path()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, v := range e.template.Variables() {
		switch v {
		case "gtin":
			out[v] = r.GTIN
		case "serial":
			out[v] = path[strings.LastIndexByte(path, '/')+1:] // escaped
		}
	}
	return out, nil
}

// Diagnose looks for what is wrong with a message of this epoch.
func (e *Epoch) Diagnose(rawURL string) ntag424.Diagnosis {
	return ntag424.Diagnose(e.keys, e.template, rawURL)
}

// Findings lists what is unwise about the epoch's template.
func (e *Epoch) Findings() []*ntag424.Error { return e.template.Findings() }

// Tampers reports whether chips of this epoch mirror a tamper status.
func (e *Epoch) Tampers() bool { return e.template.Tampers() }

// MirrorsUID is false for epochs whose chips must be told by the item in the path.
func (e *Epoch) MirrorsUID() bool { return e.mirrorsUID }

// How old a keyring may be: what another node changed becomes known that late.
// What is changed here is known at once.
const (
	Recent = 5 * time.Second
	Fresh  = time.Second
)

// forget has the next use read the keyring again: a key set was changed here.
func (s *Service) forget() {
	s.mu.Lock()
	s.ring, s.changes = nil, s.changes+1
	s.mu.Unlock()
}

func (s *Service) present() (*Ring, int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ring, s.changes
}

// Ring gives the keyring, not older than term if the database can be reached.
func (s *Service) Ring(ctx context.Context, term time.Duration) (*Ring, error) {
	young := func(r *Ring) bool {
		if r == nil {
			return false
		}
		age := s.clock.Now().Sub(r.read)
		return age >= 0 && age < term
	}
	r, _ := s.present()
	if young(r) {
		return r, nil
	}
	if r == nil {
		s.load.Lock()
	} else if !s.load.TryLock() {
		return r, nil // somebody reads it already; the old one is good enough
	}
	defer s.load.Unlock()
	r, changes := s.present()
	if young(r) {
		return r, nil
	}
	next, err := s.readRing(ctx, r)
	if err != nil {
		if r != nil {
			return r, nil // the database is away: what is known is good enough to read a message
		}
		return nil, err
	}
	s.mu.Lock()
	if s.changes == changes { // else what was read may be from before the change
		s.ring = next
	}
	s.mu.Unlock()
	return next, nil
}

// readRing reads the key sets, and opens those that are new or changed.
func (s *Service) readRing(ctx context.Context, old *Ring) (*Ring, error) {
	next := &Ring{sets: map[string][]*Epoch{}, read: s.clock.Now()}
	defer func() { next.gatherRoaming() }()
	var rows []setRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = readSets(tx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	have := map[string]*Epoch{}
	if old != nil {
		for _, epochs := range old.sets {
			for _, e := range epochs {
				have[fmt.Sprint(e.Name, "/", e.Epoch, "/", e.State)] = e
			}
		}
	}
	for _, retired := range []bool{false, true} {
		for _, r := range rows {
			if (r.State == Retired) != retired {
				continue
			}
			e := have[fmt.Sprint(r.Name, "/", r.Epoch, "/", r.State)]
			if e == nil {
				if e, err = s.openEpoch(r); err != nil {
					return nil, err
				}
			}
			next.sets[r.Name] = append(next.sets[r.Name], e)
		}
	}
	return next, nil
}

func (s *Service) openEpoch(r setRow) (*Epoch, error) {
	plain, err := s.vault.Unwrap(purpose, r.keys)
	if err != nil {
		return nil, err
	}
	ks, err := r.open(plain)
	clear(plain)
	if err != nil {
		return nil, err
	}
	t, err := ntag424.Compile(r.Template, r.Options)
	if err != nil {
		return nil, fmt.Errorf("keyset: the template of set %s, epoch %d: %w", r.Name, r.Epoch, err)
	}
	// A message of a retired epoch is read all the same, so that it can be told from
	// a forged one before it is refused.
	reading := ks
	reading.Retired = false
	v, err := ntag424.NewVerifier(reading, t)
	if err != nil {
		return nil, fmt.Errorf("keyset: the verifier of set %s, epoch %d: %w", r.Name, r.Epoch, err)
	}
	e := &Epoch{
		KeySet: r.KeySet, keys: ks, template: t, verifier: v, limit: exhausted,
		mirrorsUID: strings.Contains(r.Template, "{picc}") || strings.Contains(r.Template, "{uid}"),
	}
	if l := int64(r.Options.Limit); l > 0 {
		e.limit = l
	}
	if r.Options.Foreign && !strings.Contains(r.Template, "/t/"+r.Name+"/") && !slices.Contains(t.Variables(), "serial") && e.mirrorsUID {
		path, _ := Split(r.Template)
		e.roams, _, e.wholePath = strings.Cut(path, "{")
		e.wholePath = !e.wholePath
	}
	for _, m := range queryPlaceholder.FindAllStringSubmatch(r.Template, -1) {
		e.params = append(e.params, m[1])
	}
	return e, nil
}

// Epochs gives the epochs of a set, nil if there is no such set: the active ones
// first, and the newest of those first.
func (r *Ring) Epochs(name string) []*Epoch { return r.sets[name] }

// maxRoaming bounds how many foreign sets a message without a set in its path is
// tried with.
const maxRoaming = 32

// TryRoaming verifies a message whose path names neither a set nor an item: it may
// be of a tag that was encoded before it came here, whose address cannot be changed.
func (r *Ring) TryRoaming(m Message) Reading {
	var here, below []*Epoch // templates with just this path, and with more behind its beginning
	for _, e := range r.roaming {
		switch {
		case e.wholePath && m.Path == e.roams:
			here = append(here, e)
		case !e.wholePath && strings.HasPrefix(m.Path, e.roams):
			below = append(below, e)
		}
	}
	reading := m.Try(here, ntag424.UID{})
	if reading.OK() || len(below) == 0 {
		return reading
	}
	other := m.Try(below, ntag424.UID{})
	// A path that does not fit is just another page, not a broken message.
	if other.Code == string(ntag424.ErrTemplateMismatch) || reading.Code != NotATag && !other.OK() {
		return reading
	}
	return other
}

func (r *Ring) gatherRoaming() {
	for _, name := range slices.Sorted(maps.Keys(r.sets)) {
		for _, e := range r.sets[name] {
			if e.roams != "" && len(r.roaming) < maxRoaming {
				r.roaming = append(r.roaming, e)
			}
		}
	}
}

// TestSet gives the name of the first active test set, "" if there is none.
func (r *Ring) TestSet() string {
	first := ""
	for name, epochs := range r.sets {
		if e := epochs[0]; e.Test && e.State == Active && (first == "" || name < first) {
			first = name
		}
	}
	return first
}

// Epoch finds one epoch of a set.
func (r *Ring) Epoch(name string, n int64) *Epoch {
	for _, e := range r.sets[name] {
		if e.KeySet.Epoch == n {
			return e
		}
	}
	return nil
}

// exhausted is the counter value at which a chip without a limit falls silent.
const exhausted = 0xFFFFFF

// ActiveSQL is true of the epoch that parameters name and epoch name (such as
// "$1" and "$2") name, unless it is retired: for statements of package tag, so that the
// state is asked in the transaction that depends on it.
func ActiveSQL(name, epoch string) string {
	return "NOT EXISTS (SELECT 1 FROM keyset_epoch AS k WHERE k.name = " + name + " AND k.epoch = " + epoch + " AND k.retired_us > 0)"
}

var errNoItem = fault.New(fault.Invalid, "an item needs a GTIN and a serial",
	"Give both: a GTIN with its check digit, and a serial of at most 20 characters.")
