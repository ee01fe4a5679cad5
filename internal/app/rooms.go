package app

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"tagline/internal/access"
	"tagline/internal/brand"
	"tagline/internal/bus"
	"tagline/internal/channel/webhook"
	"tagline/internal/command"
	"tagline/internal/content"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/intake"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/link/check"
	"tagline/internal/outbound"
	"tagline/internal/passport"
	"tagline/internal/passportweb"
	"tagline/internal/personalise"
	"tagline/internal/place"
	"tagline/internal/product"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/timer"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/journey"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
	"tagline/internal/trace/subscription"
	"tagline/internal/vault"
)

// rooms are the packages below the surfaces, built from the ground up.
type rooms struct {
	config Config

	bus       *bus.Bus
	db        *sqldb.DB
	ids       *ident.Source
	vault     *vault.Vault
	ledger    *ledger.Ledger
	timers    *timer.Timers
	access    *access.Service
	products  *product.Service
	keysets   *keyset.Service
	tags      *tag.Service
	things    *thing.Service
	stories   *story.Service
	batches   *personalise.Service
	contents  *content.Service
	brands    *brand.Service
	links     *link.Service
	checker   *check.Checker
	passports *passport.Service
	traces    *repository.Repository
	captures  *capture.Service
	standing  *standing.Service
	journeys  *journey.Service
	places    *place.Service
	alarms    *alarm.Service
	subscribe *subscription.Service
	devices   *device.Service
	readings  *reading.Service
	commands  *command.Service
	intake    *intake.Service
	drawer    *passportweb.Drawer // of the pages of passports, in copies too
}

// followersPace keeps followers from working for each commit by itself; what is
// shown live is that much later at most.
const followersPace = 20 * time.Millisecond

// open builds the rooms. On an error nothing stays open.
func (r *rooms) open(ctx context.Context) (err error) {
	c := r.config
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	// SQLite's file and the key file both live here; with PostgreSQL only the key.
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the data folder "+c.Data+" cannot be made", "Choose another --data, or give this user the right to make it.")
	}
	r.ids = ident.NewSource(c.Clock, c.Chance)
	if r.db, err = sqldb.Open(ctx, sqldb.Config{URL: c.Database, Dir: c.Data, Clock: c.Clock, Log: c.Log}); err != nil {
		return err
	}
	if r.vault, err = vault.Open(ctx, vault.Config{DB: r.db, Dir: c.Data, Chance: c.Chance, Clock: c.Clock}); err != nil {
		return err
	}
	r.ledger = ledger.New(r.db, c.Clock, r.bus)
	r.ledger.Pace = followersPace
	r.timers = timer.New(r.db, c.Clock, r.bus)
	r.access = access.New(access.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Chance: c.Chance})
	r.products = product.New(product.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Users: []product.User{content.Users, thing.Users}})
	r.keysets = keyset.New(keyset.Config{DB: r.db, Vault: r.vault, Clock: c.Clock, Chance: c.Chance})
	r.tags = tag.New(tag.Config{DB: r.db, Sets: r.keysets, Clock: c.Clock, IDs: r.ids, Chance: c.Chance})
	r.things = thing.New(thing.Config{DB: r.db, Ledger: r.ledger, Tags: r.tags, Clock: c.Clock, IDs: r.ids, Chance: c.Chance, Sold: product.Sold})
	r.stories = story.New(r.db, r.ledger)
	r.batches = personalise.New(personalise.Config{DB: r.db, Sets: r.keysets, Things: r.things, Clock: c.Clock, IDs: r.ids, Sold: product.Sold})
	r.contents = content.New(content.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Products: r.products})
	r.links = link.New(link.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids})
	r.checker = check.New(check.Config{Links: r.links, Clock: c.Clock})
	r.traces = repository.New(repository.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids})
	r.captures = capture.New(capture.Config{DB: r.db, Repository: r.traces, Clock: c.Clock, IDs: r.ids, Dir: filepath.Join(c.Data, "captures"), Log: c.Log})
	r.standing = standing.New(r.db, c.Clock)
	r.subscribe = subscription.Open(subscription.Config{
		DB: r.db, Bus: r.bus, Repository: r.traces, Queries: r.standing, Vault: r.vault, Clock: c.Clock, IDs: r.ids, Chance: c.Chance, Log: c.Log,
		Sender: webhook.New(webhook.Config{Clock: c.Clock, Agent: "Tagline", Guard: outbound.Guard{Private: c.PrivateWebhooks}}),
	})
	r.places = place.New(place.Config{DB: r.db, Ledger: r.ledger, Vault: r.vault, Clock: c.Clock, IDs: r.ids, Chance: c.Chance, Signer: host(c.BaseURL)})
	r.alarms = alarm.New(alarm.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Places: r.places, Ours: product.Sold, Known: knownItem,
		Located: c.CountryHeader != "" || c.Demo})
	r.journeys = journey.New(journey.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, Things: r.things, Sold: product.Sold,
		Notice: r.alarms.Notice, Judge: r.alarms.Judge, Look: r.alarms.Look})
	if err = r.openDevices(ctx); err != nil {
		return err
	}
	if r.drawer, err = passportweb.NewDrawer(); err != nil {
		return err
	}
	r.passports = passport.New(passport.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Chance: c.Chance, BaseURL: c.BaseURL, Draw: r.drawer.Page})
	r.brands = brand.New(brand.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Products: r.products, Contents: r.contents, Passports: r.passports, Links: r.links})
	return nil
}

// knownItem tells alarms what the house knows of an item.
func knownItem(tx *sqldb.Tx, gtin, serial string) (made bool, market string, err error) {
	it, known, err := thing.Lookup(tx, thing.Ref{GTIN: gtin, Serial: serial})
	return known && it.Life.Made.Is(), it.Market, err
}

// host names a server by its address.
func host(base string) string {
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		return u.Host
	}
	return "tagline"
}

// close undoes open.
func (r *rooms) close() error {
	if r.db == nil {
		return nil
	}
	return r.db.Close()
}
