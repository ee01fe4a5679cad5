package query_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/jsondoc"
	"tagline/epcis/query"
)

// vocabulary is master data in memory.
type vocabulary []epcis.Vocabulary

func (v vocabulary) each(kind string, fn func(e epcis.VocabularyElement)) {
	for _, list := range v {
		if strings.HasSuffix(list.Type, ":"+kind) {
			for _, e := range list.Elements {
				fn(e)
			}
		}
	}
}

func (v vocabulary) Descendants(kind, key string) (out []string, _ error) {
	seen := map[string]bool{key: true}
	for todo := []string{key}; len(todo) > 0; todo = todo[1:] {
		v.each(kind, func(e epcis.VocabularyElement) {
			if identifier.Key(e.ID) != todo[0] {
				return
			}
			for _, child := range e.Children {
				if k := identifier.Key(child); !seen[k] {
					seen[k] = true
					out, todo = append(out, k), append(todo, k)
				}
			}
		})
	}
	return out, nil
}

func (v vocabulary) WithAttribute(kind, attribute string, values []string) (out []string, _ error) {
	v.each(kind, func(e epcis.VocabularyElement) {
		for _, a := range e.Attributes {
			if a.ID == attribute && (values == nil || slices.Contains(values, a.Value.Text)) {
				out = append(out, identifier.Key(e.ID))
			}
		}
	})
	return out, nil
}

func TestPublishedCases(t *testing.T) {
	root := os.Getenv("TAGLINE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "epcis", "query")
	src, err := os.ReadFile(filepath.Join(dir, "corpus.json"))
	if err != nil {
		t.Skip("the query cases are not there (folder shared beside the checkout, or TAGLINE_SHARED): only our own are tested")
	}
	var events []*epcis.Event
	r, err := jsondoc.Open(bytes.NewReader(src), epcis.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		item, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || item.Refused() {
			t.Fatal(err, item.Problems)
		}
		events = append(events, item.Event)
	}
	var cases struct {
		Cases []struct {
			ID     string
			Params map[string]any
			Expect struct {
				EventIDs []string
				Ordered  bool
				Error    string
			}
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	if len(events) != 23 || len(cases.Cases) != 140 {
		t.Fatalf("%d events, %d cases", len(events), len(cases.Cases))
	}
	for _, c := range cases.Cases {
		raw, err := json.Marshal(c.Params)
		if err != nil {
			t.Fatal(err)
		}
		q, err := query.ParseJSON(raw, r.Document().Context)
		var got []string
		if err == nil {
			if q, err = q.Resolve(vocabulary(r.Document().Vocabularies)); err == nil {
				got, err = run(q, events)
			}
		}
		if c.Expect.Error != "" {
			var wrong *query.Error
			if !errors.As(err, &wrong) || wrong.Name != c.Expect.Error {
				t.Errorf("%s: %v, not %s", c.ID, err, c.Expect.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if !c.Expect.Ordered {
			slices.Sort(got)
			slices.Sort(c.Expect.EventIDs)
		}
		if !slices.Equal(got, c.Expect.EventIDs) {
			t.Errorf("%s %s gives\n%v\nnot\n%v", c.ID, raw, got, c.Expect.EventIDs)
		}
	}
}

// run is the whole query in memory.
func run(q *query.Query, events []*epcis.Event) ([]string, error) {
	var met []*epcis.Event
	for _, e := range events {
		if q.Matches(e) {
			met = append(met, e)
		}
	}
	if q.Max >= 0 && len(met) > q.Max {
		return nil, &query.Error{Name: "QueryTooLargeException", Detail: "too many"}
	}
	if q.OrderBy == "eventTime" {
		slices.SortStableFunc(met, func(a, b *epcis.Event) int {
			if q.Ascending {
				a, b = b, a
			}
			return int(b.EventTime.Micro/1000 - a.EventTime.Micro/1000)
		})
	}
	if q.Limit > 0 {
		met = met[:min(q.Limit, len(met))]
	}
	ids := []string{}
	for _, e := range met {
		ids = append(ids, e.EventID)
	}
	return ids, nil
}

const bottle = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"gin":"https://gin.example/"}],"type":"ObjectEvent","eventID":"urn:uuid:1",
"eventTime":"2026-11-26T12:00:00+01:00","eventTimeZoneOffset":"+01:00","action":"OBSERVE","bizStep":"retail_selling","disposition":"retail_sold",
"epcList":["urn:epc:id:sgtin:0614141.112345.400"],"quantityList":[{"epcClass":"urn:epc:idpat:sgtin:4012345.012345.*","quantity":0},{"epcClass":"urn:epc:class:lgtin:4012345.012345.L1","quantity":1.5,"uom":"KGM"}],
"readPoint":{"id":"urn:epc:id:sgln:0614141.11111.7","gin:till":"4"},"bizTransactionList":[{"type":"po","bizTransaction":"https://example.com/po/1"}],
"sensorElementList":[{"sensorMetadata":{"time":"2026-11-26T10:00:00Z","deviceID":"urn:epc:id:giai:4000001.12345"},"sensorReport":[{"type":"Temperature","value":4,"uom":"CEL","booleanValue":false,"stringValue":"","hexBinaryValue":"f0"},{"type":"Volume","value":0,"uom":"LTR"}]}],
"gin:score":26.0,"gin:best":"2028-01-31T00:00:00+01:00","gin:shop":{"gin:name":"Kr\u00fcger","gin:tags":["a","b"]}}`

func TestParameters(t *testing.T) {
	item, err := jsondoc.ReadEvent([]byte(bottle), epcis.Limits{Strict: true})
	if err != nil || len(item.Problems) > 0 {
		t.Fatal(err, item.Problems)
	}
	for text, want := range map[string]bool{
		"": true, "eventType=ObjectEvent|AggregationEvent": true, "eventType=AggregationEvent": false, "eventType=AggregationEvent&eventType=ObjectEvent": false,
		"GE_eventTime=2026-11-26T11:00:00Z": true, "LT_eventTime=2026-11-26T11:00:00Z": false, "LT_eventTime=2026-11-26T12:00:00.001%2B01:00": true,
		"EQ_bizStep=shipping|urn:epcglobal:cbv:bizstep:retail_selling": true, "EQ_bizStep=cbv:BizStep-retail_selling": true, "EQ_disposition=sold": false,
		"EQ_readPoint=https://id.gs1.org/414/0614141111114/254/7": true, "WD_readPoint=urn:epc:id:sgln:0614141.11111.7": true, "EQ_bizLocation=urn:epc:id:sgln:0614141.11111.7": false,
		"MATCH_epc=https://brand.example/01/10614141123459/21/400": true, "MATCH_epc=urn:epc:idpat:sgtin:0614141.*.*": true, "MATCH_epc=urn:epc:id:sgtin:0614141.112345.*": false,
		"MATCH_anyEPCClass=urn:epc:idpat:sgtin:4012345.012345.*": true, "MATCH_epcClass=https://id.gs1.org/01/04012345123456": true, "MATCH_epcClass=urn:epc:id:sgtin:4012345.012345.1": false,
		"MATCH_inputEPCClass=urn:epc:idpat:sgtin:4012345.012345.*": false, "EQ_quantity=0": true, "LT_quantity=0": false, "GE_quantity_GRM=1500": true, "GT_quantity_GRM=1500": false, "EQ_quantity_LTR=1.5": false,
		"EQ_bizTransaction_po=https://example.com/po/1": true, "EQ_bizTransaction_inv=https://example.com/po/1": false, "EQ_bizTransaction_urn:epcglobal:cbv:btt:po=https://example.com/po/1": true,
		"EXISTS_errorDeclaration=true": false, "EXISTS_errorDeclaration=false": true, "EXISTS_sensorElementList=": true, "EXISTS_sensorElement=1": true,
		"EQ_value_KEL=277.15": true, "GT_value_CEL=4": false, "GE_value_FAH=39.2": true, "EQ_value_LTR=0": true, "EQ_value_MLT=5|0": true, "EQ_booleanValue=false": true, "EQ_booleanValue=true": false,
		"EQ_stringValue=": true, "EQ_hexBinaryValue=F0": true, "EQ_deviceID=https://id.gs1.org/8004/400000112345": true, "EQ_type=gs1:Volume": true, "GE_time=2026-11-26T10:00:00Z": true, "GE_startTime=2026-11-26T10:00:00Z": false,
		"EQ_gin:score=26": true, "EQ_gin:score=x|26.00": true, "GT_gin:score=9": true, "LT_https://gin.example/%23score=100": true, "GE_gin:best=2028-01-30T23:00:00Z": true, "LT_gin:best=2028-01-30T23:00:00Z": false,
		"EQ_gin:name=Krüger": false, "EQ_INNER_gin:name=Krüger": true, "EQ_INNER_gin:tags=b": true, "EXISTS_gin:shop=true": true, "EXISTS_gin:none=true": false, "EXISTS_INNER_gin:shop=true": false,
		"EQ_readPoint_gin:till=4.0": true, "EQ_ILMD_gin:till=4": false, "EQ_unbound:score=26": false, "GT_gin:score=zebra": false,
		"HASATTR_bizLocation=cbvmda:countryCode": false, "EQ_bizStep=retail_selling&EQ_action=ADD": false,
	} {
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		q, err := query.Parse(values, item.Event.Context)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if q, err = q.Resolve(vocabulary(nil)); err != nil {
			t.Fatal(err)
		}
		if text == "eventType=AggregationEvent&eventType=ObjectEvent" {
			want = true // a parameter may stand several times
		}
		if got := q.Matches(item.Event); got != want {
			t.Errorf("%s matches: %v", text, got)
		}
		again, err := query.Build(q.Parameters, item.Event.Context)
		if err != nil || again.Matches(item.Event) != want && !strings.Contains(text, "WD_") && !strings.Contains(text, "HASATTR") {
			t.Errorf("%s, built again: %v", text, err)
		}
	}
}

func TestParametersThatAreRefused(t *testing.T) {
	for text, hint := range map[string]string{
		"bizStep=shipping": "unknown", "EQ_bizstep=shipping": "EQ_bizStep", "FOO_bizStep=x": "unknown", "EQ_=x": "unknown", "MATCH_inputEpcClass=x": "MATCH_inputEPCClass",
		"GT_eventTime=2026-11-26T11:00:00Z": "GE_ and LT_", "GE_eventTime=2026-11-26T11:00:00": "zone", "GE_eventTime=2026-11-26T11:00:00+01:00": "%2B", "GE_eventTime=yesterday": "date",
		"EQ_action=SELL": "ADD", "EQ_bizTransaction_bil=x": "bol", "GE_quantity=NaN": "number", "GE_quantity=1e999": "number", "GE_value_cel=1": "unit", "GE_value=1": "unknown", "EQ_percRank=1": "unknown",
		"GT_value_CEL=1&GT_value_CEL=2": "one value", "EQ_booleanValue=yes": "true", "EXISTS_errorDeclaration=maybe": "true", "EXISTS_epcList=true": "unknown",
		"orderBy=bizStep": "order", "orderDirection=up": "ASC", "eventCountLimit=0": "number", "eventCountLimit=3": "orderBy", "orderBy=eventTime&eventCountLimit=1&maxEventCount=1": "one of them",
		"maxEventCount=-1": "number", "HASATTR_epcList=x": "readPoint", "EQATTR_bizLocation=x": "attribute", "perPage=3": "unknown", "WD_epc=x": "unknown",
	} {
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = query.Parse(values, nil)
		var e *query.Error
		if !errors.As(err, &e) || e.Name != "QueryParameterException" || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", text, err)
		}
	}
	many := url.Values{}
	for range 2001 {
		many.Add("EQ_eventID", "urn:x:1")
	}
	var e *query.Error
	if _, err := query.Parse(many, nil); !errors.As(err, &e) || e.Name != "QueryTooComplexException" {
		t.Errorf("2,001 values: %v", err)
	}
	for _, src := range []string{"", "[]", `{"EQ_action":{}}`, `{"EQ_action":[null]}`, `{"EQ_action":[]}`} {
		if _, err := query.ParseJSON([]byte(src), nil); !errors.As(err, &e) {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("EQ_bizStep=shipping&GE_value_CEL=3&EQ_INNER_ILMD_gin:a=b&orderBy=eventTime&eventCountLimit=3")
	f.Add("MATCH_anyEPC=urn:epc:idpat:sgtin:0614141.*.*&EQATTR_bizLocation_cbvmda:countryCode=DE")
	item, err := jsondoc.ReadEvent([]byte(bottle), epcis.Limits{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q, err := query.Parse(values, item.Event.Context)
		if err != nil {
			return
		}
		if q, err = q.Resolve(vocabulary(nil)); err != nil {
			t.Fatal(err)
		}
		met := q.Matches(item.Event)
		again, err := query.Build(q.Parameters, item.Event.Context)
		if err != nil {
			t.Fatal(err)
		}
		if again, err = again.Resolve(vocabulary(nil)); err != nil || again.Matches(item.Event) != met {
			t.Fatalf("%s is another query the second time: %v", text, err)
		}
	})
}
