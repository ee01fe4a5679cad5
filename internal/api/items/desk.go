package items

import (
	"tagline/internal/api/frame"
	"tagline/internal/clock"
	"tagline/internal/keyset"
	"tagline/internal/personalise"
	"tagline/internal/product"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
)

// Desk answers the operations about single items.
type Desk struct {
	Products *product.Service
	Keysets  *keyset.Service
	Tags     *tag.Service
	Things   *thing.Service
	Stories  *story.Service
	Batches  *personalise.Service
	Clock    clock.Clock
	BaseURL  string // without a slash at the end
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	d.things(f)
	d.tags(f)
	d.virtual(f)
}
