package frame

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"tagline/internal/fault"
)

// A cursor is a list's mark and the place where its next page begins. It gives no
// rights, so it is not signed; the mark keeps it from being used on another list
// or with other filters, where it would skip rows silently.

const markLength = 8

func mark(list string, filters []any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q", list, filters))
	return base64.RawURLEncoding.EncodeToString(sum[:markLength*3/4])
}

// EncodeCursor makes the cursor of a page that ended at a place.
func EncodeCursor(list, place string, filters ...any) string {
	if place == "" {
		return ""
	}
	return mark(list, filters) + base64.RawURLEncoding.EncodeToString([]byte(place))
}

// DecodeCursor gives the place of a cursor, "" for none. Errors: Invalid.
func DecodeCursor(list, cursor string, filters ...any) (place string, err error) {
	if cursor == "" {
		return "", nil
	}
	body, ok := strings.CutPrefix(cursor, mark(list, filters))
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if !ok || err != nil || len(raw) == 0 {
		return "", fault.New(fault.Invalid, "the cursor is not one of this list with these filters",
			"Leave it out to begin at the start, and keep the filters from page to page.").At("query.cursor", "not a cursor of this list")
	}
	return string(raw), nil
}
