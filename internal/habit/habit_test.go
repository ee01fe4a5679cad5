package habit_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"tagline/internal/habit"
	"tagline/internal/rule"
)

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday

// lives draws uses: on each day as likely as it says, around an hour.
func lives(rng *rand.Rand, weeks int, on [7]float64, hour, spread float64) (uses []habit.Use) {
	for d := range weeks * 7 {
		if rng.Float64() < on[d%7] {
			at := start.AddDate(0, 0, d).Add(time.Duration((hour + rng.NormFloat64()*spread) * float64(time.Hour)))
			uses = append(uses, habit.Use{At: at, Duration: time.Duration(100+rng.IntN(80)) * time.Second})
		}
	}
	return uses
}

var daily = [7]float64{1, 1, 1, 1, 1, 1, 1}

func TestAPlantedRhythmIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := habit.Of(lives(rng, 10, [7]float64{1, 1, 1, 1, 1, 0, 0}, 20.5, 0.5), time.UTC)
	if r.Uses != 50 || r.Weeks != 10 || r.Evening < 0.95 || r.Weekend != 0 || math.Abs(r.UsualHour-20.5) > 0.3 || r.Spread > 1 || r.Regularity < 0.5 || len(r.Changes) != 0 || r.PerWeek != 5 {
		t.Errorf("%+v", r)
	}
	words := strings.Join(r.Words, " ")
	if !strings.HasPrefix(words, "Mostly around 20:") || !strings.Contains(words, "Mostly in the evening") || !strings.Contains(words, "Hardly ever at the weekend (0 %). 5.0 times a week. A typical use takes 2 minutes.") {
		t.Error(words)
	}
	weekend := habit.Of(lives(rng, 10, [7]float64{0.1, 0, 0, 0, 0.1, 1, 1}, 10, 2), time.UTC)
	if !strings.Contains(strings.Join(weekend.Words, " "), "Mostly at the weekend") {
		t.Errorf("%+v", weekend.Words)
	}
	// Around midnight the mean of the hours is midnight, not noon.
	night := habit.Of(lives(rng, 6, daily, 24, 0.6), time.UTC)
	if math.Min(night.UsualHour, 24-night.UsualHour) > 0.5 {
		t.Errorf("%+v", night.UsualHour)
	}
}

func TestAnEvenSpreadIsNoHabit(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var uses []habit.Use
	for range 300 {
		uses = append(uses, habit.Use{At: start.Add(time.Duration(rng.IntN(12*7*24*60)) * time.Minute)})
	}
	r := habit.Of(uses, time.UTC)
	if r.Regularity > 0.1 || r.Words[0] != "At any time of the day." || len(r.Changes) != 0 {
		t.Errorf("%v %v %+v", r.Regularity, r.Words, r.Changes)
	}
}

func TestChangesAreFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	uses := lives(rng, 8, daily, 8, 1)
	for _, u := range lives(rng, 16, [7]float64{0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15}, 8, 1) {
		if u.At.After(start.AddDate(0, 0, 56)) {
			uses = append(uses, u)
		}
	}
	r := habit.Of(uses, time.UTC)
	if len(r.Changes) != 1 || r.Changes[0].Week != 8 || r.Changes[0].Before != 7 || r.Changes[0].Now > 2 || !r.Changes[0].From.Equal(start.AddDate(0, 0, 56)) {
		t.Errorf("%+v %v", r.Changes, r.Counts)
	}
	if last := r.Words[len(r.Words)-1]; !strings.HasPrefix(last, "Used less since the week of 27 April: ") {
		t.Error(last)
	}
	found := 0
	for range 200 { // what does not change is hardly ever said to
		if len(habit.Of(lives(rng, 20, [7]float64{.4, .4, .4, .4, .4, .4, .4}, 8, 1), time.UTC).Changes) > 0 {
			found++
		}
	}
	if found > 4 {
		t.Errorf("%d of 200 steady lives are said to have changed", found)
	}
}

func TestTooLittleIsSaidToBeTooLittle(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, uses := range [][]habit.Use{nil, lives(rng, 1, daily, 8, 1), lives(rng, 1, daily, 8, 1)[:3]} {
		r := habit.Of(uses, time.UTC)
		if r.Enough || len(r.Words) != 1 || len(r.Changes) != 0 {
			t.Errorf("%+v", r)
		}
		if _, known := r.Facts().Fact("habit.evening-share"); known {
			t.Error("a fact of no habit")
		}
	}
	r := habit.Of(lives(rng, 5, daily, 19, 1), time.UTC)
	if v, ok := r.Facts().Fact("habit.changed"); !ok || v != rule.Bool(false) {
		t.Errorf("%v", r.Facts())
	}
}

func TestTheOrderDoesNotMatterAndTheZoneDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	uses := lives(rng, 9, daily, 21, 1)
	want := habit.Of(uses, time.UTC)
	for range 50 {
		rng.Shuffle(len(uses), func(i, j int) { uses[i], uses[j] = uses[j], uses[i] })
		if got := habit.Of(uses, time.UTC); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\n%+v", got, want)
		}
	}
	tokyo := time.FixedZone("Tokyo", 9*3600)
	if got := habit.Of(uses, tokyo); math.Abs(got.UsualHour-6) > 0.5 {
		t.Errorf("%v", got.UsualHour)
	}
	// Weeks are weeks through summer time.
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones on this machine: summer time is not tried")
	}
	if got := habit.Of(uses, berlin); got.Weeks < 9 || got.Weeks > 10 || fmt.Sprint(got.Counts[1:8]) != "[7 7 7 7 7 7 7]" {
		t.Errorf("%v", got.Counts)
	}
}
