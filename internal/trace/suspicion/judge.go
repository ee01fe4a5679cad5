package suspicion

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tagline/internal/place"
	"tagline/internal/trace/chain"
)

// Visit is a run of scans of an item in one country. Times are microseconds since
// 1970; events are those of the ledger.
type Visit struct {
	Market   string // ISO 3166-1 alpha-2
	From, To int64
	First    string // event of the first scan
	Last     string
	Taps     int // at least
	Sessions int // scans with half an hour or more between count as several
	// When the tag first told an opened seal, and a closed one after that.
	Opened, Resealed     int64
	OpenedBy, ResealedBy string
}

// Facts is all that is known of a thing.
type Facts struct {
	Key  string // canonical
	GTIN string // of an item; empty for a container
	Ours bool   // the GTIN is one of our products
	// Known tells what is known of an item otherwise than by events: whether a line or
	// an import made it, and the country it was made for. Nil for nothing.
	Known  func() (made bool, market string)
	Story  []chain.Entry
	Held   []chain.Interval
	Visits []Visit // in the order of time
	// Located tells that the countries of visits are more than a guess by language.
	Located bool
	Places  *place.Map
	Now     int64
}

// Evidence is an event or a scan that a finding rests on.
type Evidence struct {
	EventID string `json:"event,omitempty"` // of EPCIS
	Row     int64  `json:"row,omitempty"`
	Tap     string `json:"tap,omitempty"` // of the ledger
	At      int64  `json:"at"`
	Words   string `json:"words"`
}

// Finding is something that should not be.
type Finding struct {
	Rule     Rule
	Anchor   string // tells findings of one rule about one thing apart
	Severity Severity
	At       int64
	Market   string // where it was seen
	Party    string // key of who had it last, as far as events tell
	Expected string
	Seen     string
	Evidence []Evidence
}

// Judge gives what is suspicious about a thing, and when it should be looked at again
// although nothing new has come: 0 for never.
func Judge(f *Facts, s *Settings) (found []Finding, due int64) {
	j := &judge{Facts: f, s: s, rows: map[int64]*chain.Fact{}}
	for _, e := range f.Story {
		j.rows[e.Fact.Row] = e.Fact
	}
	j.final = chain.At(f.Key, f.Story, chain.Open)
	j.walk()
	j.ways()
	j.contents()
	j.pending()
	return j.found, j.due
}

type judge struct {
	*Facts
	s     *Settings
	rows  map[int64]*chain.Fact
	final chain.State
	state chain.State // as of the step of the walk

	lastShipped *chain.Fact // that brought the destination
	intended    string      // country it was shipped to last
	arrived     []string    // countries where it was received
	soldEver    bool

	found []Finding
	due   int64
}

const (
	minute = int64(time.Minute / time.Microsecond)
	day    = 24 * 60 * minute
)

func (j *judge) skew() int64 { return int64(j.s.SkewMinutes * float64(minute)) }

func (j *judge) raise(f Finding) {
	if slices.Contains(j.s.Off, f.Rule) {
		return
	}
	for _, o := range j.found {
		if o.Rule == f.Rule && o.Anchor == f.Anchor {
			return
		}
	}
	f.Severity = f.Rule.severity()
	if f.Party == "" {
		f.Party = j.holder()
	}
	j.found = append(j.found, f)
}

// holder is who had the thing last.
func (j *judge) holder() string {
	if j.state.Possessor != "" {
		return j.state.Possessor
	}
	return j.state.Owner
}

func (j *judge) later(at int64) {
	if j.due == 0 || at < j.due {
		j.due = at
	}
}

// name tells a place for people.
func (j *judge) name(key string) string {
	if p := j.Places.Of(key); p != nil {
		return p.Name
	}
	if key == "" {
		return "an unknown place"
	}
	return key
}

func (j *judge) countryOf(f *chain.Fact) (country string, free bool) {
	for _, key := range []string{f.Place, f.Point} {
		if p := j.Places.Of(key); p != nil && (p.Country != "" || p.Free) {
			return p.Country, p.Free
		}
	}
	return "", false
}

func (j *judge) event(f *chain.Fact) Evidence {
	words := f.Step
	if words == "" {
		words = f.Disposition
	}
	if words == "" {
		words = strings.ToLower(f.Type)
	}
	words = strings.ReplaceAll(words, "_", " ")
	if at := f.Place; at != "" || f.Point != "" {
		if at == "" {
			at = f.Point
		}
		words += " at " + j.name(at)
		if c, _ := j.countryOf(f); c != "" {
			words += " (" + c + ")"
		}
	}
	return Evidence{EventID: f.EventID, Row: f.Row, At: f.At, Words: words}
}

func (j *judge) mark(m chain.Mark) []Evidence {
	if f := j.rows[m.Row]; f != nil {
		return []Evidence{j.event(f)}
	}
	return nil
}

func tap(v *Visit) Evidence { return Evidence{Tap: v.First, At: v.From, Words: "scan in " + v.Market} }

func date(at int64) string { return time.UnixMicro(at).UTC().Format("2 January 2006 15:04") }

func (j *judge) item() bool { return j.GTIN != "" }

// walk goes through events and visits in the order of time, events first.
func (j *judge) walk() {
	visits := j.Visits
	for i := 0; i <= len(j.Story); i++ {
		for len(visits) > 0 && (i == len(j.Story) || visits[0].From < j.Story[i].Fact.At) {
			j.visit(&visits[0])
			visits = visits[1:]
		}
		if i < len(j.Story) {
			j.entry(j.Story[i])
		}
	}
}

func isSale(f *chain.Fact) bool {
	return f.Step == "retail_selling" || f.Disposition == "retail_sold" || slices.Contains(f.Set, "retail_sold")
}

func (j *judge) entry(e chain.Entry) {
	f, before, own := e.Fact, j.state, len(e.Via) == 0
	sale := isSale(f) && f.Disposition != "returned"
	stocked := own && (f.Step == "stocking" || f.Disposition == "sellable_accessible")
	if j.item() {
		if sale {
			j.sale(f)
		}
		if sale && own || stocked {
			j.market(f)
			j.pastDate(f)
		}
	}
	if own && (f.Step == "receiving" || f.Step == "accepting") {
		j.received(f)
	}
	if own {
		j.temperatures(f)
	}
	j.state.Apply(j.Key, e)
	switch {
	case j.state.Shipped.Row == f.Row:
		j.lastShipped = nil
		for _, d := range f.Destinations {
			if d.Type == "location" {
				j.lastShipped, j.intended = f, ""
				if p := j.Places.Of(d.Key); p != nil {
					j.intended = p.Country
				}
			}
		}
	case j.state.Received.Row == f.Row && before.Received.Row != f.Row:
		if c, _ := j.countryOf(f); c != "" {
			j.arrived = append(j.arrived, c)
		}
	}
	j.soldEver = j.soldEver || j.state.Sold.Is()
}

// sale looks at a sale of an item.
func (j *judge) sale(f *chain.Fact) {
	s, now := &j.state, j.event(f)
	country, _ := j.countryOf(f)
	if s.Sold.Is() && f.At > s.Sold.At+j.skew() {
		j.raise(Finding{Rule: TwoSales, Anchor: f.EventID, At: f.At, Market: country, Evidence: append(j.mark(s.Sold), now),
			Expected: "one sale, that of " + date(s.Sold.At), Seen: "another sale on " + date(f.At)})
	}
	if s.Ended.Is() && f.At > s.Ended.At+j.skew() {
		j.raise(Finding{Rule: Zombie, Anchor: f.EventID, At: f.At, Market: country, Evidence: append(j.mark(s.Ended), now),
			Expected: "nothing after its end on " + date(s.Ended.At), Seen: "a sale on " + date(f.At)})
	}
	if born := j.final.Born; born.Is() && f.At < born.At-j.skew() {
		j.raise(Finding{Rule: Premature, Anchor: f.EventID, At: f.At, Market: country, Evidence: append([]Evidence{now}, j.mark(born)...),
			Expected: "a sale after it was made on " + date(born.At), Seen: "a sale on " + date(f.At)})
	}
	if s.Shipped.Is() && !s.Received.Is() && !slices.Contains(j.arrived, country) {
		j.raise(Finding{Rule: BeforeReceiving, Anchor: f.EventID, At: f.At, Market: country, Evidence: append(j.mark(s.Shipped), now),
			Expected: "to arrive at " + j.name(s.Destination) + " first", Seen: "a sale on its way"})
	}
	j.withdrawn(f.EventID, f.At, country, "a sale", now)
}

// withdrawn looks at what happens to an item that was recalled or stolen.
func (j *judge) withdrawn(anchor string, at int64, country, what string, now Evidence) {
	for _, w := range []struct {
		mark chain.Mark
		word string
	}{{j.state.Recalled, "recalled"}, {j.state.Stolen, "stolen"}} {
		if w.mark.Is() && at >= w.mark.At {
			j.raise(Finding{Rule: Withdrawn, Anchor: w.word + " " + anchor, At: at, Market: country, Evidence: append(j.mark(w.mark), now),
				Expected: "nobody to have it since it was " + w.word + " on " + date(w.mark.At), Seen: what + " on " + date(at)})
		}
	}
}

// market looks whether an item is offered or sold where it should be.
func (j *judge) market(f *chain.Fact) {
	country, free := j.countryOf(f)
	want, from := j.wanted()
	if country == "" || free || want == "" || country == want {
		return
	}
	what := "sold"
	if !isSale(f) {
		what = "offered for sale"
	}
	j.raise(Finding{Rule: Diversion, Anchor: country, At: f.At, Market: country, Evidence: append(from, j.event(f)),
		Expected: "to be sold in " + want, Seen: what + " in " + country + " at " + j.name(f.Place)})
}

// wanted is the country in which an item is meant to be sold, and how that is known.
func (j *judge) wanted() (country string, by []Evidence) {
	if j.intended != "" {
		return j.intended, []Evidence{j.event(j.lastShipped)}
	}
	_, market := j.known()
	return market, nil
}

func (j *judge) known() (made bool, market string) {
	if j.Known == nil || !j.item() {
		return false, ""
	}
	return j.Known()
}

// pastDate looks at the best-before date: it counts to the end of its day, anywhere.
func (j *judge) pastDate(f *chain.Fact) {
	day, err := time.Parse("2006-01-02", strings.SplitN(j.state.BestBefore, "T", 2)[0])
	if err != nil || f.At < day.Add(36*time.Hour).UnixMicro() {
		return
	}
	country, _ := j.countryOf(f)
	j.raise(Finding{Rule: PastDate, Anchor: "", At: f.At, Market: country, Evidence: append(j.mark(j.state.Born), j.event(f)),
		Expected: "to be sold until " + day.Format("2 January 2006"), Seen: "offered or sold on " + date(f.At)})
}

// received looks at a receipt.
func (j *judge) received(f *chain.Fact) {
	s := &j.state
	country, _ := j.countryOf(f)
	switch under := s.Shipped.Is() && !s.Received.Is(); {
	case under && s.Destination != "" && f.Place != "" && !j.same(s.Destination, f.Place):
		j.raise(Finding{Rule: WrongPlace, Anchor: f.EventID, At: f.At, Market: country, Evidence: append(j.mark(s.Shipped), j.event(f)),
			Expected: "to be received at " + j.name(s.Destination), Seen: "received at " + j.name(f.Place)})
	case !under && s.Where.Is() && f.Place != "" && s.Place != "" && !j.same(s.Place, f.Place):
		for _, e := range j.Story {
			g := e.Fact
			if g.At >= f.At && g.At <= f.At+day && g.Step == "shipping" && slices.ContainsFunc(g.Destinations, func(p chain.Party) bool { return p.Type == "location" && j.same(p.Key, f.Place) }) {
				if g.At > f.At+j.skew() {
					j.raise(Finding{Rule: WrongOrder, Anchor: f.EventID, At: f.At, Market: country, Evidence: []Evidence{j.event(f), j.event(g)},
						Expected: "to be shipped before it is received", Seen: "received on " + date(f.At) + ", shipped on " + date(g.At)})
				}
				return
			}
		}
		j.raise(Finding{Rule: NotShipped, Anchor: f.EventID, At: f.At, Market: country, Evidence: append(j.mark(s.Where), j.event(f)),
			Expected: "to be shipped from " + j.name(s.Place) + " before it comes to " + j.name(f.Place), Seen: "received without a shipment"})
	}
}

// same tells whether two keys are one location or parts of one another.
func (j *judge) same(a, b string) bool {
	gln := func(k string) string { k, _, _ = strings.Cut(k, "/254/"); return k }
	if gln(a) == gln(b) {
		return true
	}
	under := func(k, top string) bool {
		for range 8 {
			p := j.Places.Of(k)
			if p == nil || p.Parent == "" {
				return false
			}
			if k = p.Parent; gln(k) == gln(top) {
				return true
			}
		}
		return false
	}
	return under(a, b) || under(b, a)
}

func (j *judge) temperatures(f *chain.Fact) {
	r := j.s.rangeOf(j.GTIN)
	for _, t := range f.Temperatures {
		if t.Low >= r.Low && t.High <= r.High {
			continue
		}
		worst := t.High
		if t.Low < r.Low {
			worst = t.Low
		}
		country, _ := j.countryOf(f)
		j.raise(Finding{Rule: Excursion, Anchor: f.EventID, At: t.At, Market: country, Evidence: []Evidence{j.event(f)},
			Expected: fmt.Sprintf("%g to %g °C", r.Low, r.High), Seen: fmt.Sprintf("%.1f °C on %s", worst, date(t.At))})
		return
	}
}

// visit looks at scans of an item in one country.
func (j *judge) visit(v *Visit) {
	s, now := &j.state, tap(v)
	if born := j.final.Born; born.Is() && v.From < born.At-j.skew() {
		j.raise(Finding{Rule: Premature, Anchor: v.First, At: v.From, Market: v.Market, Evidence: append([]Evidence{now}, j.mark(born)...),
			Expected: "a scan after it was made on " + date(born.At), Seen: "a scan on " + date(v.From)})
	}
	if s.Ended.Is() && !j.soldEver && v.From > s.Ended.At+j.skew() {
		j.raise(Finding{Rule: Zombie, Anchor: v.First, At: v.From, Market: v.Market, Evidence: append(j.mark(s.Ended), now),
			Expected: "nothing after its end on " + date(s.Ended.At), Seen: "a scan on " + date(v.From)})
	}
	j.withdrawn(v.First, v.From, v.Market, "a scan in "+v.Market, now)
	if !j.Located || v.Market == "" {
		return
	}
	if s.Shipped.Is() && !s.Received.Is() && !s.Sold.Is() && !slices.Contains(j.arrived, v.Market) {
		j.raise(Finding{Rule: BeforeReceiving, Anchor: v.First, At: v.From, Market: v.Market, Evidence: append(j.mark(s.Shipped), now),
			Expected: "to arrive at " + j.name(s.Destination) + " first", Seen: "a scan in " + v.Market + " while it was on its way"})
	}
	// Whoever has bought it may carry it anywhere.
	if want, from := j.wanted(); want != "" && want != v.Market && !j.soldEver {
		j.raise(Finding{Rule: Diversion, Anchor: v.Market, At: v.From, Market: v.Market, Evidence: append(from, now),
			Expected: "to be sold in " + want, Seen: "a scan in " + v.Market + " before any sale"})
	}
}
