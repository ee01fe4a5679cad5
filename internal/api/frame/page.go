package frame

import (
	"strconv"

	"tagline/internal/fault"
)

// Answer is a success with a body.
type Answer[T any] struct{ Body T }

// Say answers a body, or the error if there is one.
func Say[T any](body T, err error) (*Answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[T]{Body: body}, nil
}

// Created is the answer for something new.
type Created[T any] struct {
	Location string `header:"Location" doc:"Where it is"`
	Body     T
}

// Download is the answer that is a file.
type Download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// Nothing is a request or an answer without a body.
type Nothing struct{}

// ByID is the part of a request that names something by its id.
type ByID struct {
	ID string `path:"id" maxLength:"100"`
}

// ByName is the part of a request that names something by its name.
type ByName struct {
	Name string `path:"name" maxLength:"63"`
}

// Paging is the part of a request that chooses a page. (Parts are exported because
// huma passes over embedded fields that are not.)
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"What the page before answered as next"`
}

// Page is one part of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Give it back as cursor to get the items after these; absent at the end"`
}

// List answers one page of a list. fetch gives the items behind a place, which
// place names for each item; filters are what else chooses the items.
func List[F, T any](in Paging, list string, filters []any, shape func(F) (T, error), place func(F) string,
	fetch func(after string, limit int) ([]F, error)) (*Answer[Page[T]], error) {
	after, err := DecodeCursor(list, in.Cursor, filters...)
	if err != nil {
		return nil, err
	}
	items, err := fetch(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(items) > in.Limit {
		items = items[:in.Limit]
		next = EncodeCursor(list, place(items[in.Limit-1]), filters...)
	}
	out := &Answer[Page[T]]{Page[T]{Items: make([]T, 0, len(items)), Next: next}}
	for _, item := range items {
		shaped, err := shape(item)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, shaped)
	}
	return out, nil
}

// Sure is a shape that cannot fail.
func Sure[F, T any](shape func(F) T) func(F) (T, error) {
	return func(f F) (T, error) { return shape(f), nil }
}

// Number reads the place of a cursor that is a number of the ledger; "" is 0.
func Number(place string) (int64, error) {
	if place == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(place, 10, 64)
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, err, "the cursor is damaged", "Leave it out to begin at the start.")
	}
	return n, nil
}
