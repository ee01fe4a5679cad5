package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/ntag424"
)

// Config says which world to make and where.
type Config struct {
	Server  string // http://127.0.0.1:8080
	Key     string // an API key that may write tags and report moments
	Seed    uint64
	Bottles int           // in the world
	Speed   float64       // world seconds per second; at least 1
	Warm    time.Duration // how much world time passes at full speed before the pace is kept
	Days    int           // the world ends after so many days; 0 = when its last act is done
	Address string        // the header in which a visitor's address is sent, likewise; "" = none
	Chain   bool          // the supply chain is told too, through the door of EPCIS
	Country string        // the header in which a visitor's country is sent, as a proxy would
	Clock   clock.Clock
	Log     *slog.Logger
	// Progress is told how many acts are done of how many; may be nil.
	Progress func(done, total int)
}

// Truth is what really happened in the world, for comparison with what the server
// made of it.
type Truth struct {
	Bottles    int `json:"bottles"`
	Acts       int `json:"acts"`
	Taps       int `json:"taps"`       // live taps of registered bottles
	Replays    int `json:"replays"`    // URLs that had been used: shared or copied
	Forgeries  int `json:"forgeries"`  // made-up, garbled or unregistered messages
	Scans      int `json:"scans"`      // printed codes
	Previews   int `json:"previews"`   // fetched by messengers
	Sold       int `json:"sold"`       // as the tills reported
	Opened     int `json:"opened"`     // seals broken, before the sale or after
	Drained    int `json:"drained"`    // as the owners said, or destroyed in the supply chain
	Surprises  int `json:"surprises"`  // answers of the server that do not fit the truth
	Unanswered int `json:"unanswered"` // requests that failed for good
	// What went wrong in the supply chain, for comparison with alarms.
	Deviations []Deviation `json:"deviations,omitempty"`
	Events     int         `json:"events,omitempty"` // of the supply chain, before the world began
}

// maxGenerations is how often one server can be simulated with the same seed.
const maxGenerations = 100

// visitors is how many people may be at the doors at the same time.
const visitors = 8

// world is a running simulation.
type world struct {
	config Config
	client *client.Client
	plan   plan
	set    string
	tags   []*tagOf
	doors  *doors
	supply *supply // nil without one
	begin  time.Time

	mu    sync.Mutex
	truth Truth
}

// tagOf is a bottle's chip with the memory of its last tap. Its lock keeps the
// deeds of one bottle one after the other.
type tagOf struct {
	mu      sync.Mutex
	chip    *ntag424.Chip
	lastURL string   // of the last live tap
	visitor *visitor // who made it
}

// Run makes the world and lets it live until its end or the end of ctx, which is
// not an error. It returns what happened.
func Run(ctx context.Context, c Config) (Truth, error) {
	api, err := client.New(c.Server, c.Key, c.Clock)
	if err != nil {
		return Truth{}, err
	}
	w := &world{config: c, client: api, doors: newDoors(c.Server, c.Country, c.Address)}
	if err := w.settle(ctx); err != nil {
		return w.truth, err
	}
	if w.supply != nil {
		if err := w.ship(ctx); err != nil {
			return w.truth, err
		}
	}
	c.Log.InfoContext(ctx, "the simulated world begins", "bottles", len(w.plan.bottles), "acts", len(w.plan.acts), "speed", c.Speed)
	w.live(ctx)
	return w.truth, nil
}

// settle registers the bottles as an encoding line would: keys are made here, the
// chips come as a personalisation batch.
func (w *world) settle(ctx context.Context) error {
	products, err := w.client.Products(ctx)
	if err != nil {
		return err
	}
	var sold []Product
	for _, p := range products {
		if len(p.Fits) > 0 {
			continue // care products have no tags
		}
		sold = append(sold, Product{GTIN: p.GTIN, Markets: p.Markets, Alcohol: p.Alcohol})
	}
	if len(sold) == 0 {
		return fault.New(fault.NotFound, "the server knows no product that could be simulated", "Apply a brand first: tagline apply -f demo/.")
	}
	var line *line
	for generation := 1; ; generation++ {
		if line, err = newLine(w.config.Seed, generation, strings.TrimSuffix(w.config.Server, "/")); err != nil {
			return err
		}
		w.plan = makePlan(w.config.Seed+uint64(generation-1)<<32, sold, w.config.Bottles)
		_, err := w.client.CreateKeySet(ctx, line.request())
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Conflict) || generation == maxGenerations {
			return err
		}
	}
	if w.config.Chain {
		w.supply = supplyPlan(w.config.Seed, &w.plan)
		w.truth.Deviations, w.truth.Events = w.supply.truth, len(w.supply.events)
		w.truth.Drained = w.supply.destroyed
	}
	w.set, w.doors.line, w.truth.Bottles = line.set.Name, line, len(w.plan.bottles)
	const batch = 500
	for i := 0; i < len(w.plan.bottles); i += batch {
		csv := line.batch(w.plan.bottles[i:min(i+batch, len(w.plan.bottles))])
		if _, err := w.client.ImportChips(ctx, w.set, csv, false); err != nil {
			return err
		}
	}
	for _, b := range w.plan.bottles {
		chip, err := line.chip(b)
		if err != nil {
			return err
		}
		w.tags = append(w.tags, &tagOf{chip: chip})
	}
	return nil
}

// live plays the acts in order, at the pace of the world.
func (w *world) live(ctx context.Context) {
	places := make(chan struct{}, visitors)
	var wg sync.WaitGroup
	begin := w.config.Clock.Now()
	for i, a := range w.plan.acts {
		if w.config.Days > 0 && a.at > time.Duration(w.config.Days)*day {
			break
		}
		due := time.Duration(float64(max(0, a.at-w.config.Warm)) / max(1, w.config.Speed))
		if wait := due - w.config.Clock.Now().Sub(begin); wait > 0 {
			select {
			case <-ctx.Done():
			case <-w.config.Clock.After(wait):
			}
		}
		select {
		case <-ctx.Done():
		case places <- struct{}{}:
		}
		if ctx.Err() != nil {
			break
		}
		if w.config.Progress != nil {
			w.config.Progress(i, len(w.plan.acts))
		}
		wg.Go(func() {
			defer func() { <-places }()
			w.perform(ctx, a, rand.New(rand.NewPCG(w.config.Seed, uint64(i))))
		})
	}
	wg.Wait()
	if w.config.Progress != nil {
		w.config.Progress(len(w.plan.acts), len(w.plan.acts))
	}
}

// note counts something of the truth.
func (w *world) note(count func(t *Truth)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count(&w.truth)
}

// expect compares an answer with the truth.
func (w *world) expect(ctx context.Context, a act, got outcome, err error, want ...outcome) {
	if err != nil {
		if ctx.Err() == nil {
			w.note(func(t *Truth) { t.Unanswered++ })
			w.config.Log.WarnContext(ctx, "a door did not answer", "deed", string(a.deed), "error", err.Error())
		}
		return
	}
	for _, ok := range want {
		if got == ok {
			return
		}
	}
	w.note(func(t *Truth) { t.Surprises++ })
	w.config.Log.WarnContext(ctx, "the server's answer does not fit the truth", "deed", string(a.deed), "answer", string(got))
}

// Summary says the truth in one line.
func (t Truth) Summary() string {
	return strings.Join([]string{
		fmt.Sprintf("%d bottles", t.Bottles), fmt.Sprintf("%d live taps", t.Taps), fmt.Sprintf("%d replays", t.Replays),
		fmt.Sprintf("%d forgeries", t.Forgeries), fmt.Sprintf("%d sold, %d opened, %d drained", t.Sold, t.Opened, t.Drained),
		fmt.Sprintf("%d surprises", t.Surprises),
	}, ", ")
}
