package home

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// The kinds of thing of a household, by the name of their model.
const (
	brush      = "brush"
	thermostat = "thermostat"
	lock       = "lock"
	garage     = "garage-door"
	cooler     = "air-conditioner"
	television = "television"
	cableBox   = "cable-box"
	fridge     = "refrigerator"
	car        = "car"
	security   = "home-security"
)

// kinds lists them in the order in which a household buys them.
func kinds() []string {
	return []string{thermostat, brush, lock, television, fridge, car, security, garage, cableBox, cooler}
}

// act is something that one thing has to tell at a time.
type act struct {
	at     time.Duration // since midnight
	thing  string        // its kind
	values map[string]any
}

// habits are how a household lives.
type habits struct {
	rise, leave, back, bed time.Duration // on working days
	late                   time.Duration // later at the weekend
	care                   float64       // 0 rough to 1 gentle, with hair
	dry                    float64       // how dry the hair is, 0 to 1
	brushes                int           // times a day
	films                  float64       // how likely an evening before the television is
	warm                   float64       // degrees by day
	lat, lon               float64
}

func drawHabits(rng *rand.Rand) habits {
	minutes := func(mean, spread float64) time.Duration {
		return time.Duration(math.Round(mean+rng.NormFloat64()*spread)) * time.Minute
	}
	h := habits{
		rise: minutes(390, 25), leave: minutes(480, 20), back: minutes(1050, 40), bed: minutes(1370, 30), late: minutes(90, 25),
		care: rng.Float64(), dry: rng.Float64(), brushes: 1 + rng.IntN(2), films: 0.4 + rng.Float64()*0.5, warm: 19.5 + rng.Float64()*3,
		lat: 48 + rng.Float64()*6, lon: 7 + rng.Float64()*7,
	}
	h.leave = max(h.leave, h.rise+40*time.Minute)
	h.back = max(h.back, h.leave+4*time.Hour)
	h.bed = max(min(h.bed, 23*time.Hour+45*time.Minute), h.back+2*time.Hour)
	return h
}

// day writes a day of a household: what each of its things tells, in the order of time.
// n counts the days; weekday 0 is Monday.
func (h habits) day(rng *rand.Rand, n, weekday int) []act {
	var acts []act
	tell := func(at time.Duration, thing string, values map[string]any) {
		if at >= 0 && at < 24*time.Hour {
			acts = append(acts, act{at, thing, values})
		}
	}
	jitter := func(minutes float64) time.Duration {
		return time.Duration(rng.NormFloat64() * minutes * float64(time.Minute)).Round(time.Second)
	}
	weekend := weekday >= 5
	rise, leave, back, bed := h.rise+jitter(8), h.leave+jitter(6), h.back+jitter(20), h.bed+jitter(15)
	if weekend {
		rise, leave, back = rise+h.late, leave+h.late+time.Hour, leave+h.late+4*time.Hour+jitter(30)
	}
	away := !weekend || rng.Float64() < 0.6

	h.room(tell, rng, rise, leave, back, bed, away, n)
	for i := range h.brushes {
		at := rise + 15*time.Minute + jitter(5)
		if i == 1 {
			at = bed - 25*time.Minute + jitter(8)
		}
		h.brushing(tell, rng, at)
	}
	for _, meal := range []time.Duration{rise + 20*time.Minute, back + 25*time.Minute} {
		h.cooking(tell, rng, meal+jitter(6), n)
	}
	if away {
		h.out(tell, rng, leave, back, weekend)
	}
	if rng.Float64() < h.films {
		h.evening(tell, rng, back+90*time.Minute+jitter(20), bed-20*time.Minute)
	}
	slices.SortStableFunc(acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
	return acts
}

type teller func(at time.Duration, thing string, values map[string]any)

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// room is the thermostat and the air conditioner through a day.
func (h habits) room(tell teller, rng *rand.Rand, rise, leave, back, bed time.Duration, away bool, n int) {
	season := math.Cos(float64(n%365)/365*2*math.Pi) * 8 // the coldest day is the first
	temperature := 17.5
	for at := time.Duration(0); at < 24*time.Hour; at += 20 * time.Minute {
		home := at > rise && at < bed && (!away || at < leave || at > back)
		want := 17.0
		if home {
			want = h.warm
		}
		temperature += (want-temperature)*0.35 + rng.NormFloat64()*0.12
		tell(at+time.Duration(rng.IntN(60))*time.Second, thermostat, map[string]any{"temperature": tenth(temperature), "humidity": math.Round(48 + rng.NormFloat64()*3 - season), "presence": home})
		if outside := 14 - season; outside > 18 && home && at > 12*time.Hour {
			tell(at+2*time.Minute, cooler, map[string]any{"power": true, "temperature": tenth(outside + 8 + rng.Float64()*3), "minutes": 20})
		}
	}
	tell(rise-10*time.Minute, thermostat, map[string]any{"target": tenth(h.warm), "mode": "heat"})
	tell(bed, thermostat, map[string]any{"target": 17.0})
	tell(bed+5*time.Minute, cooler, map[string]any{"power": false})
	if rng.Float64() < 0.3 { // somebody airs the room
		tell(rise+30*time.Minute, thermostat, map[string]any{"temperature": tenth(temperature + 0.5)})
		tell(rise+36*time.Minute, thermostat, map[string]any{"temperature": tenth(temperature - 2.2)})
	}
}

// brushing is a session of some minutes, one value every ten seconds.
func (h habits) brushing(tell teller, rng *rand.Rand, at time.Duration) {
	steps := 7 + rng.IntN(18)
	for i := range steps {
		pull := 4 + (1-h.care)*9 + rng.NormFloat64()*1.6
		if rng.Float64() < 0.06+0.12*(1-h.care) {
			pull += 8 + rng.Float64()*6
		}
		tell(at+time.Duration(i)*10*time.Second, brush, map[string]any{
			"motion": true, "force": tenth(min(max(pull, 0.5), 39)), "strokes": 4 + rng.IntN(6),
			"moisture": math.Round(min(max(58-h.dry*34+rng.NormFloat64()*4, 5), 95)), "breakage": math.Round(min(max((1-h.care)*0.35+rng.NormFloat64()*0.06, 0), 1)*100) / 100,
		})
	}
	tell(at+time.Duration(steps)*10*time.Second, brush, map[string]any{"motion": false})
}

// cooking opens the refrigerator some times.
func (h habits) cooking(tell teller, rng *rand.Rand, at time.Duration, n int) {
	milk := 100 - float64((n*17)%100)
	for i := range 2 + rng.IntN(4) {
		open := at + time.Duration(i)*4*time.Minute
		tell(open, fridge, map[string]any{"door": "open", "temperature": tenth(4.2 + rng.Float64())})
		shut := open + time.Duration(10+rng.IntN(50))*time.Second
		if rng.Float64() < 0.02 {
			shut += 5 * time.Minute // forgotten
		}
		tell(shut, fridge, map[string]any{"door": "closed", "temperature": tenth(4.6 + rng.Float64()*1.5)})
	}
	tell(at+20*time.Minute, fridge, map[string]any{"milk": milk, "water": tenth(rng.Float64() * 1.5)})
}

// out is leaving and coming home: the lock, the garage, the car, the alarm.
func (h habits) out(tell teller, rng *rand.Rand, leave, back time.Duration, weekend bool) {
	tell(leave, lock, map[string]any{"lock": "unlocked", "by": "inside", "door": "closed"})
	tell(leave+40*time.Second, lock, map[string]any{"door": "open"})
	tell(leave+70*time.Second, lock, map[string]any{"door": "closed"})
	tell(leave+85*time.Second, lock, map[string]any{"lock": "locked"})
	tell(leave+90*time.Second, security, map[string]any{"mode": "away", "window": "closed"})
	tell(leave+2*time.Minute, garage, map[string]any{"door": "open", "obstacle": false})
	tell(leave+3*time.Minute, garage, map[string]any{"door": "closed"})
	h.trip(tell, rng, leave+2*time.Minute, 18+rng.Float64()*15, true)
	drive := 35 * time.Minute
	h.trip(tell, rng, back-drive, 18+rng.Float64()*15, false)
	tell(back-time.Minute, garage, map[string]any{"door": "open"})
	shut := back + time.Minute
	if rng.Float64() < 0.05 {
		shut += 40 * time.Minute // left open
	}
	tell(shut, garage, map[string]any{"door": "closed"})
	tell(back+time.Minute, security, map[string]any{"mode": "off"})
	tell(back+90*time.Second, lock, map[string]any{"lock": "unlocked", "by": []string{"key", "code", "app"}[rng.IntN(3)]})
	tell(back+2*time.Minute, lock, map[string]any{"door": "open"})
	tell(back+140*time.Second, lock, map[string]any{"door": "closed"})
	if rng.Float64() > 0.08 {
		tell(back+4*time.Minute, lock, map[string]any{"lock": "locked"})
	} else {
		tell(back+2*time.Hour, lock, map[string]any{"lock": "locked"})
	}
	if rng.Float64() < 0.004 {
		tell(leave+2*time.Hour, security, map[string]any{"motion": true}) // a burglar, or a cat
		tell(leave+2*time.Hour+time.Minute, security, map[string]any{"motion": false})
	}
}

// trip drives away from home, or back.
func (h habits) trip(tell teller, rng *rand.Rand, at time.Duration, km float64, away bool) {
	const legs = 7
	for i := range legs + 1 {
		part := float64(i) / legs
		far := part
		if !away {
			far = 1 - part
		}
		values := map[string]any{"position": map[string]any{"lat": math.Round((h.lat+far*km/111)*1e5) / 1e5, "lon": h.lon}, "km": km / legs, "braking": tenth(max(0, 1.2+rng.NormFloat64()*0.9+6*max(0, rng.Float64()-0.93)*10))}
		values["ignition"] = i < legs
		if i == 0 {
			delete(values, "km")
			values["home"] = map[string]any{"lat": math.Round(h.lat*1e5) / 1e5, "lon": h.lon}
			values["doors"] = "unlocked"
		}
		if i == legs {
			values["doors"] = "locked"
		}
		tell(at+time.Duration(i)*5*time.Minute, car, values)
	}
}

// evening is the television and the cable box.
func (h habits) evening(tell teller, rng *rand.Rand, from, to time.Duration) {
	if to-from < 30*time.Minute {
		return
	}
	input := []string{"tuner", "stream", "stream", "game"}[rng.IntN(4)]
	tell(from, television, map[string]any{"power": true, "input": input, "volume": float64(20 + rng.IntN(25))})
	genre := []string{"news", "sport", "film", "series", "series", "music"}[rng.IntN(6)]
	if input == "tuner" {
		tell(from+time.Minute, cableBox, map[string]any{"power": true, "channel": 1 + rng.IntN(60), "genre": genre})
	}
	for at := from + 30*time.Minute; at < to; at += 30 * time.Minute {
		tell(at, television, map[string]any{"minutes": 30})
		if input == "tuner" {
			tell(at+time.Minute, cableBox, map[string]any{"channel": 1 + rng.IntN(60)})
		}
	}
	tell(to, television, map[string]any{"power": false})
	if input == "tuner" {
		tell(to+time.Minute, cableBox, map[string]any{"power": false})
	}
}
