package wire

import "time"

// Page is one part of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Give it back as cursor to get the items after these; absent at the end"`
}

// List makes a page whose array is there even when it is empty.
func List[F, T any](from []F, next string, shape func(F) T) Page[T] {
	return Page[T]{Items: Each(from, shape), Next: next}
}

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
