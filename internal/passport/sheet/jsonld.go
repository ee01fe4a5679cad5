package sheet

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Format is a shape in which a passport is written: JSON-LD, and whatever a
// registry or a sector's act asks for in future.
type Format struct {
	Name      string // in ?format= and in the access log: "jsonld"
	MediaType string // "application/ld+json"
	File      string // its name in a copy
	// Write gives the same bytes for the same view and stem (scheme and host).
	Write func(v View, stem string) ([]byte, error)
}

// JSONLD is the format of this package: JSON-LD 1.1 with its context inline, so that
// it is read without another request. Terms are schema.org's and the GS1 Web
// Vocabulary's where they have one; the rest stands under a name of its own, in no
// registered namespace.
func JSONLD() Format {
	return Format{Name: "jsonld", MediaType: "application/ld+json", File: "passport.jsonld", Write: writeJSONLD}
}

type object map[string]any

const ownTerms = "urn:tagline:passport:1:"

func linkedContext() object {
	localized := func(id string) object { return object{"@id": id, "@container": "@language"} }
	date := func(id string) object {
		return object{"@id": id, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
	}
	link := func(id string) object { return object{"@id": id, "@type": "@id"} }
	return object{
		"@version": 1.1, "schema": "https://schema.org/", "gs1": "https://ref.gs1.org/voc/", "passport": ownTerms,
		"gtin": "gs1:gtin", "lot": "gs1:hasBatchLotNumber", "serial": "gs1:hasSerialNumber", "gln": "schema:globalLocationNumber",
		"canonical": link("http://www.w3.org/2002/07/owl#sameAs"),
		"name":      localized("schema:name"), "description": localized("schema:description"), "label": localized("schema:name"), "title": localized("schema:name"),
		"organization": "schema:name", "operator": "passport:responsibleOperator", "facility": "passport:facility", "eori": "passport:eori",
		"address": "schema:address", "country": "schema:addressCountry", "email": "schema:email", "telephone": "schema:telephone", "url": link("schema:url"),
		"level": "passport:level", "status": "schema:creativeWorkStatus", "reason": "passport:reason", "withdrawn": date("passport:withdrawn"), "version": "schema:version",
		"published": date("schema:datePublished"), "validFrom": date("schema:validFrom"), "sha256": "schema:sha256",
		"sections": object{"@id": "passport:section", "@container": "@list"}, "attributes": object{"@id": "passport:attribute", "@container": "@list"},
		"property": "schema:propertyID", "text": localized("schema:value"), "number": "schema:value", "unit": "schema:unitText", "list": object{"@id": "schema:value", "@container": "@list"},
		"link": link("schema:url"), "tier": "passport:tier", "saidBy": "passport:saidBy", "inherits": object{"@id": "passport:inherits", "@container": "@list"},
		"documents": "schema:subjectOf", "file": "passport:file", "language": "schema:inLanguage", "mediaType": "schema:encodingFormat", "bytes": "passport:bytes",
		"content": link("schema:contentUrl"), "hiddenAttributes": "passport:hiddenAttributes",
	}
}

// writeJSONLD writes a view as canonical JSON, indented for people.
func writeJSONLD(v View, stem string) ([]byte, error) {
	o := object{
		"@context": linkedContext(), "@id": stem + v.Anchor.Path(), "@type": []string{"schema:Product", "gs1:Product"},
		"canonical": "https://id.gs1.org" + v.Anchor.Path(), "gtin": v.Anchor.GTIN, "level": string(v.Anchor.Level()), "status": string(v.Status),
	}
	put(o, "lot", v.Anchor.Lot)
	put(o, "serial", v.Anchor.Serial)
	if v.Anchor.Serial != "" {
		put(o, "lot", v.Lot)
	}
	put(o, "reason", v.Reason)
	if !v.WithdrawnAt.IsZero() {
		o["withdrawn"] = stamp(v.WithdrawnAt)
	}
	o["version"] = v.Version
	if !v.Gone() {
		o["published"], o["validFrom"], o["sha256"], o["hiddenAttributes"] = stamp(v.PublishedAt), stamp(v.ValidFrom), v.SHA256, v.Hidden
		putText(o, "name", v.Name)
		putText(o, "description", v.Description)
		if v.Operator != nil {
			o["operator"] = linkedOperator(*v.Operator)
		}
		if f := v.Facility; f != nil {
			place := object{"@type": "schema:Place"}
			put(place, "organization", f.Name)
			put(place, "gln", f.GLN)
			put(place, "country", f.Country)
			o["facility"] = place
		}
		linkedSections(o, v.Sections)
		linkedDocuments(o, v, stem)
	}
	text, err := Canonical(o)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func put(o object, key, value string) {
	if value != "" {
		o[key] = value
	}
}

func putText(o object, key string, l Localized) {
	if len(l) > 0 {
		o[key] = l
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func linkedOperator(op Operator) object {
	o := object{"@type": "schema:Organization"}
	put(o, "organization", op.Name)
	put(o, "gln", op.GLN)
	put(o, "eori", op.EORI)
	put(o, "address", op.Address)
	put(o, "country", op.Country)
	put(o, "email", op.Email)
	put(o, "telephone", op.Phone)
	put(o, "url", op.URL)
	return o
}

// linkedSections writes the sections, and each attribute that has a term of a
// vocabulary as a property of the product as well.
func linkedSections(o object, list []ViewSection) {
	if len(list) == 0 {
		return
	}
	sections := make([]object, 0, len(list))
	for _, s := range list {
		attributes := make([]object, 0, len(s.Attributes))
		for _, a := range s.Attributes {
			one := object{"@type": "schema:PropertyValue", "property": a.Name, "label": a.Label, "tier": string(a.Tier), "saidBy": string(a.From)}
			putText(one, "text", a.Text)
			if a.Number != nil {
				one["number"] = *a.Number
			}
			put(one, "unit", a.Unit)
			if len(a.List) > 0 {
				entries := make([]any, len(a.List))
				for i, l := range a.List {
					entries[i] = object{"label": l}
				}
				one["list"] = entries
			}
			put(one, "link", a.Link)
			attributes = append(attributes, one)
			if a.Term != "" && o[a.Term] == nil {
				o[a.Term] = termValue(a.Attribute)
			}
		}
		sections = append(sections, object{"@type": "passport:Section", "property": s.Name, "label": s.Label, "attributes": attributes})
	}
	o["sections"] = sections
}

// termValue is an attribute's value as its vocabulary has it: texts with their
// languages, a number with its unit, an address.
func termValue(a Attribute) any {
	vocabulary, _, _ := strings.Cut(a.Term, ":")
	texts := func(l Localized) []object {
		var list []object
		for _, tag := range slices.Sorted(maps.Keys(l)) {
			list = append(list, object{"@language": tag, "@value": l[tag]})
		}
		return list
	}
	switch {
	case len(a.Text) > 0:
		return texts(a.Text)
	case a.Number != nil && a.Unit != "":
		unit := "unitText"
		if vocabulary == "gs1" {
			unit = "unitCode"
		}
		return object{"@type": vocabulary + ":QuantitativeValue", vocabulary + ":value": *a.Number, vocabulary + ":" + unit: a.Unit}
	case a.Number != nil:
		return *a.Number
	case a.Link != "":
		return object{"@id": a.Link}
	}
	var all []object
	for _, l := range a.List {
		all = append(all, texts(l)...)
	}
	return all
}

func linkedDocuments(o object, v View, stem string) {
	if len(v.Documents) > 0 {
		documents := make([]object, 0, len(v.Documents))
		for _, f := range v.Documents {
			one := object{"@type": "schema:DigitalDocument", "file": f.Name, "title": f.Title, "mediaType": f.Type, "bytes": f.Bytes, "sha256": f.SHA256,
				"tier": string(f.Tier), "saidBy": string(f.From), "content": stem + DocumentPath(v, f.SHA256)}
			put(one, "language", f.Language)
			documents = append(documents, one)
		}
		o["documents"] = documents
	}
	if len(v.Sources) > 1 {
		inherits := make([]object, 0, len(v.Sources)-1)
		for _, s := range v.Sources[1:] {
			inherits = append(inherits, object{"@id": stem + s.Anchor.Path(), "level": string(s.Anchor.Level()), "version": s.Version, "sha256": s.SHA256})
		}
		o["inherits"] = inherits
	}
}
