package bus_test

import (
	"runtime"
	"sync"
	"testing"

	"tagline/internal/bus"
)

func taken(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestAWakeReachesEveryListenerOfItsTopic(t *testing.T) {
	b := bus.New()
	a1, stop1 := b.Listen("a")
	a2, stop2 := b.Listen("a")
	other, stop3 := b.Listen("b")
	defer stop1()
	defer stop3()
	b.Wake("a")
	b.Wake("nobody listens")
	if !taken(a1) || !taken(a2) || taken(other) {
		t.Error("woke the wrong ones")
	}
	stop2()
	stop2()
	b.Wake("a")
	if !taken(a1) || taken(a2) {
		t.Error("one that has stopped was woken, or stopped another")
	}
}

func TestWakesThatNobodyTookFallIntoOne(t *testing.T) {
	b := bus.New()
	ch, stop := b.Listen("a")
	defer stop()
	for range 1000 {
		b.Wake("a") // never blocks
	}
	if !taken(ch) || taken(ch) {
		t.Error("not exactly one")
	}
	b.Wake("a")
	if !taken(ch) {
		t.Error("none after it was taken")
	}
}

// A listener that looks again after each wake-up never sleeps on something new.
func TestNoChangeGoesUnnoticed(t *testing.T) {
	b := bus.New()
	ch, stop := b.Listen("a")
	defer stop()
	var mu sync.Mutex
	changes := 0
	const total = 10000
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range total / 4 {
				mu.Lock()
				changes++
				mu.Unlock()
				b.Wake("a")
			}
		})
	}
	for seen := 0; seen < total; {
		<-ch // would hang if one were lost
		mu.Lock()
		seen = changes
		mu.Unlock()
	}
	wg.Wait()
}

func TestListenersComeAndGoWhileItWakes(t *testing.T) {
	before := runtime.NumGoroutine()
	b := bus.New()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				ch, stop := b.Listen("a")
				b.Wake("a")
				<-ch
				stop()
			}
		})
	}
	wg.Wait()
	// A goroutine that has reported its end may still be about to go.
	for i := 0; i < 1_000_000 && runtime.NumGoroutine() > before; i++ {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before: the bus has some of its own", after, before)
	}
}
