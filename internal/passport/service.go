package passport

import (
	"context"
	"io"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/manifest"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// Drawer draws the page of a view as one self-contained HTML file in a language.
// Where a document of the view is found, link says. A surface provides it.
type Drawer func(v View, lang string, link func(ViewFile) string) ([]byte, error)

// Config is what a Service stands on.
type Config struct {
	DB      *sqldb.DB
	Ledger  *ledger.Ledger
	Clock   clock.Clock
	IDs     *ident.Source
	Chance  io.Reader // crypto/rand.Reader in the running server
	BaseURL string    // scheme and host of the Digital Links, without a slash at the end
	Draw    Drawer    // of the page in a copy; nil leaves it out
	Formats []Format  // in which a passport is written; JSONLD when empty
}

// Service keeps passports. It may be used by many goroutines.
type Service struct {
	db      *sqldb.DB
	ledger  *ledger.Ledger
	clock   clock.Clock
	ids     *ident.Source
	chance  io.Reader
	base    string
	draw    Drawer
	formats []Format

	standing standing
}

// New makes a Service. It starts nothing.
func New(c Config) *Service {
	s := &Service{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, chance: c.Chance, base: c.BaseURL, draw: c.Draw, formats: c.Formats}
	s.standing.shared = c.DB.Engine() == sqldb.Postgres
	if len(s.formats) == 0 {
		s.formats = []Format{sheet.JSONLD()}
	}
	return s
}

// BaseURL is the stem of the Digital Links that passports are named by.
func (s *Service) BaseURL() string { return s.base }

// Formats lists the formats in which a passport is written, the first one by default.
func (s *Service) Formats() []Format { return s.formats }

// Change says who changes a passport, and on what condition.
type Change struct {
	By    string // id of the member or key; stands in the ledger
	IfRev int64  // the Rev that was read; 0: whatever it is now
	New   bool   // only if there is none yet
	Cause ident.Event
}

func (c Change) allows(a Anchor, exists bool, rev int64) error {
	switch {
	case c.New && exists:
		return fault.New(fault.Conflict, "there is a passport at "+a.Path()+" already", "Read it and change it.")
	case c.IfRev != 0 && !exists:
		return fault.New(fault.Conflict, "the passport at "+a.Path()+" is gone", "Read the list again.")
	case c.IfRev != 0 && rev != c.IfRev:
		return fault.New(fault.Conflict, "the passport at "+a.Path()+" was changed in the meantime", "Read it again, then make your change to what it is now.")
	}
	return nil
}

func missing(a Anchor) error {
	return fault.New(fault.NotFound, "there is no passport at "+a.Path(), "Make one: put its draft.")
}

// Get reads a passport as it is kept.
//
// Errors: NotFound.
func (s *Service) Get(ctx context.Context, a Anchor) (Passport, error) {
	return view(ctx, s, func(tx *sqldb.Tx) (Passport, error) { return must(a)(load(tx, a)) })
}

func must(a Anchor) func(Passport, bool, error) (Passport, error) {
	return func(p Passport, ok bool, err error) (Passport, error) {
		if err == nil && !ok {
			err = missing(a)
		}
		return p, err
	}
}

// List lists passports by path.
func (s *Service) List(ctx context.Context, f Filter) ([]Passport, error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]Passport, error) { return listPassports(tx, f) })
}

// Versions lists the versions of a passport below a number, newest first; before 0
// begins at the newest.
//
// Errors: NotFound.
func (s *Service) Versions(ctx context.Context, a Anchor, before int64, limit int) ([]Version, error) {
	if before <= 0 {
		before = 1 << 62
	}
	return view(ctx, s, func(tx *sqldb.Tx) ([]Version, error) {
		if _, err := must(a)(load(tx, a)); err != nil {
			return nil, err
		}
		return listVersions(tx, a, before, limited(limit))
	})
}

// FieldChange is a field in which two documents differ; Before or After is empty
// where there is none.
type FieldChange struct{ Path, Before, After string }

// Pending says what publishing the draft would change against the newest version.
//
// Errors: NotFound.
func (s *Service) Pending(ctx context.Context, a Anchor) (changes []FieldChange, err error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]FieldChange, error) {
		p, err := must(a)(load(tx, a))
		if err != nil {
			return nil, err
		}
		v, _, err := versionOf(tx, a, p.Version)
		if err != nil {
			return nil, err
		}
		return Compare(v.Document, p.Draft)
	})
}

// Compare lists the fields in which two documents differ: in the order of the
// second, then those that it has no more.
func Compare(before, after Document) (changes []FieldChange, err error) {
	old, err := manifest.Leaves(before)
	if err != nil {
		return nil, err
	}
	fresh, err := manifest.Leaves(after)
	if err != nil {
		return nil, err
	}
	was := map[string]string{}
	for _, l := range old {
		was[l.Path] = leafText(l)
	}
	for _, l := range fresh {
		if text := leafText(l); was[l.Path] != text {
			changes = append(changes, FieldChange{l.Path, was[l.Path], text})
		}
		delete(was, l.Path)
	}
	for _, l := range old {
		if text, left := was[l.Path]; left && text != "" {
			changes = append(changes, FieldChange{Path: l.Path, Before: text})
		}
	}
	return changes, nil
}

func leafText(l manifest.Leaf) string {
	text := l.Text
	for i, e := range l.List {
		if i > 0 {
			text += ", "
		}
		text += e
	}
	return text
}

// Put creates or replaces the draft of a passport and says whether it is new. The
// files that it names must have been added before.
//
// Errors: Invalid with a field for each problem, Conflict for another revision.
func (s *Service) Put(ctx context.Context, d Document, c Change) (p Passport, created bool, err error) {
	err = s.edit(ctx, func(e Editor) (err error) { p, created, err = e.Put(d, nil, c); return err })
	return p, created, err
}

// AddFile adds a document to the draft, or replaces the one of that name.
//
// Errors: Invalid, TooLarge over MaxFileBytes or MaxFiles, NotFound, Conflict.
func (s *Service) AddFile(ctx context.Context, a Anchor, f File, data []byte, c Change) (p Passport, err error) {
	err = s.edit(ctx, func(e Editor) (err error) { p, err = e.addFile(a, f, data, c); return err })
	return p, err
}

// DropFile takes a document out of the draft, by its hash. Published versions keep
// theirs.
//
// Errors: NotFound, Conflict.
func (s *Service) DropFile(ctx context.Context, a Anchor, sha string, c Change) (p Passport, err error) {
	err = s.edit(ctx, func(e Editor) (err error) { p, err = e.dropFile(a, sha, c); return err })
	return p, err
}

// FileOf reads a document of a draft, for a member who may see everything.
//
// Errors: NotFound.
func (s *Service) FileOf(ctx context.Context, a Anchor, sha string) (f File, data []byte, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		p, err := must(a)(load(tx, a))
		if err != nil {
			return err
		}
		var ok bool
		if f, ok = p.Draft.File(sha); !ok {
			return fault.New(fault.NotFound, "the draft has no such document", "Read the passport again.")
		}
		data, err = FileData(tx, a, sha)
		return err
	})
	return f, data, err
}

// Publish makes the draft a version that never changes. A passport that was
// withdrawn is shown again; its numbers go on.
//
// Errors: Invalid when something is missing, NotFound, Conflict for another revision
// or when nothing has changed since the newest version.
func (s *Service) Publish(ctx context.Context, a Anchor, c Change) (v Version, err error) {
	err = s.edit(ctx, func(e Editor) (err error) { v, err = e.Publish(a, c); return err })
	return v, err
}

// Withdraw takes a published passport out of sight: its place answers with the
// reason, its versions stay at their own addresses.
//
// Errors: Invalid without a reason, NotFound, Conflict when it is not published.
func (s *Service) Withdraw(ctx context.Context, a Anchor, reason string, c Change) (p Passport, err error) {
	err = s.edit(ctx, func(e Editor) (err error) { p, err = e.withdraw(a, reason, c); return err })
	return p, err
}

// Remove removes a draft that was never published.
//
// Errors: NotFound, Conflict for a passport that was published.
func (s *Service) Remove(ctx context.Context, a Anchor, c Change) error {
	return s.edit(ctx, func(e Editor) error { return e.Remove(a, c) })
}

func (s *Service) edit(ctx context.Context, fn func(e Editor) error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return fn(s.Edit(tx)) })
}

func view[T any](ctx context.Context, s *Service, fn func(tx *sqldb.Tx) (T, error)) (got T, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		got, err = fn(tx)
		return err
	})
	return got, err
}
