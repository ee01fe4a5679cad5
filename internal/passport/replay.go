package passport

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/passport/history"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

// Replay compares the tables with the fold of this package's events and says where
// they differ, in words; nothing when they agree. The events hold no documents, only
// their hashes: so it is checked that drafts, versions and files are the ones that
// the ledger speaks of, but a lost one cannot be made anew from it.
func (s *Service) Replay(ctx context.Context) (differences []string, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		differences = nil
		want, err := history.Fold(tx, s.ledger)
		if err != nil {
			return err
		}
		have, err := state(tx)
		if err != nil {
			return err
		}
		both := maps.Clone(want)
		maps.Copy(both, have)
		for _, what := range slices.Sorted(maps.Keys(both)) {
			if want[what] != have[what] {
				differences = append(differences, fmt.Sprintf("%s: the ledger says %.200q, the table %.200q", what, want[what], have[what]))
			}
		}
		return nil
	})
	return differences, err
}

// state gives what the tables hold, in the same lines.
func state(tx *sqldb.Tx) (map[string]string, error) {
	lines := map[string]string{}
	all, err := Load(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		draft, err := sheet.Digest(p.Draft)
		if err != nil {
			return nil, err
		}
		lines["passport "+p.Anchor.Path()] = history.PassportLine(string(p.Status), p.Rev, p.Version, draft)
		if err := stateOf(tx, p, lines); err != nil {
			return nil, err
		}
	}
	for before := ident.Access(""); ; {
		page, err := listGrants(tx, before, 500)
		if err != nil {
			return nil, err
		}
		for _, g := range page {
			before = g.ID
			lines["grant "+string(g.ID)] = history.GrantLine(Happening{Tier: g.Tier, Holder: g.Holder}, !g.Revoked.IsZero())
		}
		if len(page) < 500 {
			return lines, nil
		}
	}
}

// stateOf adds the versions of a passport, by the hash of what they hold now, and the
// files that are not what draft and versions name.
func stateOf(tx *sqldb.Tx, p Passport, lines map[string]string) error {
	named := map[string]bool{}
	for _, f := range p.Draft.Documents {
		named[f.SHA256] = true
	}
	for before := int64(1) << 62; ; {
		page, err := listVersions(tx, p.Anchor, before, 100)
		if err != nil {
			return err
		}
		for _, v := range page {
			before = v.Number
			sha, err := sheet.Digest(v.Document)
			if err != nil {
				return err
			}
			if v.SHA256 != sha {
				sha += ", beside its row's " + v.SHA256
			}
			lines[fmt.Sprintf("version %d of %s", v.Number, p.Anchor.Path())] = sha
			for _, f := range v.Document.Documents {
				named[f.SHA256] = true
			}
		}
		if len(page) < 100 {
			break
		}
	}
	for sha := range named {
		data, err := FileData(tx, p.Anchor, sha)
		switch {
		case fault.Is(err, fault.NotFound):
			lines["document "+sha+" of "+p.Anchor.Path()] = "missing"
		case err != nil:
			return err
		case sheet.Hash(data) != sha:
			lines["document "+sha+" of "+p.Anchor.Path()] = "changed"
		}
	}
	return nil
}
