package epcisapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/query"
	"tagline/gs1"
	"tagline/gs1/epc"
	"tagline/internal/access"
	"tagline/internal/trace/repository"
)

// collection is one of the lists of what occurs in events.
type collection struct {
	role      query.Role
	parameter string // of a query for one of its values
	kind      epcis.WordKind
	words     bool // its values are words of the vocabulary
}

func collections() map[string]collection {
	return map[string]collection{
		"eventTypes":   {role: query.EventType, parameter: "eventType"},
		"epcs":         {role: query.EPC, parameter: "MATCH_anyEPC"},
		"bizSteps":     {role: query.BizStep, parameter: "EQ_bizStep", kind: epcis.BizSteps, words: true},
		"bizLocations": {role: query.BizLocation, parameter: "EQ_bizLocation"},
		"readPoints":   {role: query.ReadPoint, parameter: "EQ_readPoint"},
		"dispositions": {role: query.Disposition, parameter: "EQ_disposition", kind: epcis.Dispositions, words: true},
	}
}

// collectionBody is how EPCIS writes a list of resources.
type collectionBody struct {
	Context string   `json:"@context"`
	Type    string   `json:"type"`
	Member  []string `json:"member"`
}

func (x *exchange) collection(members []string) error {
	if members == nil {
		members = []string{}
	}
	return x.json(http.StatusOK, collectionBody{epcis.StandardContext, "Collection", members})
}

// root lists what there is.
func (x *exchange) root() error {
	return x.collection([]string{"events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions", "capture", "queries"})
}

// collectionRoute finds the list, one of its values, or the events of a value. A
// value may have been written with its slashes unescaped.
func (x *exchange) collectionRoute(parts []string) (route, error) {
	read := func(op operation) map[string]operation {
		op.action = access.TraceRead
		return map[string]operation{http.MethodGet: op}
	}
	if len(parts) == 1 {
		return route{methods: read(operation{do: (*exchange).values, page: true})}, nil
	}
	rest := parts[1:]
	events := len(rest) > 1 && rest[len(rest)-1] == "events"
	if events {
		rest = rest[:len(rest)-1]
	}
	x.parts = []string{parts[0], strings.Join(rest, "/")}
	if events {
		x.parts = append(x.parts, "events")
		return route{exists: (*exchange).valueExists, methods: read(operation{do: (*exchange).valueEvents, open: true, page: true, xml: true})}, nil
	}
	return route{exists: (*exchange).valueExists, methods: read(operation{do: (*exchange).value})}, nil
}

// values lists a collection. Words of the standard are always there.
func (x *exchange) values() error {
	size, at, err := x.page()
	if err != nil {
		return err
	}
	c := collections()[x.parts[0]]
	list, err := x.Repository.Values(x.r.Context(), c.role, x.viewer(), at.Text, size+1)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(merge(list, standard(c)), func(s string) bool { return s <= at.Text })
	if len(list) > size {
		list = list[:size]
		if err := x.next(size, place{Text: list[size-1]}); err != nil {
			return err
		}
	}
	s, err := spellingOf(x.r.Header)
	if err != nil {
		return err
	}
	_, companies, err := x.Repository.Prefixes(x.r.Context())
	if err != nil {
		return err
	}
	held := epc.Prefixes(companies...)
	for i, text := range list {
		if identifier.IsKey(text) {
			list[i] = gs1.CanonicalStem + "/" + text
			if s.Form == identifier.URN {
				list[i] = identifier.Translate(list[i], s.Form, held)
			}
		}
	}
	return x.collection(list)
}

func standard(c collection) []string {
	switch {
	case c.role == query.EventType:
		return []string{epcis.AggregationEvent, epcis.AssociationEvent, epcis.ObjectEvent, epcis.TransactionEvent, epcis.TransformationEvent}
	case c.words:
		return epcis.Words(c.kind)
	}
	return nil
}

func merge(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// fixed gives the parameter that a value of a collection stands for.
func (x *exchange) fixed() url.Values {
	return url.Values{collections()[x.parts[0]].parameter: {x.parts[1]}}
}

// valueExists answers 404 for what never occurred and is no word of the standard.
func (x *exchange) valueExists() error {
	c, text := collections()[x.parts[0]], x.parts[1]
	context, err := x.prefixes()
	if err != nil {
		return err
	}
	if c.words {
		text = epcis.Word(c.kind, text, context)
	}
	if slices.Contains(standard(c), text) {
		return nil
	}
	q, err := query.Build(map[string][]string(x.fixed()), context)
	if err != nil {
		return err
	}
	a, err := x.Repository.Find(x.r.Context(), q, x.viewer(), repository.Page{Size: 1})
	if err == nil && len(a.Events) == 0 {
		err = problem{status: http.StatusNotFound, name: "NoSuchResourceException", detail: "no event names " + clip(x.parts[1])}
	}
	return err
}

func (x *exchange) value() error {
	if err := x.valueExists(); err != nil {
		return err
	}
	return x.collection([]string{"events"})
}

func (x *exchange) valueEvents() error {
	if err := x.valueExists(); err != nil {
		return err
	}
	q, err := x.parameters(x.fixed())
	if err != nil {
		return err
	}
	return x.answer(q, "SimpleEventQuery")
}

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
