package passport

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/passport/copyfile"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// maxCopyVersions is the most versions that a copy holds.
const maxCopyVersions = 200

// Copy is an independent copy that is ready to be written.
type Copy struct {
	s     *Service
	views []View // newest first
	now   time.Time
}

// Name is a file name for the copy.
func (c *Copy) Name() string {
	a := c.views[0].Anchor
	name := "passport-" + a.GTIN
	for _, part := range []string{a.Lot, a.Serial} {
		if part != "" {
			name += "-" + strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
					return r
				}
				return '_'
			}, part)
		}
	}
	return name + ".zip"
}

// Copy prepares a copy of the passport that a query asks for, of all its versions or
// of one. Its errors are those of Read, and Gone for one that was withdrawn when
// neither all versions nor a certain one are asked for.
func (s *Service) Copy(ctx context.Context, q Query, all bool) (*Copy, error) {
	q.Form = "copy"
	c := &Copy{s: s, now: s.clock.Now()}
	err := s.read(ctx, q, func(tx *sqldb.Tx, tier Tier) (View, error) { return c.gather(tx, q, all, tier) })
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CopyFor is Copy at a tier, for a member who may see everything.
func (s *Service) CopyFor(ctx context.Context, q Query, all bool, tier Tier) (*Copy, error) {
	c := &Copy{s: s, now: s.clock.Now()}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error { _, err := c.gather(tx, q, all, tier); return err })
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Copy) gather(tx *sqldb.Tx, q Query, all bool, tier Tier) (View, error) {
	c.views = nil
	first, err := c.s.find(tx, q, tier)
	if err != nil {
		return first, err
	}
	if first.Gone() {
		if !all {
			return first, fault.New(fault.Gone, "the passport was withdrawn", "Ask for a certain version, or for all of them.")
		}
		if first, err = c.s.find(tx, Query{Anchor: first.Anchor, Lot: q.Lot, Version: first.Version}, tier); err != nil {
			return first, err
		}
	}
	c.views = append(c.views, first)
	if !all {
		return first, nil
	}
	older, err := listVersions(tx, first.Anchor, first.Version, maxCopyVersions)
	if err != nil {
		return first, err
	}
	for _, o := range older {
		if o.ValidFrom.After(c.now) {
			continue
		}
		v, err := c.s.find(tx, Query{Anchor: first.Anchor, Lot: q.Lot, Version: o.Number}, tier)
		if err != nil {
			return first, err
		}
		c.views = append(c.views, v)
	}
	return first, nil
}

// Write streams the copy as a ZIP. The same versions at the same time give the same
// bytes.
func (c *Copy) Write(ctx context.Context, w io.Writer) error {
	top := c.views[0]
	p := &packer{zip: zip.NewWriter(w), at: c.now.UTC().Truncate(2 * time.Second)}
	m := copyfile.Manifest{Format: copyfile.Format, Passport: c.s.base + top.Anchor.Path(), Tier: top.Tier, Exported: c.now.UTC()}
	if err := p.add("README.txt", []byte(readme(m, top))); err != nil {
		return err
	}
	packed := map[string]bool{}
	for i, v := range c.views {
		folder := ""
		if i > 0 {
			folder = "versions/" + strconv.FormatInt(v.Version, 10) + "/"
		}
		m.Versions = append(m.Versions, copyfile.Version{Version: v.Version, SHA256: v.SHA256, Published: v.PublishedAt.UTC(), Folder: folder})
		if err := c.version(ctx, p, v, folder, packed); err != nil {
			return err
		}
	}
	m.Files = p.files
	slices.SortFunc(m.Files, func(a, b copyfile.File) int { return strings.Compare(a.Path, b.Path) })
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := p.add("manifest.json", append(text, '\n')); err != nil {
		return err
	}
	return p.zip.Close()
}

// version packs a version: its formats, its page, and the documents that no version
// before has brought.
func (c *Copy) version(ctx context.Context, p *packer, v View, folder string, packed map[string]bool) error {
	for _, f := range c.s.formats {
		text, err := f.Write(v, c.s.base)
		if err == nil {
			err = p.add(folder+f.File, text)
		}
		if err != nil {
			return err
		}
	}
	up := strings.Repeat("../", strings.Count(folder, "/"))
	if c.s.draw != nil {
		page, err := c.s.draw(v, "", func(f ViewFile) string { return up + documentFile(f) })
		if err == nil {
			err = p.add(folder+"index.html", page)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range v.Documents {
		name := documentFile(f)
		if packed[name] {
			continue
		}
		packed[name] = true
		data, err := view(ctx, c.s, func(tx *sqldb.Tx) ([]byte, error) { return FileData(tx, f.At, f.SHA256) })
		if err == nil {
			err = p.add(name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// documentFile is where a copy keeps a document: one file, however many versions
// name it.
func documentFile(f ViewFile) string { return "documents/" + f.SHA256[:12] + "-" + f.Name }

type packer struct {
	zip   *zip.Writer
	at    time.Time
	files []copyfile.File
}

func (p *packer) add(name string, data []byte) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if name != "manifest.json" {
		p.files = append(p.files, copyfile.File{Path: name, Bytes: int64(len(data)), SHA256: sheet.Hash(data)})
	}
	return nil
}

func readme(m copyfile.Manifest, v View) string {
	return fmt.Sprintf(`A copy of a digital product passport

Passport   %s
Version    %d
Shows      what is open to: %s
Exported   %s

index.html        the passport to read; it needs no network
passport.jsonld   the same for machines (JSON-LD 1.1)
documents/        the documents that belong to it
versions/         earlier versions, if they were asked for
manifest.json     every file of this copy with its size and SHA-256

To check the copy, compute the SHA-256 of each file and compare it with
manifest.json. The copy stands by itself and stays readable without the server
that made it.
`, m.Passport, v.Version, m.Tier, m.Exported.UTC().Format(time.RFC3339))
}
