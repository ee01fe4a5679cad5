package epcisapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tagline/internal/sqldb/sqldbtest"
)

func TestSubscriptions(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	s.ask("POST", "/queries", `{"name":"mine","query":{"EQ_bizStep":["shipping"]}}`, "Content-Type", "application/json")
	subscribe := func(body string, headers ...string) said {
		return s.ask("POST", "/queries/mine/subscriptions", body, append([]string{"Content-Type", "application/json"}, headers...)...)
	}
	a := subscribe(`{"dest":"https://partner.example/epcis","signatureToken":"s3cret","stream":true}`, "GS1-EPC-Format", "Always_EPC_URN")
	var made struct {
		SubscriptionID, Dest, CreatedAt, MinRecordTime, EPCFormat string
		Stream                                                    bool
	}
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.StatusCode != 201 || !strings.HasSuffix(a.Header.Get("Location"), "/queries/mine/subscriptions/"+made.SubscriptionID) {
		t.Fatal(a.Status, a.body)
	}
	if !made.Stream || made.EPCFormat != "Always_EPC_URN" || made.CreatedAt == "" || made.MinRecordTime == "" || strings.Contains(a.body, "s3cret") {
		t.Errorf("%s", a.body)
	}
	for _, body := range []string{
		`{"dest":"https://partner.example/"}`, `{"dest":"https://partner.example/","stream":true,"schedule":{"hour":"1"}}`, `{"dest":"https://partner.example/","stream":false}`,
		`{"dest":"http://partner.example/","stream":true}`, `{"stream":true}`, `{"dest":"https://partner.example/","schedule":{"hour":"25"}}`, `{"dest":"https://partner.example/","schedule":{}}`,
		`{"dest":"https://partner.example/","stream":true,"initialRecordTime":"2026-11-26T12:00:00"}`,
	} {
		if a := subscribe(body); a.StatusCode != 400 || a.problem() != "SubscriptionControlsException" {
			t.Errorf("%s: %s %s", body, a.Status, a.body)
		}
	}
	if a := subscribe(`[]`); a.StatusCode != 400 || a.problem() != "ValidationException" {
		t.Error(a.Status, a.body)
	}
	if a := subscribe(`{"dest":"https://partner.example/","schedule":{"hour":"1","minute":"5"},"reportIfEmpty":true}`); a.StatusCode != 201 || !strings.Contains(a.body, `"schedule":{"minute":"5","hour":"1"}`) {
		t.Error(a.Status, a.body)
	}
	if a := s.ask("POST", "/queries/none/subscriptions", `{"dest":"https://partner.example/","stream":true}`, "Content-Type", "application/json"); a.StatusCode != 404 || a.problem() != "NoSuchNameException" {
		t.Error(a.Status, a.body)
	}
	list := s.ask("GET", "/queries/mine/subscriptions?perPage=1", "")
	if strings.Count(list.body, "subscriptionID") != 1 || list.Header.Get("Link") == "" || strings.Contains(list.body, "s3cret") {
		t.Error(list.body)
	}
	one := "/queries/mine/subscriptions/" + made.SubscriptionID
	if a := s.ask("GET", one, ""); a.StatusCode != 200 || !strings.Contains(a.body, made.SubscriptionID) || strings.Contains(a.body, "s3cret") {
		t.Error(a.Status, a.body)
	}
	if a := s.ask("OPTIONS", one, ""); a.StatusCode != 204 || a.Header.Get("Allow") != "OPTIONS, GET, DELETE" || a.Header.Get("GS1-Query-Min-Record-Time") == "" || a.Header.Get("GS1-CBV-Version") != "" {
		t.Error(a.Status, a.Header)
	}
	if a := s.ask("GET", one, "", "Authorization", "Bearer "+s.partner); a.StatusCode != 404 {
		t.Errorf("somebody else's subscription: %s", a.Status)
	}
	if a := s.ask("DELETE", one, ""); a.StatusCode != 204 {
		t.Error(a.Status)
	}
	for _, method := range []string{"GET", "DELETE", "OPTIONS"} {
		if a := s.ask(method, one, ""); a.StatusCode != 404 {
			t.Errorf("%s of what was deleted: %s", method, a.Status)
		}
	}
	s.ask("DELETE", "/queries/mine", "")
	s.ask("POST", "/queries", `{"name":"mine","query":{}}`, "Content-Type", "application/json")
	if a := s.ask("GET", "/queries/mine/subscriptions", ""); a.body != "[]" {
		t.Errorf("the query went, and its subscribers stayed: %s", a.body)
	}
}
