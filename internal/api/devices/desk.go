package devices

import (
	"context"
	"net/http"
	"sort"
	"strconv"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/clock"
	"tagline/internal/command"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/intake"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

const group = "Devices"

// Desk answers the operations about devices.
type Desk struct {
	DB       *sqldb.DB
	Access   *access.Service
	Products *product.Service
	Devices  *device.Service
	Readings *reading.Service
	Commands *command.Service
	Intake   *intake.Service
	Clock    clock.Clock
	BaseURL  string
}

// Named is a device in the path.
type Named struct {
	Brand string `path:"brand" maxLength:"40" example:"ostrel"`
	Name  string `path:"name" maxLength:"40" example:"hall-lock"`
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-devices", Method: http.MethodGet, Path: "/devices", Action: access.DeviceRead, Group: group,
		Summary: "List devices"}, d.list)
	frame.Handle(f, frame.Op{ID: "get-fleet", Method: http.MethodGet, Path: "/devices/fleet", Action: access.DeviceRead, Group: group,
		Summary: "All devices at a glance"}, d.fleet)
	frame.Handle(f, frame.Op{ID: "register-devices", Method: http.MethodPost, Path: "/devices", Action: access.DeviceWrite, Group: group, Status: http.StatusCreated,
		Summary: "Register devices", Words: "All or none. A device of a product with a serial is that item, which is made if it is missing."}, d.register)
	frame.Handle(f, frame.Op{ID: "get-device", Method: http.MethodGet, Path: "/devices/{brand}/{name}", Action: access.DeviceRead, Group: group,
		Summary: "Get a device"}, d.get)
	frame.Handle(f, frame.Op{ID: "change-device", Method: http.MethodPatch, Path: "/devices/{brand}/{name}", Action: access.DeviceWrite, Group: group,
		Summary: "Change a device: its names, or freeze, retire and bring it back", Words: "A frozen device is heard and told nothing; its own buttons go on working. A retired one may not connect."}, d.change)
	frame.Handle(f, frame.Op{ID: "get-twin", Method: http.MethodGet, Path: "/devices/{brand}/{name}/twin", Action: access.DeviceRead, Group: group,
		Summary: "Get a device as it is and as it should be"}, d.twin)
	frame.Handle(f, frame.Op{ID: "desire", Method: http.MethodPatch, Path: "/devices/{brand}/{name}/desired", Action: access.DeviceCommand, Group: group,
		Summary: "Change settings of a device by a JSON merge patch", Types: []string{"application/json", "application/merge-patch+json"},
		Words: "null takes a wish back. With `version` the wishes must be of that version: 409 otherwise."}, d.desire)
	frame.Handle(f, frame.Op{ID: "get-series", Method: http.MethodGet, Path: "/devices/{brand}/{name}/series", Action: access.DeviceRead, Group: group,
		Summary: "Get a property of a device over time"}, d.series)
	frame.Handle(f, frame.Op{ID: "list-device-entries", Method: http.MethodGet, Path: "/devices/{brand}/{name}/entries", Action: access.DeviceRead, Group: group,
		Summary: "List what a device sent, the newest first"}, d.entries)
	frame.Handle(f, frame.Op{ID: "list-device-moments", Method: http.MethodGet, Path: "/devices/{brand}/{name}/moments", Action: access.DeviceRead, Group: group,
		Summary: "List the moments that a device's readings became, the newest first"}, d.moments)
	frame.Handle(f, frame.Op{ID: "try-detectors", Method: http.MethodPost, Path: "/models/{name}/try", Action: access.DeviceWrite, Group: "Models",
		Summary: "Run detectors over what a device has reported: what they would have told", Words: "Nothing is stored or told."}, d.try)
	d.ordering(f)
	d.admitting(f)
	d.describing(f)
	d.judging(f)
}

// find gives a device with its model.
func (d *Desk) find(ctx context.Context, n Named) (device.Device, *model.Model, error) {
	x, err := d.Devices.Get(ctx, n.Brand, n.Name)
	if err != nil {
		return x, nil, err
	}
	m, err := d.model(ctx, x.Model)
	return x, m, err
}

func (d *Desk) model(ctx context.Context, name string) (*model.Model, error) {
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	m, ok := c.Model(name)
	if !ok {
		return nil, fault.Newf(fault.NotFound, "there is no model %q", name)
	}
	return m, nil
}

// shape fills a device. Its twin tells its health.
func (d *Desk) shape(ctx context.Context, x device.Device) (connected.Device, error) {
	out := connected.Device{
		ID: x.ID(), Brand: x.Brand, Name: x.Name, Model: x.Model, Title: x.Title, GTIN: x.GTIN, Serial: x.Serial, ThingID: string(x.Thing), Household: x.Household, Zone: x.Zone,
		State: string(x.State), Reason: x.Reason, Demo: x.Demo, Online: x.Online, Since: wire.When(x.Since), Gone: x.Gone, CreatedAt: x.Created, ChangedAt: x.Changed,
	}
	if x.Lat != 0 || x.Lon != 0 {
		out.Latitude, out.Longitude = &x.Lat, &x.Lon
	}
	m, err := d.model(ctx, x.Model)
	if fault.Is(err, fault.NotFound) {
		out.Health = "never"
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Kind = m.Kind
	t, err := d.Readings.Twin(ctx, x)
	if err != nil {
		return out, err
	}
	if v, ok := t.Reported.Fact(twin.Firmware); ok {
		out.Firmware = v.String()
	}
	if v, ok := t.Reported.Fact(twin.Battery); ok {
		b, _ := v.Float()
		out.Battery = &b
	}
	out.Heard = wire.When(sqldb.Time(t.Received))
	out.Health = health(x, out, t, d.Clock.Now())
	return out, nil
}

// silentAfter is how long a device may say nothing before somebody should look.
const silentAfter = 24 * time.Hour

func health(x device.Device, out connected.Device, t reading.Twin, now time.Time) string {
	switch {
	case x.State != device.Active:
		return string(x.State)
	case t.Received == 0 && !x.Online:
		return "never"
	case out.Battery != nil && *out.Battery < 15:
		return "low-battery"
	case now.Sub(sqldb.Time(t.Received)) > silentAfter:
		return "silent"
	case !x.Online:
		return "waiting"
	}
	return "good"
}

type listIn struct {
	frame.Paging
	Brand     string `query:"brand" maxLength:"40"`
	Model     string `query:"model" maxLength:"63"`
	GTIN      string `query:"gtin" maxLength:"14"`
	Household string `query:"household" maxLength:"100"`
	State     string `query:"state" enum:"active,frozen,retired"`
	Online    string `query:"online" enum:"yes,no"`
	ThingID   string `query:"thing" maxLength:"40"`
	Q         string `query:"q" maxLength:"100" doc:"Beginning of a name, a title or a serial"`
}

func (d *Desk) list(ctx context.Context, _ access.Actor, in *listIn) (*frame.Answer[frame.Page[connected.Device]], error) {
	filter := device.Filter{Brand: in.Brand, Model: in.Model, GTIN: in.GTIN, Household: in.Household, State: device.State(in.State), Thing: ident.Thing(in.ThingID), Query: in.Q}
	if in.Online != "" {
		filter.Online = new(in.Online == "yes")
	}
	return frame.List(in.Paging, "devices", []any{in.Brand, in.Model, in.GTIN, in.Household, in.State, in.Online, in.ThingID, in.Q},
		func(x device.Device) (connected.Device, error) { return d.shape(ctx, x) },
		func(x device.Device) string { return strconv.FormatInt(x.No, 10) },
		func(after string, limit int) (_ []device.Device, err error) {
			if after != "" {
				if filter.After, err = frame.Number(after); err != nil {
					return nil, err
				}
			}
			filter.Limit = limit
			return d.Devices.List(ctx, filter)
		})
}

func (d *Desk) get(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[connected.Device], error) {
	x, err := d.Devices.Get(ctx, in.Brand, in.Name)
	if err != nil {
		return nil, err
	}
	out, err := d.shape(ctx, x)
	return frame.Say(out, err)
}

func (d *Desk) register(ctx context.Context, who access.Actor, in *struct{ Body connected.NewDevices }) (*frame.Answer[connected.List[connected.Device]], error) {
	var wishes []device.Wish
	for _, n := range in.Body.Devices {
		w := device.Wish{Brand: n.Brand, Name: n.Name, Model: n.Model, GTIN: n.GTIN, Serial: n.Serial, Title: n.Title, Household: n.Household, Zone: n.Zone, Demo: n.Demo}
		if n.Latitude != nil && n.Longitude != nil {
			w.Lat, w.Lon = *n.Latitude, *n.Longitude
		}
		wishes = append(wishes, w)
	}
	made, err := d.Devices.Register(ctx, by(who).String(), wishes)
	if err != nil {
		return nil, err
	}
	out := connected.List[connected.Device]{Items: []connected.Device{}}
	for _, x := range made {
		s, err := d.shape(ctx, x)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, s)
	}
	return frame.Say(out, nil)
}

// by is who orders.
func by(who access.Actor) command.By { return command.By{Kind: string(who.Kind), ID: who.ID} }

func (d *Desk) change(ctx context.Context, who access.Actor, in *struct {
	Named
	Body connected.DeviceEdit
}) (*frame.Answer[connected.Device], error) {
	e := device.Edit{Title: in.Body.Title, Household: in.Body.Household, Zone: in.Body.Zone, Reason: in.Body.Reason}
	if in.Body.State != nil {
		e.State = new(device.State(*in.Body.State))
	}
	x, err := d.Devices.Change(ctx, by(who).String(), in.Brand, in.Name, e)
	if err != nil {
		return nil, err
	}
	out, err := d.shape(ctx, x)
	return frame.Say(out, err)
}

// fleetLook is how many devices are looked at for versions and spots.
const fleetLook = 1000

func (d *Desk) fleet(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[connected.Fleet], error) {
	counts, err := d.Devices.Counts(ctx)
	if err != nil {
		return nil, err
	}
	out := connected.Fleet{Devices: counts.All, Online: counts.Online, Frozen: counts.Frozen, Retired: counts.Retired, Models: []connected.FleetModel{}, Versions: []connected.FleetCount{}, Spots: []connected.FleetSpot{}}
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *sqldb.Tx) error {
		out.Models = out.Models[:0]
		models, err := device.ByModel(tx)
		if err != nil {
			return err
		}
		for _, m := range models {
			x := connected.FleetModel{Model: m.Model, All: m.All, Online: m.Online}
			if known, ok := c.Model(m.Model); ok {
				x.Title, x.Kind = known.Title, known.Kind
			}
			out.Models = append(out.Models, x)
		}
		out.Letters, err = intake.OpenLetters(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	some, err := d.Devices.List(ctx, device.Filter{Limit: fleetLook})
	if err != nil {
		return nil, err
	}
	versions, spots := map[connected.FleetCount]int64{}, map[[2]float64]*connected.FleetSpot{}
	for _, x := range some {
		if x.Lat != 0 || x.Lon != 0 {
			at := [2]float64{round(x.Lat), round(x.Lon)}
			if spots[at] == nil {
				spots[at] = &connected.FleetSpot{Latitude: at[0], Longitude: at[1]}
			}
			spots[at].All++
			if x.Online {
				spots[at].Online++
			}
		}
		if m, ok := c.Model(x.Model); !ok || m.Firmware == nil {
			continue
		}
		t, err := d.Readings.Twin(ctx, x)
		if err != nil {
			return nil, err
		}
		word := "not told"
		if v, ok := t.Reported.Fact(twin.Firmware); ok {
			word = v.String()
		}
		versions[connected.FleetCount{Model: x.Model, Word: word}]++
	}
	for v, n := range versions {
		v.Count = n
		out.Versions = append(out.Versions, v)
	}
	sort.Slice(out.Versions, func(i, j int) bool {
		a, b := out.Versions[i], out.Versions[j]
		if a.Model != b.Model {
			return a.Model < b.Model
		}
		return a.Count > b.Count || a.Count == b.Count && a.Word < b.Word
	})
	for _, s := range spots {
		out.Spots = append(out.Spots, *s)
	}
	sort.Slice(out.Spots, func(i, j int) bool { return out.Spots[i].All > out.Spots[j].All })
	f := d.Intake.Figures()
	out.Intake = connected.FleetIntake{Stored: f.Stored, Refused: f.Refused, Invalid: f.Invalid, Over: f.OverQuota, Dropped: f.Dropped, Queue: f.Queue}
	return frame.Say(out, nil)
}

// round hides where somebody lives: a tenth of a degree is some ten kilometres.
func round(v float64) float64 { return float64(int64(v*10+sign(v)*0.5)) / 10 }

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}
