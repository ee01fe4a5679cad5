package subscription

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"time"

	"tagline/internal/bus"
	"tagline/internal/channel/webhook"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/trace/answer"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
	"tagline/internal/vault"
)

// Subscription is one subscriber of a named query.
type Subscription struct {
	ID          string
	Query       string
	Dest        string
	Schedule    *Schedule // nil for a stream
	ReportEmpty bool
	Spelling    answer.Spelling
	Viewer      repository.Viewer
	By          string
	Created     time.Time
	Initial     time.Time
	MinRecord   time.Time // of the events that are sent next
	Notified    time.Time // the last report that was taken; zero is never
	Next        time.Time // the next attempt; zero when the next event comes
	Suspended   bool      // until it is made anew: Reason says why
	Reason      string
	Tries       int // failed attempts in a row

	position int64 // row
	batch    int
	secret   string // sealed
}

// New is what is said of a new subscription.
type New struct {
	Query       string
	Dest        string
	Secret      string
	Schedule    *Schedule
	ReportEmpty bool
	Initial     time.Time // zero: now
	Spelling    answer.Spelling
	Viewer      repository.Viewer
	By          string
}

// Config is what a Service stands on.
type Config struct {
	DB         *sqldb.DB
	Bus        *bus.Bus
	Repository *repository.Repository
	Queries    *standing.Service
	Sender     *webhook.Sender
	Vault      *vault.Vault
	Clock      clock.Clock
	IDs        *ident.Source
	Chance     io.Reader // for pauses that differ
	Log        *slog.Logger
}

// Service keeps subscriptions and delivers. It may be used by many goroutines.
type Service struct {
	Config
	wake chan struct{}
}

// Open makes the service.
func Open(c Config) *Service { return &Service{Config: c, wake: make(chan struct{}, 1)} }

// The sizes of reports, and how many subscriptions there may be.
const (
	batchSize = 100
	most      = 1000
)

const secretPurpose = "epcis subscription"

// Make keeps a new subscription. Errors: NotFound for a query that is not there,
// Invalid for a destination or a schedule that cannot be.
func (s *Service) Make(ctx context.Context, n New) (Subscription, error) {
	out := Subscription{
		ID: string(s.IDs.Subscription()), Query: n.Query, Dest: n.Dest, Schedule: n.Schedule, ReportEmpty: n.ReportEmpty, Spelling: n.Spelling,
		Viewer: n.Viewer, By: n.By, Created: s.Clock.Now(), Initial: n.Initial, batch: batchSize,
	}
	if err := webhook.CheckURL(n.Dest); err != nil {
		return out, err
	}
	if len(n.Secret) > 500 {
		return out, fault.New(fault.Invalid, "signatureToken is longer than 500 bytes", "Choose a shorter one.")
	}
	q, err := s.Queries.Query(ctx, n.Query)
	if err != nil {
		return out, err
	}
	if _, err := q.Parse(); err != nil {
		return out, err
	}
	now := s.Clock.Now()
	if out.Initial.IsZero() {
		out.Initial = now
	}
	out.MinRecord = out.Initial
	if out.position, err = s.Repository.RowBefore(ctx, sqldb.Micros(out.Initial)); err != nil {
		return out, err
	}
	if n.Schedule != nil {
		if err := n.Schedule.Read(); err != nil {
			return out, err
		}
		next, ok := n.Schedule.Next(now)
		if !ok {
			return out, fault.New(fault.Invalid, "schedule: it never fires", "There is no such day, such as the 31st of February.")
		}
		out.Next = next
	}
	if n.Secret != "" {
		if out.secret, err = s.Vault.Wrap(secretPurpose, []byte(n.Secret)); err != nil {
			return out, err
		}
	}
	if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return insert(tx, &out) }); err != nil {
		return out, err
	}
	s.notify()
	return out, nil
}

func (s *Service) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Delete ends a subscription, if it is there; DeleteOf those of a query.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM subscription_row WHERE id = $1`, id)
		return err
	})
}

// DeleteOf ends all subscriptions of a query.
func (s *Service) DeleteOf(ctx context.Context, query string) error {
	return s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM subscription_row WHERE query_name = $1`, query)
		return err
	})
}

// Run delivers until ctx ends: when events were captured, when a pause or a
// scheduled time is over, and now and then anyway.
func (s *Service) Run(ctx context.Context) error {
	woken, stop := s.Bus.Listen(ledger.Topic)
	defer stop()
	for {
		next, err := s.Deliver(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("subscriptions wait", "error", err)
		}
		pause := 30 * time.Second
		if !next.IsZero() {
			pause = min(pause, max(next.Sub(s.Clock.Now()), 10*time.Millisecond))
		}
		select {
		case <-woken:
		case <-s.wake:
		case <-s.Clock.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Deliver makes the attempts that are due, one for each subscription after another,
// and gives the time of the next.
func (s *Service) Deliver(ctx context.Context) (next time.Time, err error) {
	list, err := s.active(ctx)
	if err != nil {
		return next, err
	}
	for i := range list {
		sub := &list[i]
		if !sub.Next.After(s.Clock.Now()) {
			if err := s.serve(ctx, sub); err != nil {
				return next, err
			}
		}
		if !sub.Suspended && !sub.Next.IsZero() && (next.IsZero() || sub.Next.Before(next)) {
			next = sub.Next
		}
	}
	return next, ctx.Err()
}

// lease is how long one node holds a subscription; longer than an attempt takes.
const lease = time.Minute

// serve delivers to one subscription until nothing is left or something fails.
func (s *Service) serve(ctx context.Context, sub *Subscription) error {
	ours, err := s.hold(ctx, sub)
	if err != nil || !ours {
		return err
	}
	named, err := s.Queries.Query(ctx, sub.Query)
	if fault.Is(err, fault.NotFound) {
		return s.Delete(ctx, sub.ID) // the query has gone, and its subscribers with it
	}
	if err != nil {
		return err
	}
	q, err := named.Parse()
	if err != nil {
		return s.suspend(ctx, sub, "the query cannot be read any more: "+err.Error())
	}
	// Reports come in record order, whatever order the query asks for.
	report := *q
	report.OrderBy, report.Ascending, report.Limit, report.Max = "", true, 0, -1
	first := true
	for ctx.Err() == nil {
		a, err := s.Repository.Find(ctx, &report, sub.Viewer, repository.Page{Size: sub.batch, After: repository.Position{Row: sub.position}})
		if err != nil {
			return err
		}
		events := a.Events
		if len(events) == 0 && !(first && sub.Schedule != nil && sub.ReportEmpty) {
			sub.position = max(sub.position, a.Pin) // nothing up to here
			return s.rest(ctx, sub)
		}
		first = false
		again, err := s.send(ctx, sub, events)
		if err != nil || !again {
			return err
		}
		if len(events) > 0 {
			sub.position = events[len(events)-1].Row
			sub.MinRecord = sqldb.Time(events[len(events)-1].Event.RecordTime.Micro + 1)
		}
		sub.Notified, sub.Tries, sub.Reason, sub.batch = s.Clock.Now(), 0, "", min(batchSize, sub.batch*2)
		if a.Next == nil {
			sub.position = max(sub.position, a.Pin) // what is left up to here does not match
			return s.rest(ctx, sub)
		}
		if _, err := s.save(ctx, sub); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// rest waits for the next event, or for the next time of the schedule.
func (s *Service) rest(ctx context.Context, sub *Subscription) error {
	sub.Next = time.Time{}
	if sub.Schedule != nil {
		next, ok := sub.Schedule.Next(s.Clock.Now())
		if !ok {
			return s.suspend(ctx, sub, "the schedule has no further time")
		}
		sub.Next = next
	}
	_, err := s.save(ctx, sub)
	return err
}

func (s *Service) suspend(ctx context.Context, sub *Subscription, reason string) error {
	sub.Suspended, sub.Reason = true, reason
	_, err := s.save(ctx, sub)
	return err
}

// send makes one attempt; true when the events were taken. What failed is due again
// later, or the subscription is suspended.
func (s *Service) send(ctx context.Context, sub *Subscription, events []repository.Stored) (bool, error) {
	_, companies, err := s.Repository.Prefixes(ctx)
	if err != nil {
		return false, err
	}
	body, err := answer.Document(events, answer.Query{Name: sub.Query, Subscription: sub.ID}, sub.Spelling, companies, s.Clock.Now())
	if err != nil {
		return false, s.suspend(ctx, sub, err.Error())
	}
	secret := []byte(nil)
	if sub.secret != "" {
		if secret, err = s.Vault.Unwrap(secretPurpose, sub.secret); err != nil {
			return false, err
		}
	}
	kind := "application/json"
	if sub.Spelling.XML {
		kind = "application/xml"
	}
	a := s.Sender.Send(ctx, webhook.Message{
		URL: sub.Dest, ContentType: kind, Body: body, Secret: string(secret), Delivery: delivery(sub, events),
		Header: map[string]string{"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"},
	})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	switch a.Outcome {
	case webhook.Delivered:
		return true, nil
	case webhook.Smaller:
		if len(events) <= 1 {
			return false, s.suspend(ctx, sub, "one event alone is too much for the other side")
		}
		sub.batch = max(1, len(events)/2)
		sub.Next = s.Clock.Now()
	case webhook.Refused:
		return false, s.suspend(ctx, sub, a.Words)
	default:
		sub.Tries++
		sub.Reason = a.Words
		sub.Next = s.Clock.Now().Add(max(a.After, webhook.Pause(sub.Tries, s.chance())))
	}
	_, err = s.save(ctx, sub)
	return false, err
}

// delivery names a report: the same events have the same name.
func delivery(sub *Subscription, events []repository.Stored) string {
	var b strings.Builder
	b.WriteString(sub.ID)
	if len(events) > 0 {
		for _, e := range []repository.Stored{events[0], events[len(events)-1]} {
			b.WriteByte('-')
			b.WriteString(time.UnixMicro(e.Event.RecordTime.Micro).UTC().Format("20060102T150405.000000"))
		}
	}
	return b.String()
}

// chance gives a number from 0 to 1.
func (s *Service) chance() float64 {
	var b [1]byte
	if _, err := io.ReadFull(s.Chance, b[:]); err != nil {
		return 0.5
	}
	return float64(b[0]) / 255
}

// viewerText keeps a viewer in a column.
func viewerText(v repository.Viewer) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
