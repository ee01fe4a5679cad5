package subscription

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/internal/fault"
)

// Schedule says when a query is run: comma lists of numbers and ranges for each
// field, as in "0,15,[20-30]" (EPCIS 2.0, query schedule). Fields finer than the
// finest that is given count as 0, the others as any. Times are UTC.
type Schedule struct {
	Second     string `json:"second,omitempty"`
	Minute     string `json:"minute,omitempty"`
	Hour       string `json:"hour,omitempty"`
	DayOfMonth string `json:"dayOfMonth,omitempty"`
	Month      string `json:"month,omitempty"`
	DayOfWeek  string `json:"dayOfWeek,omitempty"` // 1 is Monday

	fields [6][]int // nil is any
}

// Is tells whether there is a schedule at all.
func (s *Schedule) Is() bool {
	return s.Second != "" || s.Minute != "" || s.Hour != "" || s.DayOfMonth != "" || s.Month != "" || s.DayOfWeek != ""
}

// Read checks the fields. Errors: Invalid, naming the field.
func (s *Schedule) Read() error {
	finest := -1
	for i, f := range []struct {
		name, text string
		low, high  int
	}{
		{"second", s.Second, 0, 59}, {"minute", s.Minute, 0, 59}, {"hour", s.Hour, 0, 23},
		{"dayOfMonth", s.DayOfMonth, 1, 31}, {"month", s.Month, 1, 12}, {"dayOfWeek", s.DayOfWeek, 1, 7},
	} {
		if f.text == "" {
			continue
		}
		if finest < 0 {
			finest = i
		}
		list, ok := numbers(f.text, f.low, f.high)
		if !ok {
			return fault.Newf(fault.Invalid, "schedule: %s is a list of numbers and ranges from %d to %d, as in \"%d,[%d-%d]\"", f.name, f.low, f.high, f.low, f.low+1, f.high)
		}
		s.fields[i] = list
	}
	if finest < 0 {
		return fault.New(fault.Invalid, "schedule: no field is given", "Give one of second, minute, hour, dayOfMonth, month, dayOfWeek.")
	}
	for i := range min(finest, 3) { // seconds, minutes and hours finer than the finest
		s.fields[i] = []int{0}
	}
	if finest == 4 {
		s.fields[3] = []int{1} // a month alone begins with its first day
	}
	return nil
}

func numbers(text string, low, high int) (out []int, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		from, to := part, part
		if inside, ranged := strings.CutPrefix(part, "["); ranged {
			inside, closed := strings.CutSuffix(inside, "]")
			if from, to, ok = strings.Cut(inside, "-"); !closed || !ok {
				return nil, false
			}
		}
		a, err := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err != nil || err2 != nil || a < low || b > high || a > b {
			return nil, false
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// Next gives the first time after another at which the schedule fires; false when
// there is none within five years, such as on the 31st of February.
func (s *Schedule) Next(after time.Time) (time.Time, bool) {
	t := after.UTC().Truncate(time.Second).Add(time.Second)
	end := t.AddDate(5, 0, 0)
	any := func(i, n int) bool { return s.fields[i] == nil || slices.Contains(s.fields[i], n) }
	for t.Before(end) {
		weekday := int(t.Weekday())
		if weekday == 0 {
			weekday = 7
		}
		switch {
		case !any(4, int(t.Month())):
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		case !any(3, t.Day()) || !any(5, weekday):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
		case !any(2, t.Hour()):
			t = t.Truncate(time.Hour).Add(time.Hour)
		case !any(1, t.Minute()):
			t = t.Truncate(time.Minute).Add(time.Minute)
		case !any(0, t.Second()):
			t = t.Add(time.Second)
		default:
			return t, true
		}
	}
	return t, false
}

// parse reads a stored schedule, which was checked when it came.
func parse(text string) (*Schedule, error) {
	s := &Schedule{}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return nil, err
	}
	return s, s.Read()
}
