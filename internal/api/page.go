package api

import (
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"What the page before answered as next"`
}

// page answers one page of a list. fetch gives the items behind a place, which
// place names for each item; filters are what else chooses the items.
func page[F, T any](in Paging, list string, filters []any, shape func(F) T, place func(F) string,
	fetch func(after string, limit int) ([]F, error)) (*answer[wire.Page[T]], error) {
	after, err := frame.DecodeCursor(list, in.Cursor, filters...)
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
		next = frame.EncodeCursor(list, place(items[in.Limit-1]), filters...)
	}
	return &answer[wire.Page[T]]{wire.List(items, next, shape)}, nil
}
