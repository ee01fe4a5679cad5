package simulate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Deviation is something wrong that really happened to a thing, with the rules that
// should tell it, and those that may tell it as well.
type Deviation struct {
	Kind   string   `json:"kind"`
	Key    string   `json:"key"` // canonical
	Expect []string `json:"expect"`
	May    []string `json:"may,omitempty"`
}

// site is a place of the made-up supply chain. GLNs are computed from ref.
type site struct {
	ref      int
	name     string
	kind     string
	country  string
	lat, lng float64
}

func sites() []site {
	return []site{
		{20001, "Ferrow Staithe works", "plant", "GB", 52.95, 0.95},
		{20002, "Port of Felixstowe", "port", "GB", 51.96, 1.32},
		{20010, "Midlands hub", "distributor", "GB", 52.48, -1.90},
		{20011, "Shop Borough Market", "shop", "GB", 51.51, -0.09},
		{20020, "Hamburg hub", "distributor", "DE", 53.55, 10.00},
		{20021, "Shop Berlin Mitte", "shop", "DE", 52.52, 13.40},
		{20030, "Lille hub", "distributor", "FR", 50.63, 3.06},
		{20031, "Shop Marais", "shop", "FR", 48.86, 2.36},
		{20040, "New Jersey hub", "distributor", "US", 40.73, -74.17},
		{20041, "Shop Brooklyn", "shop", "US", 40.68, -73.94},
		{20042, "New York customs", "customs", "US", 40.67, -74.05},
		{20050, "Yokohama hub", "distributor", "JP", 35.44, 139.64},
		{20051, "Shop Ginza", "shop", "JP", 35.67, 139.76},
		{20052, "Tokyo customs", "customs", "JP", 35.62, 139.77},
	}
}

// gln is a GLN of the brand's company prefix.
func gln(ref int) string { return checked(fmt.Sprintf("9506000%05d", ref)) }

// checked adds the check digit of GS1.
func checked(digits string) string {
	sum := 0
	for i := range len(digits) {
		weight := 3
		if (len(digits)-i)%2 == 0 {
			weight = 1
		}
		sum += weight * int(digits[i]-'0')
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}

func locationOf(ref int) string { return "https://id.gs1.org/414/" + gln(ref) }
func partyOf(ref int) string    { return "https://id.gs1.org/417/" + gln(ref) }

// of gives the site of a kind in a country.
func siteOf(country, kind string) site {
	all := sites()
	i := slices.IndexFunc(all, func(s site) bool { return s.country == country && s.kind == kind })
	if i < 0 {
		return all[0]
	}
	return all[i]
}

// placesCSV lists the sites, and the companies that run them, as an import takes them.
func placesCSV() []byte {
	var b strings.Builder
	b.WriteString("key,class,name,kind,country,latitude,longitude,operator\n")
	for _, s := range sites() {
		kind, party := s.kind, map[string]string{"plant": "own", "distributor": "distributor", "shop": "retailer", "port": "carrier", "customs": "authority"}[s.kind]
		fmt.Fprintf(&b, "414/%s,location,%s,%s,%s,%g,%g,417/%s\n", gln(s.ref), s.name, kind, s.country, s.lat, s.lng, gln(s.ref))
		fmt.Fprintf(&b, "417/%s,party,%s company,%s,%s,,,\n", gln(s.ref), s.name, party, s.country)
	}
	return []byte(b.String())
}

// happening is one event of the supply chain; at counts from the beginning of the
// world, and is negative for what was before.
type happening struct {
	id   int
	at   time.Duration
	data map[string]any
}

// supply is what the supply chain did before the world began, and what is wrong in it.
type supply struct {
	events    []happening
	truth     []Deviation
	untold    map[int]bool // bottles whose sale no till tells to the supply chain
	twice     map[int]bool // bottles whose sale is told twice
	shops     map[int]int  // where a bottle is sold, by its index: a site
	strangers []act        // scans of codes that are copies or made up
	made      map[int]string
	destroyed int
	nextID    int
}

// Sizes of what travels together.
const (
	perCase   = 6
	perPallet = 10 // cases
)

func epc(b bottle) string          { return "https://id.gs1.org/01/" + b.gtin + "/21/" + b.serial }
func keyOf(b bottle) string        { return "01/" + b.gtin + "/21/" + b.serial }
func sscc(n int) string            { return checked(fmt.Sprintf("19506000%09d", n)) }
func container(n int) string       { return "https://id.gs1.org/00/" + sscc(n) }
func days(n float64) time.Duration { return time.Duration(n * float64(day)) }

// supplyPlan decides how the bottles of a plan came where they are, and changes the
// plan by what went wrong. It is pure: chance comes from the seed alone.
func supplyPlan(seed uint64, p *plan) *supply {
	chance := rand.New(rand.NewPCG(seed, 0x737570706c79))
	s := &supply{untold: map[int]bool{}, twice: map[int]bool{}, shops: map[int]int{}, made: map[int]string{}}
	// Nobody travels in a world that runs faster than its clock: to the rules every
	// journey would be too fast.
	home := map[int]place{}
	for i, b := range p.bottles {
		for _, m := range markets() {
			if m.market == b.market {
				home[i] = m.place
			}
		}
	}
	for i, a := range p.acts {
		if a.deed == open || a.deed == recipe || a.deed == empty {
			p.acts[i].place = home[a.bottle]
		}
	}
	tapped := func(bottle int, deeds ...deed) bool {
		return slices.ContainsFunc(p.acts, func(a act) bool { return a.bottle == bottle && slices.Contains(deeds, a.deed) })
	}
	drop := func(bottle int, deeds ...deed) {
		p.acts = slices.DeleteFunc(p.acts, func(a act) bool { return a.bottle == bottle && (len(deeds) == 0 || slices.Contains(deeds, a.deed)) })
	}
	scans := []deed{shopCheck, browse, scan, recipe, open, empty}

	// What goes wrong with single bottles.
	kind := map[int]string{}
	intended := map[int]string{}
	for i, b := range p.bottles {
		intended[i] = b.market
		s.shops[i] = siteOf(b.market, "shop").ref
		key := keyOf(b)
		tell := func(kind string, expect string, may ...string) {
			s.truth = append(s.truth, Deviation{Kind: kind, Key: key, Expect: []string{expect}, May: may})
		}
		switch roll := chance.Float64(); {
		case tapped(i, tear):
			// Broken on the shelf, and sold all the same.
			kind[i] = "broken"
			at := p.acts[slices.IndexFunc(p.acts, func(a act) bool { return a.bottle == i && a.deed == tear })].at
			p.acts = append(p.acts, act{at + 2*time.Hour, i, sell, home[i]})
			tell("broken", "seal-broken-before-sale")
		case roll < 0.020:
			kind[i] = "diverted"
			for intended[i] == b.market {
				intended[i] = pickMarket(chance, nil).market
			}
			if tapped(i, append(scans, sell)...) {
				tell("diverted", "wrong-market")
			}
		case roll < 0.035:
			kind[i] = "stolen"
			drop(i, sell)
			if tapped(i, scans...) {
				tell("stolen", "recalled-or-stolen")
			}
		case roll < 0.050:
			// A copy of its code is scanned far away, just after the bottle itself.
			at := slices.IndexFunc(p.acts, func(a act) bool { return a.bottle == i && slices.Contains(scans, a.deed) })
			if at < 0 {
				break
			}
			kind[i] = "copied"
			far := home[i]
			for far == home[i] {
				far = pickMarket(chance, nil)
			}
			s.strangers = append(s.strangers, act{p.acts[at].at + time.Minute, i, scan, far})
			tell("copied", "two-places", "wrong-market")
		case roll < 0.060 && tapped(i, sell):
			kind[i] = "sold twice"
			s.twice[i] = true
			tell("sold twice", "sold-twice")
		case roll < 0.067:
			kind[i] = "destroyed"
			drop(i, sell, empty) // its page says that it has come to its end
			if tapped(i, scans...) {
				tell("destroyed", "after-end")
			}
		}
	}
	for n := range len(p.bottles) / 100 {
		fake := fmt.Sprintf("FAKE%06d", n)
		gtin := p.bottles[chance.IntN(len(p.bottles))].gtin
		at := -1 - n // no bottle of the plan
		s.made[at] = "/01/" + gtin + "/21/" + fake
		s.strangers = append(s.strangers, act{days(2 + 6*chance.Float64()), at, scan, pickMarket(chance, nil)})
		s.truth = append(s.truth, Deviation{Kind: "made up", Key: "01/" + gtin + "/21/" + fake, Expect: []string{"unknown-serial"}})
	}

	// Pallets go to one country each; what is intended decides.
	byMarket := map[string][]int{}
	for i := range p.bottles {
		byMarket[intended[i]] = append(byMarket[intended[i]], i)
	}
	unit, pallets := 0, 0
	for _, m := range markets() {
		for load := range slices.Chunk(byMarket[m.market], perCase*perPallet) {
			unit++
			pallets++
			s.pallet(chance, p, m.market, load, kind, pallets, &unit, drop)
		}
	}
	// In the order of time, but for some that come late.
	slices.SortStableFunc(s.events, func(a, b happening) int { return int(min(1, max(-1, a.at-b.at))) })
	for i := range s.events {
		if chance.Float64() < 0.03 {
			j := min(len(s.events)-1, i+1+chance.IntN(40))
			s.events[i], s.events[j] = s.events[j], s.events[i]
		}
	}
	p.acts = append(p.acts, s.strangers...)
	slices.SortStableFunc(p.acts, func(a, b act) int { return int(min(1, max(-1, a.at-b.at))) })
	return s
}

// pallet sends a load of bottles from the works to a country.
func (s *supply) pallet(chance *rand.Rand, p *plan, country string, load []int, kind map[int]string, number int, unit *int, drop func(int, ...deed)) {
	plant, hub, shop := sites()[0], siteOf(country, "distributor"), siteOf(country, "shop")
	pallet := *unit
	start := days(-45 + 3*chance.Float64())
	wrong := map[int]string{3: "astray", 5: "unshipped", 7: "warm", 11: "lost"}[number%12]
	tell := func(rule string, may ...string) {
		s.truth = append(s.truth, Deviation{Kind: wrong, Key: "00/" + sscc(pallet), Expect: []string{rule}, May: may})
	}
	at := func(ref int) map[string]any { return map[string]any{"id": locationOf(ref)} }
	to := func(ref int) []map[string]any {
		return []map[string]any{{"type": "location", "destination": locationOf(ref)}, {"type": "possessing_party", "destination": partyOf(ref)}}
	}
	object := func(when time.Duration, action, step, disposition string, epcs []string, where int, more map[string]any) {
		data := map[string]any{"type": "ObjectEvent", "action": action, "epcList": epcs, "readPoint": at(where), "bizLocation": at(where)}
		for k, v := range map[string]string{"bizStep": step, "disposition": disposition} {
			if v != "" {
				data[k] = v
			}
		}
		for k, v := range more {
			data[k] = v
		}
		s.add(when, data)
	}
	pack := func(when time.Duration, action, step string, parent int, children []string, where int) {
		s.add(when, map[string]any{"type": "AggregationEvent", "action": action, "bizStep": step, "parentID": container(parent), "childEPCs": children, "readPoint": at(where), "bizLocation": at(where)})
	}

	var cases []string
	type box struct {
		unit    int
		bottles []int
	}
	var boxes []box
	for inside := range slices.Chunk(load, perCase) {
		*unit++
		b := box{*unit, inside}
		boxes = append(boxes, b)
		cases = append(cases, container(b.unit))
		var epcs []string
		for _, i := range inside {
			epcs = append(epcs, epc(p.bottles[i]))
			one := p.bottles[i]
			object(start, "ADD", "commissioning", "active", []string{epc(one)}, plant.ref, map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": one.lot, "cbvmda:itemExpirationDate": "2036-01-01"}})
		}
		pack(start+2*time.Hour, "ADD", "packing", b.unit, epcs, plant.ref)
	}
	pack(start+3*time.Hour, "ADD", "packing", pallet, cases, plant.ref)
	if wrong != "unshipped" {
		object(start+day, "OBSERVE", "shipping", "in_transit", []string{container(pallet)}, plant.ref, map[string]any{"destinationList": to(hub.ref)})
	} else {
		tell("received-without-shipped")
	}
	if wrong == "lost" {
		tell("not-received")
		for _, i := range load {
			drop(i)
			s.forget(keyOf(p.bottles[i]))
			s.strangers = slices.DeleteFunc(s.strangers, func(a act) bool { return a.bottle == i })
		}
		return
	}
	temperature := 12 + 10*chance.Float64()
	if wrong == "warm" {
		temperature = 55
		tell("temperature")
	}
	s.add(start+2*day, map[string]any{"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "sensor_reporting", "epcList": []string{container(pallet)},
		"sensorElementList": []map[string]any{{"sensorReport": []map[string]any{{"type": "Temperature", "value": float64(int(temperature*10)) / 10, "uom": "CEL"}}}}})
	travel := 3 * day
	if country == "US" || country == "JP" {
		travel = 12 * day
		if wrong != "unshipped" { // to leave a port is to be shipped
			object(start+36*time.Hour, "OBSERVE", "departing", "in_transit", []string{container(pallet)}, sites()[1].ref, nil)
		}
		object(start+travel-12*time.Hour, "OBSERVE", "arriving", "in_progress", []string{container(pallet)}, siteOf(country, "customs").ref, nil)
	}
	end := hub
	if wrong == "astray" {
		other := "DE"
		if country == "DE" {
			other = "FR"
		}
		end = siteOf(other, "distributor")
		travel += 2 * day // nobody flies a pallet back
		tell("wrong-destination")
	}
	object(start+day+travel, "OBSERVE", "receiving", "in_progress", []string{container(pallet)}, end.ref, nil)
	pack(start+day+travel+time.Hour, "DELETE", "unpacking", pallet, cases, end.ref)
	for _, b := range boxes {
		out := start + 15*day + time.Duration(chance.Float64()*2*float64(day))
		object(out, "OBSERVE", "shipping", "in_transit", []string{container(b.unit)}, end.ref, map[string]any{"destinationList": to(shop.ref)})
		object(out+2*day, "OBSERVE", "receiving", "in_progress", []string{container(b.unit)}, shop.ref, nil)
		var left, shelf []string
		missing := false
		for _, i := range b.bottles {
			one := epc(p.bottles[i])
			switch kind[i] {
			case "stolen":
				missing = true
				object(out+day, "OBSERVE", "", "stolen", []string{one}, end.ref, nil)
				s.untold[i] = true
				continue
			case "destroyed":
				s.destroyed++
				object(out+3*day, "DELETE", "destroying", "destroyed", []string{one}, shop.ref, nil)
				s.untold[i] = true
			default:
				shelf = append(shelf, one)
			}
			left = append(left, one)
		}
		if len(left) == 0 {
			continue
		}
		pack(out+2*day+time.Hour, "DELETE", "unpacking", b.unit, left, shop.ref)
		if missing {
			s.truth = append(s.truth, Deviation{Kind: "robbed", Key: "00/" + sscc(b.unit), Expect: []string{"quantity-mismatch"}})
		}
		if len(shelf) > 0 {
			object(out+2*day+2*time.Hour, "OBSERVE", "stocking", "sellable_accessible", shelf, shop.ref, nil)
		}
		// A till that was tested, and said so.
		if len(shelf) > 0 && chance.Float64() < 0.02 {
			object(out+4*day, "OBSERVE", "retail_selling", "retail_sold", shelf[:1], shop.ref, nil)
			wrong := s.events[len(s.events)-1]
			data := map[string]any{"errorDeclaration": map[string]any{"declarationTime": out + 5*day, "reason": "incorrect_data"}}
			for k, v := range wrong.data {
				data[k] = v
			}
			s.events = append(s.events, happening{wrong.id, wrong.at, data})
		}
	}
}

func (s *supply) forget(key string) {
	s.truth = slices.DeleteFunc(s.truth, func(d Deviation) bool { return d.Key == key })
}

func (s *supply) add(at time.Duration, data map[string]any) {
	s.nextID++
	s.events = append(s.events, happening{s.nextID, at, data})
}

// document writes events as an EPCIS document. Times count from begin.
func document(seed uint64, begin time.Time, events []happening) ([]byte, error) {
	list := make([]map[string]any, len(events))
	for i, h := range events {
		e := map[string]any{"eventTime": begin.Add(h.at).UTC().Format(time.RFC3339Nano), "eventTimeZoneOffset": "+00:00",
			"eventID": fmt.Sprintf("urn:uuid:%08x-0000-4000-8000-%012x", uint32(seed), h.id)}
		for k, v := range h.data {
			if d, ok := v.(map[string]any); ok && k == "errorDeclaration" {
				v = map[string]any{"reason": d["reason"], "declarationTime": begin.Add(d["declarationTime"].(time.Duration)).UTC().Format(time.RFC3339Nano)}
			}
			e[k] = v
		}
		list[i] = e
	}
	return json.Marshal(map[string]any{"@context": []string{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"}, "type": "EPCISDocument", "schemaVersion": "2.0",
		"creationDate": begin.UTC().Format(time.RFC3339), "epcisBody": map[string]any{"eventList": list}})
}
