package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// Nearest gives the name among known that a typing error most likely meant, or
// "" when none is near: at most two letters apart, and a third of the length.
func Nearest(name string, known []string) string {
	best, bestAt := "", 3
	if len(name) > 64 {
		return ""
	}
	for _, k := range known {
		limit := min(2, max(1, max(len(name), len(k))/3))
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if d <= limit && (d < bestAt || d == bestAt && k < best) {
			best, bestAt = k, d
		}
	}
	return best
}

// Known gives the hint for an unknown name: the nearest one, or all of a few.
func Known(name string, known []string) string {
	if n := Nearest(name, known); n != "" {
		return "Did you mean " + strconv.Quote(n) + "?"
	}
	sorted := slices.Sorted(slices.Values(known))
	const few = 20
	if len(sorted) == 0 {
		return ""
	}
	if len(sorted) > few {
		return "Known here: " + strings.Join(sorted[:few], ", ") + ", and more."
	}
	return "Known here: " + strings.Join(sorted, ", ") + "."
}

// distance is the optimal string alignment distance: insert, delete, replace one
// letter, or swap two neighbours.
func distance(a, b string) int {
	if len(b) > 64 {
		return 64
	}
	var older, prev, row [65]int
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, prev = prev, row
	}
	return prev[len(b)]
}
