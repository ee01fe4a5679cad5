package flood_test

import (
	"fmt"
	"testing"
	"time"

	"tagline/internal/thing/flood"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// send has n refused taps of a key arrive; it gives how many were recorded and what
// the last recorded one carried.
func send(b *flood.Bound, key string, n int, at time.Time) (recorded int, suppressed int64) {
	for range n {
		g := b.Ask(key, at)
		if g.Allowed {
			recorded, suppressed = recorded+1, g.Suppressed
		}
		b.Settle(key, g)
	}
	return recorded, suppressed
}

func TestWhatIsOverTheShareIsCountedAndHandedOutOnce(t *testing.T) {
	b := flood.New()
	if n, _ := send(b, "chip", 100, start); n != 20 {
		t.Fatalf("%d of 100 recorded", n)
	}
	if n, _ := send(b, "chip", 5, start.Add(9*time.Minute)); n != 0 {
		t.Errorf("%d recorded before the window is over", n)
	}
	later := start.Add(11 * time.Minute)
	if n, s := send(b, "chip", 1, later); n != 1 || s != 85 {
		t.Errorf("the next window: %d recorded, carrying %d; want 1 and 85", n, s)
	}
	if _, s := send(b, "chip", 1, later); s != 0 {
		t.Errorf("%d were handed out twice", s)
	}
}

func TestOneFloodTakesNothingFromAnother(t *testing.T) {
	b := flood.New()
	send(b, "chip", 1000, start)
	if n, _ := send(b, "other", 3, start); n != 3 {
		t.Errorf("%d of 3 recorded", n)
	}
}

func TestAskingTakesNothing(t *testing.T) {
	b := flood.New()
	for range 1000 {
		if g := b.Ask("chip", start); !g.Allowed {
			t.Fatal("asking used up the share")
		}
	}
}

func TestManyKeysAreBoundedTogether(t *testing.T) {
	b := flood.New()
	all := 0
	for i := range 20_000 {
		n, _ := send(b, fmt.Sprint("key", i), 2, start)
		all += n
	}
	if all > 2*4096 || all < 4096 {
		t.Errorf("%d recorded", all)
	}
	if n, _ := send(b, "late", 1, start.Add(time.Hour)); n != 1 {
		t.Error("an hour later the house is still full")
	}
}

func TestAClockSetBackOpensAWindowAgain(t *testing.T) {
	b := flood.New()
	send(b, "chip", 100, start)
	if n, _ := send(b, "chip", 1, start.Add(-time.Hour)); n != 1 {
		t.Error("nothing is recorded until the clock has caught up")
	}
}

func TestEveryTapThatIsOnlyCountedIsTold(t *testing.T) {
	b := flood.New()
	send(b, "chip", 100, start)
	for range 7 {
		b.Count("chip") // refused before anybody asked
	}
	if ever, waiting := b.Unrecorded(); ever != 87 || waiting != 87 {
		t.Errorf("%d were only counted and %d wait, want 87 and 87", ever, waiting)
	}
	if _, s := send(b, "chip", 1, start.Add(time.Hour)); s != 87 {
		t.Errorf("the next one carries %d, want 87", s)
	}
	if ever, waiting := b.Unrecorded(); ever != 87 || waiting != 0 {
		t.Errorf("afterwards %d were only counted and %d wait, want 87 and 0", ever, waiting)
	}
	for i := range 10_000 { // more keys than there is room for
		b.Count(fmt.Sprint("key", i))
	}
	if ever, waiting := b.Unrecorded(); ever != 10_087 || waiting != 10_000 {
		t.Errorf("of 10000 keys %d were counted and %d wait", ever-87, waiting)
	}
}
