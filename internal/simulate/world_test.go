package simulate

import (
	"reflect"
	"slices"
	"testing"
)

func brandOf(n int) []Product {
	return []Product{
		{GTIN: "09506000134352", Markets: []string{"GB", "DE"}, Alcohol: true},
		{GTIN: "09506000134369"},
	}[:n]
}

func TestTheSameSeedMakesTheSameWorld(t *testing.T) {
	a, b := makePlan(7, brandOf(2), 300), makePlan(7, brandOf(2), 300)
	if !reflect.DeepEqual(a, b) {
		t.Fatal("two worlds of one seed differ")
	}
	if reflect.DeepEqual(a, makePlan(8, brandOf(2), 300)) {
		t.Fatal("another seed gives the same world")
	}
}

func TestABottleLivesInOrder(t *testing.T) {
	p := makePlan(1, brandOf(2), 2000)
	if !slices.IsSortedFunc(p.acts, func(a, b act) int { return int(a.at - b.at) }) {
		t.Fatal("acts are out of order")
	}
	lives := map[int][]deed{}
	count := map[deed]int{}
	for _, a := range p.acts {
		lives[a.bottle] = append(lives[a.bottle], a.deed)
		count[a.deed]++
	}
	for i, deeds := range lives {
		position := func(d deed) int { return slices.Index(deeds, d) }
		if o := position(open); o >= 0 && (position(sell) < 0 || position(sell) > o) {
			t.Fatalf("bottle %d is opened before it is sold: %v", i, deeds)
		}
		if e := position(empty); e >= 0 && (position(open) < 0 || position(open) > e) {
			t.Fatalf("bottle %d is empty before it is opened: %v", i, deeds)
		}
		if slices.Contains(deeds, tear) && slices.Contains(deeds, sell) {
			t.Fatalf("bottle %d is sold although it was torn: %v", i, deeds)
		}
	}
	// Every kind of deed happens in a world of this size, and the usual ones prevail.
	for _, d := range []deed{shopCheck, browse, reload, share, preview, scan, sell, open, recipe, empty, tear, clone, forge, unlisted, unreadable} {
		if count[d] == 0 {
			t.Errorf("nobody does %q among %d acts", d, len(p.acts))
		}
	}
	if crooked := count[clone] + count[forge] + count[unlisted]; crooked*10 > len(p.acts) {
		t.Errorf("%d of %d acts are fraud", crooked, len(p.acts))
	}
}

func TestBottlesGoWhereTheirProductIsSold(t *testing.T) {
	for _, b := range makePlan(3, brandOf(1), 200).bottles {
		if b.market != "GB" && b.market != "DE" {
			t.Fatalf("a bottle of a product for GB and DE went to %s", b.market)
		}
	}
	if p := makePlan(3, nil, 10); len(p.bottles) != 0 {
		t.Fatal("bottles of no product")
	}
}

func TestSerialsAndChipsAreDistinct(t *testing.T) {
	serials, uids := map[string]bool{}, map[[7]byte]bool{}
	for _, b := range makePlan(11, brandOf(2), 3000).bottles {
		if serials[b.serial] || uids[b.uid] {
			t.Fatal("a serial or a chip twice")
		}
		serials[b.serial], uids[b.uid] = true, true
	}
}
