package sqldb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb/lite"
)

// The bounds of the group commit.
const (
	maxGroup     = 256                  // jobs in one commit
	maxGroupTime = 5 * time.Millisecond // work in one commit
	maxQueue     = 4096                 // jobs that wait
	maxAttempts  = 3                    // of a job that met another's lock
	wary         = 64                   // groups with savepoints after one that needed them
)

// writer owns the one connection that writes to SQLite. Its goroutine takes what
// waits, runs the jobs of a group in one transaction and commits once. Savepoints
// between them cost as much as a small job, and few jobs fail after they have
// written: so a group runs without, and when such a job comes, all of it is undone
// and runs again with savepoints, as the groups after it do for a while.
//
// The commit
// goes to the log in memory; the flusher's goroutine then flushes the log to the
// disk and answers all, while the next group runs already. So a commit is seen by
// readers up to one flush before it is durable, but nobody is answered before
// his own change, and with it every earlier one, is durable.
type writer struct {
	dir   string
	clock clock.Clock
	log   *slog.Logger
	queue chan *job
	stop  chan struct{}
	done  chan struct{}
	sick  *atomic.Bool

	conn    *lite.Conn // nil after it was dropped; opened again by the next group
	group   []*job
	buffers buffers

	flush    chan commit // for the flusher
	flushed  chan error  // its answer for each
	flushing bool        // one is on its way
	fresh    bool        // the connection is new: its log may be another file
	spare    []*job      // the other group's memory
	careful  int         // so many groups still run under savepoints

	inject      func(query string) error // a test's fault
	injectFlush func() error             // the same for the flush
}

// commit is a group whose changes are in the log, but not yet on the disk.
type commit struct {
	group []*job
	fresh bool // the log's file is to be opened anew
}

// The states of a job: its caller may leave it only before it starts.
const (
	jobWaits int32 = iota
	jobRuns
	jobLeft
)

type job struct {
	fn    func(tx *Tx) error
	alone bool // under a savepoint of its own in any case
	state atomic.Int32
	ready chan struct{} // one answer

	tx       *Tx
	err      error
	panicked any
	stack    []byte
}

// jobs are reused: their channel, argument and row buffers are the only garbage
// that the hot path would make.
type jobPool struct{ p sync.Pool }

func (p *jobPool) get() *job {
	if j, ok := p.p.Get().(*job); ok {
		return j
	}
	return &job{ready: make(chan struct{}, 1)}
}

func (p *jobPool) put(j *job) {
	j.fn, j.alone, j.tx, j.err, j.panicked, j.stack = nil, false, nil, nil, nil, nil
	j.state.Store(jobWaits)
	p.p.Put(j)
}

func newWriter(dir string, conn *lite.Conn, c clock.Clock, log *slog.Logger, sick *atomic.Bool) *writer {
	w := &writer{
		dir: dir, clock: c, log: log, conn: conn, sick: sick,
		queue: make(chan *job, maxQueue), stop: make(chan struct{}), done: make(chan struct{}),
		group: make([]*job, 0, maxGroup), spare: make([]*job, 0, maxGroup),
		flush: make(chan commit), fresh: true, flushed: make(chan error, 1),
	}
	return w
}

// PanicError hands a panic of a transaction's function back to its caller, who
// panics with it in turn.
type PanicError struct {
	Value any
	Stack []byte // where it happened, on the writer's goroutine
}

func (p *PanicError) Error() string {
	return fmt.Sprintf("panic in a transaction: %v\n\n%s", p.Value, p.Stack)
}

// update queues fn and waits for its commit.
func (w *writer) update(ctx context.Context, pool *jobPool, fn func(tx *Tx) error, alone bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := pool.get()
	j.fn, j.alone = fn, alone
	select {
	case w.queue <- j:
	default:
		pool.put(j)
		return fault.New(fault.Unavailable, "too many changes wait to be stored", "Try again in a second.")
	}
	select {
	case <-j.ready:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobLeft) {
			return ctx.Err() // the writer skips it; it is never reused
		}
		<-j.ready // it runs: the answer is near, and must be the true one
	case <-w.done:
		select {
		case <-j.ready:
		default:
			return closedErr()
		}
	}
	err, p := j.err, j.panicked
	if p != nil {
		err := &PanicError{Value: p, Stack: j.stack}
		pool.put(j)
		panic(err)
	}
	if err == nil {
		for _, f := range j.tx.after {
			f()
		}
	}
	pool.put(j)
	return err
}

func closedErr() error {
	return fault.New(fault.Unavailable, "the database is closed", "The server is shutting down; try another one, or later.")
}

// loop is the writer's goroutine.
func (w *writer) loop() {
	defer close(w.done)
	go w.flusher()
	defer close(w.flush)
	for {
		select {
		case j := <-w.queue:
			w.serve(j)
		case err := <-w.flushed:
			w.landed(err)
		case <-w.stop:
			for { // what was queued before the stop is still stored
				select {
				case j := <-w.queue:
					w.serve(j)
					continue
				default:
				}
				w.land()
				return
			}
		}
	}
}

// flusher makes committed groups durable, one after the other, and answers them.
func (w *writer) flusher() {
	var log lite.Log
	defer log.Close()
	for c := range w.flush {
		var err error
		if w.injectFlush != nil {
			err = w.injectFlush()
		}
		if err == nil {
			err = log.Flush(w.dir, c.fresh)
		}
		if err != nil {
			err = unknown(err)
		}
		tell(c.group, err)
		w.flushed <- err
	}
}

// tell answers the callers of a group.
func tell(group []*job, err error) {
	for i, j := range group {
		if err != nil {
			j.err, j.panicked = given(err), nil
		}
		group[i] = nil
		j.ready <- struct{}{}
	}
}

// land waits for the flush that is on its way. An error means that what the
// connection committed may be lost.
func (w *writer) land() error {
	if !w.flushing {
		return nil
	}
	return w.landed(<-w.flushed)
}

func (w *writer) landed(err error) error {
	w.flushing = false
	if err == nil {
		return nil
	}
	w.sick.Store(true)
	return w.drop(err)
}

// close ends the connection, once the loop has ended.
func (w *writer) close() error {
	if w.conn == nil {
		return nil
	}
	return errors.Join(w.conn.Run("PRAGMA optimize"), w.conn.Close())
}

// serve runs a group that begins with j, and answers it.
func (w *writer) serve(j *job) {
	w.group = w.group[:0]
	w.collect(j)
	if len(w.group) == 0 {
		return
	}
	err := w.attempt(true)
	if err == errUndo {
		w.careful = wary
		err = w.attempt(true)
	}
	for try := 1; err != nil && lite.Retryable(lite.Code(err)) && try < maxAttempts; try++ {
		// Another process (a backup, a shell) held the lock beyond busy_timeout.
		err = w.attempt(false)
	}
	if err != nil {
		tell(w.group, err)
		return
	}
	w.flushing = true
	w.flush <- commit{w.group, w.fresh}
	w.fresh = false
	w.group, w.spare = w.spare, w.group
}

// given is what the callers of a lost group are told: whatever SQLite said, their
// jobs did nothing wrong and may be repeated.
func given(err error) error {
	err = mapErr(err)
	if fault.Is(err, fault.Unavailable) {
		return err
	}
	return fault.Wrap(fault.Unavailable, err, "the database gave up a change, and nothing was stored", "Try again.")
}

func (w *writer) collect(j *job) {
	if j.state.CompareAndSwap(jobWaits, jobRuns) {
		w.group = append(w.group, j)
	}
}

// errLost: what the group has read may be lost, so it is given up as well.
var errLost = errors.New("sqldb: the commit before this one could not be flushed")

// errUndo: a job failed after it had written, in a group without savepoints.
var errUndo = errors.New("sqldb: the group must run again under savepoints")

// attempt runs the group in one transaction. Unless it is a first one, the group
// is complete and runs again. An error means that nothing of the group is stored,
// or that it carries ErrOutcome.
func (w *writer) attempt(first bool) (err error) {
	if err := w.begin(); err != nil {
		return w.drop(err)
	}
	start, guarded := w.clock.Now(), w.careful > 0
	for i := 0; ; i++ {
		if i == len(w.group) {
			if !first || i >= maxGroup || w.clock.Now().Sub(start) >= maxGroupTime {
				break
			}
			j, err := w.next()
			if err != nil {
				return err
			}
			if j == nil {
				break
			}
			if w.collect(j); i == len(w.group) {
				i--
				continue
			}
		}
		switch err := w.run(w.group[i], guarded || w.group[i].alone); err {
		case nil:
		case errUndo:
			if err := w.conn.Run("ROLLBACK"); err != nil {
				return w.drop(err)
			}
			return errUndo
		default:
			return w.drop(err)
		}
	}
	if err := w.land(); err != nil {
		return errLost
	}
	if err := w.conn.Run("COMMIT"); err != nil {
		if code := lite.Code(err); !lite.Retryable(code) && code&0xff != lite.Full {
			// The log may hold the commit although the flush failed.
			return w.drop(unknown(err))
		}
		return w.drop(err)
	}
	w.careful = max(0, w.careful-1)
	return nil
}

// next takes what waits; as long as the group before is being flushed it waits for
// more. When nothing does, those who could run are let through once: the callers
// that the last flush woke come back with their next jobs, and a commit costs the
// same for one as for all of them.
func (w *writer) next() (j *job, err error) {
	for {
		for range 2 {
			select {
			case j := <-w.queue:
				return j, nil
			default:
				runtime.Gosched()
			}
		}
		if !w.flushing {
			return nil, nil
		}
		select {
		case j := <-w.queue:
			return j, nil
		case err := <-w.flushed:
			if err := w.landed(err); err != nil {
				return nil, errLost
			}
		}
	}
}

func (w *writer) begin() error {
	if w.conn == nil {
		c, err := lite.OpenWriter(w.dir)
		if err != nil {
			return err
		}
		c.Inject = w.inject
		w.conn, w.fresh = c, true
	}
	return w.conn.Run("BEGIN IMMEDIATE")
}

// drop gives up the transaction and its connection: after an error of its own
// SQLite may have left the transaction, and later statements would be stored one
// by one.
func (w *writer) drop(err error) error {
	code := lite.Code(err)
	if lite.Sick(code) {
		w.sick.Store(true)
	}
	if w.conn != nil {
		w.log.Error("a group of updates was given up", "jobs", len(w.group), "code", code, "err", err.Error())
		w.conn.Close() // its own errors say nothing more
		w.conn = nil
	}
	return err
}

// run executes one job, guarded by a savepoint or not. The error it returns is not
// the job's: it says that the group is lost, or must be undone.
func (w *writer) run(j *job, guarded bool) error {
	if guarded {
		if err := w.conn.Run("SAVEPOINT j"); err != nil {
			return err
		}
	}
	// A Tx of its own for every run: one that a function kept must never reach
	// another function's transaction.
	j.tx = &Tx{s: w.conn, ctx: context.Background(), buffers: &w.buffers}
	j.err, j.panicked, j.stack = nil, nil, nil
	j.call()
	if code := lite.Code(j.tx.failed); lite.Fatal(code) || lite.Retryable(code) {
		return j.tx.failed
	}
	failed := j.err != nil || j.panicked != nil
	switch {
	case !guarded && failed && j.tx.wrote:
		return errUndo
	case guarded && failed:
		if err := w.conn.Run("ROLLBACK TO j"); err != nil {
			return err
		}
	}
	if guarded {
		return w.conn.Run("RELEASE j")
	}
	return nil
}

// call runs the job's function and catches its panic.
func (j *job) call() {
	defer func() {
		if p := recover(); p != nil {
			j.panicked, j.stack = p, debug.Stack()
		}
	}()
	j.err = j.tx.run(j.fn, nil)
}
