package place

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tagline/epcis/identifier"
	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/place/listfile"
)

// Class says whether something is where, or who.
type Class string

// The classes.
const (
	Location Class = "location"
	Party    Class = "party"
)

// Place is a location or a party of the supply chain.
type Place struct {
	Key      string  `json:"key"` // canonical, as in 414/9506000134345 or 417/9506000134345, or a URI
	Class    Class   `json:"class"`
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`              // one of Kinds
	Country  string  `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Located  bool    `json:"located,omitempty"` // Lat and Lng are known
	Lat      float64 `json:"lat,omitempty"`     // degrees
	Lng      float64 `json:"lng,omitempty"`
	RadiusKM float64 `json:"radiusKm,omitempty"` // how far what happens there may be from its middle
	// Free tells a zone where goods of any market may be: duty free, a hub.
	Free     bool   `json:"free,omitempty"`
	Parent   string `json:"parent,omitempty"`   // key of the location it is a part of
	Operator string `json:"operator,omitempty"` // key of the party that runs it
}

// Kinds lists what a location or a party can be.
func Kinds(c Class) []string {
	if c == Party {
		return []string{"own", "distributor", "retailer", "carrier", "authority", "other"}
	}
	return []string{"plant", "warehouse", "port", "customs", "distributor", "shop", "outlet", "other"}
}

// Point is where it is: its coordinates, or else the middle of its country; false
// when neither is known.
func (p *Place) Point() (Point, bool) {
	if p.Located {
		return Point{p.Lat, p.Lng, p.RadiusKM}, true
	}
	return Country(p.Country)
}

// KeyOf reads a key as people have it: a GLN, an element string, a URN, a Digital
// Link or any URI. A GLN by itself is that of the class. Errors: Invalid.
func KeyOf(text string, c Class) (string, error) {
	text = strings.TrimSpace(text)
	no := fault.New(fault.Invalid, "this is not a key of a location or a party", "Give a GLN of 13 digits, (414)9506000134345, a URN, a Digital Link or another URI.")
	switch {
	case len(text) == 13 && strings.Trim(text, "0123456789") == "":
		if c == Party {
			text = "417/" + text
		} else {
			text = "414/" + text
		}
	case strings.HasPrefix(text, "("):
		elements, err := gs1.ParseElements(text)
		if err != nil {
			return "", no
		}
		if text, err = gs1.FormatLink(gs1.CanonicalStem, elements); err != nil {
			return "", no
		}
	}
	if strings.HasPrefix(text, "414/") || strings.HasPrefix(text, "417/") {
		text = gs1.CanonicalStem + "/" + text
	}
	key := identifier.Key(text)
	if key == "" || len(key) > 500 || !utf8.ValidString(key) || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' }) {
		return "", no
	}
	if rest, ok := strings.CutPrefix(key, gs1.CanonicalStem+"/"); ok { // a GLN that does not check
		return "", fault.Newf(fault.Invalid, "%s is not a key: its check digit or its form is wrong", rest).WithHint("Compare it with what GS1 gave you.")
	}
	if identifier.IsKey(key) {
		if want := map[Class]string{Location: "414/", Party: "417/"}[c]; !strings.HasPrefix(key, want) {
			return "", fault.Newf(fault.Invalid, "%s is not the key of a %s", key, c).WithHint("Locations have the key 414, parties 417.")
		}
	} else if !strings.Contains(key, ":") {
		return "", no
	}
	return key, nil
}

// Check gives the place with its keys in canonical form. Errors: Invalid, naming
// fields.
func (p Place) Check() (Place, error) {
	f := fault.New(fault.Invalid, "this location or party cannot be kept", "Correct the fields that are named.")
	says := func(err error) string {
		if e := new(fault.Error); errors.As(err, &e) {
			return e.Message
		}
		return err.Error()
	}
	if p.Class == "" {
		p.Class = Location
	}
	if p.Class != Location && p.Class != Party {
		f = f.At("body.class", "location or party")
		p.Class = Location
	}
	for _, k := range []struct {
		field string
		into  *string
		class Class
		must  bool
	}{{"body.key", &p.Key, p.Class, true}, {"body.parent", &p.Parent, Location, false}, {"body.operator", &p.Operator, Party, false}} {
		if *k.into == "" && !k.must {
			continue
		}
		key, err := KeyOf(*k.into, k.class)
		if err != nil {
			f = f.At(k.field, says(err))
			continue
		}
		*k.into = key
	}
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	if p.Name == "" || len(p.Name) > 200 || strings.ContainsFunc(p.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		f = f.At("body.name", "1 to 200 bytes are needed")
	}
	if p.Kind == "" {
		p.Kind = "other"
	}
	if !slices.Contains(Kinds(p.Class), p.Kind) {
		f = f.At("body.kind", "one of "+strings.Join(Kinds(p.Class), ", "))
	}
	if _, known := Country(p.Country); p.Country != "" && !known {
		f = f.At("body.country", "not a country of ISO 3166-1 in two capital letters, such as DE")
	}
	if p.Located && !(p.Lat >= -90 && p.Lat <= 90) {
		f = f.At("body.latitude", "degrees from -90 to 90")
	}
	if p.Located && !(p.Lng >= -180 && p.Lng <= 180) {
		f = f.At("body.longitude", "degrees from -180 to 180")
	}
	if !(p.RadiusKM >= 0 && p.RadiusKM <= 5000) {
		f = f.At("body.radiusKm", "kilometres from 0 to 5000")
	}
	if p.Class == Party && (p.Located || p.Free || p.Parent != "" || p.Operator != "" || p.RadiusKM != 0) {
		f = f.At("body.class", "a party has no coordinates, zone, parent or operator")
	}
	if p.Parent != "" && p.Parent == p.Key {
		f = f.At("body.parent", "it cannot be a part of itself")
	}
	if len(f.Fields) > 0 {
		return p, f
	}
	return p, nil
}

// FromRow reads a line of a file. The error is Invalid, naming columns.
func FromRow(r listfile.Row) (Place, error) {
	p := Place{Key: r.Fields["key"], Class: Class(strings.ToLower(r.Fields["class"])), Name: r.Fields["name"], Kind: strings.ToLower(r.Fields["kind"]), Country: strings.ToUpper(r.Fields["country"]),
		Parent: r.Fields["parent"], Operator: r.Fields["operator"]}
	if p.Class == "" && strings.Contains(p.Key, "417") && !strings.HasPrefix(p.Key, "414") && (strings.HasPrefix(p.Key, "(417)") || strings.HasPrefix(p.Key, "417/") || strings.Contains(p.Key, "/417/")) {
		p.Class = Party
	}
	if strings.HasPrefix(p.Key, "urn:epc:id:pgln:") && p.Class == "" {
		p.Class = Party
	}
	f := fault.New(fault.Invalid, "this line cannot be read", "Correct the columns that are named.")
	number := func(column string, into *float64) bool {
		text := r.Fields[column]
		if text == "" {
			return false
		}
		v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil {
			f = f.At(column, "not a number: "+strconv.Quote(text))
		}
		*into = v
		return true
	}
	lat, lng := number("latitude", &p.Lat), number("longitude", &p.Lng)
	number("radius_km", &p.RadiusKM)
	if p.Located = lat && lng; lat != lng {
		f = f.At("latitude", "latitude and longitude stand together")
	}
	switch strings.ToLower(r.Fields["free_zone"]) {
	case "", "no", "false", "0":
	case "yes", "true", "1":
		p.Free = true
	default:
		f = f.At("free_zone", "yes or no")
	}
	if len(f.Fields) > 0 {
		return p, f
	}
	return p.Check()
}

// Row writes a place as a line of a file.
func (p Place) Row() listfile.Row {
	fields := map[string]string{"key": p.Key, "class": string(p.Class), "name": p.Name, "kind": p.Kind, "country": p.Country, "parent": p.Parent, "operator": p.Operator}
	if p.Located {
		fields["latitude"], fields["longitude"] = number(p.Lat), number(p.Lng)
	}
	if p.RadiusKM != 0 {
		fields["radius_km"] = number(p.RadiusKM)
	}
	if p.Free {
		fields["free_zone"] = "yes"
	}
	return listfile.Row{Fields: fields}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
