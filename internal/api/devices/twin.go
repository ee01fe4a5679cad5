package devices

import (
	"context"
	"encoding/json"
	"math"
	"sort"
	"strings"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/reading"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// settle is how long a device that is there may take to follow a wish.
const settle = time.Minute

func (d *Desk) twin(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[connected.Twin], error) {
	x, m, err := d.find(ctx, *in)
	if err != nil {
		return nil, err
	}
	t, err := d.Readings.Twin(ctx, x)
	if err != nil {
		return nil, err
	}
	want, err := d.Commands.Desired(ctx, x.No)
	if err != nil {
		return nil, err
	}
	out := connected.Twin{Leaves: []connected.TwinLeaf{}, Entries: t.Entries, Heard: wire.When(sqldb.Time(t.Received)), Version: want.Version}
	out.Reported.Boot, out.Reported.RV = t.Reported.Boot, t.Reported.RV
	out.Progress = twin.Progress(want, t.Reported, x.Online, d.Clock.Now().UnixMicro(), settle.Microseconds())
	names := map[string]bool{}
	for name := range m.Properties {
		names[name] = true
	}
	for _, name := range t.Reported.Names() {
		if place, _, ok := strings.Cut(name, "."); ok {
			name = place
		}
		names[name] = true
	}
	for name := range names {
		leaf, err := leafOf(name, m, t.Reported, want)
		if err != nil {
			return nil, err
		}
		out.Leaves = append(out.Leaves, leaf)
	}
	sort.Slice(out.Leaves, func(i, j int) bool { return out.Leaves[i].Name < out.Leaves[j].Name })
	return frame.Say(out, nil)
}

func leafOf(name string, m *model.Model, r twin.Reported, want twin.Desired) (connected.TwinLeaf, error) {
	p := m.Properties[name]
	l := connected.TwinLeaf{
		Name: name, Title: p.Title, Unit: p.Unit, Writable: p.Writable, Actuator: string(p.Actuator), Purpose: p.CollectedFor(), Min: p.Min, Max: p.Max, Enum: p.Enum, Flag: p.Flag, Place: p.Place,
	}
	if p.Place {
		lat, at, ok := r.Leaf(model.Lat(name))
		lon, _, also := r.Leaf(model.Lon(name))
		if ok && also {
			value, err := json.Marshal(map[string]rule.Value{"lat": lat, "lon": lon})
			if err != nil {
				return l, err
			}
			l.Value, l.At = value, wire.When(sqldb.Time(at.At))
		}
		return l, nil
	}
	if v, at, ok := r.Leaf(name); ok {
		value, err := json.Marshal(v)
		if err != nil {
			return l, err
		}
		l.Value, l.At = value, wire.When(sqldb.Time(at.At))
	}
	if w, ok := want.Wishes[name]; ok {
		value, err := json.Marshal(w.Value)
		if err != nil {
			return l, err
		}
		l.Desired, l.By, l.Since = value, w.By, wire.When(sqldb.Time(w.At))
	}
	return l, nil
}

type desireIn struct {
	Named
	Version int64                      `query:"version" minimum:"-1" default:"-1" doc:"The version that the wishes must have; -1 asks for none"`
	Body    map[string]json.RawMessage `doc:"Settings by name; null takes a wish back"`
}

func (d *Desk) desire(ctx context.Context, who access.Actor, in *desireIn) (*frame.Answer[connected.Desired], error) {
	var version *int64
	if in.Version >= 0 {
		version = &in.Version
	}
	got, err := d.Commands.Desire(ctx, by(who), in.Brand, in.Name, in.Body, version)
	if err != nil {
		return nil, err
	}
	out := connected.Desired{Version: got.Version, Wishes: map[string]json.RawMessage{}}
	for name, w := range got.Wishes {
		if out.Wishes[name], err = json.Marshal(w.Value); err != nil {
			return nil, err
		}
	}
	return frame.Say(out, nil)
}

type seriesIn struct {
	Named
	Property string    `query:"property" required:"true" maxLength:"40" example:"temperature"`
	From     time.Time `query:"from" doc:"A day ago when left out"`
	To       time.Time `query:"to" doc:"Now when left out"`
	Points   int       `query:"points" minimum:"1" maximum:"2000" default:"200"`
}

func (d *Desk) series(ctx context.Context, _ access.Actor, in *seriesIn) (*frame.Answer[connected.Series], error) {
	x, m, err := d.find(ctx, in.Named)
	if err != nil {
		return nil, err
	}
	if in.To.IsZero() {
		in.To = d.Clock.Now().Add(time.Microsecond)
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-24 * time.Hour)
	}
	if !in.From.Before(in.To) {
		return nil, fault.New(fault.Invalid, "the time begins after its end", "").At("query.from", "after to")
	}
	points, more, err := d.Readings.Series(ctx, x.No, in.Property, in.From.UnixMicro(), in.To.UnixMicro(), in.Points)
	if err != nil {
		return nil, err
	}
	out := connected.Series{Property: in.Property, Unit: m.Properties[in.Property].Unit, Points: []connected.SeriesPoint{}, More: more}
	for _, p := range points {
		if math.IsInf(p.Min, 0) {
			p.Min, p.Max = 0, 0
		}
		out.Points = append(out.Points, connected.SeriesPoint{At: sqldb.Time(p.At), N: p.N, Mean: p.Mean, Min: p.Min, Max: p.Max, Word: p.Word})
	}
	return frame.Say(out, nil)
}

type entriesIn struct {
	Named
	Before time.Time `query:"before" doc:"Only older ones"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

func (d *Desk) entries(ctx context.Context, _ access.Actor, in *entriesIn) (*frame.Answer[connected.List[connected.DeviceEntry]], error) {
	x, err := d.Devices.Get(ctx, in.Brand, in.Name)
	if err != nil {
		return nil, err
	}
	before := int64(math.MaxInt64)
	if !in.Before.IsZero() {
		before = in.Before.UnixMicro()
	}
	all, err := d.Readings.Entries(ctx, x.No, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := connected.List[connected.DeviceEntry]{Items: []connected.DeviceEntry{}}
	for _, e := range all {
		w := connected.DeviceEntry{ID: e.ID, Kind: string(e.Kind), Type: e.Type, At: sqldb.Time(e.At), Received: sqldb.Time(e.Received), Told: wire.When(sqldb.Time(e.Told)), Clock: e.Clock, Values: map[string]json.RawMessage{}}
		for name, v := range e.Patch.Values {
			if w.Values[name], err = json.Marshal(v); err != nil {
				return nil, err
			}
		}
		for _, name := range e.Patch.Removed {
			w.Values[name] = json.RawMessage("null")
		}
		out.Items = append(out.Items, w)
	}
	return frame.Say(out, nil)
}

type momentsIn struct {
	Named
	Moment string    `query:"moment" maxLength:"63"`
	Since  time.Time `query:"since"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

func (d *Desk) moments(ctx context.Context, _ access.Actor, in *momentsIn) (*frame.Answer[connected.List[connected.DeviceMoment]], error) {
	x, m, err := d.find(ctx, in.Named)
	if err != nil {
		return nil, err
	}
	since := int64(math.MinInt64)
	if !in.Since.IsZero() {
		since = in.Since.UnixMicro()
	}
	all, err := d.Readings.Moments(ctx, x.No, in.Moment, since, in.Limit)
	if err != nil {
		return nil, err
	}
	out := connected.List[connected.DeviceMoment]{Items: []connected.DeviceMoment{}}
	for _, one := range all {
		out.Items = append(out.Items, momentOf(one, m))
	}
	return frame.Say(out, nil)
}

func momentOf(one reading.Moment, m *model.Model) connected.DeviceMoment {
	w := connected.DeviceMoment{
		Moment: one.Name, At: sqldb.Time(one.At), FoundAt: wire.When(sqldb.Time(one.Found)), EventID: string(one.Event), Cause: one.Cause, Values: one.Values, Because: one.Because,
	}
	if one.From != one.At {
		w.From = wire.When(sqldb.Time(one.From))
	}
	if det := m.Detector(one.Name); det != nil {
		w.Title = det.Title
	}
	return w
}

type tryIn struct {
	Name string `path:"name" maxLength:"63"`
	Body connected.TryDetectors
}

func (d *Desk) try(ctx context.Context, _ access.Actor, in *tryIn) (*frame.Answer[connected.Tried], error) {
	m, err := d.model(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	brand, name, err := device.ParseID(in.Body.DeviceID)
	if err != nil {
		return nil, fault.From(err).At("body.deviceId", "brand/name is needed")
	}
	x, err := d.Devices.Get(ctx, brand, name)
	if err != nil {
		return nil, err
	}
	tried := *m
	if tried.Detect, err = wire.Recast[[]model.Detector](in.Body.Detect); err != nil {
		return nil, err
	}
	var ps manifest.Problems
	tried.Score, tried.Habit = nil, nil // they name moments that may be missing here
	ps = append(ps, tried.Check()...)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	hours := in.Body.Hours
	if hours == 0 {
		hours = 7 * 24
	}
	told, looked, err := d.Readings.Try(ctx, x.No, tried, d.Clock.Now().Add(-time.Duration(hours)*time.Hour).UnixMicro())
	if err != nil {
		return nil, err
	}
	out := connected.Tried{Looked: looked, Moments: []connected.DeviceMoment{}}
	for i := len(told) - 1; i >= 0 && len(out.Moments) < 500; i-- { // the newest first
		f := told[i]
		out.Moments = append(out.Moments, momentOf(reading.Moment{Name: f.Moment, At: f.At, From: f.From, Cause: f.Cause, Values: f.Values, Because: f.Because}, &tried))
	}
	return frame.Say(out, nil)
}
