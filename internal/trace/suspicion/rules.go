package suspicion

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tagline/internal/fault"
)

// Rule names a rule.
type Rule string

// The rules.
const (
	UnknownSerial   Rule = "unknown-serial"
	Premature       Rule = "before-made"
	Zombie          Rule = "after-end"
	BeforeReceiving Rule = "before-receiving"
	Diversion       Rule = "wrong-market"
	Clone           Rule = "two-places"
	TwoSales        Rule = "sold-twice"
	SealBroken      Rule = "seal-broken-before-sale"
	Resealed        Rule = "resealed"
	Speed           Rule = "impossible-speed"
	Sessions        Rule = "too-many-sessions"
	PastDate        Rule = "past-best-before"
	Withdrawn       Rule = "recalled-or-stolen"
	NotShipped      Rule = "received-without-shipped"
	NotReceived     Rule = "not-received"
	WrongPlace      Rule = "wrong-destination"
	Quantity        Rule = "quantity-mismatch"
	Excursion       Rule = "temperature"
	TwoContainers   Rule = "contained-twice"
	WrongOrder      Rule = "impossible-order"
)

// Severity says how urgent it is to look.
type Severity string

// The severities.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Described is a rule in words.
type Described struct {
	Rule     Rule
	Severity Severity
	Title    string
	Words    string   // what it looks at
	Settings []string // of Settings, by their JSON names
}

// Rules lists the rules, the gravest first.
func Rules() []Described {
	return []Described{
		{Diversion, High, "Wrong market", "Sold, stocked, or scanned before its sale in another country than the one it was shipped to. Free zones do not count.", nil},
		{Clone, High, "In two places", "Scanned where it cannot have come from the place of the scan or event before: a copy, or a copied code.", []string{"speedKmh", "minKm", "skewMinutes"}},
		{TwoSales, High, "Sold twice", "Sold again without having been returned.", []string{"skewMinutes"}},
		{SealBroken, High, "Seal broken before sale", "Opened, and then still shipped, stocked or sold.", []string{"skewMinutes"}},
		{Withdrawn, High, "Recalled or stolen", "Sold or scanned after it was recalled or reported stolen.", nil},
		{Zombie, High, "Sold or scanned after its end", "Seen again after it was taken out of service or destroyed.", []string{"skewMinutes"}},
		{Resealed, High, "Sealed again", "The tag tells a closed seal after an opened one.", nil},
		{UnknownSerial, Medium, "Unknown serial", "A number of a product of ours that nobody has made.", nil},
		{BeforeReceiving, Medium, "Scanned or sold before it arrived", "Sold or scanned while it is on its way, in a country where it was never received.", nil},
		{Speed, Medium, "Impossible speed", "Two events of the supply chain in places too far from each other for the time between.", []string{"speedKmh", "minKm", "skewMinutes"}},
		{WrongPlace, Medium, "Wrong destination", "Received at another place than it was shipped to.", nil},
		{Quantity, Medium, "Other contents than packed", "What was unpacked or seen in a container is not what was packed into it.", []string{"graceHours"}},
		{Excursion, Medium, "Too warm or too cold", "A sensor told a temperature outside of the range.", []string{"temperature", "products"}},
		{TwoContainers, Medium, "In two containers", "Packed into a container while it is in another.", nil},
		{NotReceived, Medium, "Not arrived", "Shipped, and received nowhere since.", []string{"transitDays"}},
		{NotShipped, Low, "Received without shipment", "Received somewhere else without having been shipped.", nil},
		{WrongOrder, Low, "Impossible order", "Received before it was shipped there.", []string{"skewMinutes"}},
		{Premature, Low, "Before it was made", "Sold or scanned before its commissioning.", []string{"skewMinutes"}},
		{Sessions, Low, "Scanned very often", "More scanning sessions within some days than one bottle has.", []string{"sessions", "sessionDays"}},
		{PastDate, Low, "Past its best-before date", "Stocked or sold after its best-before date.", nil},
	}
}

// Title gives a rule's name for people.
func (r Rule) Title() string {
	for _, d := range Rules() {
		if d.Rule == r {
			return d.Title
		}
	}
	return string(r)
}

func (r Rule) severity() Severity {
	for _, d := range Rules() {
		if d.Rule == r {
			return d.Severity
		}
	}
	return Low
}

// Range is the temperatures that a product bears, in degrees Celsius.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Settings are what the rules may be told.
type Settings struct {
	Off         []Rule           `json:"off"`         // rules that do not look
	SpeedKMH    float64          `json:"speedKmh"`    // faster than this nothing travels
	MinKM       float64          `json:"minKm"`       // places nearer than this are one
	SkewMinutes float64          `json:"skewMinutes"` // by which clocks may differ
	TransitDays float64          `json:"transitDays"` // until what was shipped should have arrived
	GraceHours  float64          `json:"graceHours"`  // for unpacking the rest of a container
	Sessions    int              `json:"sessions"`
	SessionDays float64          `json:"sessionDays"`
	Temperature Range            `json:"temperature"`
	Products    map[string]Range `json:"products"` // by GTIN, where it is another range
}

// Defaults are the settings to begin with.
func Defaults() Settings {
	return Settings{Off: []Rule{}, SpeedKMH: 900, MinKM: 100, SkewMinutes: 15, TransitDays: 21, GraceHours: 24, Sessions: 25, SessionDays: 30,
		Temperature: Range{-5, 40}, Products: map[string]Range{}}
}

// Check says whether settings can be followed. Errors: Invalid, naming fields.
func (s Settings) Check() (Settings, error) {
	f := fault.New(fault.Invalid, "these settings cannot be followed", "Correct the fields that are named.")
	s.Off, s.Products = slices.Clone(s.Off), maps.Clone(s.Products)
	slices.Sort(s.Off)
	s.Off = slices.Compact(s.Off)
	if s.Off == nil {
		s.Off = []Rule{}
	}
	for _, r := range s.Off {
		if !slices.ContainsFunc(Rules(), func(d Described) bool { return d.Rule == r }) {
			f = f.At("body.off", fmt.Sprintf("there is no rule %.40q", string(r)))
		}
	}
	between := func(name string, v, low, high float64) {
		if !(v >= low && v <= high) {
			f = f.At("body."+name, fmt.Sprintf("a number from %g to %g", low, high))
		}
	}
	between("speedKmh", s.SpeedKMH, 1, 100_000)
	between("minKm", s.MinKM, 0, 20_000)
	between("skewMinutes", s.SkewMinutes, 0, 24*60)
	between("transitDays", s.TransitDays, 0.01, 1000)
	between("graceHours", s.GraceHours, 0, 24*365)
	between("sessions", float64(s.Sessions), 1, 1_000_000)
	between("sessionDays", s.SessionDays, 0.01, 3650)
	check := func(name string, r Range) {
		between(name+".low", r.Low, -273.15, 1000)
		between(name+".high", r.High, -273.15, 1000)
		if r.Low > r.High {
			f = f.At("body."+name, "the low end is above the high end")
		}
	}
	check("temperature", s.Temperature)
	if len(s.Products) > 10_000 {
		f = f.At("body.products", "at most 10000")
	}
	for gtin, r := range s.Products {
		if len(gtin) != 14 || strings.Trim(gtin, "0123456789") != "" {
			f = f.At("body.products", fmt.Sprintf("%.20q is not a GTIN of 14 digits", gtin))
		}
		check("products."+gtin, r)
	}
	if s.Products == nil {
		s.Products = map[string]Range{}
	}
	if len(f.Fields) > 0 {
		return s, f
	}
	return s, nil
}

// rangeOf is the range of temperatures of a product.
func (s *Settings) rangeOf(gtin string) Range {
	if r, own := s.Products[gtin]; own {
		return r
	}
	return s.Temperature
}
