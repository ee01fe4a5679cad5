package sqldb

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"tagline/internal/fault"
)

func TestNobodyIsAnsweredBeforeTheFlush(t *testing.T) {
	db := openTest(t)
	begun, release := make(chan struct{}), make(chan struct{})
	onWriter(t, db, func(w *writer) {
		first := true
		w.injectFlush = func() error {
			if first { // this very job's
				first = false
				return nil
			}
			begun <- struct{}{}
			<-release
			return nil
		}
	})
	answered := make(chan error, 1)
	go func() {
		answered <- db.Update(context.Background(), func(tx *Tx) error { return put(tx, "a", 1) })
	}()
	<-begun
	select {
	case err := <-answered:
		t.Fatalf("answered (%v) although the disk has nothing yet", err)
	default:
	}
	if got := dump(t, db); got != "a=1" {
		t.Errorf("readers see %q while the log is flushed, the documented a=1 is missing", got)
	}
	// A second group runs while the first is flushed, and is not committed before.
	ran := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.Update(context.Background(), func(tx *Tx) error { close(ran); return put(tx, "b", 2) }); err != nil {
			t.Error(err)
		}
	})
	<-ran
	if got := dump(t, db); got != "a=1" {
		t.Errorf("readers see %q: the second group was committed before the first was durable", got)
	}
	close(release)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	<-begun
	wg.Wait()
	if got := dump(t, db); got != "a=1 b=2" {
		t.Errorf("the table holds %q", got)
	}
}

func TestAFlushThatFailsIsToldAndLosesTheGroupBehindIt(t *testing.T) {
	db := openTest(t)
	begun, release := make(chan struct{}), make(chan struct{})
	onWriter(t, db, func(w *writer) {
		n := 0
		w.injectFlush = func() error {
			if n++; n != 2 {
				return nil
			}
			close(begun)
			<-release
			return errors.New("input/output error")
		}
	})
	var first, second error
	var wg sync.WaitGroup
	wg.Go(func() {
		first = db.Update(context.Background(), func(tx *Tx) error { return put(tx, "a", 1) })
	})
	<-begun
	ran := make(chan struct{})
	wg.Go(func() {
		second = db.Update(context.Background(), func(tx *Tx) error { close(ran); return put(tx, "b", 2) })
	})
	<-ran
	close(release)
	wg.Wait()
	if !fault.Is(first, fault.Unavailable) || !errors.Is(first, ErrOutcome) {
		t.Errorf("the group that was not flushed: %v", first)
	}
	if !fault.Is(second, fault.Unavailable) || errors.Is(second, ErrOutcome) {
		t.Errorf("the group behind it, of which nothing is stored: %v", second)
	}
	if !db.sick.Load() {
		t.Error("readiness does not know")
	}
	if got := dump(t, db); strings.Contains(got, "b=") {
		t.Errorf("the table holds %q", got)
	}
	if err := db.Ping(context.Background()); err != nil || db.sick.Load() {
		t.Errorf("once the disk is well: %v", err)
	}
}

func TestSavepointsComeOnlyAfterAFailureThatNeedsThem(t *testing.T) {
	db := openTest(t)
	savepoints := 0
	onWriter(t, db, func(w *writer) {
		arm(w, func(query string) int {
			if query == "SAVEPOINT j" {
				savepoints++
			}
			return 0
		})
	})
	write := func(refuse error) {
		t.Helper()
		err := db.Update(context.Background(), func(tx *Tx) error { return errors.Join(put(tx, "a", 1), refuse) })
		if !errors.Is(err, refuse) {
			t.Fatal(err)
		}
	}
	count := func() (n int) {
		onWriter(t, db, func(*writer) { n, savepoints = savepoints, 0 })
		return n
	}
	write(nil)
	early := db.Update(context.Background(), func(tx *Tx) error { return errors.New("refused before it wrote") })
	if n := count(); early == nil || n != 0 {
		t.Errorf("%d savepoints without need", n)
	}
	write(errors.New("refused after it wrote"))
	if n := count(); n != 2 { // the job again, and the counting one
		t.Errorf("%d savepoints after a failure", n)
	}
	for range wary {
		write(nil)
	}
	count()
	runs := 0
	err := db.UpdateGuarded(context.Background(), func(tx *Tx) error {
		runs++
		return errors.Join(put(tx, "a", 2), errors.New("refused in the background"))
	})
	if n := count(); err == nil || n != 1 || runs != 1 {
		t.Errorf("work in the background: %v, %d savepoints, %d runs", err, n, runs)
	}
	write(nil)
	if n := count(); n != 0 {
		t.Errorf("%d savepoints long after the failure", n)
	}
}
