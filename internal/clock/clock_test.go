package clock_test

import (
	"testing"
	"time"

	"tagline/internal/clock"
)

func TestManualWakesOnlyWhoIsDue(t *testing.T) {
	m := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	soon, late := m.After(time.Minute), m.After(time.Hour)
	m.Advance(59 * time.Second)
	select {
	case <-soon:
		t.Fatal("woken a second early")
	default:
	}
	m.Advance(time.Second)
	if got := <-soon; !got.Equal(m.Now()) {
		t.Fatalf("woken with %v at %v", got, m.Now())
	}
	if m.Sleepers() != 1 {
		t.Fatalf("%d sleepers, want the one that is due in an hour", m.Sleepers())
	}
	m.Advance(-2 * time.Hour)
	m.Advance(2 * time.Hour)
	select {
	case <-late:
		t.Fatal("a clock that was set back woke its sleeper early")
	default:
	}
	m.Advance(time.Hour)
	<-late
}

func TestSystemKeepsMicroseconds(t *testing.T) {
	now := clock.System{}.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Fatalf("%v is not whole microseconds of UTC", now)
	}
	<-clock.System{}.After(time.Nanosecond)
}
