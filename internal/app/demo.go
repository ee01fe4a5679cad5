package app

import (
	"context"
	"strings"
	"time"

	"tagline/demo"
	"tagline/internal/access"
	"tagline/internal/brand"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
)

// The demo's own key set and what hangs on it.
const (
	demoSet           = "demo"
	virtualPerProduct = 2
	demoKeyLife       = 30 * 24 * time.Hour
)

// PrepareDemo applies the sample brand, makes the test key set with a few virtual
// bottles for the phone frame, and gives an API key for the simulated encoding line
// and tills. On a folder that has been prepared before it adds only what is missing.
func (a *App) PrepareDemo(ctx context.Context) (key string, err error) {
	files, err := demo.Files()
	if err != nil {
		return "", err
	}
	if _, err := a.brands.Apply(ctx, files, brand.Options{By: "demo"}); err != nil {
		return "", err
	}
	// Tags carry https, whatever the demo listens on.
	_, host, _ := strings.Cut(a.config.BaseURL, "://")
	origin := "https://" + host
	if _, err := a.keysets.Get(ctx, demoSet); fault.Is(err, fault.NotFound) {
		_, err = a.keysets.Create(ctx, keyset.NewSet{
			Name: demoSet, Mode: "aes", Test: true,
			Template: origin + "/t/" + demoSet + "/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}",
		})
		if err != nil {
			return "", err
		}
		if err := a.makeVirtuals(ctx); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	engineer := access.Actor{Kind: access.KindKey, ID: "demo", Role: access.Owner, Name: "the demo"}
	_, secret, err := a.access.MakeKey(ctx, engineer, access.NewKey{
		Name: "Simulated encoding line and tills", Role: access.Engineer, Expires: a.config.Clock.Now().Add(demoKeyLife),
	})
	return secret, err
}

// makeVirtuals puts a few bottles of every product into the phone frame.
func (a *App) makeVirtuals(ctx context.Context) error {
	catalogue, err := a.products.Catalogue(ctx)
	if err != nil {
		return err
	}
	if virtuals, err := a.tags.Virtuals(ctx, ident.Tag(""), 1); err != nil || len(virtuals) > 0 {
		return err
	}
	for _, p := range catalogue.Products() {
		if p.Value.Model == "" {
			continue // nothing that has a tag
		}
		for i := range virtualPerProduct {
			market := ""
			if n := len(p.Value.Markets); n > 0 {
				market = p.Value.Markets[i%n]
			}
			if _, _, err := a.things.MakeVirtual(ctx, demoSet, p.Value.GTIN, market); err != nil {
				return err
			}
		}
	}
	return nil
}
