package rule_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func schema() rule.Schema {
	return rule.Schema{Subject: "fact", Facts: map[string]rule.Fact{
		"seal":    {Kind: rule.TextKind, OneOf: []string{"sealed", "opened"}, Says: "the seal"},
		"market":  {Kind: rule.TextKind, Says: "the market"},
		"fill":    {Kind: rule.NumberKind, Unit: "%"},
		"alcohol": {Kind: rule.BoolKind},
		"time":    {Kind: rule.TimeKind, Says: "the time"},
	}}
}

func parse(t *testing.T, text string) rule.Condition {
	t.Helper()
	var c rule.Condition
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%s: %v %v", text, err, fault.From(err).Fields)
	}
	return c
}

func TestEachTestOnASeenValue(t *testing.T) {
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	facts := rule.Map{"seal": rule.Text("sealed"), "fill": rule.Number(20), "alcohol": rule.Bool(true), "time": rule.Time(noon), "empty": rule.Value{}}
	for _, row := range []struct {
		name, condition string
		want            rule.Truth
	}{
		{"is, equal", `{"fact":"seal","is":"sealed"}`, rule.Yes},
		{"is, another", `{"fact":"seal","is":"opened"}`, rule.No},
		{"is, case counts", `{"fact":"seal","is":"Sealed"}`, rule.No},
		{"is, number", `{"fact":"fill","is":20.0}`, rule.Yes},
		{"is, bool", `{"fact":"alcohol","is":false}`, rule.No},
		{"is, kinds differ", `{"fact":"fill","is":"20"}`, rule.Unknown},
		{"in, one of them", `{"fact":"seal","in":["opened","sealed"]}`, rule.Yes},
		{"in, none of them", `{"fact":"fill","in":[1,2]}`, rule.No},
		{"above leaves its bound out", `{"fact":"fill","above":20}`, rule.No},
		{"above", `{"fact":"fill","above":19.9}`, rule.Yes},
		{"below leaves its bound out", `{"fact":"fill","below":20}`, rule.No},
		{"between counts both ends", `{"fact":"fill","between":[20,20]}`, rule.Yes},
		{"between, outside", `{"fact":"fill","between":[0,19]}`, rule.No},
		{"between times counts the first", `{"fact":"time","between":["2026-05-01T12:00:00Z","2026-05-02"]}`, rule.Yes},
		{"between times leaves the last out", `{"fact":"time","between":["2026-04-01","2026-05-01T12:00:00Z"]}`, rule.No},
		{"before leaves its bound out", `{"fact":"time","before":"2026-05-01T12:00:00Z"}`, rule.No},
		{"after counts its bound", `{"fact":"time","after":"2026-05-01T14:00:00+02:00"}`, rule.Yes},
		{"exists", `{"fact":"seal","exists":true}`, rule.Yes},
		{"exists, unknown", `{"fact":"market","exists":true}`, rule.No},
		{"exists false, unknown", `{"fact":"market","exists":false}`, rule.Yes},
		{"a value that is no value is unknown", `{"fact":"empty","exists":false}`, rule.Yes},
		{"unknown", `{"fact":"market","is":"GB"}`, rule.Unknown},
		{"not unknown is unknown", `{"not":{"fact":"market","is":"GB"}}`, rule.Unknown},
		{"all with a no", `{"all":[{"fact":"market","is":"GB"},{"fact":"fill","above":50}]}`, rule.No},
		{"all with an unknown", `{"all":[{"fact":"market","is":"GB"},{"fact":"fill","above":5}]}`, rule.Unknown},
		{"any with a yes", `{"any":[{"fact":"market","is":"GB"},{"fact":"fill","above":5}]}`, rule.Yes},
		{"any with an unknown", `{"any":[{"fact":"market","is":"GB"},{"fact":"fill","above":50}]}`, rule.Unknown},
		{"a change cannot be told from one value", `{"property":"fill","falls-by":3,"within":"2m"}`, rule.Unknown},
		{"nor a run of readings", `{"property":"fill","below":30,"for":2}`, rule.Unknown},
		{"nothing said always holds", `{}`, rule.Yes},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := parse(t, row.condition)
			if got := c.Eval(facts); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if c.Matches(facts) != (row.want == rule.Yes) {
				t.Error("only yes matches")
			}
		})
	}
}

// An answer that is given while some facts are unknown is the answer for every
// value that they could turn out to have.
func TestUnknownNeverGuesses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	settled := 0
	for range 3000 {
		c := randomCondition(rng, 4)
		facts := rule.Map{}
		for _, name := range []string{"seal", "market", "fill", "alcohol"} {
			if rng.IntN(2) == 0 {
				facts[name] = randomValue(rng, name)
			}
		}
		answer := c.Eval(facts)
		if answer == rule.Unknown {
			continue
		}
		settled++
		for range 10 {
			full := rule.Map{}
			for _, name := range []string{"seal", "market", "fill", "alcohol"} {
				full[name] = randomValue(rng, name)
				if v, ok := facts[name]; ok {
					full[name] = v
				}
			}
			if got := c.Eval(full); got != answer {
				t.Fatalf("%s\nanswered %s on %v, and %s on %v", c, answer, facts, got, full)
			}
		}
	}
	if settled < 500 {
		t.Fatalf("only %d conditions were settled: the test says little", settled)
	}
}

func randomValue(rng *rand.Rand, name string) rule.Value {
	switch name {
	case "fill":
		return rule.Number(float64(rng.IntN(4)))
	case "alcohol":
		return rule.Bool(rng.IntN(2) == 0)
	case "seal":
		return rule.Text([]string{"sealed", "opened"}[rng.IntN(2)])
	}
	return rule.Text([]string{"GB", "DE", "JP"}[rng.IntN(3)])
}

func randomCondition(rng *rand.Rand, depth int) rule.Condition {
	if depth == 0 || rng.IntN(4) == 0 {
		name := []string{"seal", "market", "fill", "alcohol"}[rng.IntN(4)]
		v := randomValue(rng, name)
		if name == "fill" {
			return rule.Compare(name, []string{"above", "below", "is"}[rng.IntN(3)], v)
		}
		return rule.Is(name, v)
	}
	switch rng.IntN(3) {
	case 0:
		return rule.Not(randomCondition(rng, depth-1))
	case 1:
		return rule.All(randomCondition(rng, depth-1), randomCondition(rng, depth-1))
	}
	return rule.Any(randomCondition(rng, depth-1), randomCondition(rng, depth-1))
}

func TestExplainNamesEveryLeafAndWhatItSaw(t *testing.T) {
	c := parse(t, `{"any":[{"fact":"seal","is":"opened"},{"all":[{"fact":"fill","below":20},{"not":{"fact":"market","in":["GB","DE","FR"]}},{"fact":"alcohol","exists":true}]}]}`)
	e := c.Explain(rule.Map{"seal": rule.Text("sealed"), "fill": rule.Number(12.5)})
	var lines []string
	for _, f := range e.Leaves {
		lines = append(lines, f.Path.String()+" | "+f.Words(schema()))
	}
	want := []string{
		"any[0] | the seal is opened: no, it is sealed",
		"any[1].all[0] | fill is below 20 %: yes, it is 12.5",
		"any[1].all[1].not | the market is GB, DE or FR: unknown, the value is not known",
		"any[1].all[2] | alcohol is known: no",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	if e.Truth != rule.No {
		t.Errorf("answer %s", e.Truth)
	}
}

func TestWordsReadAsEnglish(t *testing.T) {
	for _, row := range []struct{ condition, want string }{
		{`{}`, "always"},
		{`{"fact":"market","in":["GB","DE","FR"]}`, "the market is GB, DE or FR"},
		{`{"not":{"fact":"market","in":["GB","DE"]}}`, "the market is neither GB nor DE"},
		{`{"all":[{"fact":"seal","is":"opened"},{"any":[{"fact":"fill","below":20},{"not":{"fact":"market","is":"GB"}}]}]}`,
			"the seal is opened and (fill is below 20 %, or the market is not GB)"},
		{`{"not":{"all":[{"fact":"seal","is":"opened"},{"fact":"alcohol","is":true}]}}`, "it is not so that (the seal is opened and alcohol is yes)"},
		{`{"fact":"time","between":["2026-05-01","2026-06-01T10:00:00Z"]}`, "the time is between 2026-05-01 and 2026-06-01T10:00:00Z"},
		{`{"fact":"time","after":"2026-05-01"}`, "the time is 2026-05-01 or after"},
		{`{"property":"fill","falls-by":3,"within":"120s"}`, "fill falls by 3 % within 2m"},
		{`{"property":"fill","below":20,"for":2}`, "fill is below 20 % for 2 readings in a row"},
		{`{"property":"seal","becomes":"opened"}`, "the seal becomes opened"},
		{`{"fact":"market","exists":false}`, "the market is not known"},
		{`{"all":[{"fact":"fill","is":3}]}`, "fill is 3 %"},
	} {
		if got := parse(t, row.condition).Words(schema()); got != row.want {
			t.Errorf("%s\ngot  %s\nwant %s", row.condition, got, row.want)
		}
	}
}

// Reading and checking are tested through a file, as an author meets them.
func TestMistakesAreToldAtTheirPlace(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, ps := manifest.Parse(manifest.File{Name: "mistakes.yaml", Data: data})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var told strings.Builder
	for _, d := range docs {
		var holder struct {
			When rule.Condition `json:"when"`
		}
		wrong := d.Decode(&holder)
		wrong.Under(manifest.Path{"when"}, schema().Check(holder.When))
		wrong = d.Place(wrong)
		if len(wrong) == 0 {
			t.Errorf("%s: nothing found", d.At)
		}
		for _, p := range wrong.Sort() {
			told.WriteString(p.String() + "\n")
		}
	}
	name := filepath.Join("testdata", "mistakes.golden")
	if *update {
		if err := os.WriteFile(name, []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || told.String() != string(want) {
		t.Errorf("%v, got (run with -update, then review):\n%s", err, told.String())
	}
}

func TestBounds(t *testing.T) {
	leaf := `{"fact":"seal","is":"opened"}`
	for _, row := range []struct{ name, condition, want string }{
		{"depth", strings.Repeat(`{"not":`, rule.MaxDepth) + leaf + strings.Repeat(`}`, rule.MaxDepth), "nested more than"},
		{"depth of the text", strings.Repeat(`[`, 1000), "nested too deep"},
		{"list", `{"all":[` + strings.Repeat(leaf+",", rule.MaxList) + leaf + `]}`, "at most"},
		{"leaves", `{"all":[{"any":[` + strings.Repeat(leaf+",", rule.MaxList-1) + leaf + `]},` + leaf + `]}`, "201 tests"},
		{"a field twice", `{"fact":"seal","fact":"market","is":"GB"}`, "given twice"},
		{"something after", leaf + leaf, "something follows"},
		{"cut off", `{"fact":`, "unexpected EOF"},
		{"beyond 2^53", `{"fact":"fill","is":9007199254740993}`, "too large to compare exactly"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var c rule.Condition
			err := c.UnmarshalJSON([]byte(row.condition))
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), row.want) {
				t.Fatalf("want %q, got %v", row.want, err)
			}
			if !c.IsZero() {
				t.Fatal("a refused condition was set")
			}
		})
	}
}

func TestCanonicalFormKeepsOrderAndRoundTrips(t *testing.T) {
	c := rule.All(rule.Is("seal", rule.Text("opened")), rule.Not(rule.Compare("fill", "between", rule.Number(5), rule.Number(1e6))),
		rule.Any(rule.Is("market", rule.Text("GB"), rule.Text("<é>")), rule.Compare("time", "after", rule.Time(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)))))
	want := `{"all":[{"fact":"seal","is":"opened"},{"not":{"fact":"fill","between":[5,1000000]}},{"any":[{"fact":"market","in":["GB","<é>"]},{"fact":"time","after":"2026-05-01"}]}]}`
	if c.String() != want {
		t.Fatalf("got %s", c)
	}
	if back := parse(t, want); back.String() != want {
		t.Fatalf("back: %s", back)
	}
	if got := strings.Join(c.Names(), " "); got != "seal fill market time" {
		t.Fatalf("names %s", got)
	}
}

func FuzzCondition(f *testing.F) {
	f.Add([]byte(`{"all":[{"fact":"seal","is":"opened"},{"not":{"property":"fill","falls-by":3,"within":"2m"}}]}`))
	f.Add([]byte(`{"any":[{"fact":"time","between":["2026-05-01","2026-06-01"]},{"fact":"fill","below":20,"for":2},{}]}`))
	f.Add([]byte(`{"fact":"fill","is":-0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c rule.Condition
		if c.UnmarshalJSON(data) != nil {
			return
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back rule.Condition
		if err := json.Unmarshal(text, &back); err != nil || back.String() != c.String() {
			t.Fatalf("%s came back as %s: %v", c, back, err)
		}
		facts := rule.Map{"seal": rule.Text("opened"), "fill": rule.Number(0)}
		if c.Eval(facts) != back.Eval(facts) || c.Explain(facts).Truth != c.Eval(facts) || c.Words(schema()) == "" {
			t.Fatalf("%s answers differently when read back", c)
		}
		schema().Check(c)
	})
}

func BenchmarkEval(b *testing.B) {
	c := rule.All(rule.Is("seal", rule.Text("sealed")), rule.Is("market", rule.Text("DE"), rule.Text("GB")), rule.Not(rule.Is("result", rule.Text("forged"))))
	f := rule.Map{"seal": rule.Text("sealed"), "market": rule.Text("GB"), "result": rule.Text("genuine")}
	b.ReportAllocs()
	for b.Loop() {
		if !c.Matches(f) {
			b.Fatal("does not match")
		}
	}
}

func ExampleCondition_Words() {
	c := rule.All(rule.Is("seal", rule.Text("opened")), rule.Compare("fill", "below", rule.Number(20)))
	fmt.Println(c.Words(rule.Schema{}))
	// Output: seal is opened and fill is below 20
}
