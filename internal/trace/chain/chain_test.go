package chain_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tagline/epcis"
	"tagline/internal/trace/chain"
)

// world is facts in memory.
type world []*chain.Fact

func (w world) of(key string) (out []*chain.Fact) {
	for _, f := range w {
		if slices.Contains(f.Keys(), key) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, chain.Compare)
	return out
}

func (w *world) add(f chain.Fact) *chain.Fact {
	f.Row = int64(len(*w) + 1)
	f.Recorded = f.Row
	if f.Type == "" {
		f.Type, f.Action = epcis.ObjectEvent, epcis.Observe
	}
	*w = append(*w, &f)
	return &f
}

func pack(at int64, parent, action string, children ...string) chain.Fact {
	return chain.Fact{At: at, Type: epcis.AggregationEvent, Action: action, Parent: parent, Children: children}
}

func seen(at int64, key, step, place string) chain.Fact {
	return chain.Fact{At: at, Type: epcis.ObjectEvent, Action: epcis.Observe, Things: []string{key}, Step: step, Place: place}
}

// A bottle in a case on a pallet, from the plant to a shop.
func TestAPalletCarriesItsBottles(t *testing.T) {
	var w world
	w.add(chain.Fact{At: 10, Type: epcis.ObjectEvent, Action: epcis.Add, Things: []string{"bottle", "other"}, Step: "commissioning", Disposition: "active", Place: "plant", Lot: "L1"})
	w.add(pack(20, "case", epcis.Add, "bottle", "other"))
	w.add(pack(30, "pallet", epcis.Add, "case"))
	ship := seen(40, "pallet", "shipping", "dock")
	ship.Destinations = []chain.Party{{Type: "location", Key: "warehouse"}, {Type: "owning_party", Key: "dealer"}}
	w.add(ship)
	w.add(seen(50, "pallet", "receiving", "warehouse"))
	w.add(pack(60, "pallet", epcis.Delete)) // all of it
	w.add(seen(70, "pallet", "shipping", "elsewhere"))
	w.add(seen(80, "case", "stocking", "shop"))
	w.add(pack(90, "case", epcis.Delete, "bottle"))
	sold := seen(100, "bottle", "retail_selling", "till")
	sold.Disposition = "retail_sold"
	w.add(sold)
	w.add(chain.Fact{At: 110, Type: epcis.ObjectEvent, Action: epcis.Delete, Things: []string{"case"}, Step: "decommissioning"})

	story := chain.Story("bottle", w.of)
	var steps []string
	for _, e := range story {
		steps = append(steps, fmt.Sprintf("%d%v", e.Fact.Row, e.Via))
	}
	if want := []string{"1[]", "2[]", "4[case pallet]", "5[case pallet]", "8[case]", "9[]", "10[]"}; !slices.Equal(steps, want) {
		t.Errorf("the way is %v, not %v", steps, want)
	}
	for at, want := range map[int64]string{5: "", 15: "plant", 45: "dock", 50: "warehouse", 75: "warehouse", 85: "shop", 105: "till"} {
		if s := chain.At("bottle", story, at); s.Place != want {
			t.Errorf("at %d it is at %q, not %q", at, s.Place, want)
		}
	}
	on := chain.At("bottle", story, 45)
	if !on.Shipped.Is() || on.Received.Is() || on.Destination != "warehouse" || on.Owner != "dealer" || !slices.Equal(on.Shipped.Via, []string{"case", "pallet"}) || on.Lot != "L1" {
		t.Errorf("on its way: %+v", on)
	}
	end := chain.At("bottle", story, chain.Open)
	if !end.Sold.Is() || end.Ended.Is() || !end.Received.Is() || end.Destination != "" || end.Disposition != "retail_sold" {
		t.Errorf("in the end: %+v", end)
	}
	if other := chain.At("other", chain.Story("other", w.of), chain.Open); other.Sold.Is() || other.Place != "shop" {
		t.Errorf("its neighbour: %+v", other)
	}
}

func TestIntervals(t *testing.T) {
	for name, c := range map[string]struct {
		facts []chain.Fact
		want  string
	}{
		"in and out":             {[]chain.Fact{pack(1, "a", epcis.Add, "x"), pack(5, "a", epcis.Delete, "x")}, "a[1,5) false "},
		"another closes":         {[]chain.Fact{pack(1, "a", epcis.Add, "x"), pack(3, "b", epcis.Add, "x")}, "a[1,3) true b[3,-) false "},
		"seen inside":            {[]chain.Fact{pack(2, "a", epcis.Observe, "x"), pack(3, "a", epcis.Observe, "x")}, "a[2,-) true "},
		"emptied":                {[]chain.Fact{pack(1, "a", epcis.Add, "x"), pack(4, "a", epcis.Delete)}, "a[1,4) false "},
		"out of what never held": {[]chain.Fact{pack(1, "a", epcis.Add, "x"), pack(4, "b", epcis.Delete, "x")}, "a[1,-) false "},
		"late":                   {[]chain.Fact{pack(5, "a", epcis.Delete, "x"), pack(1, "a", epcis.Add, "x")}, "a[1,5) false "},
		"again":                  {[]chain.Fact{pack(1, "a", epcis.Add, "x"), pack(2, "a", epcis.Delete, "x"), pack(2, "a", epcis.Add, "x")}, "a[1,2) false a[2,-) false "},
	} {
		var w world
		for _, f := range c.facts {
			w.add(f)
		}
		got := ""
		for _, i := range chain.Held("x", w.of) {
			to := fmt.Sprint(i.To)
			if i.To == chain.Open {
				to = "-"
			}
			got += fmt.Sprintf("%s[%d,%s) %v ", i.Parent, i.From, to, i.Inferred)
		}
		if got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
	var w world // two that hold one another do not hang
	w.add(pack(1, "a", epcis.Add, "b"))
	w.add(pack(2, "b", epcis.Add, "a"))
	if story := chain.Story("a", w.of); len(story) != 2 {
		t.Errorf("a circle tells %d entries", len(story))
	}
}

func TestWhatTurnsBack(t *testing.T) {
	var w world
	w.add(seen(1, "x", "shipping", ""))
	w.add(seen(2, "x", "void_shipping", ""))
	sale := seen(3, "x", "retail_selling", "")
	w.add(sale)
	back := seen(4, "x", "receiving", "shop")
	back.Disposition = "returned"
	w.add(back)
	recall := seen(5, "x", "", "")
	recall.Set = []string{"recalled"}
	w.add(recall)
	free := seen(6, "x", "", "")
	free.Unset = []string{"recalled"}
	w.add(free)
	story := chain.Story("x", w.of)
	if s := chain.At("x", story, 2); s.Shipped.Is() {
		t.Errorf("a voided shipment: %+v", s)
	}
	if s := chain.At("x", story, 3); !s.Sold.Is() {
		t.Errorf("sold: %+v", s)
	}
	if s := chain.At("x", story, 5); s.Sold.Is() || !s.Returned.Is() || !s.Recalled.Is() || !slices.Equal(s.Persistent, []string{"recalled"}) {
		t.Errorf("returned and recalled: %+v", s)
	}
	if s := chain.At("x", story, 6); s.Recalled.Is() || len(s.Persistent) > 0 {
		t.Errorf("recalled no more: %+v", s)
	}
}

// Arrival does not matter: the same facts in any order give the same states.
func TestAnyOrderGivesTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var w world
		for i := range 25 {
			at, key := int64(i/2), fmt.Sprint("k", r.IntN(5))
			switch r.IntN(3) {
			case 0:
				w.add(pack(at, fmt.Sprint("k", r.IntN(5)), []string{epcis.Add, epcis.Delete, epcis.Observe}[r.IntN(3)], key))
			case 1:
				w.add(pack(at, key, epcis.Delete))
			default:
				w.add(seen(at, key, []string{"shipping", "receiving", "retail_selling", "void_shipping"}[r.IntN(4)], fmt.Sprint("p", r.IntN(3))))
			}
		}
		shuffled := slices.Clone(w)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for k := range 5 {
			key := fmt.Sprint("k", k)
			a, b := chain.At(key, chain.Story(key, w.of), chain.Open), chain.At(key, chain.Story(key, shuffled.of), chain.Open)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%s is\n%+v\nor\n%+v", key, a, b)
			}
			last := int64(-1)
			for _, i := range chain.Held(key, w.of) {
				if i.From < last || i.To <= i.From {
					t.Fatalf("%s is in two containers at a time: %+v", key, i)
				}
				last = i.To
			}
		}
	}
}
