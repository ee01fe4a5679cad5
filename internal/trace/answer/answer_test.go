package answer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/jsondoc"
	"tagline/epcis/xmldoc"
	"tagline/internal/trace/answer"
	"tagline/internal/trace/repository"
)

func stored(t *testing.T, more string) repository.Stored {
	t.Helper()
	item, err := jsondoc.ReadEvent([]byte(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ours":"https://brand.example/"}],"type":"ObjectEvent","eventID":"urn:x:1","action":"OBSERVE","bizStep":"shipping",
"epcList":["urn:epc:id:sgtin:0614141.112345.400"],"eventTime":"2026-11-01T00:00:00Z","eventTimeZoneOffset":"+01:00"`+more+`}`), epcis.Limits{})
	if err != nil || item.Refused() {
		t.Fatal(err, item.Problems)
	}
	return repository.Stored{Row: 1, Event: item.Event}
}

var now = time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)

// Each header asks for one spelling, in both forms, and what is written is read back.
func TestAnswersAreSpelledAsTheHeadersAsk(t *testing.T) {
	for _, row := range []struct {
		format, words string
		xml           bool
		want          []string
	}{
		{"", "", false, []string{`"https://id.gs1.org/01/10614141123459/21/400"`, `"queryName":"mine"`, `"creationDate":"2026-11-02T03:04:05.000Z"`, `"ours":"https://brand.example/"`}},
		{"Always_EPC_URN", "", false, []string{`"urn:epc:id:sgtin:0614141.112345.400"`}},
		{"Never_Translates", "", false, []string{`"urn:epc:id:sgtin:0614141.112345.400"`}},
		{"Always_GS1_Digital_Link", "", true, []string{"<epc>https://id.gs1.org/01/10614141123459/21/400</epc>", "<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>"}},
		{"Always_EPC_URN", "Always_URN", true, []string{"<epc>urn:epc:id:sgtin:0614141.112345.400</epc>", "<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>"}},
	} {
		s, err := answer.SpellingOf(http.Header{"Gs1-Epc-Format": {row.format}, "Gs1-Cbv-Xml-Format": {row.words}})
		if err != nil {
			t.Fatal(err)
		}
		s.XML = row.xml
		text, err := answer.Document([]repository.Stored{stored(t, `,"ours:note":"x"`)}, answer.Query{Name: "mine"}, s, []string{"0614141"}, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range row.want {
			if !strings.Contains(string(text), want) {
				t.Errorf("%+v: %s is not in %s", row, want, text)
			}
		}
		var next func() (epcis.Item, error)
		if row.xml {
			r, err := xmldoc.Open(strings.NewReader(string(text)), epcis.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			next = r.Next
		} else {
			r, err := jsondoc.Open(strings.NewReader(string(text)), epcis.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			next = r.Next
		}
		if item, err := next(); err != nil || item.Refused() || item.Event.EventID != "urn:x:1" || len(item.Event.Extensions) != 1 {
			t.Errorf("%+v is read back as %+v (%v)", row, item, err)
		}
	}
	for name, value := range map[string]string{"Gs1-Epc-Format": "Sometimes", "Gs1-Cbv-Xml-Format": "urn"} {
		if _, err := answer.SpellingOf(http.Header{name: {value}}); err == nil {
			t.Errorf("%s: %s was taken", name, value)
		}
	}
}

// A Digital Link tells no length of its company prefix: a URN is written only where
// that is known.
func TestAURNNeedsTheLengthOfThePrefix(t *testing.T) {
	e := stored(t, "")
	e.Event.EPCList = []string{"https://id.gs1.org/01/10614141123459/21/400"}
	for companies, want := range map[string]string{"": "https://id.gs1.org/01/10614141123459/21/400", "0614141": "urn:epc:id:sgtin:0614141.112345.400"} {
		text, err := answer.Document([]repository.Stored{e}, answer.Query{}, answer.Spelling{Form: identifier.URN}, strings.Fields(companies), now)
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("with the prefixes %q: %s (%v)", companies, text, err)
		}
	}
}

func TestAReportMayBeEmpty(t *testing.T) {
	text, err := answer.Document(nil, answer.Query{Name: "none", Subscription: "sub_1"}, answer.Spelling{}, nil, now)
	if err != nil || !strings.Contains(string(text), `"eventList":[]`) || !strings.Contains(string(text), `"subscriptionID":"sub_1"`) {
		t.Errorf("a report without events: %s (%v)", text, err)
	}
}
