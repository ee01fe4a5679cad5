package thing

import (
	"context"
	"fmt"
	"io"

	"tagline/gs1"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing/flood"
)

// Config is what a Service is made of.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Tags   *tag.Service
	Clock  clock.Clock
	IDs    *ident.Source
	Chance io.Reader // for serials that are drawn

	// Sold says whether there is a product of a GTIN: product.Sold in the server. Nil
	// takes every GTIN.
	Sold func(tx *sqldb.Tx, gtin string) (bool, error)
}

// Service holds the items of one server. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	tags   *tag.Service
	clock  clock.Clock
	ids    *ident.Source
	chance io.Reader
	sold   func(tx *sqldb.Tx, gtin string) (bool, error)
	flood  *flood.Bound
	seen   counters
	recent recent
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{
		db: c.DB, ledger: c.Ledger, tags: c.Tags, clock: c.Clock, ids: c.IDs, chance: c.Chance, sold: c.Sold,
		flood: flood.New(),
	}
}

// MaxBatch is the most items that one call makes.
const MaxBatch = 1000

// Batch is a wish for items of one product.
type Batch struct {
	GTIN    string   // 8, 12, 13 or 14 digits
	Serials []string // or nil, and Count serials are drawn
	Count   int
	Lot     string
	Market  string // ISO 3166-1 alpha-2, may be empty
}

const serialAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Make brings items into being: each has a made moment in the ledger, caused by
// one thing.batch. A serial that exists already is a fault.Conflict, a GTIN that no
// product has is Invalid, and nothing is made.
func (s *Service) Make(ctx context.Context, b Batch) ([]Item, error) {
	_, out, err := s.MakeBatch(ctx, b)
	return out, err
}

// MakeBatch is Make, and tells the id of the thing.batch: Made gives the same items
// at any time.
func (s *Service) MakeBatch(ctx context.Context, b Batch) (id ident.Event, out []Item, err error) {
	if b, err = s.checked(b); err != nil {
		return "", nil, err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if err := s.known(tx, b.GTIN); err != nil {
			return err
		}
		id = s.ids.Event()
		out, err = s.makeAs(tx, id, b, "")
		return err
	})
	return id, out, err
}

// checked gives the batch with what it leaves open, or says why it is none.
func (s *Service) checked(b Batch) (Batch, error) {
	gtin, err := gs1.NormalizeGTIN(b.GTIN)
	if err != nil {
		return b, fault.Wrap(fault.Invalid, err, "this is not a GTIN", "Give 8, 12, 13 or 14 digits, the last being the check digit.").
			At("body.gtin", "not a GTIN")
	}
	b.GTIN = gtin
	if err := checkMarket(b.Market); err != nil {
		return b, err
	}
	if b.Serials == nil {
		if b.Count < 1 {
			b.Count = 1
		}
		if b.Count > MaxBatch {
			return b, errTooMany
		}
		if b.Serials, err = s.drawSerials(b.Count); err != nil {
			return b, err
		}
	}
	if len(b.Serials) > MaxBatch {
		return b, errTooMany
	}
	seen := map[string]bool{}
	for i, serial := range b.Serials {
		if _, err := (Ref{GTIN: gtin, Serial: serial}).Path(); err != nil {
			return b, fault.New(fault.Invalid, "this is not a serial", "A serial has 1 to 20 characters of GS1's set.").
				At(fmt.Sprintf("body.serials[%d]", i), "not a serial")
		}
		if seen[serial] {
			return b, fault.New(fault.Invalid, "a serial stands twice in the list", "Every item has a serial of its own.").
				At(fmt.Sprintf("body.serials[%d]", i), "stands twice")
		}
		seen[serial] = true
	}
	return b, nil
}

// checkMarket refuses a market that is no country; empty is none.
func checkMarket(market string) error {
	if market == "" || product.IsCountry(market) {
		return nil
	}
	return fault.New(fault.Invalid, "this is not a country", "A market is a country of ISO 3166-1 in two letters, such as DE.").
		At("body.market", "not a country")
}

// known refuses a GTIN that no product has: whoever tapped such an item would be
// told nothing.
func (s *Service) known(tx *sqldb.Tx, gtin string) error {
	if s.sold == nil {
		return nil
	}
	sold, err := s.sold(tx, gtin)
	if err == nil && !sold {
		err = fault.Newf(fault.Invalid, "no product has the GTIN %s", gtin).
			WithHint("Apply the product first (tagline apply, or PUT /products/%s), or correct the GTIN.", gtin).At("body.gtin", "no product has it")
	}
	return err
}

// drawSerials makes serials that nobody can guess from another: 60 bits of chance.
func (s *Service) drawSerials(n int) ([]string, error) {
	raw := make([]byte, 12*n)
	if _, err := io.ReadFull(s.chance, raw); err != nil {
		return nil, fmt.Errorf("draw serials: %w", err)
	}
	for i := range raw {
		raw[i] = serialAlphabet[raw[i]&31]
	}
	out := make([]string, n)
	for i := range out {
		out[i] = string(raw[12*i : 12*i+12])
	}
	return out, nil
}

var errTooMany = fault.New(fault.TooLarge, "one call makes at most 1000 items", "Split the batch.")

// make makes items inside a transaction. The batch was checked.
func (s *Service) make(tx *sqldb.Tx, b Batch, batch ident.Batch) ([]Item, error) {
	return s.makeAs(tx, s.ids.Event(), b, batch)
}

// makeAs is make with the id of the thing.batch.
func (s *Service) makeAs(tx *sqldb.Tx, cause ident.Event, b Batch, batch ident.Batch) ([]Item, error) {
	now := s.clock.Now()
	events := []ledger.Event{{
		ID: cause, Source: "thing", Type: life.TypeBatch, At: now,
		Body: life.Body(life.BatchBody{GTIN: b.GTIN, Count: len(b.Serials), Lot: b.Lot, Batch: batch}),
	}}
	out := make([]Item, 0, len(b.Serials))
	for i, serial := range b.Serials {
		e := ledger.Event{
			ID: s.ids.Event(), Source: "thing", Type: string(MomentMade), Class: ledger.Moment, Thing: s.ids.Thing(), Cause: cause, At: now,
			Body: life.Body(life.MadeBody{GTIN: b.GTIN, Serial: serial, Lot: b.Lot, Market: b.Market}),
		}
		it, err := life.Fold(Item{}, e)
		if err != nil {
			return nil, err
		}
		fresh, err := insert(tx, it)
		if err != nil {
			return nil, err
		}
		if !fresh {
			return nil, fault.Newf(fault.Conflict, "item %s of %s exists already", serial, b.GTIN).
				WithHint("Every item has a serial of its own; find the one that exists.").At(fmt.Sprintf("body.serials[%d]", i), "exists already")
		}
		events = append(events, e)
		out = append(out, it)
	}
	return out, s.ledger.Append(tx, events...)
}

// Label is an item as a file names it, with what the file says of an item that is
// yet to be made.
type Label struct {
	Ref
	Lot    string
	Market string // checked by the caller
}

// Ensure finds the items of some labels and makes those that are missing, inside a
// transaction; for files that name items which nobody announced. The answer is in
// the order of the labels. An item that exists keeps its lot and market; of labels
// that name the same missing item the first one counts.
func (s *Service) Ensure(tx *sqldb.Tx, labels []Label, batch ident.Batch) ([]Item, error) {
	type kind struct{ gtin, lot, market string }
	out := make([]Item, len(labels))
	missing := map[kind][]int{} // places in labels
	of := map[Ref]kind{}
	var kinds []kind
	for i, r := range labels {
		it, known, err := find(tx, r.Ref)
		if err != nil {
			return nil, err
		}
		if out[i] = it; !known {
			k, named := of[r.Ref]
			if !named {
				k = kind{r.GTIN, r.Lot, r.Market}
				of[r.Ref] = k
			}
			if missing[k] == nil {
				kinds = append(kinds, k)
			}
			missing[k] = append(missing[k], i)
		}
	}
	for _, k := range kinds {
		b, place := Batch{GTIN: k.gtin, Lot: k.lot, Market: k.market}, map[string]int{}
		for _, i := range missing[k] {
			if _, twice := place[labels[i].Serial]; !twice {
				place[labels[i].Serial] = len(b.Serials)
				b.Serials = append(b.Serials, labels[i].Serial)
			}
		}
		made, err := s.make(tx, b, batch)
		if err != nil {
			return nil, err
		}
		for _, i := range missing[k] {
			out[i] = made[place[labels[i].Serial]]
		}
	}
	return out, nil
}

// Registered notes in the item's story that a chip was put on it.
func (s *Service) Registered(tx *sqldb.Tx, it Item, chip ident.Tag, set string, epoch int64) error {
	return s.ledger.Append(tx, ledger.Event{
		ID: s.ids.Event(), Source: "tag", Type: life.TypeRegistered, Thing: it.ID, At: s.clock.Now(),
		Body: life.Body(life.TagBody{Tag: chip, Set: set, Epoch: epoch}),
	})
}

// Get gives one item; a fault.NotFound if there is none.
func (s *Service) Get(ctx context.Context, id ident.Thing) (Item, error) {
	var out Item
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = load(tx, id)
		return err
	})
	return out, err
}

// Find gives the item of a label; a fault.NotFound if there is none.
func (s *Service) Find(ctx context.Context, gtin, serial string) (Item, error) {
	var (
		out   Item
		known bool
	)
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, known, err = find(tx, Ref{GTIN: gtin, Serial: serial})
		return err
	})
	if err == nil && !known {
		err = errNoItem
	}
	return out, err
}

var errNoItem = fault.New(fault.NotFound, "there is no such item", "List the items, or make it first.")

// Filter chooses items; empty fields choose all.
type Filter struct {
	GTIN    string
	Serial  string
	Lot     string
	Market  string
	Query   string // a serial's beginning, or a whole GTIN
	Seal    Seal
	Stage   Stage
	Reached Stage // sold, opened or drained: whatever came after
	Alarmed bool
	After   ident.Thing // the last id of the page before
	Limit   int         // at most 1,000; 0 is 50
}

// List gives items, the newest first.
func (s *Service) List(ctx context.Context, f Filter) ([]Item, error) {
	var out []Item
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = list(tx, f)
		return err
	})
	return out, err
}

// Counts are the items that ever came so far.
type Counts struct {
	Made    int64
	Sealed  int64 // the seal is known, and closed
	Sold    int64
	Opened  int64
	Drained int64
	Alarmed int64
}

// Counts counts the items of a product, or of all if gtin is empty. Its cost does
// not grow with the number of items.
func (s *Service) Counts(ctx context.Context, gtin string) (Counts, error) {
	var c Counts
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(`SELECT coalesce(sum(made), 0), coalesce(sum(sealed), 0), coalesce(sum(sold), 0), coalesce(sum(opened), 0),
				coalesce(sum(drained), 0), coalesce(sum(alarmed), 0)
			FROM thing_count WHERE $1 = '' OR gtin = $1`, gtin).
			Scan(&c.Made, &c.Sealed, &c.Sold, &c.Opened, &c.Drained, &c.Alarmed)
	})
	return c, err
}

// Block refuses every further tap of a chip, and Unblock allows them again. Both
// note it in the story of the chip's item; to do it twice changes nothing.
func (s *Service) Block(ctx context.Context, id ident.Tag, reason string) (tag.Chip, error) {
	return s.setBlocked(ctx, id, life.TypeBlocked, reason)
}

// Unblock is the way back from Block.
func (s *Service) Unblock(ctx context.Context, id ident.Tag, reason string) (tag.Chip, error) {
	return s.setBlocked(ctx, id, life.TypeUnblocked, reason)
}

func (s *Service) setBlocked(ctx context.Context, id ident.Tag, eventType, reason string) (tag.Chip, error) {
	if len(reason) > 500 {
		return tag.Chip{}, fault.New(fault.TooLarge, "the reason is longer than 500 bytes", "Say it shorter.")
	}
	var out tag.Chip
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		c, changed, err := tag.SetBlocked(tx, id, eventType == life.TypeBlocked)
		out = c
		if err != nil || !changed {
			return err
		}
		it, known, err := lock(tx, Ref{GTIN: c.GTIN, Serial: c.Serial})
		if err != nil {
			return err
		}
		e := ledger.Event{
			ID: s.ids.Event(), Source: "tag", Type: eventType, Thing: it.ID, At: s.clock.Now(),
			Body: life.Body(life.TagBody{Tag: id, Set: c.Set, Epoch: c.Epoch, Reason: reason}),
		}
		if !known {
			return s.ledger.Append(tx, e)
		}
		_, err = s.fold(tx, it, e)
		return err
	})
	return out, err
}

// fold appends an event of an item and stores what it makes of the item. It gives
// the item after, with the moments that came true appended too.
func (s *Service) fold(tx *sqldb.Tx, before Item, e ledger.Event) (Item, error) {
	after, err := life.Fold(before, e)
	if err != nil {
		return before, err
	}
	if err := s.ledger.Append(tx, e); err != nil {
		return before, err
	}
	return after, s.settle(tx, before, after, e)
}

// settle stores an item that an event has changed, and appends the moments that
// came true by it.
func (s *Service) settle(tx *sqldb.Tx, before, after Item, cause ledger.Event) error {
	if err := save(tx, before, after); err != nil {
		return err
	}
	for _, m := range life.NewMoments(before.Life, after.Life) {
		mark := after.Life.Mark(m)
		err := s.ledger.Append(tx, ledger.Event{
			ID: s.ids.Event(), Source: "thing", Type: string(m), Class: ledger.Moment, Thing: after.ID, Cause: cause.ID, At: mark.At,
			Body: life.Body(life.MomentBody{
				GTIN: after.GTIN, Serial: after.Serial, NotBefore: sqldb.Micros(mark.NotBefore), Kind: mark.Kind,
				Confidence: mark.Confidence, Market: mark.Market,
			}),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
