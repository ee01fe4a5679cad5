package home

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"tagline/internal/api/wire/connected"
	"tagline/internal/clock"
	"tagline/internal/fault"
)

// Server is what a street needs of the server's API.
type Server interface {
	RegisterDevices(ctx context.Context, list []connected.NewDevice) error
	DeviceToken(ctx context.Context, brand, name string) (string, error)
}

// Config says which street to make and where.
type Config struct {
	Server Server
	MQTT   string // HOST:PORT of the front door, without TLS
	Brand  string // of all things; its models are those of the sample brand
	Homes  int
	Things int // in each home, at most len(kinds()); 0: as many as chance gives
	Seed   uint64
	Past   time.Duration // how long ago the street begins; what was then is told at speed
	Speed  float64       // world seconds per second until the present is reached; then 1
	Until  time.Duration // ends so long after its beginning, in world time; 0: never
	Clock  clock.Clock
	Log    *slog.Logger
}

// Truth is what really happened.
type Truth struct {
	Homes    int   `json:"homes"`
	Things   int   `json:"things"`
	Acts     int64 `json:"acts"`
	Acked    int64 `json:"acknowledged"`
	Brushing int   `json:"brushings"`
	Evenings int   `json:"evenings"`
	Returns  int   `json:"returns"`
}

// household is one home.
type household struct {
	name   string
	habits habits
	things map[string]*thing
	rng    *rand.Rand
}

// queued is how many messages a thing holds back before the street waits for it.
const queued = 256

// Run lets a street live until ctx ends or its time is over. Errors: those of
// registering; once it lives, nothing stops it but ctx.
func Run(ctx context.Context, c Config) (truth Truth, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	began := c.Clock.Now().Add(-c.Past).Truncate(24 * time.Hour)
	homes, err := settle(ctx, c, began)
	if err != nil {
		return truth, err
	}
	truth.Homes = len(homes)
	var acked, put atomic.Int64
	var all []*thing
	for _, h := range homes {
		for _, t := range h.things {
			t.sent = func(n int) { acked.Add(int64(n)) }
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *thing) int { return cmp.Compare(a.name, b.name) })
	truth.Things = len(all)
	for _, t := range all {
		t.connect(ctx, c.MQTT)
		t.worldT = began
		t.report(ctx)
		put.Add(1)
	}
	start := c.Clock.Now()
	present := began // until here time ran at speed
	for n := 0; ctx.Err() == nil; n++ {
		midnight := began.Add(time.Duration(n) * 24 * time.Hour)
		if c.Until > 0 && midnight.Sub(began) >= c.Until {
			break
		}
		type due struct {
			act
			home *household
		}
		var today []due
		for _, h := range homes {
			for _, a := range h.habits.day(h.rng, n, (int(midnight.Weekday())+6)%7) {
				if h.things[a.thing] != nil {
					today = append(today, due{a, h})
				}
			}
		}
		slices.SortStableFunc(today, func(a, b due) int { return cmp.Compare(a.at, b.at) })
		for _, d := range today {
			at := midnight.Add(d.at)
			if c.Until > 0 && at.Sub(began) >= c.Until {
				break
			}
			if !c.wait(ctx, &start, &present, at) {
				break
			}
			switch {
			case d.thing == brush && d.values["motion"] == false:
				truth.Brushing++
			case d.thing == television && d.values["power"] == true:
				truth.Evenings++
			case d.thing == lock && d.values["by"] != nil && d.values["by"] != "inside":
				truth.Returns++
			}
			put.Add(1)
			if !d.home.things[d.thing].tell(ctx, at, d.values) {
				break
			}
		}
	}
	// What was told is acknowledged before the street ends.
	for ctx.Err() == nil && acked.Load() < put.Load() {
		select {
		case <-c.Clock.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	truth.Acts, truth.Acked = put.Load(), acked.Load()
	return truth, nil
}

// wait rests until a time of the world has come: at speed in the past, and at its own
// pace from the present on.
func (c Config) wait(ctx context.Context, start, present *time.Time, at time.Time) bool {
	for {
		now := c.Clock.Now()
		world := present.Add(time.Duration(float64(now.Sub(*start)) * c.Speed))
		if world.After(now) { // the street has caught up
			world = now
		}
		if !at.After(world) {
			return ctx.Err() == nil
		}
		rest := time.Duration(float64(at.Sub(world)) / c.Speed)
		if at.After(now) {
			rest = at.Sub(now)
		}
		select {
		case <-c.Clock.After(max(rest, time.Millisecond)):
		case <-ctx.Done():
			return false
		}
	}
}

// settle makes the households and registers their things.
func settle(ctx context.Context, c Config, began time.Time) ([]*household, error) {
	var homes []*household
	var list []connected.NewDevice
	for i := range c.Homes {
		rng := rand.New(rand.NewPCG(c.Seed, uint64(i)+1))
		h := &household{name: fmt.Sprintf("home-%03d", i+1), habits: drawHabits(rng), things: map[string]*thing{}, rng: rng}
		n := c.Things
		if n <= 0 {
			n = 4 + rng.IntN(len(kinds())-3)
		}
		for _, kind := range kinds()[:min(n, len(kinds()))] {
			name := fmt.Sprintf("%s-%03d", kind, i+1)
			h.things[kind] = &thing{
				brand: c.Brand, name: name, kind: kind, clock: c.Clock, boot: began.Unix(), queue: make(chan message, queued), state: settings(kind), done: map[string]string{}, km: 4000 + rng.Float64()*90000,
			}
			list = append(list, connected.NewDevice{
				Brand: c.Brand, Name: name, Model: kind, Title: titles[kind], Household: h.name, Zone: "Europe/Berlin", Latitude: &h.habits.lat, Longitude: &h.habits.lon, Demo: true,
			})
		}
		homes = append(homes, h)
	}
	for some := range slices.Chunk(list, 500) {
		if err := c.Server.RegisterDevices(ctx, some); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	for _, h := range homes {
		for _, kind := range kinds() {
			t := h.things[kind]
			if t == nil {
				continue
			}
			token, err := c.Server.DeviceToken(ctx, t.brand, t.name)
			if err != nil {
				return nil, err
			}
			t.token = token
		}
	}
	return homes, nil
}

var titles = map[string]string{
	brush: "Brush", thermostat: "Living room", lock: "Front door", garage: "Garage", cooler: "Bedroom", television: "Television", cableBox: "Cable box", fridge: "Kitchen", car: "Car", security: "Alarm",
}
