package habit

import (
	"fmt"
	"math"
	"slices"
	"time"

	"tagline/internal/rule"
)

// Use is one use.
type Use struct {
	At       time.Time
	Duration time.Duration // 0: not known
}

// Rhythm is what uses have in common.
type Rhythm struct {
	Uses       int
	Weeks      int        // that the uses span, begun ones included
	Hours      [7][24]int // by weekday from Monday, and hour
	PerWeek    float64
	Evening    float64 // share of the uses
	Weekend    float64
	Regularity float64 // 0 to 1
	UsualHour  float64 // 0 to 24
	Spread     float64 // hours
	Typical    time.Duration
	Counts     []int    // of each week, the oldest first
	Changes    []Change // the oldest first
	Enough     bool     // whether a habit may be claimed
	Words      []string
}

// Change is a week from which on uses come at another rate.
type Change struct {
	Week        int // its place in Counts
	From        time.Time
	Before, Now float64 // uses a week
}

// The least that a habit is claimed of.
const (
	leastUses  = 14
	leastWeeks = 2
	maxWeeks   = 52
)

// Of finds the rhythm of uses in a time zone. Those of more than 52 weeks before the
// newest are left out.
func Of(uses []Use, zone *time.Location) Rhythm {
	var r Rhythm
	if len(uses) == 0 {
		r.Words = []string{"There is no use yet."}
		return r
	}
	uses = slices.Clone(uses)
	slices.SortFunc(uses, func(a, b Use) int { return a.At.Compare(b.At) })
	last := monday(uses[len(uses)-1].At, zone)
	first := monday(uses[0].At, zone)
	if oldest := last.AddDate(0, 0, -7*(maxWeeks-1)); first.Before(oldest) {
		first = oldest
	}
	r.Counts = make([]int, weeksBetween(first, last)+1)
	r.Weeks = len(r.Counts)
	var hours [24]int
	var sin, cos float64
	var lengths []time.Duration
	for _, u := range uses {
		at := u.At.In(zone)
		if at.Before(first) {
			continue
		}
		day := (int(at.Weekday()) + 6) % 7
		r.Uses++
		r.Hours[day][at.Hour()]++
		hours[at.Hour()]++
		r.Counts[min(weeksBetween(first, monday(at, zone)), r.Weeks-1)]++
		if h := at.Hour(); h >= 17 && h < 23 {
			r.Evening++
		}
		if day >= 5 {
			r.Weekend++
		}
		angle := (float64(at.Hour()) + float64(at.Minute())/60) / 24 * 2 * math.Pi
		sin, cos = sin+math.Sin(angle), cos+math.Cos(angle)
		if u.Duration > 0 {
			lengths = append(lengths, u.Duration)
		}
	}
	n := float64(r.Uses)
	r.Evening, r.Weekend, r.PerWeek = r.Evening/n, r.Weekend/n, n/float64(r.Weeks)
	r.UsualHour = math.Mod(math.Atan2(sin, cos)/(2*math.Pi)*24+24, 24)
	length := math.Hypot(sin, cos) / n
	r.Spread = 24.0 / 2 // nothing is known
	if length > 1e-9 {
		r.Spread = math.Min(math.Sqrt(math.Max(-2*math.Log(length), 0))/(2*math.Pi)*24, 12)
	}
	r.Regularity = regularity(hours, r.Uses)
	if len(lengths) > 0 {
		slices.Sort(lengths)
		r.Typical = lengths[len(lengths)/2]
	}
	r.Enough = r.Uses >= leastUses && r.Weeks >= leastWeeks
	if r.Enough {
		for _, w := range split(r.Counts, 0, 3*math.Log(float64(r.Weeks))) {
			r.Changes = append(r.Changes, Change{Week: w.at, From: first.AddDate(0, 0, 7*w.at), Before: w.before, Now: w.after})
		}
	}
	r.Words = r.words()
	return r
}

// monday is the beginning of a time's week.
func monday(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, zone)
}

// weeksBetween counts the weeks between two Mondays, whatever summer time does.
func weeksBetween(a, b time.Time) int { return int(math.Round(b.Sub(a).Hours() / (7 * 24))) }

func regularity(hours [24]int, n int) float64 {
	entropy := 0.0
	for _, c := range hours {
		if c > 0 {
			p := float64(c) / float64(n)
			entropy -= p * math.Log(p)
		}
	}
	most := math.Log(float64(min(24, n)))
	if most == 0 {
		return 0
	}
	return math.Max(0, 1-entropy/most)
}

type cut struct {
	at            int
	before, after float64
}

// split finds the weeks at which the rate of counts changed.
func split(counts []int, offset int, penalty float64) []cut {
	const shortest = 2 // weeks of a part
	n := len(counts)
	if n < 2*shortest {
		return nil
	}
	likelihood := func(c []int) float64 {
		sum := 0.0
		for _, x := range c {
			sum += float64(x)
		}
		if sum == 0 {
			return 0
		}
		return sum * math.Log(sum/float64(len(c)))
	}
	whole, best, at := likelihood(counts), 0.0, 0
	for i := shortest; i <= n-shortest; i++ {
		if gain := likelihood(counts[:i]) + likelihood(counts[i:]) - whole; gain > best {
			best, at = gain, i
		}
	}
	if best <= penalty {
		return nil
	}
	mean := func(c []int) float64 {
		sum := 0
		for _, x := range c {
			sum += x
		}
		return float64(sum) / float64(len(c))
	}
	left, right := split(counts[:at], offset, penalty), split(counts[at:], offset+at, penalty)
	return append(append(left, cut{offset + at, mean(counts[:at]), mean(counts[at:])}), right...)
}

func (r Rhythm) words() []string {
	if !r.Enough {
		return []string{fmt.Sprintf("%s in %s: not enough to see a habit.", plural(r.Uses, "use"), plural(r.Weeks, "week"))}
	}
	clock := fmt.Sprintf("%02d:%02d", int(r.UsualHour), int(r.UsualHour*60)%60/15*15)
	var out []string
	share := func(v float64) string { return fmt.Sprintf("%.0f %%", v*100) }
	switch {
	case r.Regularity < 0.12:
		out = append(out, "At any time of the day.")
	case r.Spread <= 3:
		out = append(out, fmt.Sprintf("Mostly around %s.", clock))
	default:
		out = append(out, "At a few times of the day.")
	}
	if r.Evening >= 0.6 {
		out = append(out, "Mostly in the evening ("+share(r.Evening)+").")
	}
	switch {
	case r.Weekend >= 0.55:
		out = append(out, "Mostly at the weekend ("+share(r.Weekend)+").")
	case r.Weekend <= 0.1:
		out = append(out, "Hardly ever at the weekend ("+share(r.Weekend)+").")
	}
	out = append(out, fmt.Sprintf("%.1f times a week.", r.PerWeek))
	if r.Typical > 0 {
		out = append(out, fmt.Sprintf("A typical use takes %s.", spell(r.Typical)))
	}
	if n := len(r.Changes); n > 0 {
		c := r.Changes[n-1]
		how := "more"
		if c.Now < c.Before {
			how = "less"
		}
		out = append(out, fmt.Sprintf("Used %s since the week of %s: %.1f times a week, %.1f before.", how, c.From.Format("2 January"), c.Now, c.Before))
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func spell(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}

// Facts gives the rhythm to conditions. Nothing is known of what is no habit.
func (r Rhythm) Facts() rule.Map {
	if !r.Enough {
		return rule.Map{"habit.uses": rule.Number(float64(r.Uses))}
	}
	return rule.Map{
		"habit.uses": rule.Number(float64(r.Uses)), "habit.uses-per-week": rule.Number(r.PerWeek), "habit.evening-share": rule.Number(r.Evening),
		"habit.weekend-share": rule.Number(r.Weekend), "habit.regularity": rule.Number(r.Regularity), "habit.usual-hour": rule.Number(r.UsualHour),
		"habit.changed": rule.Bool(len(r.Changes) > 0),
	}
}
