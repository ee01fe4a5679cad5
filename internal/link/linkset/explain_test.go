package linkset_test

import (
	"strings"
	"testing"
	"time"

	"tagline/internal/link/linkset"
	"tagline/internal/rule"
)

func TestEveryLinkSaysWhyItIsTheAnswerOrNot(t *testing.T) {
	opened := when(rule.Is("seal", rule.Text("opened")))
	records := []linkset.Record{
		entry(t, gtin, to("pip", "gs1:pip", asDefault, inMulti, in("en")), to("pip-de", "gs1:pip", inMulti, in("de")),
			to("faqs", "gs1:faqs"), to("hidden", "gs1:faqs", hidden), to("soon", "gs1:promotion", from(noon.Add(time.Hour))),
			to("gone", "gs1:promotion", until(noon)), to("drink", "gs1:recipeInfo", asDefault, opened)),
		entry(t, gtin+"/10/{lot}", to("anylot", "gs1:epil")),
		entry(t, gtin+"/10/LOT1", to("lot", "gs1:pip", asDefault)),
		entry(t, gtin+"/10/LOT2", to("lot2", "gs1:pip", asDefault)),
		entry(t, "/*/9506000*", to("company", "gs1:homepage", asDefault)),
	}
	for name, row := range map[string]struct {
		path  string
		ask   linkset.Ask
		facts *linkset.Situation
		more  []linkset.Record
		want  string
	}{
		"the default": {path: gtin, want: "anylot other-item, lot other-item, lot2 other-item, pip chosen, pip-de another-default, " +
			"faqs not-default, hidden not-public, soon too-early, gone too-late, drink condition, company only-prefix"},
		"a language": {path: gtin, ask: linkset.Ask{AcceptLanguage: "de"}, want: "pip other-language, pip-de chosen"},
		"an item's state": {path: gtin, facts: &linkset.Situation{Seal: "opened"},
			want: "pip another-default, pip-de not-default, drink chosen"},
		"a lot":                 {path: gtin + "/10/LOT1", want: "lot chosen, lot2 other-item, anylot less-exact, pip narrower-level"},
		"a type":                {path: gtin + "/10/LOT1", ask: linkset.Ask{LinkType: "gs1:faqs"}, want: "lot other-type, faqs chosen, pip other-type"},
		"several":               {path: gtin, ask: linkset.Ask{LinkType: "gs1:faqs"}, more: []linkset.Record{entry(t, gtin, to("a", "gs1:faqs", asDefault), to("b", "gs1:faqs"))}, want: "a equal, b equal"},
		"a recall":              {path: gtin, facts: &linkset.Situation{Seal: "opened"}, more: []linkset.Record{entry(t, gtin, to("recall", "gs1:recallStatus"), to("pip", "gs1:pip", asDefault), to("drink", "gs1:recipeInfo"))}, want: "recall chosen, pip recall-first, drink withheld"},
		"no other entry counts": {path: gtin, more: records[4:], want: "company chosen"},
	} {
		t.Run(name, func(t *testing.T) {
			from := records
			if row.more != nil {
				from = row.more
			}
			facts := row.facts
			if facts == nil {
				facts = &linkset.Situation{}
			}
			set := linkset.Compile(from)
			levels := set.Levels(parse(t, row.path), noon, facts)
			choice := levels.Choose(row.ask)
			got := map[string]string{}
			var line []string
			for _, r := range set.Explain(levels, row.ask, choice, noon, facts) {
				got[r.Link.ID] = string(r.Why)
				line = append(line, r.Link.ID+" "+string(r.Why))
				if (r.Why == linkset.Unmet) != (len(r.Findings) > 0) {
					t.Errorf("%s: %+v", r.Link.ID, r.Findings)
				}
			}
			if name == "the default" && len(line) != strings.Count(row.want, ",")+1 {
				t.Errorf("%v", line)
			}
			for _, pair := range strings.Split(row.want, ", ") {
				id, why, _ := strings.Cut(pair, " ")
				if got[id] != why {
					t.Errorf("%s is %q, want %q", id, got[id], why)
				}
			}
		})
	}
}
