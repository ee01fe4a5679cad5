package model

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tagline/internal/manifest"
)

// Span is a length of time as people write it: 90s, 2m, 12h, 3d.
type Span time.Duration

const day = 24 * time.Hour

// maxSpan is the longest that anything in a model waits.
const maxSpan = 366 * day

// String writes the span in its largest whole unit.
func (s Span) String() string {
	d := time.Duration(s)
	for _, u := range []struct {
		unit string
		span time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}} {
		if d != 0 && d%u.span == 0 {
			return strconv.FormatInt(int64(d/u.span), 10) + u.unit
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// ParseSpan reads what String writes, and Go's own form without fractions of a
// second.
func ParseSpan(text string) (Span, error) {
	var d time.Duration
	var err error
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		d = time.Duration(n) * day
	} else {
		d, err = time.ParseDuration(text)
	}
	if err != nil || d <= 0 || d > maxSpan || d%time.Second != 0 {
		return 0, fmt.Errorf("%.20q is not a span of 1s to a year", text)
	}
	return Span(d), nil
}

// DecodeTree implements manifest.TreeDecoder.
func (s *Span) DecodeTree(tree any) (ps manifest.Problems) {
	text, _ := tree.(string)
	span, err := ParseSpan(text)
	if err != nil {
		ps.Add(nil, "a span of 1s to a year is needed here", "Write 90s, 2m, 12h or 3d.")
		return ps
	}
	*s = span
	return nil
}

// UnmarshalJSON reads the text form.
func (s *Span) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == "" {
		*s = 0
		return nil
	}
	return s.DecodeTree(text).Err()
}

// MarshalJSON writes the text form.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
