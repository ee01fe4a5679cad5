package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Product is what the world needs to know of a product.
type Product struct {
	GTIN    string   // 14 digits
	Markets []string // ISO 3166-1 alpha-2; empty = everywhere
	Alcohol bool
}

// deed is something that happens to a bottle.
type deed string

const (
	shopCheck  deed = "shop-check" // staff taps a sealed bottle at the shelf
	browse     deed = "browse"     // a shopper taps it, looks, walks on
	reload     deed = "reload"     // the same phone opens the tap's URL again within its session
	share      deed = "share"      // somebody else opens a tap's URL
	preview    deed = "preview"    // a messenger fetches a tap's URL to draw a card
	scan       deed = "scan"       // the printed code beside the chip is scanned
	sell       deed = "sell"       // the till reports the sale
	open       deed = "open"       // the seal breaks; the first tap after it follows
	recipe     deed = "recipe"     // the owner taps the opened bottle for an idea
	empty      deed = "empty"      // the owner says that it is empty
	tear       deed = "tear"       // the seal is broken before the sale: theft or damage
	clone      deed = "clone"      // a copied URL is printed on a counterfeit
	forge      deed = "forge"      // a made-up message
	unlisted   deed = "unlisted"   // a chip with the right keys that was never registered
	unreadable deed = "unreadable" // a URL that was cut or garbled on its way
)

// act is one deed of one bottle at a moment of world time.
type act struct {
	at     time.Duration // since the world began
	bottle int
	deed   deed
	place  place
}

// place is where somebody stands: a market and the language of their phone.
type place struct {
	market string
	locale string // an Accept-Language header
}

// bottle is one item of the world.
type bottle struct {
	gtin   string
	serial string
	uid    [7]byte
	market string
	lot    string
}

// plan is everything that will happen: bottles, and acts in order of time.
type plan struct {
	bottles []bottle
	acts    []act
}

// markets are the five countries the demo brand sells in, with the share of its
// bottles that go there and what phones there prefer to read.
func markets() []struct {
	place
	share float64
} {
	return []struct {
		place
		share float64
	}{
		{place{"GB", "en-GB,en;q=0.9"}, 0.28},
		{place{"DE", "de-DE,de;q=0.9,en;q=0.6"}, 0.24},
		{place{"FR", "fr-FR,fr;q=0.9,en;q=0.5"}, 0.20},
		{place{"US", "en-US,en;q=0.9"}, 0.18},
		{place{"JP", "ja-JP,ja;q=0.9,en;q=0.4"}, 0.10},
	}
}

const day = 24 * time.Hour

// makePlan decides a whole world. It is pure: chance comes from the seed alone.
func makePlan(seed uint64, products []Product, count int) plan {
	if len(products) == 0 {
		return plan{}
	}
	chance := rand.New(rand.NewPCG(seed, 0x7461676c696e65))
	var p plan
	for i := range count {
		product := products[chance.IntN(len(products))]
		home := pickMarket(chance, product.Markets)
		b := bottle{
			gtin:   product.GTIN,
			serial: serial(chance),
			market: home.market,
			lot:    fmt.Sprintf("L%02d%c", 1+i/60, 'A'+rune(i/20%3)),
		}
		b.uid[0] = 0x04 // NXP
		for j := 1; j < len(b.uid); j++ {
			b.uid[j] = byte(chance.UintN(256))
		}
		p.bottles = append(p.bottles, b)
		p.acts = append(p.acts, life(chance, i, home)...)
	}
	slices.SortStableFunc(p.acts, func(a, b act) int { return int(a.at - b.at) })
	return p
}

// life decides what happens to one bottle.
func life(chance *rand.Rand, index int, home place) []act {
	var acts []act
	do := func(at time.Duration, d deed, where place) { acts = append(acts, act{at, index, d, where}) }
	likely := func(p float64) bool { return chance.Float64() < p }

	arrived := 2*day + spread(chance, 6*day)
	sold := arrived + day/2 + spread(chance, 7*day)

	if likely(0.30) {
		do(arrived, shopCheck, home)
	}
	for range visits(chance, 1.1) {
		at := arrived + time.Duration(chance.Float64()*float64(sold-arrived))
		do(at, browse, home)
		if likely(0.15) {
			do(at+2*time.Minute, reload, home)
		}
		if likely(0.10) {
			do(at+5*time.Minute, preview, home)
			do(at+6*time.Minute, share, home)
		}
	}
	if likely(0.25) {
		do(arrived+time.Duration(chance.Float64()*float64(sold-arrived)), scan, home)
	}

	switch roll := chance.Float64(); {
	case roll < 0.010: // broken on the shelf
		at := arrived + time.Duration(chance.Float64()*float64(sold-arrived))
		do(at, tear, home)
		return acts
	case roll < 0.025: // its URL is copied onto counterfeits sold elsewhere
		at := arrived + spread(chance, 3*day)
		do(at, browse, home)
		for range 3 + chance.IntN(6) {
			do(at+day+spread(chance, 12*day), clone, pickMarket(chance, nil))
		}
	case roll < 0.035:
		for range 2 + chance.IntN(4) {
			do(arrived+spread(chance, 15*day), forge, pickMarket(chance, nil))
		}
	case roll < 0.043:
		do(arrived+spread(chance, 15*day), unlisted, pickMarket(chance, nil))
	case roll < 0.053:
		do(arrived+spread(chance, 15*day), unreadable, home)
	}

	if !likely(0.92) { // still on the shelf when the world ends
		return acts
	}
	do(sold, sell, home)

	// Some bottles travel: a gift, a suitcase.
	where := home
	if likely(0.07) {
		where = pickMarket(chance, nil)
	}
	if !likely(0.86) {
		return acts
	}
	opened := sold + time.Hour + spread(chance, 4*day)
	do(opened, open, where)
	for range visits(chance, 1.8) {
		do(opened+time.Hour+spread(chance, 9*day), recipe, where)
	}
	if likely(0.45) {
		do(opened+6*day+spread(chance, 14*day), empty, where)
	}
	return acts
}

// spread draws a waiting time with that mean, never more than four times as long.
func spread(chance *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(min(chance.ExpFloat64(), 4) * float64(mean))
}

// visits draws how often something happens that happens mean times on average
// (Knuth's method; means here are small).
func visits(chance *rand.Rand, mean float64) int {
	n, p, limit := 0, chance.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= chance.Float64()
	}
	return n
}

// pickMarket draws a market by its share, among those allowed.
func pickMarket(chance *rand.Rand, allowed []string) place {
	all := markets()
	total := 0.0
	for _, m := range all {
		if len(allowed) == 0 || slices.Contains(allowed, m.market) {
			total += m.share
		}
	}
	roll := chance.Float64() * total
	for _, m := range all {
		if len(allowed) > 0 && !slices.Contains(allowed, m.market) {
			continue
		}
		if roll -= m.share; roll <= 0 {
			return m.place
		}
	}
	return all[0].place
}

// serial draws a serial number that cannot be guessed from its neighbours.
func serial(chance *rand.Rand) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	s := make([]byte, 10)
	for i := range s {
		s[i] = letters[chance.IntN(len(letters))]
	}
	return string(s)
}
