package gs1

import (
	"io"

	"tagline/gs1/internal/dictionary"
)

// MaxDictionary is the number of bytes that a dictionary to load may have; that of
// 2026 has 32 kB.
const MaxDictionary = 1 << 20

// Dictionary is a release of the GS1 Barcode Syntax Dictionary that was loaded as
// data, beside that which is compiled in. It takes effect in a [Dialect]. It cannot
// be changed, and many may use it at once.
type Dictionary struct{ table *dictionary.Table }

// LoadDictionary reads a dictionary in the text form in which GS1 publishes it
// (gs1-syntax-dictionary.txt).
//
// A dictionary that needs more than this package knows is refused: a check that a
// newer release brought in cannot be loaded as data. The Message of the [*Error]
// begins with the number of the line, its Position is where the fault stands in the
// text; an error of r comes back as it is.
func LoadDictionary(r io.Reader) (*Dictionary, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxDictionary+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxDictionary {
		return nil, &Error{Code: "DICTIONARY_TOO_LONG", Message: "A dictionary has a megabyte at most", Position: MaxDictionary}
	}
	t, fault := dictionary.Parse(string(text))
	if fault != nil {
		return nil, &Error{Code: "DICTIONARY_NOT_UNDERSTOOD", Message: fault.Text, AI: fault.AI, Position: fault.At}
	}
	return &Dictionary{t}, nil
}

// Release is what the text says of its release, or empty.
func (d *Dictionary) Release() string { return d.table.Release }

// Lookup finds an application identifier in this dictionary.
func (d *Dictionary) Lookup(code string) (AI, bool) { return lookup(d.table, code) }
