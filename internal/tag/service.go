package tag

import (
	"io"

	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
)

// Config is what a Service is made of.
type Config struct {
	DB     *sqldb.DB
	Sets   *keyset.Service
	Clock  clock.Clock
	IDs    *ident.Source
	Chance io.Reader // for the UIDs of virtual chips
}

// Service holds the chips of one server. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	sets   *keyset.Service
	clock  clock.Clock
	ids    *ident.Source
	chance io.Reader
	items  itemCache
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{db: c.DB, sets: c.Sets, clock: c.Clock, ids: c.IDs, chance: c.Chance}
}

// Ref names an item as it is named on labels.
type Ref = keyset.Ref

// Reading is what a tag's URL says.
type Reading = keyset.Reading
