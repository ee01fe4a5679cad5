package answer

import (
	"fmt"
	"net/http"
	"time"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/jsonout"
	"tagline/epcis/xmlout"
	"tagline/gs1/epc"
	"tagline/internal/sqldb"
	"tagline/internal/trace/repository"
)

// Spelling is how a document spells identifiers and words.
type Spelling struct {
	Form  identifier.Form
	Words xmlout.Words
	XML   bool
}

// SpellingOf reads the headers GS1-EPC-Format and GS1-CBV-XML-Format. The error names
// what is possible.
func SpellingOf(h http.Header) (s Spelling, err error) {
	switch h.Get("GS1-EPC-Format") {
	case "", "No_Preference", "Always_GS1_Digital_Link":
		s.Form = identifier.Link
	case "Always_EPC_URN":
		s.Form = identifier.URN
	case "Never_Translates":
		s.Form = identifier.Captured
	default:
		return s, fmt.Errorf("GS1-EPC-Format is No_Preference, Always_GS1_Digital_Link, Always_EPC_URN or Never_Translates")
	}
	switch h.Get("GS1-CBV-XML-Format") {
	case "", "No_Preference", "Always_Web_URI":
		s.Words = xmlout.WebURIs
	case "Always_URN":
		s.Words = xmlout.URNs
	case "Never_Translates":
		s.Words = xmlout.Captured
	default:
		return s, fmt.Errorf("GS1-CBV-XML-Format is No_Preference, Always_Web_URI, Always_URN or Never_Translates")
	}
	return s, nil
}

// Query names what found the events.
type Query struct {
	Name         string
	Subscription string // its id, for what is sent to a subscriber
}

// Document writes events as an EPCISQueryDocument. companies are the company prefixes
// that are known. The error is a *xmlout.FormError.
func Document(list []repository.Stored, q Query, s Spelling, companies []string, now time.Time) ([]byte, error) {
	held := epc.Prefixes(companies...)
	events := make([]*epcis.Event, len(list))
	for i, e := range list {
		events[i] = e.Event.Translated(s.Form, held)
	}
	around := jsonout.Gather(events...)
	doc := &epcis.Document{Query: true, QueryName: q.Name, SubscriptionID: q.Subscription, SchemaVersion: "2.0",
		CreationDate: epcis.Time{Text: epcis.FormatTime(sqldb.Micros(now) / 1000 * 1000)}}
	if s.XML {
		b, err := xmlout.AppendDocument(nil, doc, around)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if b, err = xmlout.AppendEvent(b, e, around, s.Words); err != nil {
				return nil, err
			}
		}
		return xmlout.AppendEnd(b, doc), nil
	}
	b := jsonout.AppendDocument(make([]byte, 0, 1024*(len(list)+1)), doc, around)
	for i, e := range events {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsonout.AppendEvent(b, e, around)
	}
	return jsonout.AppendEnd(b, doc), nil
}
