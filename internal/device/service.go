package device

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"tagline/gs1"
	"tagline/internal/clock"
	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/thing/flood"
	"tagline/internal/vault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Config is what a Service is made of.
type Config struct {
	DB       *sqldb.DB
	Ledger   *ledger.Ledger
	Vault    *vault.Vault
	Clock    clock.Clock
	IDs      *ident.Source
	Chance   io.Reader // secure: tokens and keys are drawn from it
	Products *product.Service

	// Item gives the item of a product and a serial, which is made if it is missing.
	Item func(tx *sqldb.Tx, gtin, serial string) (ident.Thing, error)
}

// Service keeps the devices of one server. It may be used by many goroutines.
type Service struct {
	db       *sqldb.DB
	ledger   *ledger.Ledger
	vault    *vault.Vault
	clock    clock.Clock
	ids      *ident.Source
	chance   io.Reader
	products *product.Service
	item     func(tx *sqldb.Tx, gtin, serial string) (ident.Thing, error)
	wrong    *flood.Bound // failed authentications, by address and by name

	mu      sync.Mutex
	known   map[string]known // by ID
	revoked []func(brand, name, reason string)
	signers map[string]*authority.Authority // the newest of each brand
}

type known struct {
	device Device
	at     time.Time
}

// freshFor is how long another node's change of a device may go unseen here.
const (
	freshFor = 5 * time.Second
	maxKnown = 200_000
)

// New makes a Service.
func New(c Config) *Service {
	return &Service{
		db: c.DB, ledger: c.Ledger, vault: c.Vault, clock: c.Clock, ids: c.IDs, chance: c.Chance, products: c.Products, item: c.Item,
		wrong: flood.New(), known: map[string]known{}, signers: map[string]*authority.Authority{},
	}
}

// OnRevoked has fn called whenever a device may no longer be connected with what it
// has shown. It is set before anybody connects.
func (s *Service) OnRevoked(fn func(brand, name, reason string)) { s.revoked = append(s.revoked, fn) }

// tellRevoked tells after the commit.
func (s *Service) tellRevoked(tx *sqldb.Tx, brand, name, reason string) {
	tx.AfterCommit(func() {
		s.forget(brand + "/" + name)
		for _, fn := range s.revoked {
			go fn(brand, name, reason) // what runs after a commit must not wait
		}
	})
}

func (s *Service) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
}

// Lookup gives a device by its name, from memory where that is fresh enough.
func (s *Service) Lookup(ctx context.Context, brand, name string) (Device, error) {
	id := brand + "/" + name
	s.mu.Lock()
	k, ok := s.known[id]
	s.mu.Unlock()
	if ok && (s.db.Engine() == sqldb.SQLite || s.clock.Now().Sub(k.at) < freshFor) {
		return k.device, nil
	}
	d, err := s.Get(ctx, brand, name)
	if err != nil {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxKnown {
		clear(s.known)
	}
	s.known[id] = known{d, s.clock.Now()}
	return d, nil
}

// Get reads a device. Errors: NotFound.
func (s *Service) Get(ctx context.Context, brand, name string) (d Device, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		d, err = Find(tx, brand, name)
		return err
	})
	return d, err
}

// List gives devices by number.
func (s *Service) List(ctx context.Context, f Filter) (all []Device, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all, err = List(tx, f)
		return err
	})
	return all, err
}

// MaxBatch is the most devices that one call registers.
const MaxBatch = 1000

// Register makes devices. Errors: Invalid with all that is wrong; Conflict for a
// name that is taken. All or none is made.
func (s *Service) Register(ctx context.Context, by string, wishes []Wish) ([]Device, error) {
	if len(wishes) == 0 || len(wishes) > MaxBatch {
		return nil, fault.Newf(fault.Invalid, "one call registers 1 to %d devices", MaxBatch)
	}
	if err := s.check(ctx, wishes); err != nil {
		return nil, err
	}
	var out []Device
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		out = out[:0]
		for i, w := range wishes {
			d, err := s.register(tx, by, w)
			if f := fault.From(err); err != nil && f.Code == fault.Conflict {
				return f.At(fmt.Sprintf("body.devices[%d].name", i), "is taken")
			}
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// check finds what is wrong with wishes, and puts what follows from a GTIN in.
func (s *Service) check(ctx context.Context, wishes []Wish) error {
	catalogue, err := s.products.Catalogue(ctx)
	if err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "these devices cannot be registered", "Correct the fields that are named.")
	for i := range wishes {
		w := &wishes[i]
		at := func(field, says string) { wrong = wrong.At(fmt.Sprintf("body.devices[%d].%s", i, field), says) }
		if !authority.Named(w.Brand, w.Name) {
			at("name", "brand and name are 1 to 40 small letters, digits and dashes each")
		}
		if strings.HasPrefix(w.Name, claimName) {
			at("name", "names that begin with claim- are kept for claims")
		}
		if _, ok := catalogue.Brand(w.Brand); !ok {
			at("brand", "no such brand")
		}
		if w.GTIN != "" {
			gtin, err := product.ParseGTIN(w.GTIN)
			if err != nil {
				at("gtin", fault.From(err).Message)
				continue
			}
			p, ok := catalogue.Product(gtin)
			switch {
			case !ok:
				at("gtin", "no product has it")
			case w.Model == "":
				w.Model = p.Model
			case p.Model != w.Model:
				at("model", "the product has the model "+strconv.Quote(p.Model))
			}
			w.GTIN = gtin
		} else if w.Serial != "" {
			at("serial", "a serial needs a GTIN")
		}
		if w.Serial != "" {
			if gs1.CheckElement(gs1.Element{AI: gs1.AISerial, Value: w.Serial}) != nil {
				at("serial", "1 to 20 characters of GS1's set are needed")
			}
		}
		if _, ok := catalogue.Model(w.Model); !ok {
			at("model", "no such model")
		}
		if len(w.Title) > 200 || len(w.Household) > 100 {
			at("title", "a title has 200 bytes at most, a household 100")
		}
		if _, err := time.LoadLocation(w.Zone); err != nil || len(w.Zone) > 60 {
			at("zone", "a time zone is needed, such as Europe/Berlin")
		}
		if !(math.Abs(w.Lat) <= 90 && math.Abs(w.Lon) <= 180) {
			at("lat", "degrees are needed")
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// register makes a device inside a transaction. The wish was checked.
func (s *Service) register(tx *sqldb.Tx, by string, w Wish) (d Device, err error) {
	if _, err = Find(tx, w.Brand, w.Name); err == nil {
		return d, fault.Newf(fault.Conflict, "the device %s/%s exists already", w.Brand, w.Name).WithHint("Choose another name, or change the one that is there.")
	} else if !fault.Is(err, fault.NotFound) {
		return d, err
	}
	var no int64
	if err := tx.QueryRow(`UPDATE device_turn SET n = n + 1 WHERE id = 1 RETURNING n`).Scan(&no); err != nil {
		return d, err
	}
	now := s.clock.Now()
	d = Device{
		No: no, Brand: w.Brand, Name: w.Name, Model: w.Model, GTIN: w.GTIN, Serial: w.Serial, Title: w.Title, Household: w.Household, Zone: w.Zone,
		State: Active, Demo: w.Demo, Lat: w.Lat, Lon: w.Lon, Created: now, Changed: now,
	}
	if d.Serial != "" {
		if d.Thing, err = s.item(tx, w.GTIN, w.Serial); err != nil {
			return d, err
		}
	} else {
		d.Thing = s.ids.Thing()
	}
	if _, err := tx.Exec(`INSERT INTO device_device (`+deviceColumns+`) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, $14, $15, $16, 0, 0, 0, '')`,
		d.No, d.Brand, d.Name, d.Model, d.GTIN, d.Serial, string(d.Thing), d.Title, d.Household, d.Zone, string(d.State), flag(d.Demo), d.Lat, d.Lon,
		sqldb.Micros(now), sqldb.Micros(now)); err != nil {
		return d, err
	}
	return d, s.note(tx, d, TypeRegistered, registeredBody{Device: d.ID(), Model: d.Model, GTIN: d.GTIN, Serial: d.Serial, By: by})
}

// Edit changes a device; nil leaves a field as it is.
type Edit struct {
	Title, Household, Zone *string
	State                  *State
	Reason                 string // why the state changes
}

// Change changes a device. Errors: NotFound, Invalid.
func (s *Service) Change(ctx context.Context, by, brand, name string, e Edit) (d Device, err error) {
	if e.State != nil && *e.State != Active && *e.State != Frozen && *e.State != Retired {
		return d, fault.New(fault.Invalid, "a device is active, frozen or retired", "").At("body.state", "active, frozen or retired")
	}
	if e.Zone != nil {
		if _, err := time.LoadLocation(*e.Zone); err != nil || len(*e.Zone) > 60 {
			return d, fault.New(fault.Invalid, "this is no time zone", "Write Europe/Berlin, for example.").At("body.zone", "a time zone is needed")
		}
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if d, err = Find(tx, brand, name); err != nil {
			return err
		}
		was := d.State
		for _, set := range []struct {
			to   *string
			want *string
		}{{&d.Title, e.Title}, {&d.Household, e.Household}, {&d.Zone, e.Zone}} {
			if set.want != nil {
				*set.to = *set.want
			}
		}
		if len(d.Title) > 200 || len(d.Household) > 100 || len(e.Reason) > 500 {
			return fault.New(fault.TooLarge, "a title has 200 bytes at most, a household 100, a reason 500", "Say it shorter.")
		}
		if e.State != nil {
			d.State, d.Reason = *e.State, e.Reason
		}
		d.Changed = s.clock.Now()
		if _, err := tx.Exec(`UPDATE device_device SET title = $1, household = $2, zone = $3, state = $4, reason = $5, changed_us = $6 WHERE no = $7`,
			d.Title, d.Household, d.Zone, string(d.State), d.Reason, sqldb.Micros(d.Changed), d.No); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.forget(d.ID()) })
		if d.State == Retired && was != Retired {
			s.tellRevoked(tx, brand, name, "retired")
		}
		if d.State == was {
			return nil
		}
		return s.note(tx, d, TypeState, stateBody{Device: d.ID(), State: d.State, Was: was, Reason: e.Reason, By: by})
	})
	return d, err
}

// note appends an event of a device.
func (s *Service) note(tx *sqldb.Tx, d Device, eventType string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{ID: s.ids.Event(), Source: "device", Type: eventType, Thing: d.Thing, At: s.clock.Now(), Body: data})
}

// Counts are the devices of a brand, or of all.
type Counts struct {
	All, Online, Frozen, Retired int64
}

// Counts counts devices.
func (s *Service) Counts(ctx context.Context) (c Counts, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(`SELECT count(*), coalesce(sum(online), 0), coalesce(sum(CASE WHEN state = 'frozen' THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN state = 'retired' THEN 1 ELSE 0 END), 0) FROM device_device`).Scan(&c.All, &c.Online, &c.Frozen, &c.Retired)
	})
	return c, err
}
