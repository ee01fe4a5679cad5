package command

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tagline/internal/clock"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/model"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
	"tagline/internal/vault"
)

// Sender hands a message to a device that is connected: kind is the topic after dn/.
// done is told once whether the device acknowledged it; not at all after an error.
type Sender func(brand, name, kind string, body []byte, expiry time.Duration, done func(delivered bool)) error

// Config is what a Service is made of.
type Config struct {
	DB      *sqldb.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	Clock   clock.Clock
	IDs     *ident.Source
	Log     *slog.Logger
	Devices *device.Service
	Model   func(ctx context.Context, name string) (*model.Model, error)

	// Reported gives what a device reports of itself.
	Reported func(ctx context.Context, d device.Device) (twin.Reported, error)
}

// Service orders and follows. It may be used by many goroutines.
type Service struct {
	db       *sqldb.DB
	ledger   *ledger.Ledger
	vault    *vault.Vault
	clock    clock.Clock
	ids      *ident.Source
	log      *slog.Logger
	devices  *device.Service
	reported func(ctx context.Context, d device.Device) (twin.Reported, error)
	model    func(ctx context.Context, name string) (*model.Model, error)
	wake     chan struct{}
	settled  []func(tx *sqldb.Tx, c Command) error

	mu   sync.Mutex
	send Sender // nil until there is a way to devices
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{
		db: c.DB, ledger: c.Ledger, vault: c.Vault, clock: c.Clock, ids: c.IDs, log: c.Log, devices: c.Devices, reported: c.Reported, model: c.Model, wake: make(chan struct{}, 1),
	}
}

// Through has everything sent by a Sender.
func (s *Service) Through(send Sender) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.send = send
}

// OnEnd has fn called in the transaction in which a command ends. It is called before
// anything is ordered.
func (s *Service) OnEnd(fn func(tx *sqldb.Tx, c Command) error) { s.settled = append(s.settled, fn) }

// key is the brand's key for signatures.
func (s *Service) key(brand string) ed25519.PrivateKey {
	seed := s.vault.Derive("command.sign." + brand)
	return ed25519.NewKeyFromSeed(seed[:])
}

// PublicKey is what devices of a brand check commands and firmware with.
func (s *Service) PublicKey(brand string) ed25519.PublicKey {
	return s.key(brand).Public().(ed25519.PublicKey)
}

// Sign signs for a brand: firmware manifests and content.
func (s *Service) Sign(brand string, message []byte) []byte {
	return ed25519.Sign(s.key(brand), message)
}

func (s *Service) find(ctx context.Context, brand, name string) (device.Device, *model.Model, error) {
	d, err := s.devices.Get(ctx, brand, name)
	if err != nil {
		return d, nil, err
	}
	m, err := s.model(ctx, d.Model)
	return d, m, err
}

func refuseState(d device.Device) error {
	switch d.State {
	case device.Frozen:
		return fault.New(fault.Conflict, "the device is frozen", "Its own buttons go on working. Make it active again first.").At("code", "frozen")
	case device.Retired:
		return fault.New(fault.Conflict, "the device is retired", "Make it active again first.").At("code", "retired")
	}
	return nil
}

// Desired gives the wishes of a device.
func (s *Service) Desired(ctx context.Context, no int64) (d twin.Desired, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		d, err = desired(tx, no)
		return err
	})
	return d, err
}

func desired(tx *sqldb.Tx, no int64) (d twin.Desired, err error) {
	var doc string
	err = tx.QueryRow(`SELECT doc FROM command_desired WHERE device = $1`, no).Scan(&doc)
	if errors.Is(err, sqldb.ErrNoRows) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(doc), &d)
	}
	return d, err
}

// Desire changes the settings of a device by a merge patch: null takes a wish back. if
// ifVersion is not nil the wishes must be of that version. Errors: NotFound, Invalid for
// what cannot be set, Conflict for another version or a device that is frozen, Forbidden
// for somebody who may not set things in motion.
func (s *Service) Desire(ctx context.Context, by By, brand, name string, patch map[string]json.RawMessage, ifVersion *int64) (out twin.Desired, err error) {
	d, m, err := s.find(ctx, brand, name)
	if err != nil {
		return out, err
	}
	if err := refuseState(d); err != nil {
		return out, err
	}
	p, err := twin.Read(m, patch)
	if err != nil {
		return out, err
	}
	if err := twin.Wanted(m, p); err != nil {
		return out, err
	}
	for name := range p.Values {
		if m.Properties[name].Actuator.Moves() && !by.mayMove() {
			return out, errMayNotMove
		}
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		was, err := s.lockDesired(tx, d.No)
		if err != nil {
			return err
		}
		if ifVersion != nil && *ifVersion != was.Version {
			return fault.Newf(fault.Conflict, "the wishes are of version %d by now", was.Version).WithHint("Read them again, then decide.")
		}
		next, changed := was.Merge(p, s.clock.Now().UnixMicro(), by.String())
		if out = next; !changed {
			return nil
		}
		return s.setDesired(tx, d, next, TypeDesired, desiredBody{Device: d.ID(), Version: next.Version, Set: p.Values, Removed: p.Removed, By: by.String()})
	})
	if err == nil {
		s.Deliver(ctx, brand, name)
	}
	return out, err
}

var errMayNotMove = fault.New(fault.Forbidden, "campaigns, content and jobs set nothing in motion", "A person has to do it.")

// lockDesired reads the wishes and keeps others from changing them until the commit.
func (s *Service) lockDesired(tx *sqldb.Tx, no int64) (twin.Desired, error) {
	if _, err := tx.Exec(`INSERT INTO command_desired (device, version, doc, changed_us) VALUES ($1, 0, '{}', 0)
		ON CONFLICT (device) DO UPDATE SET version = command_desired.version`, no); err != nil {
		return twin.Desired{}, err
	}
	return desired(tx, no)
}

func (s *Service) setDesired(tx *sqldb.Tx, d device.Device, next twin.Desired, eventType string, body desiredBody) error {
	doc, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE command_desired SET version = $1, doc = $2, changed_us = $3 WHERE device = $4`, next.Version, string(doc), sqldb.Micros(s.clock.Now()), d.No); err != nil {
		return err
	}
	return s.note(tx, d, eventType, body)
}

// Reported takes note of a report: wishes that somebody has overruled at the device
// itself are dropped. It runs in the transaction of the report.
func (s *Service) Reported(tx *sqldb.Tx, d *device.Device, p twin.Patch, seen int64, local bool, at int64, trusted bool) error {
	if !local {
		return nil
	}
	was, err := desired(tx, d.No)
	if err != nil || len(was.Wishes) == 0 {
		return err
	}
	gone := twin.Overruled(was, p, seen, local, at, trusted)
	if len(gone) == 0 {
		return nil
	}
	if was, err = s.lockDesired(tx, d.No); err != nil {
		return err
	}
	return s.setDesired(tx, *d, was.Drop(gone), TypeOverruled, desiredBody{Device: d.ID(), Version: was.Version + 1, Removed: gone, By: "device"})
}

func (s *Service) note(tx *sqldb.Tx, d device.Device, eventType string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{ID: s.ids.Event(), Source: "command", Type: eventType, Thing: d.Thing, At: s.clock.Now(), Body: data})
}
