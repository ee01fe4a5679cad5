package intake

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tagline/internal/clock"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/model"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
)

// Config is what a Service is made of.
type Config struct {
	DB       *sqldb.DB
	Clock    clock.Clock
	IDs      *ident.Source
	Log      *slog.Logger
	Devices  *device.Service
	Readings *reading.Service
	Model    func(ctx context.Context, name string) (*model.Model, error)
	Allowed  Allowed  // nil: DemoOnly
	Reported Reported // nil: nobody is told
}

// Service is the one way in. It may be used by many goroutines.
type Service struct {
	db       *sqldb.DB
	clock    clock.Clock
	ids      *ident.Source
	log      *slog.Logger
	devices  *device.Service
	readings *reading.Service
	model    func(ctx context.Context, name string) (*model.Model, error)
	allowed  Allowed
	reported Reported
	handlers map[string]Handler
	after    []func(d *device.Device, u Uplink, a Answer)
	quotas   quotas
	queue    chan *work
	ended    chan struct{}

	dropped atomic.Int64 // values without a purpose
	counts  [5]atomic.Int64
	entries atomic.Int64
}

// New makes a Service.
func New(c Config) *Service {
	if c.Allowed == nil {
		c.Allowed = DemoOnly
	}
	return &Service{
		db: c.DB, clock: c.Clock, ids: c.IDs, log: c.Log, devices: c.Devices, readings: c.Readings, model: c.Model, allowed: c.Allowed, reported: c.Reported,
		handlers: map[string]Handler{}, quotas: quotas{of: map[int64]int64{}}, queue: make(chan *work, queueLength), ended: make(chan struct{}),
	}
}

// Handle has a kind of uplink taken by fn. It is called before anything comes.
func (s *Service) Handle(kind string, fn Handler) { s.handlers[kind] = fn }

// After has fn told of every uplink that was answered, from the goroutine that
// answers: it must not wait. It is called before anything comes.
func (s *Service) After(fn func(d *device.Device, u Uplink, a Answer)) { s.after = append(s.after, fn) }

// Figures counts what came in since the start.
type Figures struct {
	Stored, Invalid, Refused, OverQuota, Failed int64
	Entries                                     int64 // that were new
	Dropped                                     int64 // values that nobody may keep
	Queue                                       int
}

// Figures gives the figures of operation.
func (s *Service) Figures() Figures {
	n := func(o Outcome) int64 { return s.counts[o].Load() }
	return Figures{n(Stored), n(Invalid), n(Refused), n(OverQuota), n(Failed), s.entries.Load(), s.dropped.Load(), len(s.queue)}
}

// Offer takes an uplink in and tells done once, from any goroutine, what became of it:
// when it is durable, or refused. It waits while the queue is full. Its own error means
// that ctx ended first, and done is never told.
func (s *Service) Offer(ctx context.Context, u Uplink, done func(Answer)) error {
	w := &work{uplink: u, done: done}
	if err := s.read(ctx, w); err != nil {
		f := fault.From(err)
		w.answer = Answer{Outcome: outcomeOf(f.Code), Err: f}
		if w.answer.Outcome != Invalid || w.device == nil {
			s.finish(w)
			return ctx.Err()
		}
		w.entries, w.handler, w.letter = nil, nil, true // the dead letter goes the same way
	}
	select {
	case s.queue <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended:
		return fault.New(fault.Unavailable, "the server is stopping", "Send it again.")
	}
}

func outcomeOf(code fault.Code) Outcome {
	switch code {
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.NotFound, fault.Conflict, fault.Gone:
		return Invalid
	case fault.Forbidden, fault.Unauthenticated:
		return Refused
	case fault.RateLimited:
		return OverQuota
	}
	return Failed
}

// read finds out who sent an uplink and what it says.
func (s *Service) read(ctx context.Context, w *work) error {
	u := &w.uplink
	if u.Received.IsZero() {
		u.Received = s.clock.Now()
	}
	d, err := s.devices.Lookup(ctx, u.Brand, u.Name)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Forbidden, "the device is not known", "")
	}
	if err != nil {
		return err
	}
	if d.State == device.Retired {
		return fault.New(fault.Forbidden, "the device is retired", "")
	}
	if w.model, err = s.model(ctx, d.Model); err != nil {
		return err
	}
	w.device = &d
	handler, handled := s.handlers[u.Kind]
	switch {
	case handled:
		w.handler = handler
	case u.Kind == "ev" || u.Kind == "rep" || u.Kind == "tm":
	case u.Kind == "lwt":
		return nil // presence is told by the door itself
	default:
		return fault.Newf(fault.Invalid, "there is no topic up/%.40s", u.Kind).WithHint("up/ev, up/tm, up/rep, up/ack, up/ct and up/job are taken.")
	}
	if wait := s.quotas.take(d.No, w.model.Rate, u.Received.UnixMicro()); wait > 0 {
		if !u.Wait {
			return fault.Newf(fault.RateLimited, "the device sends more than its quota").WithHint("Wait %v.", wait.Round(time.Millisecond))
		}
		select {
		case <-s.clock.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if len(u.Body) > maxBody {
		return fault.Newf(fault.TooLarge, "the message has %d bytes, %d are taken", len(u.Body), maxBody)
	}
	if handled {
		return nil
	}
	return s.decode(ctx, w)
}

// Accept takes uplinks in and waits for all answers, in their order. Its error means
// that ctx ended first: some may have been taken.
func (s *Service) Accept(ctx context.Context, uplinks []Uplink) ([]Answer, error) {
	answers := make([]Answer, len(uplinks))
	var wait sync.WaitGroup
	for i := range uplinks {
		wait.Add(1)
		if err := s.Offer(ctx, uplinks[i], func(a Answer) {
			answers[i] = a
			wait.Done()
		}); err != nil {
			return nil, err
		}
	}
	all := make(chan struct{})
	go func() {
		wait.Wait()
		close(all)
	}()
	select {
	case <-all:
		return answers, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Run gathers what was read into groups and commits them until ctx ends; what is in the
// queue then is still committed.
func (s *Service) Run(ctx context.Context) error {
	defer close(s.ended)
	slots := make(chan struct{}, flights)
	before := closed() // answered
	for {
		var w *work
		select {
		case w = <-s.queue:
		case <-ctx.Done():
			select {
			case w = <-s.queue:
			default:
				for range flights {
					slots <- struct{}{}
				}
				return ctx.Err()
			}
		}
		// A slot first: while both groups are under way, this one grows.
		slots <- struct{}{}
		group := []*work{w}
		n := 1 + len(w.entries)
	gather:
		for n < groupEntries {
			select {
			case w := <-s.queue:
				group = append(group, w)
				n += 1 + len(w.entries)
			default:
				break gather
			}
		}
		mine, last := make(chan struct{}), before
		before = mine
		go func() {
			s.commit(context.WithoutCancel(ctx), group)
			<-last // groups are answered in their order, and so are the messages of a device
			for _, w := range group {
				s.finish(w)
			}
			close(mine)
			<-slots
		}()
	}
}

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// commit stores a group. If that fails for another reason than the database being
// away, every message has a transaction of its own: one bad one fails alone.
func (s *Service) commit(ctx context.Context, group []*work) {
	err := s.store(ctx, group)
	if err == nil {
		return
	}
	if len(group) > 1 && !fault.Is(err, fault.Unavailable) {
		for _, w := range group {
			s.commit(ctx, []*work{w})
		}
		return
	}
	f := fault.From(err)
	if !fault.Is(err, fault.Unavailable) {
		s.log.ErrorContext(ctx, "a device's message could not be stored", "error", err, "device", group[0].uplink.Brand+"/"+group[0].uplink.Name, "kind", group[0].uplink.Kind)
	}
	for _, w := range group {
		w.answer = Answer{Outcome: Failed, Err: f}
	}
}

// store writes a group in one transaction.
func (s *Service) store(ctx context.Context, group []*work) error {
	var entries []reading.Entry
	var nos []int64
	for _, w := range group {
		entries = append(entries, w.entries...)
		if len(w.entries) > 0 {
			nos = append(nos, w.device.No)
		}
	}
	refused := map[*work]*fault.Error{}
	var results []reading.Result
	runs := 0
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if runs++; runs > 1 {
			s.readings.Forget(nos...)
			clear(refused)
		}
		if len(entries) > 0 {
			if results, err = s.readings.Apply(tx, entries); err != nil {
				return err
			}
			if err := s.tellReports(tx, group, results); err != nil {
				return err
			}
		}
		for _, w := range group {
			if w.handler == nil {
				continue
			}
			if err := w.handler(tx, w.device, w.model, w.uplink); err != nil {
				f := fault.From(err)
				if f.Code == fault.Internal || f.Code == fault.Unavailable {
					return err
				}
				refused[w] = f
			}
		}
		for _, w := range group {
			reason := w.answer.Err
			if f := refused[w]; f != nil && outcomeOf(f.Code) == Invalid {
				reason = f
			} else if !w.letter {
				continue
			}
			if err := s.bury(tx, w, reason); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.readings.Forget(nos...)
		return err
	}
	at := 0
	for _, w := range group {
		if f := refused[w]; f != nil {
			w.answer = Answer{Outcome: outcomeOf(f.Code), Err: f}
		}
		for range w.entries {
			if results[at].Fresh {
				w.answer.Fresh++
			}
			w.answer.Gap = w.answer.Gap || results[at].Gap
			at++
		}
	}
	return nil
}

// tellReports tells of the reports of a group that were new.
func (s *Service) tellReports(tx *sqldb.Tx, group []*work, results []reading.Result) error {
	at := 0
	for _, w := range group {
		for i := range w.entries {
			e := &w.entries[i]
			if e.Kind == reading.Report && results[at].Fresh && s.reported != nil {
				if err := s.reported(tx, w.device, e.Patch, w.seen, w.local, e.At, e.Clock == "ok" && e.Told != 0); err != nil {
					return err
				}
			}
			at++
		}
	}
	return nil
}

func (s *Service) finish(w *work) {
	s.counts[w.answer.Outcome].Add(1)
	s.entries.Add(int64(w.answer.Fresh))
	w.done(w.answer)
	if w.device == nil {
		return
	}
	for _, fn := range s.after {
		fn(w.device, w.uplink, w.answer)
	}
}
