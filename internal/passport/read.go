package passport

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tagline/internal/fault"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// Query asks for a passport as a reader sees it.
type Query struct {
	Anchor  Anchor
	Lot     string // of an item, when its link names it
	Version int64  // 0: the one that is shown now
	Token   string // of a grant; "" reads as the public
	Form    string // for the access log: page, a format's name, document, copy
}

// Read gives what a reader sees of a passport. Without one of its own an item is
// answered by its lot's, then by its product's. A withdrawn passport is a View whose
// Gone is true, unless a version is asked for. A public reading writes nothing.
//
// A version of the past is shown with what it inherited when it was published.
//
// Errors: Unauthenticated for a token that opens nothing, Forbidden for one that is
// for other products, NotFound.
func (s *Service) Read(ctx context.Context, q Query) (v View, err error) {
	err = s.read(ctx, q, func(tx *sqldb.Tx, tier Tier) (View, error) {
		v, err = s.find(tx, q, tier)
		return v, err
	})
	return v, err
}

// Show gives what a tier sees of a passport, for a member who may see everything.
//
// Errors: NotFound.
func (s *Service) Show(ctx context.Context, q Query, tier Tier) (View, error) {
	return view(ctx, s, func(tx *sqldb.Tx) (View, error) { return s.find(tx, q, tier) })
}

// read runs a reading at the tier of the token. Above the public tier it writes the
// access log in the same transaction: no log, no answer.
func (s *Service) read(ctx context.Context, q Query, fn func(tx *sqldb.Tx, tier Tier) (View, error)) error {
	if q.Token == "" {
		return s.db.View(ctx, func(tx *sqldb.Tx) error {
			_, err := fn(tx, Public)
			return err
		})
	}
	now := s.clock.Now()
	// The wrong tokens of a stranger are turned away without taking the writer's time.
	err := s.db.View(ctx, func(tx *sqldb.Tx) error { _, err := open(tx, q.Token, now); return err })
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		g, err := open(tx, q.Token, now)
		if err != nil {
			return err
		}
		if err := g.covers(q.Anchor.GTIN); err != nil {
			return err
		}
		v, err := fn(tx, g.Tier)
		if err != nil {
			return err
		}
		return insertUse(tx, Use{ID: s.ids.Access(), Grant: g.ID, Path: v.Anchor.Path(), Version: v.Version, Form: q.Form, At: now})
	})
}

// Standing lists which of some anchors have a passport that the public can read
// now: published, valid, not withdrawn.
func (s *Service) Standing(ctx context.Context, anchors ...Anchor) (standing []Anchor, err error) {
	now := s.clock.Now()
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		standing = nil
		for _, a := range anchors {
			p, ok, err := load(tx, a)
			if err != nil {
				return err
			}
			if !ok || p.Version == 0 || p.Status == Withdrawn {
				continue
			}
			if _, ok, err = versionAt(tx, a, now); err != nil {
				return err
			}
			if ok {
				standing = append(standing, a)
			}
		}
		return nil
	})
	return standing, err
}

// find resolves a query for a tier.
func (s *Service) find(tx *sqldb.Tx, q Query, tier Tier) (View, error) {
	now := s.clock.Now()
	for _, a := range append([]Anchor{q.Anchor}, q.Anchor.Above(q.Lot)...) {
		p, ok, err := load(tx, a)
		if err != nil {
			return View{}, err
		}
		if !ok || p.Version == 0 {
			continue
		}
		newest, ok, err := versionAt(tx, a, now)
		if err != nil {
			return View{}, err
		}
		if !ok {
			continue // published, and not valid yet
		}
		if q.Version == 0 && p.Status == Withdrawn {
			return View{Anchor: a, Status: Withdrawn, Reason: p.Reason, WithdrawnAt: p.WithdrawnAt, Version: newest.Number, Newest: newest.Number, Tier: tier}, nil
		}
		own, at := newest, now
		if q.Version != 0 && q.Version != newest.Number {
			own, ok, err = versionOf(tx, a, q.Version)
			if err != nil {
				return View{}, err
			}
			if !ok || own.ValidFrom.After(now) {
				return View{}, fault.New(fault.NotFound, "the passport has no version "+strconv.FormatInt(q.Version, 10), "Leave the version out to read the newest one.")
			}
		}
		if q.Version != 0 {
			at = own.Published
		}
		v, err := assemble(tx, own, q.Lot, at, tier)
		v.Newest, v.Status, v.Reason, v.WithdrawnAt = newest.Number, p.Status, p.Reason, p.WithdrawnAt
		return v, err
	}
	return View{}, fault.New(fault.NotFound, "there is no passport for this product", "Ask its maker.")
}

// assemble lays a version over what it inherited at a time.
func assemble(tx *sqldb.Tx, own Version, lot string, at time.Time, tier Tier) (View, error) {
	layers := []sheet.Layer{own.layer()}
	if own.Document.OfLot != "" {
		lot = own.Document.OfLot
	}
	for _, up := range own.Anchor.Above(lot) {
		p, ok, err := load(tx, up)
		if err != nil {
			return View{}, err
		}
		if !ok || !p.WithdrawnAt.IsZero() && !p.WithdrawnAt.After(at) {
			continue
		}
		o, ok, err := versionAt(tx, up, at)
		if err != nil {
			return View{}, err
		}
		if ok {
			layers = append(layers, o.layer())
		}
	}
	return sheet.Merge(layers, tier), nil
}

func (v Version) layer() sheet.Layer {
	return sheet.Layer{Source: sheet.Source{Anchor: v.Anchor, Version: v.Number, SHA256: v.SHA256, Published: v.Published}, Document: v.Document, ValidFrom: v.ValidFrom}
}

// Document reads a document that a reader may see, by its hash.
//
// Errors: those of Read; Unauthenticated or Forbidden for a document of a higher
// tier, NotFound, Gone for one of a withdrawn passport.
func (s *Service) Document(ctx context.Context, q Query, sha string) (f ViewFile, data []byte, err error) {
	q.Form = "document"
	err = s.read(ctx, q, func(tx *sqldb.Tx, tier Tier) (View, error) {
		v, err := s.find(tx, q, tier)
		if err != nil {
			return v, err
		}
		if v.Gone() {
			return v, fault.New(fault.Gone, "the passport was withdrawn", "Its versions keep their documents.")
		}
		i := slices.IndexFunc(v.Documents, func(o ViewFile) bool { return o.SHA256 == sha })
		switch {
		case i >= 0:
			f = v.Documents[i]
		case !v.Hides(sha):
			return v, fault.New(fault.NotFound, "the passport has no such document", "Read the passport again.")
		case q.Token == "":
			return v, fault.New(fault.Unauthenticated, "this document needs an access code", "Ask the maker for one.")
		default:
			return v, fault.New(fault.Forbidden, "this access code does not open the document", "Ask the maker for another one.")
		}
		data, err = FileData(tx, f.At, sha)
		return v, err
	})
	if err != nil {
		return ViewFile{}, nil, err
	}
	return f, data, nil
}
