package story

import (
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// Service reads the ledger for people. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
}

// New makes a Service.
func New(db *sqldb.DB, l *ledger.Ledger) *Service { return &Service{db: db, ledger: l} }
