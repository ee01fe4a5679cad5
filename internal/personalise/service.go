package personalise

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/ntag424"
)

// Config is what a Service is made of.
type Config struct {
	DB     *sqldb.DB
	Sets   *keyset.Service
	Things *thing.Service
	Clock  clock.Clock
	IDs    *ident.Source
	// Sold says whether there is a product of a GTIN: product.Sold in the server. Nil
	// takes every GTIN.
	Sold func(tx *sqldb.Tx, gtin string) (bool, error)
}

// Service imports and exports. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	sets   *keyset.Service
	things *thing.Service
	clock  clock.Clock
	ids    *ident.Source
	sold   func(tx *sqldb.Tx, gtin string) (bool, error)
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{db: c.DB, sets: c.Sets, things: c.Things, clock: c.Clock, ids: c.IDs, sold: c.Sold}
}

// Options of an import.
type Options struct {
	Set    string // the key set of rows that name none
	DryRun bool   // only say what would happen
}

// chunk is how many rows one transaction takes, so that taps keep their pace.
const chunk = 100

// Import takes in a personalisation batch: it makes the items that nobody
// announced and registers the chips. A file with wrong rows imports nothing: then
// the error is a fault.Invalid that names them, and the report has them too. A dry
// run gives the report alone.
func (s *Service) Import(ctx context.Context, r io.Reader, o Options) (Report, error) {
	rows, report, err := ReadBatch(r, o.Set)
	if err != nil {
		return report, err
	}
	report.DryRun = o.DryRun
	if rows, err = s.resolve(ctx, rows, &report); err != nil {
		return report, err
	}
	if err := s.foresee(ctx, rows, &report); err != nil {
		return report, err
	}
	if err := s.unsold(ctx, rows, &report); err != nil {
		return report, err
	}
	if o.DryRun {
		return report, nil
	}
	if report.Refused > 0 {
		f := fault.Newf(fault.Invalid, "%d of %d rows are wrong; nothing was imported", report.Refused, report.Rows).
			WithHint("Correct the rows that are named and import the whole file again.")
		for _, e := range report.Errors {
			f = f.At(fmt.Sprintf("row %d, column %s", e.Row, e.Column), e.Message)
		}
		return report, f
	}
	report.Created, report.Unchanged, report.Batch = 0, 0, s.ids.Batch()
	for len(rows) > 0 {
		part := rows[:min(chunk, len(rows))]
		rows = rows[len(part):]
		created := 0
		err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			created, err = s.register(tx, part, report.Batch)
			return err
		})
		if err != nil {
			return report, err
		}
		report.Created += created
		report.Unchanged += len(part) - created
	}
	return report, nil
}

// resolve finds the epoch of every row, and refuses the rows whose set is unknown
// or retired.
func (s *Service) resolve(ctx context.Context, rows []Row, report *Report) ([]Row, error) {
	ring, err := s.sets.Ring(ctx, keyset.Fresh)
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	for _, row := range rows {
		var e *keyset.Epoch
		if row.Epoch > 0 {
			e = ring.Epoch(row.Set, row.Epoch)
		} else if epochs := ring.Epochs(row.Set); len(epochs) > 0 {
			e = epochs[0]
		}
		switch {
		case e == nil:
			report.refuse(row.Line, "set", string(ntag424.ErrUnknownKeySet), "there is no such key set or epoch")
		case e.State == keyset.Retired:
			report.refuse(row.Line, "set", string(ntag424.ErrRetiredKeySet), "this epoch of the key set is retired")
		case e.Tampers() && row.NoLoop:
			report.refuse(row.Line, "hwSubType", string(ntag424.ErrTTUnsupported), "this chip has no tamper loop, and the key set's template mirrors one")
		default:
			row.Epoch = e.KeySet.Epoch
			kept = append(kept, row)
		}
	}
	return kept, nil
}

// foresee counts what the import will do, and refuses chips that are on another item.
func (s *Service) foresee(ctx context.Context, rows []Row, report *Report) error {
	for len(rows) > 0 {
		part := rows[:min(chunk, len(rows))]
		rows = rows[len(part):]
		outcomes := make([]tag.Outcome, len(part))
		err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
			for i, row := range part {
				if outcomes[i], err = tag.Foresee(tx, row.registration("")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			switch o {
			case tag.Created:
				report.Created++
			case tag.Unchanged:
				report.Unchanged++
			case tag.Taken:
				report.refuse(part[i].Line, "uid", "taken", "this chip is registered for another item; encoding it again needs a new epoch")
			}
		}
	}
	return nil
}

// unsold warns of GTINs that no product has, once each: tags are often encoded
// before the product is described, so it is no reason to refuse them.
func (s *Service) unsold(ctx context.Context, rows []Row, report *Report) error {
	if s.sold == nil {
		return nil
	}
	count, order := map[string]int{}, []Row(nil) // by GTIN; the first row of each
	for _, row := range rows {
		if count[row.Item.GTIN]++; count[row.Item.GTIN] == 1 {
			order = append(order, row)
		}
	}
	return s.db.View(ctx, func(tx *sqldb.Tx) error {
		report.Warnings = nil
		for _, row := range order {
			gtin := row.Item.GTIN
			sold, err := s.sold(tx, gtin)
			if err != nil {
				return err
			}
			if sold || len(report.Warnings) == maxRowErrors {
				continue
			}
			says := fmt.Sprintf("no product has the GTIN %s; apply the product, or people who tap this tag are told nothing", gtin)
			if n := count[gtin]; n > 1 {
				says = fmt.Sprintf("no product has the GTIN %s, here and in %d more rows; apply the product, or people who tap these tags are told nothing", gtin, n-1)
			}
			report.Warnings = append(report.Warnings, RowError{row.Line, row.column, "unknown_product", says})
		}
		return nil
	})
}

func (r Row) registration(batch ident.Batch) tag.Registration {
	return tag.Registration{Set: r.Set, Epoch: r.Epoch, UID: r.UID, Item: r.Item, Counter: r.Counter, Batch: batch}
}

// register makes rows known, with the items that nobody announced, and says how
// many are new.
func (s *Service) register(tx *sqldb.Tx, rows []Row, batch ident.Batch) (int, error) {
	var (
		fresh  []Row
		chips  []ident.Tag
		labels []thing.Label
	)
	for _, row := range rows {
		id, outcome, err := tag.Register(tx, s.ids.Tag(), row.registration(batch), s.clock.Now())
		switch {
		case err != nil:
			return 0, err
		case outcome == tag.Taken:
			return 0, fault.Newf(fault.Conflict, "the chip of row %d was registered for another item meanwhile", row.Line).
				WithHint("Import the file again to see what is wrong.")
		case outcome == tag.Created:
			fresh, chips, labels = append(fresh, row), append(chips, id), append(labels, thing.Label{Ref: row.Item, Lot: row.Lot, Market: row.Market})
		}
	}
	items, err := s.things.Ensure(tx, labels, batch)
	if err != nil {
		return 0, err
	}
	for i, row := range fresh {
		if err := s.things.Registered(tx, items[i], chips[i], row.Set, row.Epoch); err != nil {
			return 0, err
		}
	}
	return len(fresh), nil
}

// EncodeRequest chooses items to encode.
type EncodeRequest struct {
	Set   string
	GTIN  string
	Lot   string
	Base  string // of the Digital Links: "https://id.example"
	Limit int    // at most 10,000 items; 0 is 1,000
}

// columns of an encoding file.
var columns = []string{"item", "set", "epoch", "template", "url", "ndef", "settings", "key0", "key1", "key2", "key3", "key4"}

// Encode writes a CSV file of the items that have no chip yet: for each what to
// write into the chip, and by reference which keys to load. Keys never stand in it.
func (s *Service) Encode(ctx context.Context, w io.Writer, q EncodeRequest) error {
	e, err := s.sets.Newest(ctx, q.Set)
	if err != nil {
		return err
	}
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	q.Limit = min(q.Limit, 10_000)
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	f := thing.Filter{GTIN: q.GTIN, Lot: q.Lot, Limit: 500}
	for written := 0; written < q.Limit; {
		items, err := s.things.List(ctx, f)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			break
		}
		f.After = items[len(items)-1].ID
		refs := make([]keyset.Ref, len(items))
		for i, it := range items {
			refs[i] = keyset.Ref{GTIN: it.GTIN, Serial: it.Serial}
		}
		var have map[keyset.Ref]bool
		err = s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
			have, err = tag.WithChips(tx, refs)
			return err
		})
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if have[ref] || written == q.Limit {
				continue
			}
			row, err := encodingRow(e, q.Base, ref)
			if err != nil {
				return err
			}
			if err := out.Write(row); err != nil {
				return err
			}
			written++
		}
	}
	out.Flush()
	return out.Error()
}

// encodingRow gives the cells of one item.
func encodingRow(e *keyset.Epoch, base string, item keyset.Ref) ([]string, error) {
	enc, err := e.Encode(item)
	if err != nil {
		return nil, err
	}
	path, err := item.Path()
	if err != nil {
		return nil, err
	}
	row := []string{
		strings.TrimSuffix(base, "/") + path, e.Name, strconv.FormatInt(e.KeySet.Epoch, 10), fmt.Sprintf("%s.%d", e.Name, e.KeySet.Epoch),
		enc.URL, enc.NDEF, enc.Settings,
	}
	for slot := range 5 {
		ref := fmt.Sprintf("%s/%d/slot%d", e.Name, e.KeySet.Epoch, slot)
		switch slot {
		case e.MetaSlot:
			ref += "/meta:" + e.Checks.Meta
		case e.FileSlot:
			ref += fmt.Sprintf("/%s:%s", e.Scheme, e.Checks.File)
		}
		row = append(row, ref)
	}
	return row, nil
}
