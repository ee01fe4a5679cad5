package labels

import (
	"context"
	"testing"

	"tagline/internal/fault"
)

func TestSheetsAreDrawnOneAfterAnother(t *testing.T) {
	sheets := make(turn, 1)
	if err := sheets.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := sheets.take(gone); !fault.Is(err, fault.Unavailable) || fault.From(err).Hint == "" {
		t.Errorf("a second sheet while the first is drawn: %v", err)
	}
	sheets.give()
	if err := sheets.take(t.Context()); err != nil {
		t.Errorf("after the first is done: %v", err)
	}
}
