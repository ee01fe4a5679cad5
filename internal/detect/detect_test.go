package detect_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"

	"tagline/internal/detect"
	"tagline/internal/model"
	"tagline/internal/rule"
)

const second, minute, hour = int64(1e6), int64(60e6), int64(3600e6)

func condition(t testing.TB, text string) (c rule.Condition) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func span(d time.Duration) model.Span { return model.Span(d) }

func bottle() model.Model {
	return model.Model{Name: "m", Properties: map[string]model.Property{
		"seal": {Enum: []string{"sealed", "opened"}}, "fill": {Unit: "%"}, "motor": {Flag: true}, "force": {Unit: "N"}, "car": {Place: true}, "home": {Place: true},
	}}
}

func compile(t testing.TB, d model.Detector) (model.Model, *detect.Program) {
	t.Helper()
	m := bottle()
	if d.Moment == "" {
		d.Moment = "m"
	}
	m.Detect = []model.Detector{d}
	if ps := m.Check(); len(ps) > 0 {
		t.Fatal(ps.Err())
	}
	p, err := detect.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

// say reads "10s seal=opened fill=3; 20s …" into readings with the IDs a, b, c, …
func say(t testing.TB, text string) (list []detect.Reading) {
	t.Helper()
	for i, one := range strings.Split(text, ";") {
		words := strings.Fields(one)
		d, err := time.ParseDuration(words[0])
		if err != nil {
			t.Fatal(err)
		}
		r := detect.Reading{At: d.Microseconds() + hour, ID: string(rune('a' + i)), Values: map[string]rule.Value{}}
		for _, w := range words[1:] {
			name, value, _ := strings.Cut(w, "=")
			var f float64
			switch _, err := fmt.Sscan(value, &f); {
			case w == "epoch":
				r.Epoch = true
			case err == nil:
				r.Values[name] = rule.Number(f)
			case value == "true" || value == "false":
				r.Values[name] = rule.Bool(value == "true")
			default:
				r.Values[name] = rule.Text(value)
			}
		}
		list = append(list, r)
	}
	return list
}

func run(p *detect.Program, list []detect.Reading, until int64) []detect.Firing {
	s := &detect.State{}
	var out []detect.Firing
	for _, r := range list {
		out = append(out, p.Step(s, r)...)
	}
	return append(out, p.Pass(s, until)...)
}

// told gives firings as "10s/a", seconds after the first hour and the cause.
func told(all []detect.Firing) string {
	var parts []string
	for _, f := range all {
		parts = append(parts, fmt.Sprintf("%v/%s", time.Duration((f.At-hour)*1000), f.Cause))
	}
	return strings.Join(parts, " ")
}

func TestWhatEachDetectorTells(t *testing.T) {
	open := `{"property":"seal","is":"opened"}`
	for _, c := range []struct {
		name, readings, want string
		d                    model.Detector
	}{
		{"a value is so at the first reading", "1s seal=opened; 2s seal=opened; 3s seal=sealed; 4s seal=opened", "1s/a 4s/d", model.Detector{When: condition(t, open)}},
		{"becomes needs a value before", "1s seal=opened; 2s seal=sealed; 3s fill=3; 4s seal=opened; 5s seal=opened", "4s/d",
			model.Detector{When: condition(t, `{"property":"seal","becomes":"opened"}`)}},
		{"readings in a row that carry it", "1s fill=10; 2s seal=opened; 3s fill=30; 4s fill=10; 5s fill=9; 6s fill=8; 7s fill=30; 8s fill=1; 9s fill=1", "5s/e 9s/i",
			model.Detector{When: condition(t, `{"property":"fill","below":20,"for":2}`)}},
		{"crosses above", "1s fill=30; 2s fill=20; 3s fill=21; 4s fill=25; 5s fill=19; 6s fill=20.5", "3s/c 6s/f", model.Detector{When: condition(t, `{"property":"fill","crosses-above":20}`)}},
		{"crosses below", "1s fill=10; 2s fill=20; 3s fill=19", "3s/c", model.Detector{When: condition(t, `{"property":"fill","crosses-below":20}`)}},
		{"falls slowly is no fall", "0s fill=50; 90s fill=48.5; 180s fill=47; 300s fill=46", "", model.Detector{When: condition(t, `{"property":"fill","falls-by":3,"within":"2m"}`)}},
		{"one fall is one moment", "0s fill=50; 10s fill=46; 20s fill=45; 30s fill=44; 40s fill=43", "10s/b 40s/e", model.Detector{When: condition(t, `{"property":"fill","falls-by":3,"within":"2m"}`)}},
		{"rises", "0s fill=50; 10s fill=40; 20s fill=53", "20s/c", model.Detector{When: condition(t, `{"property":"fill","rises-by":10}`)}},
		{"two tests", "1s fill=10; 2s seal=opened; 3s seal=sealed; 4s seal=opened fill=50", "2s/b",
			model.Detector{When: condition(t, `{"all":[{"property":"fill","below":20},{"property":"seal","is":"opened"}]}`)}},
		{"once for the thing", "1s seal=opened; 2s seal=sealed; 3s epoch; 4s seal=opened", "1s/a", model.Detector{When: condition(t, open), Once: "per-thing"}},
		{"once for each epoch", "1s seal=opened; 2s seal=sealed; 3s seal=opened; 4s epoch; 5s seal=sealed; 6s seal=opened", "1s/a 6s/f", model.Detector{When: condition(t, open), Once: "per-epoch"}},
		{"once a day", "1s seal=opened; 2s seal=sealed; 3s seal=opened; 22h59m59s seal=sealed; 23h seal=opened", "1s/a 23h0m0s/e", model.Detector{When: condition(t, open), Once: "per-day"}},
		{"not again so soon", "1s seal=opened; 2s seal=sealed; 3s seal=opened; 4s seal=sealed; 11s seal=opened", "1s/a 11s/e", model.Detector{When: condition(t, open), Every: span(10 * time.Second)}},
		{"a sum that adds up", "1s fill=4; 2s fill=4; 3s fill=4; 4s fill=4; 5s fill=5", "3s/c 5s/e", model.Detector{Sum: &model.SumOf{Of: "fill", Reaches: 10}}},
		{"a sum over a window", "1s fill=4; 2s fill=7; 3s fill=1; 12s fill=1; 13s fill=9", "2s/b 13s/e", model.Detector{Sum: &model.SumOf{Of: "fill", Reaches: 10, Over: span(10 * time.Second)}}},
		{"a count in a window", "1s seal=opened; 2s seal=sealed; 3s seal=opened; 60s seal=sealed; 61s seal=opened; 62s seal=sealed; 63s seal=opened", "3s/c 1m3s/g",
			model.Detector{Count: &model.CountOf{Of: condition(t, open), Times: 2, Within: span(5 * time.Second)}}},
		{"a state that lasts", "0s seal=opened; 30s seal=opened; 59s seal=sealed; 60s seal=opened; 120s fill=1", "2m0s/d",
			model.Detector{Idle: &model.IdleOf{While: condition(t, open), For: span(time.Minute)}}},
		{"nothing is heard", "0s fill=1; 60s fill=1; 119s fill=1", "1m0s/a 2m59s/c", model.Detector{Absent: span(time.Minute)}},
		{"a session with a start and an end", "0s motor=true force=1; 1s force=3; 2s motor=false; 3s force=9; 10s motor=true; 11s motor=false", "2s/a 11s/e",
			model.Detector{Session: &model.SessionOf{Starts: condition(t, `{"property":"motor","is":true}`), Ends: condition(t, `{"property":"motor","is":false}`)}}},
		{"a session ends with a gap", "0s force=1; 20s force=1; 80s force=1; 81s force=1", "20s/a 1m21s/c",
			model.Detector{Session: &model.SessionOf{Starts: condition(t, `{"property":"force","above":0}`), Gap: span(time.Minute)}}},
		{"a session that is too short", "0s motor=true; 5s motor=false; 10s motor=true; 30s motor=false", "30s/c",
			model.Detector{Session: &model.SessionOf{Starts: condition(t, `{"property":"motor","is":true}`), Ends: condition(t, `{"property":"motor","is":false}`), Min: span(10 * time.Second)}}},
		{"a place is entered", "0s home.lat=52.5 home.lon=13.4 car.lat=52.5 car.lon=13.4; 1s car.lat=52.6; 2s car.lat=52.5011; 3s car.lat=52.5021; 4s car.lat=52.5; 5s car.lat=52.51; 6s car.lat=52.5", "2s/c 6s/g",
			model.Detector{Enters: &model.PlaceOf{Of: "car", Near: "home", Radius: 200}}},
		{"nothing is told of a word that is a number", "1s seal=3; 2s fill=opened", "", model.Detector{When: condition(t, open)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, p := compile(t, c.d)
			list := say(t, c.readings)
			if got := told(run(p, list, list[len(list)-1].At+10*minute)); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

func TestASessionHasItsNumbers(t *testing.T) {
	features := map[string]model.Feature{}
	for _, how := range model.Hows() {
		features[how] = model.Feature{Of: "force", How: how}
	}
	features["share"] = model.Feature{Of: "motor", How: "share"}
	_, p := compile(t, model.Detector{Session: &model.SessionOf{Starts: condition(t, `{"property":"motor","is":true}`), Ends: condition(t, `{"property":"motor","is":false}`), Features: features}})
	all := run(p, say(t, "0s motor=true force=2; 10s force=4; 20s fill=1; 30s force=6; 40s motor=false"), 2*hour)
	if len(all) != 1 {
		t.Fatal(all)
	}
	want := map[string]float64{"mean": 4, "min": 2, "max": 6, "sum": 12, "count": 3, "first": 2, "last": 6, "rise": 4, "spread": math.Sqrt(8.0 / 3), "share": 0.5, "duration": 40}
	for name, v := range want {
		if math.Abs(all[0].Values[name]-v) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, all[0].Values[name], v)
		}
	}
	if !strings.HasPrefix(all[0].Because, "a session of 40 s: count 3, first 2") || all[0].From != hour {
		t.Errorf("%+v", all[0])
	}
}

// randomModel draws detectors of every kind.
func randomModel(t testing.TB, rng *rand.Rand) model.Model {
	m := bottle()
	leaf := func() string {
		n := rng.IntN(5)
		return []string{
			`{"property":"seal","is":"opened"}`, `{"property":"seal","becomes":"opened"}`, fmt.Sprintf(`{"property":"fill","below":%d,"for":%d}`, 3+n, 1+n/2),
			fmt.Sprintf(`{"property":"fill","falls-by":%d,"within":"%ds"}`, 2+n, 5+n*10), fmt.Sprintf(`{"property":"fill","rises-by":%d}`, 2+n),
			fmt.Sprintf(`{"property":"fill","crosses-above":%d}`, 2+n), fmt.Sprintf(`{"property":"fill","crosses-below":%d}`, 2+n), `{"property":"motor","is":true}`,
		}[rng.IntN(8)]
	}
	level := func() string {
		return []string{`{"property":"seal","is":"opened"}`, `{"property":"fill","above":4}`, `{"property":"motor","is":true}`, `{"not":{"property":"seal","is":"opened"}}`}[rng.IntN(4)]
	}
	tree := func() rule.Condition {
		switch rng.IntN(4) {
		case 0:
			return condition(t, `{"all":[`+leaf()+`,`+level()+`]}`)
		case 1:
			return condition(t, `{"any":[`+leaf()+`,`+leaf()+`]}`)
		}
		return condition(t, leaf())
	}
	some := func() model.Span { return span(time.Duration(1+rng.IntN(60)) * time.Second) }
	for i := range 1 + rng.IntN(6) {
		d := model.Detector{Moment: fmt.Sprintf("m%d", i), Once: []string{"", "", "", "per-thing", "per-day", "per-epoch"}[rng.IntN(6)]}
		if rng.IntN(4) == 0 {
			d.Every = some()
		}
		switch rng.IntN(7) {
		case 0:
			d.Session = &model.SessionOf{Starts: condition(t, level()), Gap: some(), Features: map[string]model.Feature{
				"a": {Of: "fill", How: model.Hows()[rng.IntN(9)]}, "b": {Of: "motor", How: "share"}}}
			if rng.IntN(2) == 0 {
				d.Session.Ends = tree()
			}
			if rng.IntN(2) == 0 {
				d.Session.Min = span(5 * time.Second)
			}
			if d.Once == "per-epoch" {
				d.Once = "" // a session is timed before it is known; plain counts epochs by time
			}
		case 1:
			d.Sum = &model.SumOf{Of: "fill", Reaches: float64(5 + rng.IntN(30))}
			if rng.IntN(2) == 0 {
				d.Sum.Over = some()
			}
		case 2:
			d.Count = &model.CountOf{Of: tree(), Times: 2 + rng.IntN(3), Within: some()}
		case 3:
			d.Idle = &model.IdleOf{While: condition(t, level()), For: some()}
		case 4:
			d.Absent = some()
		default:
			d.When = tree()
		}
		m.Detect = append(m.Detect, d)
	}
	return m
}

func randomReadings(rng *rand.Rand, n int) []detect.Reading {
	at := 3 * hour
	var list []detect.Reading
	for i := range n {
		at += int64(rng.IntN(25)) * second
		if rng.IntN(30) == 0 {
			at += 20*hour + second/2
			list = append(list, detect.Reading{At: at, ID: fmt.Sprintf("%04d", i), Epoch: true})
			at += second / 2
			continue
		}
		r := detect.Reading{At: at, ID: fmt.Sprintf("%04d", i), Values: map[string]rule.Value{}}
		if rng.IntN(2) == 0 {
			r.Values["fill"] = rule.Number(float64(rng.IntN(10)))
		}
		if rng.IntN(3) == 0 {
			r.Values["seal"] = rule.Text([]string{"sealed", "opened"}[rng.IntN(2)])
		}
		if rng.IntN(3) == 0 {
			r.Values["motor"] = rule.Bool(rng.IntN(2) == 0)
		}
		list = append(list, r)
	}
	return list
}

func describe(all []detect.Firing) []string {
	var out []string
	for _, f := range sorted(all) {
		line := fmt.Sprintf("%s from %d", f.Key(), f.From)
		if strings.Contains(f.Because, "session") || f.Because == "" {
			line = f.Key()
		}
		var names []string
		for n := range f.Values {
			names = append(names, n)
		}
		sort.Strings(names)
		out = append(out, line)
	}
	return out
}

func sameFirings(t *testing.T, what string, got, want []detect.Firing) {
	t.Helper()
	g, w := sorted(got), sorted(want)
	ok := len(g) == len(w)
	for i := 0; ok && i < len(g); i++ {
		ok = g[i].Key() == w[i].Key() && g[i].Detector == w[i].Detector
		for name, v := range w[i].Values {
			ok = ok && math.Abs(g[i].Values[name]-v) < 1e-9*(1+math.Abs(v))
		}
	}
	if !ok {
		t.Fatalf("%s:\n got %v\nwant %v", what, describe(g), describe(w))
	}
}

// TestStepByStepEqualsAPlainRecomputation runs random models over random readings,
// with the state written and read, and time let pass, at random places.
func TestStepByStepEqualsAPlainRecomputation(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	fired := 0
	for round := range 4000 {
		m := randomModel(t, rng)
		p, err := detect.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		list := randomReadings(rng, 2+rng.IntN(50))
		until := list[len(list)-1].At + int64(rng.IntN(100))*second
		want := plain{m, list, until, map[string]bool{}}.all()
		s := &detect.State{}
		var got []detect.Firing
		for i, r := range list {
			got = append(got, p.Step(s, r)...)
			if rng.IntN(3) == 0 && i+1 < len(list) {
				got = append(got, p.Pass(s, r.At+rng.Int64N(list[i+1].At-r.At+1))...)
			}
			if rng.IntN(4) == 0 {
				if s, err = s.Clone(); err != nil {
					t.Fatal(err)
				}
			}
		}
		got = append(got, p.Pass(s, until)...)
		sameFirings(t, fmt.Sprintf("round %d", round), got, want)
		if due, ok := p.Due(s); ok && due <= until {
			t.Fatalf("round %d: something is due at %d, which is over", round, due)
		}
		fired += len(want)
	}
	if fired < 20_000 {
		t.Errorf("only %d moments in all: the test looks at too little", fired)
	}
}

// TestALateReadingIsFoldedInFromAKeptState is what package reading does.
func TestALateReadingIsFoldedInFromAKeptState(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for round := range 1000 {
		m := randomModel(t, rng)
		p, _ := detect.Compile(m)
		list := randomReadings(rng, 10+rng.IntN(30))
		until := list[len(list)-1].At + minute
		cut := rng.IntN(len(list)) // the state after so many readings is kept
		s := &detect.State{}
		var before []detect.Firing
		for _, r := range list[:cut] {
			before = append(before, p.Step(s, r)...)
		}
		kept, err := s.Clone()
		if err != nil {
			t.Fatal(err)
		}
		// Live, one reading after the cut was missing; now it is there.
		after := before
		for _, r := range list[cut:] {
			after = append(after, p.Step(kept, r)...)
		}
		after = append(after, p.Pass(kept, until)...)
		sameFirings(t, fmt.Sprint("round ", round), after, plain{m, list, until, map[string]bool{}}.all())
	}
}

func TestAStateIsBounded(t *testing.T) {
	m := bottle()
	m.Detect = []model.Detector{
		{Moment: "a", When: condition(t, `{"property":"fill","falls-by":1000,"within":"24h"}`)},
		{Moment: "b", Sum: &model.SumOf{Of: "fill", Reaches: 1e12, Over: span(24 * time.Hour)}},
		{Moment: "c", Count: &model.CountOf{Of: condition(t, `{"property":"seal","becomes":"opened"}`), Times: 1000, Within: span(time.Second)}},
	}
	p, _ := detect.Compile(m)
	s := &detect.State{}
	for i := range 5000 {
		p.Step(s, detect.Reading{At: int64(i) * 1000, ID: fmt.Sprintf("%06d", i), Values: map[string]rule.Value{
			"fill": rule.Number(float64(10000 - i%9000)), "seal": rule.Text([]string{"sealed", "opened"}[i%2])}})
	}
	data, err := s.Encode()
	if err != nil || len(data) > 100_000 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestWhatOnlyFallsAndRisesIsToldOnce(t *testing.T) {
	m := bottle()
	m.Properties["seal"] = model.Property{Enum: []string{"sealed", "opened"}, Monotonic: "rises"}
	m.Properties["fill"] = model.Property{Unit: "%", Monotonic: "falls"}
	p, err := detect.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	all := run(p, say(t, "1s seal=sealed fill=50; 2s seal=opened fill=40; 3s seal=sealed fill=40; 4s seal=sealed fill=90; 5s fill=80; 6s fill=39; 7s fill=41 seal=opened"), 2*hour)
	if got := told(all); got != "3s/c 4s/d 7s/g" || all[0].Because != "seal only rises, and went back to sealed" || all[0].Moment != detect.Impossible {
		t.Errorf("%s %+v", got, all)
	}
}

func TestTheFingerprintFollowsTheDetectors(t *testing.T) {
	_, a := compile(t, model.Detector{Absent: span(time.Minute)})
	_, b := compile(t, model.Detector{Absent: span(time.Minute)})
	_, c := compile(t, model.Detector{Absent: span(time.Hour)})
	if a.Fingerprint() != b.Fingerprint() || a.Fingerprint() == c.Fingerprint() {
		t.Error(a.Fingerprint(), b.Fingerprint(), c.Fingerprint())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"at":1,"seen":true,"values":{"fill":3},"parts":[{"w":{"r":[1,2]},"o":true,"t":[{"n":1}],"p":[{"t":1,"v":2}]}]}`))
	f.Add([]byte(`{"parts":[{},{},{},{},{},{},{},{},{}],"seen":true}`))
	m := randomModel(f, rand.New(rand.NewPCG(1, 1)))
	p, err := detect.Compile(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := detect.Decode(data)
		if err != nil {
			return
		}
		for _, r := range randomReadings(rand.New(rand.NewPCG(2, 2)), 20) { // a state of another model must not stop the server
			p.Step(s, r)
		}
		p.Due(s)
	})
}

func BenchmarkStep(b *testing.B) {
	m := bottle()
	m.Detect = []model.Detector{
		{Moment: "opened", When: condition(b, `{"property":"seal","becomes":"opened"}`), Once: "per-thing"},
		{Moment: "poured", When: condition(b, `{"property":"fill","falls-by":3,"within":"2m"}`)},
		{Moment: "low", When: condition(b, `{"property":"fill","below":20,"for":2}`), Once: "per-epoch"},
		{Moment: "drained", When: condition(b, `{"property":"fill","below":5,"for":2}`), Once: "per-epoch"},
		{Moment: "silent", Absent: span(72 * time.Hour)},
	}
	p, err := detect.Compile(m)
	if err != nil {
		b.Fatal(err)
	}
	s := &detect.State{}
	rng := rand.New(rand.NewPCG(1, 1))
	list := make([]detect.Reading, 1024)
	for i := range list {
		list[i] = detect.Reading{ID: fmt.Sprint(i), Values: map[string]rule.Value{"fill": rule.Number(float64(rng.IntN(1000)) / 10), "force": rule.Number(1)}}
	}
	b.ReportAllocs()
	var at int64
	for b.Loop() {
		at += second
		r := list[at/second%1024]
		r.At = at
		p.Step(s, r)
	}
}
