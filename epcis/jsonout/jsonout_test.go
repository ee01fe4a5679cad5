package jsonout_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/epcis/jsonout"
)

// shared gives the folder of the published documents, or skips.
func shared(t testing.TB) string {
	t.Helper()
	root := os.Getenv("TAGLINE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "epcis")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the published documents are not there (folder shared beside the checkout, or TAGLINE_SHARED): only our own are tested")
	}
	return dir
}

// all reads every event of a document.
func all(t testing.TB, src []byte, limits epcis.Limits) ([]epcis.Item, *epcis.Document, error) {
	t.Helper()
	r, err := jsondoc.Open(bytes.NewReader(src), limits)
	if err != nil {
		return nil, nil, err
	}
	var items []epcis.Item
	for {
		item, err := r.Next()
		if err == io.EOF {
			return items, r.Document(), nil
		}
		if err != nil {
			return items, r.Document(), err
		}
		items = append(items, item)
	}
}

// Where we differ from the JSON schema, and why.
var stricter = map[string]string{
	"gs1/2.0-json/association-event/AssociationEvent-h.jsonld":                                  "eventID stands twice in one object",
	"gs1/2.0-json/with-full-combination-of-fields/transaction_event_all_possible_fields.jsonld": "a sensor attribute stands in metadata and report (TCR-53, 29)",
	"openepcis/2.0-json/capture/documents/JumbledFieldsOrder.json":                              "a sensor attribute stands in metadata and report (TCR-53, 29)",
	"openepcis/2.0-json/capture/documents/TransactionEvent_all_possible_fields.json":            "a sensor attribute stands in metadata and report (TCR-53, 29)",
	"openepcis/2.0-json/query/JumbledFieldsOrder.json":                                          "a sensor attribute stands in metadata and report (TCR-53, 29)",
	"openepcis/2.0-json/capture/documents/AggregationEvent_with_persistentDisposition.json":     "accepted: the XSD allows it",
}

func TestPublishedDocumentsAreJudgedAsTheSchemaDoes(t *testing.T) {
	dir := shared(t)
	var manifest struct {
		Documents []struct {
			File, Format string
			Events       int
			Schema       struct {
				Valid *bool `json:"json_schema_formats_on"`
			}
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		t.Fatal(err)
	}
	judged, events := 0, 0
	for _, d := range manifest.Documents {
		if d.Format != "json" || d.Schema.Valid == nil {
			continue
		}
		name := strings.TrimPrefix(d.File, "documents/")
		src, err := os.ReadFile(filepath.Join(dir, d.File))
		if err != nil {
			t.Fatal(err)
		}
		items, _, err := all(t, src, epcis.Limits{Strict: true})
		if err != nil && strings.Contains(name, "/events/") {
			item, bare := jsondoc.ReadEvent(src, epcis.Limits{Strict: true})
			items, err = []epcis.Item{item}, bare
		}
		var wrong []epcis.Problem
		for _, item := range items {
			for _, p := range item.Problems {
				if !warning(p) {
					wrong = append(wrong, p)
				}
			}
		}
		valid := err == nil && len(wrong) == 0
		judged++
		if valid == *d.Schema.Valid != (stricter[name] == "") {
			t.Errorf("%s is valid: %v, by the schema: %v (%v, %v)", name, valid, *d.Schema.Valid, err, wrong)
		}
		if valid && len(items) != d.Events {
			t.Errorf("%s has %d events, not %d", name, len(items), d.Events)
		}
		for _, item := range items {
			if item.Event == nil || item.Refused() {
				continue
			}
			events++
			roundTrip(t, name, item.Event)
		}
	}
	if judged < 60 || events < 80 {
		t.Errorf("only %d documents with %d good events were found", judged, events)
	}
}

// warning tells of the rules that are no rules of the JSON schema.
func warning(p epcis.Problem) bool {
	return p.Rule == "time-order" || p.Rule == "pair" || p.Rule == "unit" && strings.Contains(p.Detail, "belongs")
}

// roundTrip writes an event alone and in a document, reads it again, and compares.
func roundTrip(t *testing.T, name string, e *epcis.Event) {
	t.Helper()
	alone := jsonout.AppendEvent(nil, e, nil)
	item, err := jsondoc.ReadEvent(alone, epcis.Limits{})
	if err != nil || item.Refused() {
		t.Errorf("%s: what was written is not read: %v %v\n%s", name, err, item.Problems, alone)
		return
	}
	same(t, name+" alone", item.Event, e)

	doc := &epcis.Document{Query: true, QueryName: "all", SchemaVersion: "2.0", CreationDate: e.EventTime}
	around := jsonout.Gather(e)
	b := jsonout.AppendDocument(nil, doc, around)
	b = jsonout.AppendEvent(b, e, around)
	items, got, err := all(t, jsonout.AppendEnd(b, doc), epcis.Limits{})
	if err != nil || len(items) != 1 || items[0].Refused() || got.QueryName != "all" {
		t.Errorf("%s: the document is not read: %v\n%s", name, err, b)
		return
	}
	same(t, name+" in a document", items[0].Event, e)

	// As it is stored.
	stored, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var again epcis.Event
	if err := json.Unmarshal(stored, &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&again, e) {
		t.Errorf("%s is another event after it was stored", name)
	}
}

// same compares two events but for the addresses of their contexts and the spelling
// of standard values.
func same(t *testing.T, name string, got, want *epcis.Event) {
	t.Helper()
	g, w := *got, *want
	g.Context, w.Context = nil, nil
	for _, e := range []*epcis.Event{&g, &w} {
		e.BizStep, e.Disposition = epcis.Word(epcis.BizSteps, e.BizStep, want.Context), epcis.Word(epcis.Dispositions, e.Disposition, want.Context)
	}
	a, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	// A bare word is written for every spelling of a standard value.
	if x, y := bare(string(a)), bare(string(b)); x != y {
		t.Errorf("%s: read again it is\n%s\nnot\n%s", name, x, y)
	}
}

func bare(s string) string {
	return strings.NewReplacer("urn:epcglobal:cbv:btt:", "", "urn:epcglobal:cbv:sdt:", "", "urn:epcglobal:cbv:disp:", "", "urn:epcglobal:cbv:er:", "",
		"https://ref.gs1.org/cbv/BTT-", "", "https://ref.gs1.org/cbv/SDT-", "", "https://ref.gs1.org/cbv/Disp-", "", "https://ref.gs1.org/cbv/Comp-", "", "cbv:Comp-", "",
		"https://gs1.org/voc/", "", "gs1:", "").Replace(s)
}

const document = `{
  "epcisBody": {"eventList": [
    {"type": "ObjectEvent", "eventTime": "2026-11-26T12:00:00.123456789+01:00", "eventTimeZoneOffset": "+01:00",
     "epcList": ["urn:epc:id:sgtin:0614141.112345.400"], "action": "ADD", "bizStep": "commissioning", "disposition": "active",
     "readPoint": {"id": "urn:epc:id:sgln:0614141.11111.0", "gin:gate": 7},
     "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 1.10, "uom": "KGM"}],
     "sensorElementList": [{"sensorMetadata": {"deviceID": "https://id.gs1.org/8004/400000112345"},
        "sensorReport": [{"type": "Temperature", "value": 0, "uom": "CEL", "booleanValue": false, "stringValue": ""}]}],
     "ilmd": {"gin:botanicals": ["juniper", "angelica", null, 3, true, {"gin:of": {"deep": "x"}}]},
     "gin:batch": {"@context": {"b": "https://b.example/"}, "b:x": 1.0}, "https://other.example/ns#y": "z"},
    {"@context": [{"gin": "https://second.example/"}], "type": "https://example.com/OwnEvent", "eventTime": "2026-11-26T11:00:00Z", "eventTimeZoneOffset": "-14:00", "gin:a": "ü"}
  ]},
  "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-26T12:00:00Z",
  "epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": [
     {"id": "urn:epc:id:sgln:0614141.11111.0", "attributes": [{"id": "cbvmda:countryCode", "attribute": "DE"}], "children": ["urn:epc:id:sgln:0614141.11111.1"]}]}]}},
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"gin": "https://gin.example/", "old": {"@id": "https://old.example/"}}],
  "gin:note": "x"
}`

func TestADocumentOfOurOwn(t *testing.T) {
	for name, src := range map[string]string{"plain": document, "with a mark": "\ufeff" + document, "with CRLF": strings.ReplaceAll(document, "\n", "\r\n")} {
		items, doc, err := all(t, []byte(src), epcis.Limits{Strict: true})
		if err != nil || len(items) != 2 {
			t.Fatalf("%s: %d events, %v", name, len(items), err)
		}
		for _, item := range items {
			if len(item.Problems) > 0 {
				t.Errorf("%s: %v", name, item.Problems)
			}
			roundTrip(t, name, item.Event)
		}
		e := items[0].Event
		if e.EventTime.Micro != 1795690800123456 || e.EventTime.Text != "2026-11-26T12:00:00.123456789+01:00" {
			t.Errorf("the time is %+v", e.EventTime)
		}
		r := e.SensorElementList[0].Reports[0]
		if r.Value != "0" || r.BooleanValue == nil || *r.BooleanValue || r.StringValue == nil || *r.StringValue != "" {
			t.Errorf("a value that is nothing was lost: %+v", r)
		}
		if e.QuantityList[0].Amount != "1.10" {
			t.Errorf("the decimal became %s", e.QuantityList[0].Amount)
		}
		if f := e.Extensions[0]; f.Name != (epcis.Name{Space: "https://gin.example/", Local: "batch", Prefix: "gin"}) || f.Value.Fields[1].Name.Space != "https://b.example/" {
			t.Errorf("the prefix of a context that stands behind the events: %+v", f)
		}
		if f := e.Extensions[1]; f.Name != (epcis.Name{Space: "https://other.example/ns#", Local: "y"}) {
			t.Errorf("a name that is a URI: %+v", f.Name)
		}
		if f := items[1].Event.Extensions[0]; f.Name.Space != "https://second.example/" || items[1].Line != 11 {
			t.Errorf("the event's own context: %+v in line %d", f.Name, items[1].Line)
		}
		v := doc.Vocabularies[0].Elements[0]
		if v.Attributes[0].ID != "urn:epcglobal:cbv:mda:countryCode" || v.Attributes[0].Value.Text != "DE" || v.Children[0] != "urn:epc:id:sgln:0614141.11111.1" {
			t.Errorf("master data: %+v", v)
		}
	}
}

func TestTwoMeaningsOfAPrefix(t *testing.T) {
	items, _, err := all(t, []byte(document), epcis.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	around := jsonout.Gather(items[0].Event, items[1].Event)
	if _, bound := around.Space("gin"); bound {
		t.Error("a prefix with two meanings stands in the document's context")
	}
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: items[0].Event.EventTime}
	b := jsonout.AppendDocument(nil, doc, around)
	b = jsonout.AppendEvent(b, items[0].Event, around)
	b = append(b, ',')
	b = jsonout.AppendEvent(b, items[1].Event, around)
	again, _, err := all(t, jsonout.AppendEnd(b, doc), epcis.Limits{})
	if err != nil || len(again) != 2 {
		t.Fatalf("%v\n%s", err, b)
	}
	for i := range again {
		same(t, "event", again[i].Event, items[i].Event)
	}
}

func TestWhatIsRefused(t *testing.T) {
	head := `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-26T12:00:00Z","epcisBody":{"eventList":[`
	good := `"type":"ObjectEvent","eventTime":"2026-11-26T12:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE","epcList":["urn:epc:id:sgtin:0614141.112345.400"]`
	with := func(more string) string { return head + "\n{" + good + "," + more + "}]}}" }
	for _, c := range []struct{ src, rule, pointer string }{
		{"", "syntax", ""}, {"[]", "syntax", ""}, {"{", "syntax", ""}, {head, "syntax", ""}, {head + "]}}x", "syntax", ""},
		{head + "{}{}]}}", "syntax", ""}, {head + "{}]}}", "missing-field", "/epcisBody/eventList/0/eventTime"},
		{strings.Replace(head, "EPCISDocument", "Invoice", 1) + "]}}", "no-epcis", "/type"},
		{strings.Replace(head, "@context", "ex:context", 1) + "]}}", "missing-field", "/@context"},
		{strings.Replace(head, `"2.0"`, `"2.x"`, 1) + "]}}", "version", "/schemaVersion"},
		{strings.Replace(head, `12:00:00Z`, `12:00:00`, 1) + "]}}", "time", "/creationDate"},
		{strings.Replace(head, `"schemaVersion"`, `"schemaVerson"`, 1) + "]}}", "missing-field", "/schemaVersion"},
		{strings.Replace(head, `"type"`, `"Sender":"x","type"`, 1) + "]}}", "unknown-field", "/Sender"},
		{strings.Replace(head, `"type"`, `"sender":1,"type"`, 1) + "]}}", "text", "/sender"},
		{with(`"eventtime":1`), "unknown-field", "/epcisBody/eventList/0/eventtime"},
		{with(`"action":"ADD"`), "duplicate-name", "/epcisBody/eventList/0"},
		{with(`"recordTime":"2026-11-26T12:00:00"`), "time-without-zone", "/epcisBody/eventList/0/recordTime"},
		{with(`"bizStep":"shiping"`), "unknown-word", "/epcisBody/eventList/0/bizStep"},
		{with(`"bizStep":"urn:epcglobal:cbv:bizstep:shipping"`), "bare-word", "/epcisBody/eventList/0/bizStep"},
		{with(`"parentID":"urn:epc:id:sscc:0614141.1234567890"`), "forbidden-field", "/epcisBody/eventList/0"},
		{with(`"ilmd":{"ex:a":1}`), "forbidden-field", "/epcisBody/eventList/0/ilmd"},
		{with(`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":"3"}]`), "number", "/epcisBody/eventList/0/quantityList/0/quantity"},
		{with(`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":-3}]`), "number", "/epcisBody/eventList/0/quantityList/0/quantity"},
		{with(`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":03}]`), "syntax", "/epcisBody/eventList/0"},
		{with(`"readPoint":"urn:epc:id:sgln:0614141.11111.0"`), "object", "/epcisBody/eventList/0/readPoint"},
		{with(`"sourceList":[{"source":"urn:epc:id:pgln:4012345.00001"}]`), "missing-field", "/epcisBody/eventList/0/sourceList/0/type"},
		{with(`"eventID":"no uri"`), "not-a-uri", "/epcisBody/eventList/0/eventID"},
		{strings.Replace(with(`"ex:a":1`), "112345.400", "112345.400 ", 1), "not-a-uri", "/epcisBody/eventList/0/epcList/0"},
		{strings.Replace(with(`"ex:a":1`), "urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123450/21/1", 1), "identifier", "/epcisBody/eventList/0/epcList/0"},
		{strings.Replace(with(`"ex:a":1`), "urn:epc:id:sgtin:0614141.112345.400", "urn:epc:idpat:sgtin:0614141.112345.*", 1), "pattern", "/epcisBody/eventList/0/epcList/0"},
		{with(`"ex:a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100)), "depth", ""},
		{with(`"ex:a":"` + strings.Repeat("x", 1<<20) + `"`), "too-large", "/epcisBody/eventList/0"},
		{with("\"ex:a\":\"\xff\""), "syntax", "/epcisBody/eventList/0"},
		{with("\"ex:a\":\"\n\""), "syntax", "/epcisBody/eventList/0"},
		{head + "{" + good + "},{" + good + "},{" + good + "},{" + good + "}]}}", "too-many", "/epcisBody/eventList/3"},
	} {
		items, _, err := all(t, []byte(c.src), epcis.Limits{Strict: true, MaxEvents: 3})
		var p epcis.Problem
		if !errors.As(err, &p) {
			for _, item := range items {
				if len(item.Problems) > 0 && p.Rule == "" {
					p = item.Problems[0]
				}
			}
		}
		if p.Rule != c.rule || c.pointer != "" && p.Pointer != c.pointer || p.Detail == "" || p.Line == 0 && p.Rule != "missing-field" {
			t.Errorf("%.300q: %+v (%v), not %s at %s", c.src, p, err, c.rule, c.pointer)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(`{"@context":[],"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"queryName":"a","resultsBody":{"eventList":[{"type":"ObjectEvent"}]}}}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		items, _, err := all(t, src, epcis.Limits{MaxEvents: 20, MaxEvent: 1 << 16})
		if err != nil {
			return
		}
		for _, item := range items {
			if item.Event == nil || item.Refused() {
				continue
			}
			b := jsonout.AppendEvent(nil, item.Event, nil)
			again, err := jsondoc.ReadEvent(b, epcis.Limits{})
			if err != nil || again.Refused() {
				t.Fatalf("%v %v\n%s", err, again.Problems, b)
			}
			if c := jsonout.AppendEvent(nil, again.Event, nil); !bytes.Equal(b, c) {
				t.Fatalf("written twice it differs:\n%s\n%s", b, c)
			}
		}
	})
}

const small = `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"ObjectEvent","eventID":"urn:uuid:4a2b1c3d-0000-4000-8000-000000000001","eventTime":"2026-11-26T12:00:00.000+01:00","eventTimeZoneOffset":"+01:00","epcList":["urn:epc:id:sgtin:0614141.112345.400","urn:epc:id:sgtin:0614141.112345.401"],"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:0614141.11111.0"},"destinationList":[{"type":"location","destination":"urn:epc:id:sgln:0614141.22222.0"}]}`

func BenchmarkReadEvent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if item, err := jsondoc.ReadEvent([]byte(small), epcis.Limits{}); err != nil || item.Refused() {
			b.Fatal(err, item.Problems)
		}
	}
}
