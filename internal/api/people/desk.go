package people

import (
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/clock"
)

// Desk answers the operations about people.
type Desk struct {
	Access  *access.Service
	Clock   clock.Clock
	Version string
	BaseURL string // without a slash at the end
	Demo    bool
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	d.session(f)
	d.people(f)
}
