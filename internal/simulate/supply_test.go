package simulate

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/gs1"
)

func TestTheSupplyChainFollowsFromTheSeed(t *testing.T) {
	one := func(seed uint64) (*supply, plan) {
		p := makePlan(seed, brandOf(2), 600)
		return supplyPlan(seed, &p), p
	}
	a, planA := one(7)
	b, planB := one(7)
	if !reflect.DeepEqual(a.events, b.events) || !reflect.DeepEqual(a.truth, b.truth) || !reflect.DeepEqual(planA, planB) {
		t.Fatal("two supply chains of one seed differ")
	}
	if c, _ := one(8); reflect.DeepEqual(a.truth, c.truth) {
		t.Fatal("another seed goes wrong in the same way")
	}
	kinds := map[string]int{}
	for _, d := range a.truth {
		kinds[d.Kind]++
		if len(d.Expect) == 0 || !strings.Contains(d.Key, "/") {
			t.Errorf("%+v", d)
		}
	}
	for _, k := range []string{"diverted", "stolen", "copied", "robbed", "made up", "astray", "unshipped", "warm"} {
		if kinds[k] == 0 {
			t.Errorf("nothing is %s among %v", k, kinds)
		}
	}
	if len(a.truth)*5 > 600 {
		t.Errorf("%d things of 600 go wrong", len(a.truth))
	}
	// What goes wrong with a lost pallet stays with it: nobody taps its bottles.
	for _, d := range a.truth {
		if d.Kind == "lost" && slices.ContainsFunc(planA.acts, func(x act) bool { return x.bottle >= 0 && strings.Contains(d.Key, planA.bottles[x.bottle].serial) }) {
			t.Errorf("a lost bottle is tapped: %+v", d)
		}
	}
}

func TestEventsAreWhatGS1Allows(t *testing.T) {
	p := makePlan(1, brandOf(2), 200)
	s := supplyPlan(1, &p)
	begin := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	text, err := document(1, begin, s.events)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Body struct {
			Events []struct {
				ID       string    `json:"eventID"`
				At       time.Time `json:"eventTime"`
				Things   []string  `json:"epcList"`
				Parent   string    `json:"parentID"`
				Error    *struct{} `json:"errorDeclaration"`
				Location struct {
					ID string `json:"id"`
				} `json:"bizLocation"`
			} `json:"eventList"`
		} `json:"epcisBody"`
	}
	if err := json.Unmarshal(text, &doc); err != nil || len(doc.Body.Events) != len(s.events) {
		t.Fatal(len(doc.Body.Events), err)
	}
	ids := map[string]bool{}
	for _, e := range doc.Body.Events {
		if ids[e.ID] && e.Error == nil {
			t.Errorf("two events have the id %s", e.ID)
		}
		ids[e.ID] = true
		if !e.At.Before(begin) {
			t.Errorf("%s happens at %s, after the world began", e.ID, e.At)
		}
		for _, link := range append(e.Things, e.Parent, e.Location.ID) {
			if link == "" {
				continue
			}
			if _, err := gs1.ParseLinkPath(strings.TrimPrefix(link, "https://id.gs1.org"), ""); err != nil {
				t.Errorf("%s: %v", link, err)
			}
		}
	}
}
