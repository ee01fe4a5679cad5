package wire

import "time"

// Each shapes every value of a slice; the result is never nil.
func Each[F, T any](from []F, shape func(F) T) []T {
	items := make([]T, 0, len(from))
	for _, f := range from {
		items = append(items, shape(f))
	}
	return items
}

// Ref names something by its id and its name.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// When gives a time as a pointer, nil for the zero time, so that it is left out.
func When(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
