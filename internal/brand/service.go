package brand

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/manifest"
	"tagline/internal/passport"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// Config is what a Service stands on.
type Config struct {
	DB       *sqldb.DB
	Ledger   *ledger.Ledger
	Clock    clock.Clock
	IDs      *ident.Source
	Products *product.Service
	Contents *content.Service
	// Passports may be nil where none are applied.
	Passports *passport.Service
	Links     *link.Service
	More      []Kind // kinds beyond Kinds, applied after them
}

// Service applies and exports brands.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
	goods  *product.Service
	kinds  []Kind
}

// New makes the service.
func New(c Config) *Service {
	return &Service{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, goods: c.Products,
		kinds: append(Kinds(c.Products, c.Contents, c.Passports, c.Links), c.More...)}
}

// Options say how to apply.
type Options struct {
	// Prune removes what is stored and not in the files: of the brands in the files,
	// or of everything, if the files hold every brand of the server.
	Prune bool
	By    string // id of the member or key who applies; stands in the ledger
	// Allow is asked before a resource is put or removed; nil allows everything.
	Allow func(r Resource) error
}

// errRehearsal ends a transaction that was only to show what would happen.
var errRehearsal = errors.New("brand: a rehearsal")

// Plan says what Apply would change, and changes nothing: it is Apply, undone before
// its commit, and so has the same errors.
func (s *Service) Plan(ctx context.Context, files []File, o Options) (Diff, error) {
	in, problems := read(s.kinds, files)
	var d Diff
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if d, err = s.apply(tx, in, problems, o); err != nil {
			return err
		}
		return errRehearsal
	})
	if errors.Is(err, errRehearsal) {
		err = nil
	}
	return d, err
}

// Apply makes the server be as the files say, in one transaction, and says what
// changed. Its error is a fault of code Invalid with a field for each problem, at
// file:line:column, or Conflict where something that would be removed is still used.
func (s *Service) Apply(ctx context.Context, files []File, o Options) (Diff, error) {
	in, problems := read(s.kinds, files)
	var d Diff
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		d, err = s.apply(tx, in, problems, o)
		return err
	})
	return d, err
}

// compare compares the set with what tx sees. It completes the problems of reading, so
// that everything is told at once.
func (s *Service) compare(tx *sqldb.Tx, in set, problems manifest.Problems, o Options) (Diff, error) {
	stored := map[string]map[string]Resource{}
	for _, k := range s.kinds {
		list, err := k.Load(tx)
		if err != nil {
			return Diff{}, err
		}
		stored[k.Name] = map[string]Resource{}
		for _, r := range list {
			stored[k.Name][r.Key] = r
		}
	}
	var d Diff
	for _, k := range s.kinds {
		for key, r := range in.resources[k.Name] {
			old, exists := stored[k.Name][key]
			c := Change{Action: product.Created, Kind: k.Name, Name: key, At: r.at}
			if exists {
				fields, err := compare(old.Value, r.Value)
				if err != nil {
					return Diff{}, err
				}
				c.Action, c.Fields = Unchanged, fields
				if len(fields) > 0 {
					c.Action = product.Changed
				}
			}
			d.Changes = append(d.Changes, c)
		}
	}
	gone := in.gone(stored, o)
	for _, r := range gone {
		d.Changes = append(d.Changes, Change{Action: product.Removed, Kind: r.Kind, Name: r.Key})
		delete(stored[r.Kind], r.Key)
	}
	// Pictures that no product names any more go, too; see product.Editor.Sweep.
	used := in.named(stored)
	for name := range stored[imageKind] {
		if !used[name] {
			d.Changes = append(d.Changes, Change{Action: product.Removed, Kind: imageKind, Name: name})
		}
	}
	problems = append(problems, in.refer(stored)...)
	if err := problems.Err(); err != nil {
		return Diff{}, err
	}
	d.sort(s.kinds)
	return d, nil
}

// gone lists what pruning removes.
func (in set) gone(stored map[string]map[string]Resource, o Options) (gone []Resource) {
	if !o.Prune {
		return nil
	}
	whole := true
	for slug := range stored["Brand"] {
		whole = whole && in.brands[slug]
	}
	for kind, byKey := range stored {
		if kind == imageKind {
			continue
		}
		for key, r := range byKey {
			if _, kept := in.resources[kind][key]; kept {
				continue
			}
			if r.fixed {
				continue // a published passport keeps its place; it can be withdrawn
			}
			owners := ownersOf(r, stored["Product"])
			ours := len(owners) > 0 && !slices.ContainsFunc(owners, func(b string) bool { return !in.brands[b] })
			if whole || ours {
				gone = append(gone, r)
			}
		}
	}
	return gone
}

// ownersOf lists the brands that a resource belongs to: its own, and those of the
// products that it is about. None: it is everybody's.
func ownersOf(r Resource, products map[string]Resource) []string {
	owners := slices.Clone(r.Brands)
	if p, ok := r.Value.(Passport); ok {
		return append(owners, products[p.GTIN].Brands...)
	}
	if p, ok := products[r.about]; ok && r.about != "" {
		owners = append(owners, p.Brands...)
	}
	if r.Kind != "Content" {
		return owners
	}
	for _, ref := range r.Refs {
		switch ref.Kind {
		case "Product":
			owners = append(owners, products[ref.Key].Brands...)
		case categoryKind:
			for _, p := range products {
				if v, ok := p.Value.(product.Product); ok && v.Category == ref.Key {
					owners = append(owners, v.Brand)
				}
			}
		}
	}
	return owners
}

func (s *Service) apply(tx *sqldb.Tx, in set, problems manifest.Problems, o Options) (Diff, error) {
	// The lock of the catalogue comes first: what is compared now is what is changed.
	goods, err := s.goods.Edit(tx)
	if err != nil {
		return Diff{}, err
	}
	d, err := s.compare(tx, in, problems, o)
	if err != nil || d.Changed() == 0 {
		return d, err
	}
	c := product.Change{By: o.By, Cause: s.ids.Event()}
	if err := s.record(tx, d, c); err != nil {
		return Diff{}, err
	}
	for _, k := range s.kinds {
		for _, change := range d.Changes {
			if change.Kind != k.Name || change.Action != product.Created && change.Action != product.Changed {
				continue
			}
			r := in.resources[k.Name][change.Name]
			err := o.allows(r)
			if err == nil {
				err = k.Put(tx, r, c)
			}
			if err != nil {
				return Diff{}, located(err, change)
			}
		}
	}
	for _, k := range slices.Backward(s.kinds) {
		for _, change := range d.Changes {
			if change.Kind == k.Name && change.Action == product.Removed && k.Name != imageKind {
				err := o.allows(Resource{Kind: k.Name, Key: change.Name})
				if err == nil {
					err = k.Remove(tx, change.Name, c)
				}
				if err != nil {
					return Diff{}, err
				}
			}
		}
	}
	if err := goods.Sweep(c); err != nil {
		return Diff{}, err
	}
	for _, k := range slices.Backward(s.kinds) {
		if err := k.Close(tx); err != nil {
			return Diff{}, d.locate(err)
		}
	}
	return d, nil
}

func (o Options) allows(r Resource) error {
	if o.Allow == nil {
		return nil
	}
	return o.Allow(r)
}

// located says in which document a refused resource stands.
func located(err error, c Change) error {
	if f := fault.From(err); f.Code != fault.Internal {
		return f.At(c.At.String(), f.Message)
	}
	return err
}

// locate says in which documents the resources stand that a refusal at the end names.
func (d Diff) locate(err error) error {
	f := fault.From(err)
	if f.Code == fault.Internal || len(f.Fields) == 0 {
		return err
	}
	placed := fault.Wrap(f.Code, err, f.Message, f.Hint)
	for _, field := range f.Fields {
		for _, c := range d.Changes {
			if c.Name == field.Location && c.At.File != "" {
				field.Location, field.Message = c.At.String(), f.Message
				break
			}
		}
		placed = placed.At(field.Location, field.Message)
	}
	return placed
}

// Applied is the body of the event brand.applied, which is the cause of the events
// of all that changed with it.
type Applied struct {
	By      string `json:"by,omitempty"`
	Created int    `json:"created"`
	Changed int    `json:"changed"`
	Removed int    `json:"removed"`
}

func (s *Service) record(tx *sqldb.Tx, d Diff, c product.Change) error {
	body, err := json.Marshal(Applied{By: c.By, Created: d.Count(product.Created), Changed: d.Count(product.Changed), Removed: d.Count(product.Removed)})
	if err != nil {
		return err
	}
	return s.ledger.Append(tx, ledger.Event{ID: c.Cause, Source: "files", Type: "brand.applied", Class: ledger.Fact, At: s.clock.Now(), Body: body})
}

// maxExportFile is the size at which an exported file is continued in another.
const maxExportFile = 512 << 10

// Export writes a brand as files, or with brand "" all of them: one file a kind, the
// pictures, and the documents of passports; without some kinds, if that is asked
// for. Applying them again changes nothing.
func (s *Service) Export(ctx context.Context, brand string, without ...string) (files []File, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		files = nil
		stored := map[string][]Resource{}
		for _, k := range s.kinds {
			if stored[k.Name], err = k.Load(tx); err != nil {
				return err
			}
		}
		if brand != "" {
			if !slices.ContainsFunc(stored["Brand"], func(r Resource) bool { return r.Key == brand }) {
				return fault.New(fault.NotFound, "there is no brand "+short(brand), "Leave the name out to export everything.")
			}
			if len(stored["Brand"]) > 1 {
				only(stored, brand)
			}
		}
		for _, k := range s.kinds {
			if slices.Contains(without, k.Name) {
				continue
			}
			more, err := write(tx, k.Name, stored[k.Name])
			if err != nil {
				return err
			}
			files = append(files, more...)
		}
		return nil
	})
	return files, err
}

// only keeps what belongs to one brand alone, and what its products need.
func only(stored map[string][]Resource, brand string) {
	products := map[string]Resource{}
	for _, p := range stored["Product"] {
		products[p.Key] = p
	}
	for kind, list := range stored {
		if kind == "Model" || kind == imageKind {
			continue // below, by need
		}
		stored[kind] = slices.DeleteFunc(list, func(r Resource) bool {
			owners := ownersOf(r, products)
			return len(owners) == 0 || slices.ContainsFunc(owners, func(b string) bool { return b != brand })
		})
	}
	need := map[string]bool{}
	for _, p := range stored["Product"] {
		for _, ref := range p.Refs {
			need[ref.Kind+" "+ref.Key] = true
		}
	}
	for _, kind := range []string{"Model", imageKind} {
		stored[kind] = slices.DeleteFunc(stored[kind], func(r Resource) bool { return !need[kind+" "+r.Key] })
	}
}

// write turns the resources of a kind into files.
func write(tx *sqldb.Tx, kind string, list []Resource) (files []File, err error) {
	var docs [][]byte
	var attached []File
	size := 0
	flush := func() {
		if len(docs) == 0 {
			return
		}
		name := map[string]string{"Brand": "brands", "Model": "models", "Product": "products", "Content": "contents", passportKind: "passports", "Links": "links"}[kind]
		if name == "" {
			name = kind
		}
		if n := len(files); n > 0 {
			name += "-" + strconv.Itoa(n+1)
		}
		files = append(files, File{Name: name + ".yaml", Data: manifest.Join(docs...)})
		docs, size = nil, 0
	}
	for _, r := range list {
		if r.withdrawn {
			continue
		}
		if img, ok := r.Value.(product.Image); ok {
			data, err := product.ImageFile(tx, img.Hash)
			if err != nil {
				return nil, err
			}
			files = append(files, File{Name: img.Name, Data: data})
			continue
		}
		value := r.Value
		if p, ok := value.(Passport); ok {
			p, documents, err := filesOf(tx, p)
			if err != nil {
				return nil, err
			}
			value = p
			attached = append(attached, documents...)
		}
		doc, err := manifest.Encode(kind, value)
		if err != nil {
			return nil, err
		}
		if size+len(doc) > maxExportFile {
			flush()
		}
		docs = append(docs, doc)
		size += len(doc)
	}
	flush()
	return append(files, attached...), nil
}
