package ident_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
)

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestIdsGrowWithinAMillisecondAndWhenTheClockIsSetBack(t *testing.T) {
	c := clock.NewManual(time.UnixMilli(1_700_000_000_000))
	s := ident.NewSource(c, zeros{})
	var ids []string
	for i := range 1000 {
		if i == 500 {
			c.Advance(-time.Hour)
		}
		ids = append(ids, string(s.Event()))
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 1000 {
		t.Fatal("ids do not grow")
	}
}

func TestIdsAreUniqueAcrossGoroutines(t *testing.T) {
	s := ident.System()
	var mu sync.Mutex
	seen := map[ident.Thing]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				id := s.Thing()
				mu.Lock()
				if seen[id] {
					t.Errorf("%s twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestParseTakesWhatTheSourceMakesAndNothingElse(t *testing.T) {
	s := ident.System()
	good := s.Thing()
	if got, err := ident.ParseThing(string(good)); err != nil || got != good {
		t.Fatalf("%v %v", got, err)
	}
	for _, bad := range []string{"", "thg_", string(s.Tag()), string(good) + "0", string(good)[:29], "thg_" + "8zzzzzzzzzzzzzzzzzzzzzzzzz", "thg_ilouilouilouilouilouilouil", "THG_00000000000000000000000000"} {
		if got, err := ident.ParseThing(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q became %q, error %v", bad, got, err)
		}
	}
}
