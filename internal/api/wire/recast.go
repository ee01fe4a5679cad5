package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"tagline/internal/fault"
)

// Recast turns a value into another type with the same JSON: the resources of a
// brand are written alike in files, in the API and in the domain. A field that the
// target does not know is an error, so that nothing is lost on the way.
func Recast[T any](from any) (to T, err error) {
	text, err := json.Marshal(from)
	if err != nil {
		return to, fmt.Errorf("wire: %T: %w", from, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&to); err != nil {
		return to, fmt.Errorf("wire: %T to %T: %w", from, to, err)
	}
	return to, nil
}

// Below puts the places of a fault's fields below where the caller sees them:
// "name.de" becomes "body.name.de". A place that stands there already stays.
func Below(place string, err error) error {
	f := fault.From(err)
	if f == nil || len(f.Fields) == 0 {
		return err
	}
	moved := fault.Wrap(f.Code, err, f.Message, f.Hint)
	for _, field := range f.Fields {
		location := field.Location
		switch {
		case location == "":
			location = place
		case location != place && !strings.HasPrefix(location, place+"."):
			location = place + "." + location
		}
		moved = moved.At(location, field.Message)
	}
	return moved
}
