package entryfile

import (
	"context"
	"encoding/csv"
	"io"

	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/link/linkset"
)

// Export writes the entries that a filter chooses, by anchor, a page at a time; the
// filter's Limit does not matter. Errors: Unsupported for Excel.
func Export(ctx context.Context, s *link.Service, f Format, filter link.Filter, w io.Writer) error {
	table := csv.NewWriter(w)
	switch f {
	case JSON:
		if _, err := io.WriteString(w, "["); err != nil {
			return err
		}
	case CSV:
		if err := table.Write(Columns()); err != nil {
			return err
		}
	default:
		return fault.New(fault.Unsupported, "links are not written in this format", "Use json or csv.")
	}
	filter.Limit = 500
	for first := true; ; first = false {
		page, err := s.List(ctx, filter)
		if err != nil {
			return err
		}
		entries := make([]linkset.Entry, len(page))
		for i, r := range page {
			entries[i], filter.After = r.Entry, r.Anchor
		}
		if f == JSON {
			err = writeJSON(w, entries, first)
		} else {
			err = writeCSV(table, entries)
		}
		if err != nil {
			return err
		}
		if len(page) < filter.Limit {
			break
		}
	}
	if f == JSON {
		_, err := io.WriteString(w, "\n]\n")
		return err
	}
	table.Flush()
	return table.Error()
}
