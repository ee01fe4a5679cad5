package passport

import (
	"encoding/json"
	"slices"
	"strconv"

	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// maxBody is the most bytes of a passport without its documents.
const maxBody = 256 << 10

// Editor changes passports inside a transaction.
type Editor struct {
	s  *Service
	tx *sqldb.Tx
}

// Edit begins changes within a transaction.
func (s *Service) Edit(tx *sqldb.Tx) Editor { return Editor{s, tx} }

// Load lists every passport that tx sees, by path.
func Load(tx *sqldb.Tx) (all []Passport, err error) {
	for after := ""; ; {
		page, err := listPassports(tx, Filter{After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < 500 {
			return all, nil
		}
		after = page[len(page)-1].Anchor.Path()
	}
}

// NewestDigest gives the hash of a passport's newest version, "" when there is none.
func NewestDigest(tx *sqldb.Tx, p Passport) (string, error) {
	v, _, err := versionOf(tx, p.Anchor, p.Version)
	return v.SHA256, err
}

// FileData reads a file that is kept with a passport.
//
// Errors: NotFound.
func FileData(tx *sqldb.Tx, a Anchor, sha string) ([]byte, error) {
	data, ok, err := loadFile(tx, a, sha)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "there is no such document with this passport", "")
	}
	return data, err
}

// Put creates or replaces a draft and says whether it is new. Files that come with
// it are given by their hashes.
func (e Editor) Put(d Document, files map[string][]byte, c Change) (p Passport, created bool, err error) {
	d = d.Normalize()
	if err := d.Check().Err(); err != nil {
		return p, false, err
	}
	a := d.Anchor()
	p, exists, err := lock(e.tx, a)
	if err != nil {
		return p, false, err
	}
	if err := c.allows(a, exists, p.Rev); err != nil {
		return p, false, err
	}
	for sha, data := range files {
		if sheet.Hash(data) != sha {
			return p, false, fault.New(fault.Invalid, "a file is not the one that its hash says", "Send the file again.")
		}
		if err := insertFile(e.tx, a, sha, data); err != nil {
			return p, false, err
		}
	}
	if err := e.sized(a, &d); err != nil {
		return p, false, err
	}
	if !exists {
		p = Passport{Anchor: a, Status: Draft}
	}
	return p, !exists, e.save(&p, d, !exists, c)
}

// sized looks the files of a draft up, and takes their sizes from what is kept.
func (e Editor) sized(a Anchor, d *Document) error {
	if len(d.Documents) == 0 {
		return nil
	}
	sizes, err := fileSizes(e.tx, a)
	if err != nil {
		return err
	}
	var ps manifest.Problems
	for i := range d.Documents {
		n, ok := sizes[d.Documents[i].SHA256]
		if !ok {
			ps.Add(manifest.Path{"documents", i, "sha256"}, "no file with this hash is kept with the passport", "Upload the file first.")
		}
		d.Documents[i].Bytes = n
	}
	return ps.Err()
}

// save stores a draft, if it differs from what is there.
func (e Editor) save(p *Passport, d Document, created bool, c Change) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if len(body) > maxBody {
		return fault.Newf(fault.TooLarge, "the passport has %d bytes without its documents, at most %d are kept", len(body), maxBody).
			WithHint("Move long texts into a document.")
	}
	sha, err := sheet.Digest(d)
	if err != nil {
		return err
	}
	if !created {
		same, err := sheet.Digest(p.Draft)
		if err != nil || same == sha {
			return err
		}
	}
	dropped := !created && slices.ContainsFunc(p.Draft.Documents, func(f File) bool { _, ok := d.File(f.SHA256); return !ok })
	p.Draft, p.Rev, p.Updated = d, p.Rev+1, e.s.clock.Now()
	if created {
		err = insertPassport(e.tx, *p)
	} else {
		err = updatePassport(e.tx, *p)
	}
	if err == nil && dropped {
		err = sweepFiles(e.tx, p.Anchor, d)
	}
	if err != nil {
		return err
	}
	return e.s.record(e.tx, EventChanged, Happening{Path: p.Anchor.Path(), By: c.By, Rev: p.Rev, SHA256: sha}, c.Cause)
}

// held locks a passport that must be there.
func (e Editor) held(a Anchor, c Change) (Passport, error) {
	p, ok, err := lock(e.tx, a)
	if err != nil {
		return p, err
	}
	if !ok && c.IfRev == 0 {
		return p, missing(a)
	}
	return p, c.allows(a, ok, p.Rev)
}

func (e Editor) addFile(a Anchor, f File, data []byte, c Change) (Passport, error) {
	p, err := e.held(a, c)
	if err != nil {
		return p, err
	}
	if len(data) > MaxFileBytes {
		return p, fault.Newf(fault.TooLarge, "the document has %d bytes, at most %d are kept", len(data), MaxFileBytes).WithHint("Make it smaller, or link to it.")
	}
	f.SHA256, f.Bytes = sheet.Hash(data), int64(len(data))
	d := p.Draft
	d.Documents = slices.DeleteFunc(slices.Clone(d.Documents), func(o File) bool { return o.Name == f.Name || o.SHA256 == f.SHA256 })
	if len(d.Documents) >= MaxFiles {
		return p, fault.Newf(fault.TooLarge, "there are %d documents with this passport already, more are not kept", len(d.Documents)).WithHint("Take one out first.")
	}
	d.Documents = append(d.Documents, f)
	d = d.Normalize()
	if err := d.Check().Err(); err != nil {
		return p, err
	}
	if err := insertFile(e.tx, a, f.SHA256, data); err != nil {
		return p, err
	}
	return p, e.save(&p, d, false, c)
}

func (e Editor) dropFile(a Anchor, sha string, c Change) (Passport, error) {
	p, err := e.held(a, c)
	if err != nil {
		return p, err
	}
	d := p.Draft
	if _, ok := d.File(sha); !ok {
		return p, fault.New(fault.NotFound, "the draft has no such document", "Read the passport again.")
	}
	d.Documents = slices.DeleteFunc(slices.Clone(d.Documents), func(o File) bool { return o.SHA256 == sha })
	if len(d.Documents) == 0 {
		d.Documents = nil
	}
	return p, e.save(&p, d, false, c)
}

// Publish makes the draft a version.
func (e Editor) Publish(a Anchor, c Change) (v Version, err error) {
	p, err := e.held(a, c)
	if err != nil {
		return v, err
	}
	now := e.s.clock.Now()
	var above []Document
	for _, up := range a.Above(p.Draft.OfLot) {
		if o, ok, err := versionAt(e.tx, up, now); err != nil {
			return v, err
		} else if ok {
			above = append(above, o.Document)
		}
	}
	if err := p.Draft.Ready(above...).Err(); err != nil {
		return v, err
	}
	body, err := sheet.Canonical(p.Draft)
	if err != nil {
		return v, err
	}
	last, _, err := versionOf(e.tx, a, p.Version)
	if err != nil {
		return v, err
	}
	v = Version{Anchor: a, Number: p.Version + 1, SHA256: sheet.Hash(body), ValidFrom: now, Published: now, By: c.By, Document: p.Draft}
	if p.Draft.ValidFrom != nil && p.Draft.ValidFrom.After(now) {
		v.ValidFrom = *p.Draft.ValidFrom
	}
	if p.Status == Published && last.SHA256 == v.SHA256 {
		return v, fault.New(fault.Conflict, "nothing has changed since version "+strconv.FormatInt(p.Version, 10), "Change the draft first.")
	}
	e.tx.AfterCommit(e.s.standing.forget)
	if err := insertVersion(e.tx, v, body); err != nil {
		return v, err
	}
	p.Status, p.Version, p.Rev, p.Updated = Published, v.Number, p.Rev+1, now
	p.WithdrawnAt, p.Reason = orZero(0), ""
	if err := updatePassport(e.tx, p); err != nil {
		return v, err
	}
	return v, e.s.record(e.tx, EventPublished, Happening{Path: a.Path(), By: c.By, Rev: p.Rev, Version: v.Number, SHA256: v.SHA256}, c.Cause)
}

func (e Editor) withdraw(a Anchor, reason string, c Change) (Passport, error) {
	p, err := e.held(a, c)
	if err != nil {
		return p, err
	}
	var ps manifest.Problems
	sheet.CheckLine(&ps, manifest.Path{"reason"}, reason, 500)
	if err := ps.Err(); err != nil {
		return p, err
	}
	if p.Status != Published {
		return p, fault.New(fault.Conflict, "the passport is not published", "Only what is shown can be withdrawn.")
	}
	e.tx.AfterCommit(e.s.standing.forget)
	p.Status, p.Reason, p.WithdrawnAt, p.Rev = Withdrawn, reason, e.s.clock.Now(), p.Rev+1
	p.Updated = p.WithdrawnAt
	if err := updatePassport(e.tx, p); err != nil {
		return p, err
	}
	return p, e.s.record(e.tx, EventWithdrawn, Happening{Path: a.Path(), By: c.By, Rev: p.Rev, Version: p.Version, Reason: reason}, c.Cause)
}

// Remove removes a draft that was never published.
func (e Editor) Remove(a Anchor, c Change) error {
	p, err := e.held(a, c)
	if err != nil {
		return err
	}
	if p.Version > 0 {
		return fault.New(fault.Conflict, "the passport at "+a.Path()+" was published and stays", "Withdraw it; its identifier is not used again.")
	}
	if err := deletePassport(e.tx, a); err != nil {
		return err
	}
	return e.s.record(e.tx, EventRemoved, Happening{Path: a.Path(), By: c.By, Rev: p.Rev}, c.Cause)
}
