package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tagline/internal/bus"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/reading"
	"tagline/internal/replay"
	"tagline/internal/sqldb"
	"tagline/internal/vault"
)

// Examination says how deep to look.
type Examination struct {
	Replay  bool // fold the ledger anew and compare
	Rebuild bool // and put right what differs
}

// Checkup is what the doctor found.
type Checkup struct {
	Engine   string    `json:"engine"`
	Findings []Finding `json:"findings"`
}

// Finding is the outcome of one check.
type Finding struct {
	Check string `json:"check"`
	Good  bool   `json:"good"`
	Says  string `json:"says"`
}

// Healthy reports whether every check was good.
func (c Checkup) Healthy() bool {
	for _, f := range c.Findings {
		if !f.Good {
			return false
		}
	}
	return true
}

func (c *Checkup) add(check string, good bool, format string, args ...any) {
	c.Findings = append(c.Findings, Finding{check, good, fmt.Sprintf(format, args...)})
}

// Migrate brings a database to this program's version and tells its engine.
func Migrate(ctx context.Context, c Config) (engine string, err error) {
	c = c.withDefaults()
	db, err := sqldb.Open(ctx, sqldb.Config{URL: c.Database, Dir: c.Data, Clock: c.Clock, Log: c.Log})
	if err != nil {
		return "", err
	}
	return db.Engine(), db.Close()
}

// RotateVault changes the wrapping key of a stopped server's vault.
func RotateVault(ctx context.Context, c Config) error {
	c = c.withDefaults()
	if err := inUse(c); err != nil {
		return err
	}
	db, err := sqldb.Open(ctx, sqldb.Config{URL: c.Database, Dir: c.Data, Clock: c.Clock, Log: c.Log})
	if err != nil {
		return err
	}
	v, err := vault.Open(ctx, vault.Config{DB: db, Dir: c.Data, Chance: c.Chance, Clock: c.Clock})
	if err == nil {
		err = v.Rotate(ctx)
	}
	if closing := db.Close(); err == nil {
		err = closing
	}
	return err
}

// OwnerLink makes a one-time sign-in link for an owner of a server whose folder
// (and, with PostgreSQL, database) the caller holds; see access.RecoverOwner. base is
// where people reach the server.
//
// Errors: NotFound when no server has used the folder, Conflict while one uses its
// SQLite file; with PostgreSQL the server may run.
func OwnerLink(ctx context.Context, c Config, base, email string) (link string, expires time.Time, err error) {
	c = c.withDefaults()
	if err := inUse(c); err != nil {
		return "", time.Time{}, err
	}
	r := &rooms{config: c, bus: bus.New()}
	if err := r.open(ctx); err != nil {
		return "", time.Time{}, err
	}
	_, l, err := r.access.RecoverOwner(ctx, email)
	if closing := r.close(); err == nil {
		err = closing
	}
	return signInAt(base, l.Token), l.Expires, err
}

// signInAt is the address of the console that takes a one-time token. The token
// stands behind the #, which browsers keep to themselves.
func signInAt(base, token string) string {
	return strings.TrimSuffix(base, "/") + "/console/sign-in#token=" + token
}

// inUse refuses a folder that no server has ever used: a mistyped name must not
// be answered with a fresh, healthy one.
func inUse(c Config) error {
	if _, err := os.Stat(filepath.Join(c.Data, "vault.key")); err != nil {
		return fault.Wrap(fault.NotFound, err, "there is no data folder of a server at "+c.Data, "Name the folder that tagline serve --data was given.")
	}
	return nil
}

// Doctor examines a data folder whose server is stopped. Errors: NotFound when no
// server has used it, Unavailable while one does.
func Doctor(ctx context.Context, c Config, e Examination) (report Checkup, err error) {
	c = c.withDefaults()
	if err := inUse(c); err != nil {
		return report, err
	}
	r := &rooms{config: c, bus: bus.New()}
	if err := r.open(ctx); err != nil {
		return report, err
	}
	defer func() {
		if closing := r.close(); err == nil {
			err = closing
		}
	}()
	report.Engine = r.db.Engine()
	report.add("database", true, "%s, at the version of this program", report.Engine)
	report.add("vault", true, "the key file opens the database's keys")

	var head, events int64
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		if head, err = r.ledger.Head(tx); err != nil {
			return err
		}
		events = 0
		for after := int64(0); ; {
			page, err := r.ledger.Read(tx, after, 1000)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, event := range page {
				if event.Seq != after+1 {
					report.add("ledger", false, "number %d follows %d", event.Seq, after)
				}
				after = event.Seq
				events++
			}
		}
	})
	if err != nil {
		return report, err
	}
	report.add("ledger", head == events, "%d events, the head says %d", events, head)

	var behind int
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		behind = 0
		cursors, err := r.ledger.Cursors(tx)
		for _, cursor := range cursors {
			if cursor.Lag > 0 {
				behind++
			}
		}
		return err
	})
	if err != nil {
		return report, err
	}
	report.add("followers", true, "%d have events to catch up with at the next start", behind)

	if e.Replay {
		if err := r.replay(ctx, &report, e.Rebuild); err != nil {
			return report, err
		}
		if err := r.replayCatalogue(ctx, &report); err != nil {
			return report, err
		}
		if err := r.replayDevices(ctx, &report); err != nil {
			return report, err
		}
	}
	return report, nil
}

// replayCatalogue compares what is sold, what is said of it and where it leads with
// the fold of the ledger.
func (r *rooms) replayCatalogue(ctx context.Context, report *Checkup) error {
	products, err := r.products.Replay(ctx)
	if err != nil {
		return err
	}
	contents, err := r.contents.Replay(ctx)
	if err != nil {
		return err
	}
	links, err := r.links.Replay(ctx)
	if err != nil {
		return err
	}
	passports, err := r.passports.Replay(ctx)
	if err != nil {
		return err
	}
	if len(passports) > 0 {
		report.add("replay of passports", false, "%d differences; the first: %s", len(passports), passports[0])
	} else {
		report.add("replay of passports", true, "drafts, versions, documents and grants are the ones that their events name")
	}
	if all := slices.Concat(products, contents, links); len(all) > 0 {
		report.add("replay of the catalogue", false, "%d differences; the first: %s", len(all), all[0])
	} else {
		report.add("replay of the catalogue", true, "brands, models, products, contents and links equal the fold of their events")
	}
	return nil
}

// replayDevices compares the twins and moments of devices with the fold of their logs.
func (r *rooms) replayDevices(ctx context.Context, report *Checkup) error {
	var wrong []reading.Difference
	devices, entries, after := 0, int64(0), int64(0)
	for {
		some, err := r.devices.List(ctx, device.Filter{After: after, Limit: 500})
		if err != nil {
			return err
		}
		for _, d := range some {
			after = d.No
			found, err := r.readings.Check(ctx, d)
			if err != nil {
				return err
			}
			wrong = append(wrong, found...)
			t, err := r.readings.Twin(ctx, d)
			if err != nil {
				return err
			}
			devices++
			entries += t.Entries
		}
		if len(some) < 500 {
			break
		}
	}
	if len(wrong) > 0 {
		report.add("replay of devices", false, "%d differences; the first: device %d, %s", len(wrong), wrong[0].Device, wrong[0].What)
		return nil
	}
	report.add("replay of devices", true, "%d twins and their moments equal the fold of %d readings", devices, entries)
	return nil
}

// replay compares the state of things with the fold of the ledger.
func (r *rooms) replay(ctx context.Context, report *Checkup, rebuild bool) error {
	things := replay.New(r.db, r.ledger)
	look := things.Check
	if rebuild {
		look = things.Rebuild
	}
	found, err := look(ctx)
	if err != nil {
		return err
	}
	switch {
	case found.Count == 0:
		report.add("replay", true, "%d things and %d chips equal the fold of %d events", found.Things, found.Chips, found.Events)
	case rebuild:
		report.add("replay", true, "%d differences put right, among %d things and %d chips", found.Count, found.Things, found.Chips)
	default:
		report.add("replay", false, "%d differences among %d things and %d chips; the first: %+v", found.Count, found.Things, found.Chips, found.Differences[0])
	}
	return nil
}
