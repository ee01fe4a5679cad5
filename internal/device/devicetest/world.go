package devicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/reading"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
	"tagline/internal/twin"
)

// Brand is the brand of all devices.
const Brand = "halden"

// World is the domains of devices on a real database.
type World struct {
	*thingtest.World
	Products *product.Service
	Devices  *device.Service
	Readings *reading.Service
	Told     []reading.Moment // what was told, in its order; cleared by the test
}

// New makes a world on a database.
func New(t testing.TB, db *sqldb.DB) *World {
	t.Helper()
	w := &World{World: thingtest.New(t, db)}
	w.Products = product.New(product.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs})
	w.Devices = device.New(device.Config{
		DB: db, Ledger: w.Ledger, Vault: w.Vault, Clock: w.Clock, IDs: w.IDs, Chance: w.Chance, Products: w.Products, Item: func(tx *sqldb.Tx, gtin, serial string) (ident.Thing, error) {
			items, err := w.Things.Ensure(tx, []thing.Label{{Ref: thing.Ref{GTIN: gtin, Serial: serial}}}, "")
			if err != nil {
				return "", err
			}
			return items[0].ID, nil
		},
	})
	w.Reopen()
	w.put(w.Products.PutBrand(t.Context(), product.Brand{Slug: Brand, Name: "Halden"}, product.Change{}))
	for _, m := range Models(t) {
		w.PutModel(m)
	}
	return w
}

// Reopen makes the log anew, as a restart does: nothing is in memory.
func (w *World) Reopen() {
	w.Readings = reading.New(reading.Config{
		DB: w.DB, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs, Model: w.Model,
		Told: func(_ *sqldb.Tx, _ *device.Device, m reading.Moment) error {
			w.Told = append(w.Told, m)
			return nil
		},
	})
}

// Model finds a model by its name.
func (w *World) Model(ctx context.Context, name string) (*model.Model, error) {
	c, err := w.Products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	m, ok := c.Model(name)
	if !ok {
		return nil, fault.Newf(fault.NotFound, "there is no model %s", name)
	}
	return m, nil
}

// PutModel stores a model.
func (w *World) PutModel(m model.Model) {
	w.T.Helper()
	w.put(w.Products.PutModel(w.T.Context(), m, product.Change{}))
}

func (w *World) put(_ any, _ bool, err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Device registers a device of a model.
func (w *World) Device(model, name string) device.Device {
	w.T.Helper()
	all, err := w.Devices.Register(w.T.Context(), "test", []device.Wish{{Brand: Brand, Name: name, Model: model, Demo: true}})
	if err != nil {
		w.T.Fatal(err)
	}
	return all[0]
}

// Entry makes an event of a device.
func (w *World) Entry(d device.Device, id string, at int64, values map[string]rule.Value) reading.Entry {
	w.T.Helper()
	m, err := w.Model(w.T.Context(), d.Model)
	if err != nil {
		w.T.Fatal(err)
	}
	return reading.Entry{Device: &d, Model: m, Kind: reading.Event, ID: id, At: at, Received: at, Clock: "ok", Patch: twin.Patch{Values: values}}
}

// Apply takes entries in.
func (w *World) Apply(entries ...reading.Entry) []reading.Result {
	w.T.Helper()
	var out []reading.Result
	err := w.DB.Update(w.T.Context(), func(tx *sqldb.Tx) (err error) {
		out, err = w.Readings.Apply(tx, entries)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

// Same asks whether what is stored of some devices is the fold of their logs.
func (w *World) Same(devices ...device.Device) {
	w.T.Helper()
	for _, d := range devices {
		wrong, err := w.Readings.Check(w.T.Context(), d)
		if err != nil {
			w.T.Fatal(err)
		}
		for _, x := range wrong {
			w.T.Errorf("%s: %s", d.ID(), x.What)
		}
	}
}

// Models are a bottle, a thermostat and a lock.
func Models(t testing.TB) []model.Model {
	t.Helper()
	return []model.Model{
		{
			Name: "smart-bottle", Kind: "bottle",
			Properties: map[string]model.Property{"seal": {Enum: []string{"sealed", "opened"}}, "fill": {Unit: "%", Min: new(0.0), Max: new(100.0)}},
			Detect: []model.Detector{
				{Moment: "opened", When: Condition(t, `{"property":"seal","becomes":"opened"}`), Once: "per-thing"},
				{Moment: "poured", When: Condition(t, `{"property":"fill","falls-by":3,"within":"2m"}`)},
				{Moment: "low", When: Condition(t, `{"property":"fill","below":20,"for":2}`), Once: "per-epoch"},
				{Moment: "silent", Absent: span(t, "3h")},
				{Moment: "left-open", Idle: &model.IdleOf{While: Condition(t, `{"property":"seal","is":"opened"}`), For: span(t, "30m")}},
				{Moment: "evening", Session: &model.SessionOf{Starts: Condition(t, `{"property":"fill","above":0}`), Gap: span(t, "20m"), Features: map[string]model.Feature{"used": {Of: "fill", How: "rise"}}}},
			},
		},
		{
			Name: "thermostat", Kind: "thermostat",
			Properties: map[string]model.Property{
				"temperature": {Unit: "Cel", Min: new(-30.0), Max: new(60.0)},
				"target":      {Unit: "Cel", Min: new(5.0), Max: new(30.0), Writable: true, Actuator: model.Comfort, Safe: "5"},
				"mode":        {Enum: []string{"heat", "off"}, Writable: true, Actuator: model.Comfort, Safe: "off"},
			},
			Commands: map[string]model.Command{"beep": {Title: "Beep", Args: map[string]model.Property{"times": {Min: new(1.0), Max: new(5.0)}}}},
			Firmware: &model.Firmware{MinBattery: 20},
		},
		{
			Name: "lock", Kind: "lock",
			Properties: map[string]model.Property{"lock": {Enum: []string{"locked", "unlocked"}}, "door": {Enum: []string{"open", "closed"}}},
			Commands: map[string]model.Command{
				"lock":   {Title: "Lock", Actuator: model.Access, Safety: "confirm", If: Condition(t, `{"property":"door","is":"closed"}`)},
				"unlock": {Title: "Unlock", Actuator: model.Access, Safety: "confirm"},
			},
		},
	}
}

// Condition reads a condition.
func Condition(t testing.TB, text string) (c rule.Condition) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func span(t testing.TB, text string) model.Span {
	t.Helper()
	s, err := model.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Number names the nth of something: n0007.
func Number(n int) string { return fmt.Sprintf("n%04d", n) }
