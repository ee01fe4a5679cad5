package suspicion_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/internal/fault"
	"tagline/internal/place"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/suspicion"
)

// The places of the tests: a plant in Norway, distributors and shops in Germany and
// Japan, a free zone in Singapore.
func places() *place.Map {
	return place.NewMap([]place.Place{
		{Key: "plant", Name: "Plant", Country: "NO", Located: true, Lat: 59.1, Lng: 11.4},
		{Key: "berlin", Name: "Berlin hub", Country: "DE", Located: true, Lat: 52.5, Lng: 13.4},
		{Key: "berlin-dock", Name: "Dock 2", Country: "DE", Parent: "berlin"},
		{Key: "shop-de", Name: "Shop Mitte", Country: "DE", Located: true, Lat: 52.5, Lng: 13.4},
		{Key: "tokyo", Name: "Tokyo hub", Country: "JP", Located: true, Lat: 35.7, Lng: 139.7},
		{Key: "shop-jp", Name: "Shop Ginza", Country: "JP", Located: true, Lat: 35.7, Lng: 139.8},
		{Key: "shop-us", Name: "Shop Miami", Country: "US", Located: true, Lat: 25.8, Lng: -80.2},
		{Key: "free", Name: "Duty free", Country: "SG", Free: true, Located: true, Lat: 1.3, Lng: 103.9},
	})
}

var begin = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)

func at(hours float64) int64 { return begin.Add(time.Duration(hours * float64(time.Hour))).UnixMicro() }

// world builds the facts of a thing.
type world struct {
	suspicion.Facts
	facts []*chain.Fact
}

func bottle() *world {
	w := &world{Facts: suspicion.Facts{Key: "b1", GTIN: "09506000134352", Ours: true, Located: true, Places: places(), Now: at(24 * 10)}}
	return w
}

// event adds an event: "step place hours", and what changes it.
func (w *world) event(step, where string, hours float64, change ...func(*chain.Fact)) *world {
	f := &chain.Fact{Row: int64(len(w.facts) + 1), EventID: fmt.Sprint("e", len(w.facts)+1), At: at(hours), Type: epcis.ObjectEvent, Action: epcis.Observe, Step: step, Place: where, Things: []string{w.Key}}
	if step == "commissioning" {
		f.Action = epcis.Add
	}
	for _, c := range change {
		c(f)
	}
	w.facts = append(w.facts, f)
	return w
}

func to(where string) func(*chain.Fact) {
	return func(f *chain.Fact) {
		f.Destinations = []chain.Party{{Type: "location", Key: where}, {Type: "possessing_party", Key: "417/" + where}}
	}
}

func disposition(d string) func(*chain.Fact) { return func(f *chain.Fact) { f.Disposition = d } }

func pack(action string, children ...string) func(*chain.Fact) {
	return func(f *chain.Fact) {
		f.Type, f.Action, f.Parent, f.Children, f.Things = epcis.AggregationEvent, action, "case", children, nil
	}
}

func (w *world) visit(market string, hours, until float64, change ...func(*suspicion.Visit)) *world {
	v := suspicion.Visit{Market: market, From: at(hours), To: at(until), First: fmt.Sprint("t", len(w.Visits)+1), Last: "tz", Taps: 1, Sessions: 1}
	for _, c := range change {
		c(&v)
	}
	w.Visits = append(w.Visits, v)
	return w
}

func (w *world) judge(s suspicion.Settings) ([]suspicion.Finding, int64) {
	known := func(key string) (list []*chain.Fact) {
		for _, f := range w.facts {
			if slices.Contains(f.Keys(), key) {
				list = append(list, f)
			}
		}
		slices.SortStableFunc(list, chain.Compare)
		return list
	}
	w.Story, w.Held = chain.Story(w.Key, known), chain.Held(w.Key, known)
	return suspicion.Judge(&w.Facts, &s)
}

// regular is the way of a bottle with which nothing is wrong.
func regular() *world {
	return bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin")).event("receiving", "berlin", 60).
		event("shipping", "berlin", 70, to("shop-de")).event("receiving", "shop-de", 75).event("stocking", "shop-de", 76)
}

func TestEachRuleFiresWhereItShouldAndNowhereElse(t *testing.T) {
	opened := func(hours float64) func(*suspicion.Visit) {
		return func(v *suspicion.Visit) { v.Opened, v.OpenedBy = at(hours), "t-open" }
	}
	container := func() *world {
		w := bottle()
		w.Key, w.GTIN, w.Ours = "case", "", false
		return w.event("packing", "plant", 1, pack(epcis.Add, "b1", "b2", "b3"))
	}
	guess := func(w *world) *world { w.Located = false; return w }
	for _, row := range []struct {
		name  string
		w     *world
		rules []suspicion.Rule
	}{
		{"a regular way, sold and scanned", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 200), nil},
		{"a buyer who travels", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 95).visit("JP", 150, 160), nil},
		{"sold in another country", regular().event("retail_selling", "shop-jp", 130), []suspicion.Rule{suspicion.Diversion}},
		{"stocked in another country", regular().event("stocking", "shop-jp", 130), []suspicion.Rule{suspicion.Diversion}},
		{"sold in a free zone", regular().event("retail_selling", "free", 130), nil},
		{"scanned abroad before any sale", regular().visit("JP", 130, 131), []suspicion.Rule{suspicion.Diversion}},
		{"scanned abroad, as the phone's language guesses", guess(regular().visit("JP", 78, 78)), nil},
		{"two scans that no traveller makes", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 95).visit("JP", 96, 97), []suspicion.Rule{suspicion.Clone}},
		{"a scan elsewhere in a large country", bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("shop-us")).event("receiving", "shop-us", 100).event("retail_selling", "shop-us", 110).visit("US", 110.1, 111), nil},
		{"a scan far from the sale", regular().event("retail_selling", "shop-de", 80).visit("JP", 81, 82), []suspicion.Rule{suspicion.Clone}},
		{"two events that no freight makes", regular().event("inspecting", "tokyo", 77), []suspicion.Rule{suspicion.Speed}},
		{"sold twice", regular().event("retail_selling", "shop-de", 80).event("retail_selling", "shop-de", 90), []suspicion.Rule{suspicion.TwoSales}},
		{"one sale told twice", regular().event("retail_selling", "shop-de", 80).event("retail_selling", "shop-de", 80.1), nil},
		{"sold, returned, sold", regular().event("retail_selling", "shop-de", 80).event("", "shop-de", 85, disposition("returned")).event("retail_selling", "shop-de", 90), nil},
		{"opened on the shelf", regular().visit("DE", 78, 78, opened(78)).event("retail_selling", "shop-de", 80), []suspicion.Rule{suspicion.SealBroken}},
		{"opened by the buyer", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 90, opened(90)), nil},
		{"opened, and the sale was never told", regular().visit("DE", 90, 90, opened(90)), nil},
		{"closed again", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 90, opened(90), func(v *suspicion.Visit) { v.Resealed, v.ResealedBy = at(91), "t-closed" }), []suspicion.Rule{suspicion.Resealed}},
		{"sold after a recall", regular().event("holding", "shop-de", 77, disposition("recalled")).event("retail_selling", "shop-de", 80), []suspicion.Rule{suspicion.Withdrawn}},
		{"scanned after a theft", regular().event("", "shop-de", 77, disposition("stolen")).visit("DE", 90, 91), []suspicion.Rule{suspicion.Withdrawn}},
		{"scanned before a recall", regular().visit("DE", 77, 77).event("holding", "shop-de", 78, disposition("recalled")), nil},
		{"sold after it was destroyed", regular().event("destroying", "shop-de", 77).event("retail_selling", "shop-de", 80), []suspicion.Rule{suspicion.Zombie}},
		{"scanned after it was destroyed unsold", regular().event("destroying", "shop-de", 77).visit("DE", 90, 91), []suspicion.Rule{suspicion.Zombie}},
		{"emptied by its owner, and scanned", regular().event("retail_selling", "shop-de", 80).event("", "", 90, disposition("dispensed")).visit("DE", 95, 95), nil},
		{"a number nobody made", bottle().event("retail_selling", "shop-de", 80), []suspicion.Rule{suspicion.UnknownSerial}},
		{"a number nobody made, scanned", bottle().visit("DE", 1, 1), []suspicion.Rule{suspicion.UnknownSerial}},
		{"a number that an import made", func() *world {
			w := bottle().visit("DE", 1, 1)
			w.Known = func() (bool, string) { return true, "DE" }
			return w
		}(), nil},
		{"a number of somebody else's product", func() *world { w := bottle().visit("DE", 1, 1); w.Ours = false; return w }(), nil},
		{"sold before it was made", bottle().event("retail_selling", "plant", 1).event("commissioning", "plant", 30), []suspicion.Rule{suspicion.Premature}},
		{"scanned on its way", bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin")).visit("DE", 40, 40), []suspicion.Rule{suspicion.BeforeReceiving}},
		{"received at the wrong place", bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin")).event("receiving", "tokyo", 60), []suspicion.Rule{suspicion.WrongPlace}},
		{"received at a part of the place", bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin")).event("receiving", "berlin-dock", 60), nil},
		{"received without shipment", bottle().event("commissioning", "plant", 0).event("receiving", "berlin", 60), []suspicion.Rule{suspicion.NotShipped}},
		{"received before it was shipped", bottle().event("commissioning", "plant", 0).event("receiving", "berlin", 50).event("shipping", "plant", 52, to("berlin")), []suspicion.Rule{suspicion.WrongOrder}},
		{"shipped and never arrived", func() *world {
			w := bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin"))
			w.Now = at(24 * 40)
			return w
		}(), []suspicion.Rule{suspicion.NotReceived}},
		{"past its date", bottle().event("commissioning", "plant", 0, func(f *chain.Fact) { f.BestBefore = "2026-05-03" }).event("retail_selling", "plant", 24*4), []suspicion.Rule{suspicion.PastDate}},
		{"on its date", bottle().event("commissioning", "plant", 0, func(f *chain.Fact) { f.BestBefore = "2026-05-03" }).event("retail_selling", "plant", 24*2.4), nil},
		{"too warm", regular().event("", "shop-de", 77, func(f *chain.Fact) { f.Temperatures = []chain.Temperature{{At: f.At, Low: 20, High: 55}} }), []suspicion.Rule{suspicion.Excursion}},
		{"warm enough", regular().event("", "shop-de", 77, func(f *chain.Fact) { f.Temperatures = []chain.Temperature{{At: f.At, Low: -5, High: 40}} }), nil},
		{"scanned very often", regular().event("retail_selling", "shop-de", 80).visit("DE", 90, 200, func(v *suspicion.Visit) { v.Sessions = 26 }), []suspicion.Rule{suspicion.Sessions}},
		{"packed twice", bottle().event("commissioning", "plant", 0).event("packing", "plant", 1, pack(epcis.Add, "b1")).event("packing", "plant", 2, pack(epcis.Add, "b1"), func(f *chain.Fact) { f.Parent = "case2" }), []suspicion.Rule{suspicion.TwoContainers}},
		{"packed, unpacked, packed", bottle().event("commissioning", "plant", 0).event("packing", "plant", 1, pack(epcis.Add, "b1")).event("unpacking", "plant", 2, pack(epcis.Delete, "b1")).
			event("packing", "plant", 3, pack(epcis.Add, "b1"), func(f *chain.Fact) { f.Parent = "case2" }), nil},
		{"unpacked as packed", container().event("unpacking", "berlin", 50, pack(epcis.Delete, "b1", "b2", "b3")), nil},
		{"unpacked in two steps", container().event("unpacking", "berlin", 50, pack(epcis.Delete, "b1")).event("unpacking", "berlin", 51, pack(epcis.Delete, "b2", "b3")), nil},
		{"unpacked at once", container().event("unpacking", "berlin", 50, pack(epcis.Delete)), nil},
		{"one is missing", container().event("unpacking", "berlin", 50, pack(epcis.Delete, "b1", "b2")), []suspicion.Rule{suspicion.Quantity}},
		{"one is too many", container().event("unpacking", "berlin", 50, pack(epcis.Delete, "b1", "b2", "b3", "b9")), []suspicion.Rule{suspicion.Quantity}},
		{"another is seen", container().event("", "berlin", 50, pack(epcis.Observe, "b1", "b2", "b9")), []suspicion.Rule{suspicion.Quantity}},
	} {
		found, _ := row.w.judge(suspicion.Defaults())
		var rules []suspicion.Rule
		for _, f := range found {
			rules = append(rules, f.Rule)
			if len(f.Evidence) == 0 || f.Expected == "" || f.Seen == "" || f.At == 0 {
				t.Errorf("%s: %s tells too little: %+v", row.name, f.Rule, f)
			}
			s := suspicion.Defaults()
			s.Off = []suspicion.Rule{f.Rule}
			if rest, _ := row.w.judge(s); slices.ContainsFunc(rest, func(o suspicion.Finding) bool { return o.Rule == f.Rule }) {
				t.Errorf("%s: %s fires though it is off", row.name, f.Rule)
			}
		}
		slices.Sort(rules)
		slices.Sort(row.rules)
		if !slices.Equal(rules, row.rules) {
			t.Errorf("%s: found %v, want %v; %+v", row.name, rules, row.rules, found)
		}
	}
}

func TestAFindingTellsWhoHadItAndWhatWasExpected(t *testing.T) {
	w := regular()
	found, _ := w.event("retail_selling", "shop-jp", 130).judge(suspicion.Defaults())
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	f := found[0]
	if f.Party != "417/shop-de" || f.Market != "JP" || f.Severity != suspicion.High || f.Expected != "to be sold in DE" || f.Seen != "sold in JP at Shop Ginza" {
		t.Errorf("%+v", f)
	}
	if len(f.Evidence) != 2 || f.Evidence[0].EventID != "e4" || f.Evidence[1].EventID != "e7" || f.Evidence[0].Words != "shipping at Berlin hub (DE)" {
		t.Errorf("%+v", f.Evidence)
	}
}

func TestItSaysWhenToLookAgain(t *testing.T) {
	w := bottle().event("commissioning", "plant", 0).event("shipping", "plant", 10, to("berlin"))
	if _, due := w.judge(suspicion.Defaults()); due != at(10+21*24) {
		t.Errorf("due at %d", due)
	}
	if _, due := w.event("receiving", "berlin", 60).judge(suspicion.Defaults()); due != 0 {
		t.Errorf("due at %d after it arrived", due)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	if s, err := suspicion.Defaults().Check(); err != nil || s.SpeedKMH != 900 {
		t.Fatalf("%+v %v", s, err)
	}
	for field, spoil := range map[string]func(*suspicion.Settings){
		"body.off":         func(s *suspicion.Settings) { s.Off = []suspicion.Rule{"nonsense"} },
		"body.speedKmh":    func(s *suspicion.Settings) { s.SpeedKMH = 0 },
		"body.transitDays": func(s *suspicion.Settings) { s.TransitDays = -1 },
		"body.temperature": func(s *suspicion.Settings) { s.Temperature = suspicion.Range{Low: 5, High: 4} },
		"body.products":    func(s *suspicion.Settings) { s.Products = map[string]suspicion.Range{"1": {}} },
	} {
		s := suspicion.Defaults()
		spoil(&s)
		_, err := s.Check()
		if f := new(fault.Error); !errors.As(err, &f) || !strings.HasPrefix(f.Fields[0].Location, field) {
			t.Errorf("%s: %+v", field, err)
		}
	}
	for _, d := range suspicion.Rules() {
		if d.Title == "" || d.Words == "" || d.Severity == "" || d.Rule.Title() != d.Title {
			t.Errorf("%+v", d)
		}
	}
}
