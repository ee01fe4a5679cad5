package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tagline/epcis"
	"tagline/epcis/eventhash"
	"tagline/epcis/jsondoc"
	"tagline/epcis/xmldoc"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/trace/repository"
)

// The limits that are declared to clients.
const (
	MaxEvents = 50_000
	MaxBytes  = 64 << 20
)

// small is the size in bytes up to which a document is taken in before the answer.
const small = 1 << 20

// maxErrors is how many problems of one document are kept.
const maxErrors = 1000

// batch is how many events go into one transaction.
const batch = 1000

// Behaviour is what happens to a document some of whose events are wrong.
type Behaviour string

// The behaviours.
const (
	Rollback Behaviour = "rollback"
	Proceed  Behaviour = "proceed"
)

// Format is how a document is written.
type Format string

// The formats.
const (
	JSON Format = "json"
	XML  Format = "xml"
)

// Job is one capture.
type Job struct {
	ID        string
	Created   time.Time
	Finished  time.Time // zero while it runs
	Running   bool
	Behaviour Behaviour
	Format    Format
	Bytes     int64
	Events    int64 // read so far
	Stored    int64
	Repeated  int64 // were there before
	Refused   int64
	By        string
	Errors    []Problem // at most 1,000

	vocabularies []epcis.Vocabulary
}

// Success tells whether nothing was wrong so far.
func (j *Job) Success() bool { return j.Refused == 0 }

// Problem is one thing that is wrong in a document.
type Problem struct {
	Pointer string `json:"pointer,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Rule    string `json:"rule"`
	Detail  string `json:"detail"`
	Index   int    `json:"index"` // of the event; -1 for the document
	EventID string `json:"eventID,omitempty"`
}

// Config is what a Service stands on.
type Config struct {
	DB         *sqldb.DB
	Repository *repository.Repository
	Clock      clock.Clock
	IDs        *ident.Source
	Dir        string // holds documents until they are taken in; made when it is missing
	Log        *slog.Logger
}

// Service takes documents in. It may be used by many goroutines.
type Service struct {
	Config
	wake chan struct{}
	work sync.Mutex // one document at a time is taken in
}

// New makes the service. Documents that were left over are taken in by Run.
func New(c Config) *Service {
	return &Service{Config: c, wake: make(chan struct{}, 1)}
}

// ErrDocument says that a body is no EPCIS document; its cause is an epcis.Problem.
type ErrDocument struct{ Problem epcis.Problem }

// Error gives the problem.
func (e *ErrDocument) Error() string { return e.Problem.Error() }

// reader is what both formats give.
type reader interface {
	Next() (epcis.Item, error)
	Document() *epcis.Document
}

func open(src io.ReadSeeker, f Format) (reader, error) {
	limits := epcis.Limits{MaxEvents: MaxEvents}
	if f == XML {
		return xmldoc.Open(src, limits)
	}
	return jsondoc.Open(src, limits)
}

// Accept reads a document to disk, makes a job of it, and answers. A small document
// is taken in before. Errors: *ErrDocument when the body is no EPCIS document,
// TooLarge when it is over MaxBytes.
func (s *Service) Accept(ctx context.Context, body io.Reader, f Format, b Behaviour, by string) (Job, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return Job{}, disk(err)
	}
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	j := Job{ID: string(s.IDs.Capture()), Created: now, Running: true, Behaviour: b, Format: f, By: by}
	path := s.path(j.ID)
	kept := false
	defer func() {
		if !kept {
			os.Remove(path)
		}
	}()
	var err error
	if j.Bytes, err = spool(path, body); err != nil {
		return Job{}, err
	}
	if err := check(path, f); err != nil {
		return Job{}, err
	}
	if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return insertJob(tx, j) }); err != nil {
		return Job{}, err
	}
	kept = true
	if j.Bytes <= small {
		if err := s.take(context.WithoutCancel(ctx), j); err != nil {
			// The job stays, and is tried again at the next start.
			s.Log.Error("a captured document could not be taken in", "capture", j.ID, "error", err)
			s.notify()
		}
		return s.Job(ctx, j.ID)
	}
	s.notify()
	return j, nil
}

func (s *Service) path(id string) string { return filepath.Join(s.Dir, id) }

func (s *Service) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func disk(err error) error {
	return fault.Wrap(fault.Unavailable, err, "the document could not be written to disk", "Look whether the disk is full, and send it again.")
}

// spool writes a body to a file that survives a crash.
func spool(path string, body io.Reader) (int64, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, disk(err)
	}
	n, err := io.Copy(f, io.LimitReader(body, MaxBytes+1))
	if err != nil {
		f.Close()
		if _, ok := errors.AsType[*os.PathError](err); ok {
			return 0, disk(err)
		}
		return 0, fault.Wrap(fault.Invalid, err, "the body broke off", "Send it again.")
	}
	if n > MaxBytes {
		f.Close()
		return 0, fault.Newf(fault.TooLarge, "the document is larger than %d MB", MaxBytes>>20).WithHint("Send its events in several documents.")
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, disk(err)
	}
	return n, nil
}

// check opens a document, so that what is none is refused at once.
func check(path string, f Format) error {
	src, err := os.Open(path)
	if err != nil {
		return disk(err)
	}
	defer src.Close()
	_, err = open(src, f)
	if p, ok := errors.AsType[epcis.Problem](err); ok {
		return &ErrDocument{p}
	}
	return err
}

// Run takes in what waits, until ctx ends: large documents, and those that a server
// which died left over.
func (s *Service) Run(ctx context.Context) error {
	for {
		if err := s.Drain(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("captured documents wait", "error", err)
			select {
			case <-s.Clock.After(5 * time.Second):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Drain takes in everything that waits on this node.
func (s *Service) Drain(ctx context.Context) error {
	jobs, err := s.waiting(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if _, err := os.Stat(s.path(j.ID)); err != nil {
			continue // another node has the document
		}
		if err := s.take(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// take takes one document in. It may have been begun before.
func (s *Service) take(ctx context.Context, j Job) error {
	s.work.Lock()
	defer s.work.Unlock()
	if now, err := s.Job(ctx, j.ID); err != nil || !now.Running {
		return err
	}
	src, err := os.Open(s.path(j.ID))
	if err != nil {
		return disk(err)
	}
	defer src.Close()
	t := taking{s: s, job: j}
	if err := t.document(ctx, src); err != nil {
		return err
	}
	// The job has ended: the document is not needed any more.
	_ = os.Remove(s.path(j.ID))
	return nil
}

// taking is the state of taking one document in.
type taking struct {
	s       *Service
	job     Job
	ignored []epcis.Name
	ready   []repository.Prepared
	indexes []int
	lines   []int
}

func (t *taking) refuse(index, line int, eventID string, p epcis.Problem) {
	t.job.Refused++
	t.note(index, line, eventID, p)
}

func (t *taking) note(index, line int, eventID string, p epcis.Problem) {
	if len(t.job.Errors) >= maxErrors {
		return
	}
	if p.Line == 0 {
		p.Line = line
	}
	t.job.Errors = append(t.job.Errors, Problem{Pointer: p.Pointer, Line: p.Line, Column: p.Column, Rule: p.Rule, Detail: p.Detail, Index: index, EventID: eventID})
}

func (t *taking) document(ctx context.Context, src io.ReadSeeker) error {
	if t.job.Behaviour == Proceed {
		return t.pass(ctx, src, t.keep)
	}
	// Rollback: everything is looked at first.
	t.job.Errors = nil
	whole := true // all events are in memory
	err := t.pass(ctx, src, func(ctx context.Context, last bool) error {
		if len(t.ready) == 0 {
			return nil
		}
		outcomes, err := t.s.Repository.Judge(ctx, t.ready)
		if err != nil {
			return err
		}
		t.conflicts(outcomes)
		if !last {
			whole = false
		}
		if !last || !whole {
			t.clear()
		}
		return nil
	})
	if err != nil || !t.job.Running {
		return err
	}
	if t.job.Refused > 0 {
		t.clear()
		return t.finish(ctx, nil)
	}
	if whole {
		return t.finish(ctx, t.ready)
	}
	t.job.Events, t.job.Stored, t.job.Repeated = 0, 0, 0
	return t.pass(ctx, src, t.keep)
}

// pass reads the document and calls full whenever a batch is together, and at last
// with the rest. With keep as full it ends the job.
func (t *taking) pass(ctx context.Context, src io.ReadSeeker, full func(ctx context.Context, last bool) error) error {
	r, err := open(src, t.job.Format)
	if p, ok := errors.AsType[epcis.Problem](err); ok {
		t.refuse(-1, p.Line, "", p)
		return t.finish(ctx, nil)
	}
	if err != nil {
		return err
	}
	t.ignored = eventhash.Ignored(r.Document())
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		item, err := r.Next()
		if err == io.EOF {
			break
		}
		if p, ok := errors.AsType[epcis.Problem](err); ok {
			// The rest cannot be read.
			t.refuse(int(t.job.Events), p.Line, "", p)
			if t.job.Behaviour == Proceed {
				break
			}
			t.clear()
			return t.finish(ctx, nil)
		}
		if err != nil {
			return err
		}
		t.job.Events++
		if !t.item(item) {
			continue
		}
		if len(t.ready) == batch {
			if err := full(ctx, false); err != nil {
				return err
			}
		}
	}
	t.vocabularies(r)
	return full(ctx, true)
}

// item makes an event ready; false for one that is refused.
func (t *taking) item(item epcis.Item) bool {
	id := ""
	if item.Event != nil {
		id = item.Event.EventID
	}
	if item.Refused() {
		t.job.Refused++
		for _, p := range item.Problems {
			if !p.Warning {
				t.note(item.Index, item.Line, id, p)
			}
		}
		return false
	}
	p, err := repository.Prepare(item.Event, t.ignored...)
	if err != nil {
		t.refuse(item.Index, item.Line, id, epcis.Problem{Rule: "unreadable", Detail: err.Error()})
		return false
	}
	t.ready, t.indexes, t.lines = append(t.ready, p), append(t.indexes, item.Index), append(t.lines, item.Line)
	return true
}

// vocabularies are kept with the last batch.
func (t *taking) vocabularies(r reader) { t.job.vocabularies = r.Document().Vocabularies }

func (t *taking) clear() { t.ready, t.indexes, t.lines = t.ready[:0], t.indexes[:0], t.lines[:0] }

func (t *taking) conflicts(outcomes []repository.Outcome) {
	for i, o := range outcomes {
		if o == repository.Conflict {
			t.refuse(t.indexes[i], t.lines[i], t.ready[i].Event.EventID, epcis.Problem{
				Rule: "event-exists", Detail: "another event with this eventID is stored, with other content; to correct it, send it again with an errorDeclaration",
			})
		}
	}
}

// keep stores the batch; with the last one master data are stored and the job ends,
// in the same transaction.
func (t *taking) keep(ctx context.Context, last bool) error {
	if last {
		return t.finish(ctx, t.ready)
	}
	before := t.job
	err := t.s.DB.UpdateGuarded(ctx, func(tx *sqldb.Tx) error {
		t.job = before
		return t.store(tx, t.ready)
	})
	if err != nil {
		return err
	}
	t.clear()
	return t.s.DB.Update(ctx, func(tx *sqldb.Tx) error { return updateJob(tx, &t.job) })
}

func (t *taking) store(tx *sqldb.Tx, list []repository.Prepared) error {
	if len(list) == 0 {
		return nil
	}
	outcomes, err := t.s.Repository.Append(tx, list, repository.Origin{Capture: t.job.ID, By: t.job.By})
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		switch o {
		case repository.Kept:
			t.job.Stored++
		case repository.Repeated:
			t.job.Repeated++
		}
	}
	t.conflicts(outcomes)
	if t.job.Behaviour == Rollback && t.job.Refused > 0 {
		return errRollback
	}
	return nil
}

// errRollback takes a transaction back in which a conflict came to light that had
// not been there when the document was looked at.
var errRollback = errors.New("capture: rolled back")

// finish stores what is left and ends the job.
func (t *taking) finish(ctx context.Context, list []repository.Prepared) error {
	before := t.job
	end := func(tx *sqldb.Tx) error {
		t.job.Running, t.job.Finished = false, t.s.Clock.Now().UTC().Truncate(time.Microsecond)
		return errors.Join(updateJob(tx, &t.job), insertErrors(tx, t.job.ID, t.job.Errors))
	}
	err := t.s.DB.UpdateGuarded(ctx, func(tx *sqldb.Tx) error {
		t.job = before
		if err := t.store(tx, list); err != nil {
			return err
		}
		if list != nil || t.job.Behaviour == Proceed || t.job.Refused == 0 {
			if err := t.s.Repository.PutMasterData(tx, t.job.vocabularies, t.job.By); err != nil {
				return err
			}
		}
		return end(tx)
	})
	if errors.Is(err, errRollback) {
		t.job.Stored, t.job.Repeated = 0, 0
		err = t.s.DB.UpdateGuarded(ctx, end)
	}
	return err
}

// marshal writes a problem for the table.
func marshal(p Problem) (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("capture: %w", err)
	}
	return string(b), nil
}
