package twin_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/rule"
	"tagline/internal/twin"
)

var thermostat = model.Model{
	Name: "thermostat",
	Properties: map[string]model.Property{
		"temperature": {Unit: "Cel", Min: new(-30.0), Max: new(60.0)},
		"target":      {Unit: "Cel", Min: new(5.0), Max: new(30.0), Writable: true, Actuator: model.Comfort, Safe: "5"},
		"mode":        {Enum: []string{"heat", "off"}, Writable: true},
		"home":        {Place: true},
		"away":        {Flag: true},
	},
}

func read(t *testing.T, doc string) (twin.Patch, error) {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &fields); err != nil {
		t.Fatal(err)
	}
	return twin.Read(&thermostat, fields)
}

func must(t *testing.T, doc string) twin.Patch {
	t.Helper()
	p, err := read(t, doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestValuesAreReadByTheModel(t *testing.T) {
	p := must(t, `{"temperature": 21.50, "mode":"heat","away":false,"home":{"lat":52.5,"lon":13.4},"target":null,"fw":"1.2.0","battery":{"v":80,"u":"%"},"frost":true}`)
	want := map[string]rule.Value{
		"temperature": rule.Number(21.5), "mode": rule.Text("heat"), "away": rule.Bool(false), "home.lat": rule.Number(52.5), "home.lon": rule.Number(13.4),
		"fw": rule.Text("1.2.0"), "battery": rule.Number(80),
	}
	if !reflect.DeepEqual(p.Values, want) || fmt.Sprint(p.Removed, p.Unknown) != "[target] [frost]" {
		t.Errorf("%v %v %v", p.Values, p.Removed, p.Unknown)
	}
	if p := must(t, `{"home":null}`); fmt.Sprint(p.Removed) != "[home.lat home.lon]" {
		t.Errorf("%v", p.Removed)
	}
}

func TestImpossibleValuesAreRefusedInWords(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{`{"temperature": 451}`, "temperature is 451, above its greatest 60"},
		{`{"temperature": -31}`, "temperature is -31, below its least -30"},
		{`{"temperature": "21.5"}`, `temperature is the text "21.5", a number in Cel is needed`},
		{`{"temperature": {"v": 68, "u": "[degF]"}}`, `temperature comes in "[degF]", its model says Cel`},
		{`{"temperature": {"v": {"v":1,"u":"Cel"}, "u": "Cel"}}`, "temperature is a set of fields: a value is needed, or {v, u}"},
		{`{"temperature": {"value": 3}}`, "temperature is a set of fields: a value is needed, or {v, u}"},
		{`{"temperature": 1e400}`, "temperature is a number beyond all bounds"},
		{`{"temperature": [21]}`, "temperature is a list, a number in Cel is needed"},
		{`{"temperature": true}`, "temperature is true, a number in Cel is needed"},
		{`{"mode": "hot"}`, `mode is never "hot": it is heat, off`},
		{`{"mode": 1}`, "mode is a number, one of heat, off is needed"},
		{`{"away": "no"}`, `away is the text "no", true or false is needed`},
		{`{"home": {"lat": 91, "lon": 0}}`, "home is no place: {lat, lon} in degrees is needed"},
		{`{"battery": 101}`, "battery is 101, above its greatest 100"},
		{`{"fw": 2}`, "fw is a number, a text is needed"},
	} {
		_, err := read(t, c.doc)
		if !fault.Is(err, fault.Invalid) || fault.From(err).Message != c.want {
			t.Errorf("%s: %v, want %s", c.doc, err, c.want)
		}
	}
	_, err := read(t, `{"temperature": 451, "mode": "hot"}`)
	if !strings.Contains(fmt.Sprint(err), "mode is never") || !strings.Contains(fmt.Sprint(err), "; temperature is 451") {
		t.Errorf("all that is wrong is said at once: %v", err)
	}
}

// TestReportsCommute gives the same reports in other orders, some twice.
func TestReportsCommute(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	names := []string{"temperature", "target", "mode"}
	for round := range 2000 {
		type report struct {
			p    twin.Patch
			s    twin.Stamp
			full bool
		}
		var reports []report
		for i := range 1 + rng.IntN(10) {
			r := report{p: twin.Patch{Values: map[string]rule.Value{}}, s: twin.Stamp{At: int64(rng.IntN(8))}}
			for _, n := range names {
				switch rng.IntN(4) {
				case 0:
					r.p.Values[n] = rule.Number(float64(i))
				case 1:
					r.p.Removed = append(r.p.Removed, n)
				}
			}
			if rng.IntN(2) == 0 {
				r.s.Boot, r.s.RV, r.full = int64(rng.IntN(2)), int64(i+1), rng.IntN(4) == 0
			} else {
				r.s.ID = fmt.Sprint(i)
			}
			reports = append(reports, r)
		}
		var docs []string
		for range 4 {
			var state twin.Reported
			for _, i := range append(rng.Perm(len(reports)), rng.Perm(len(reports))[:len(reports)/2]...) {
				state.Merge(reports[i].p, reports[i].s, reports[i].full)
				data, err := state.Encode()
				if err != nil {
					t.Fatal(err)
				}
				if state, err = twin.Decode(data); err != nil { // a restart in between
					t.Fatal(err)
				}
			}
			doc, _ := json.Marshal(state.Document())
			docs = append(docs, fmt.Sprint(string(doc), state.Boot, state.RV))
		}
		for _, d := range docs {
			if d != docs[0] {
				t.Fatalf("round %d: %s and %s of %+v", round, docs[0], d, reports)
			}
		}
	}
}

func TestAWholeReportEndsWhatItDoesNotName(t *testing.T) {
	var r twin.Reported
	r.Merge(must(t, `{"temperature":20,"mode":"heat"}`), twin.Stamp{At: 1, Boot: 1, RV: 1}, false)
	r.Merge(must(t, `{"away":true}`), twin.Stamp{At: 1, ID: "a"}, false)
	if gap := r.Merge(must(t, `{"mode":"off"}`), twin.Stamp{At: 2, Boot: 1, RV: 3}, false); !gap {
		t.Error("number 2 is missing")
	}
	if gap := r.Merge(must(t, `{"mode":"heat"}`), twin.Stamp{At: 3, Boot: 1, RV: 4}, true); gap {
		t.Error("a whole leaves no gap")
	}
	if doc := fmt.Sprint(r.Document()); doc != "map[away:yes mode:heat]" {
		t.Error(doc)
	}
}

func TestWishesAreVersionedAndChecked(t *testing.T) {
	p := must(t, `{"target":21,"mode":"heat"}`)
	if err := twin.Wanted(&thermostat, p); err != nil {
		t.Fatal(err)
	}
	for doc, want := range map[string]string{
		`{"temperature":20}`: "temperature cannot be set",
		`{"colour":"red"}`:   "colour is no property of thermostat",
	} {
		if err := twin.Wanted(&thermostat, must(t, doc)); fault.From(err).Message != want {
			t.Errorf("%s: %v", doc, err)
		}
	}
	d, changed := twin.Desired{}.Merge(p, 10, "mem_1")
	if !changed || d.Version != 1 || d.Wishes["target"].By != "mem_1" {
		t.Fatalf("%+v", d)
	}
	if same, changed := d.Merge(must(t, `{"target":21.0}`), 11, "mem_2"); changed || same.Version != 1 {
		t.Errorf("the same wish: %+v", same)
	}
	d, _ = d.Merge(must(t, `{"mode":null,"target":22}`), 12, "mem_2")
	if d.Version != 2 || len(d.Wishes) != 1 || d.Wishes["target"].Version != 2 {
		t.Errorf("%+v", d)
	}
}

func TestDeltaAndProgress(t *testing.T) {
	d, _ := twin.Desired{}.Merge(must(t, `{"target":21,"mode":"heat"}`), 1_000_000, "mem_1")
	var r twin.Reported
	r.Merge(must(t, `{"target":21.0,"mode":"off"}`), twin.Stamp{At: 1, Boot: 1, RV: 1}, false)
	if got := twin.Words(twin.Delta(d, r)); got != "mode heat" {
		t.Errorf("delta %q", got)
	}
	for _, c := range []struct {
		online bool
		now    int64
		want   string
	}{{false, 2_000_000, "waiting"}, {true, 2_000_000, "on-its-way"}, {true, 90_000_000, "not-taken"}} {
		if got := twin.Progress(d, r, c.online, c.now, 60_000_000); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	r.Merge(must(t, `{"mode":"heat"}`), twin.Stamp{At: 2, Boot: 1, RV: 2}, false)
	if got := twin.Progress(d, r, true, 90_000_000, 60_000_000); got != "settled" {
		t.Error(got)
	}
}

func TestTheHandAtTheDeviceWins(t *testing.T) {
	d, _ := twin.Desired{}.Merge(must(t, `{"target":21}`), 100, "mem_1") // version 1
	turned := must(t, `{"target":18}`)
	for _, c := range []struct {
		name    string
		seen    int64
		local   bool
		at      int64
		trusted bool
		want    string
	}{
		{"a report that knows nothing of the wish yet", 0, false, 150, true, "[]"},
		{"turned after the wish was seen", 1, true, 0, false, "[target]"},
		{"turned later, by a good clock", 0, true, 150, true, "[target]"},
		{"turned before", 0, true, 50, true, "[]"},
		{"turned at a time that nobody can trust", 0, true, 150, false, "[]"},
	} {
		if got := fmt.Sprint(twin.Overruled(d, turned, c.seen, c.local, c.at, c.trusted)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if left := d.Drop([]string{"target"}); left.Version != 2 || len(left.Wishes) != 0 {
		t.Errorf("%+v", left)
	}
}
