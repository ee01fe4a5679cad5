package bench_test

import (
	"testing"

	"tagline/internal/api/wire/supply"
	"tagline/internal/bench"
)

// Of three deviations two are found, and of four alarms three are explained.
func TestAlarmsAreComparedWithTheTruth(t *testing.T) {
	w := bench.Judge([]bench.Deviation{
		{Key: "a", Expect: []string{"sold-twice"}},
		{Key: "b", Expect: []string{"sold-twice"}},
		{Key: "c", Expect: []string{"two-places"}, May: []string{"wrong-market"}},
	}, []supply.Alarm{
		{Rule: "sold-twice", Key: "a", State: "open"},
		{Rule: "sold-twice", Key: "a", State: "open"}, // another anchor: the same fact
		{Rule: "sold-twice", Key: "x", State: "open"},
		{Rule: "sold-twice", Key: "b", State: "corrected"},
		{Rule: "two-places", Key: "c", State: "confirmed"},
		{Rule: "wrong-market", Key: "c", State: "open"},
	})
	if w.Total.Truths != 3 || w.Total.Alarms != 4 || w.Total.Hits != 3 || w.Total.Found != 2 || w.Total.Precision != 0.75 {
		t.Errorf("%+v", w.Total)
	}
	if len(w.Rules) != 3 || w.Rules[0].Rule != "sold-twice" || w.Rules[0].Precision != 0.5 || w.Rules[0].Recall != 0.5 || w.Rules[2].Recall != 1 {
		t.Errorf("%+v", w.Rules)
	}
}
