package app

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/thing"
)

// capture sends events through the public interface.
func (r *running) capture(events string) {
	r.t.Helper()
	doc := `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-01T00:00:00Z","epcisBody":{"eventList":[` + events + `]}}`
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+"/epcis/v2/capture", bytes.NewReader([]byte(doc)))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+ownerKey)
	q.Header.Set("Content-Type", "application/json")
	if resp, body := r.answer(q); resp.StatusCode != http.StatusAccepted {
		r.t.Fatalf("capture answers %d %s", resp.StatusCode, body)
	}
}

func (r *running) get(path string) (*http.Response, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+ownerKey)
	return r.answer(q)
}

func (r *running) answer(q *http.Request) (*http.Response, string) {
	r.t.Helper()
	resp, err := r.client.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(body)
}

// becomes waits until an item is as it should be, as far as followers wake for it.
func (r *running) becomes(gtin, serial, what string, is func(thing.Item) bool) {
	r.t.Helper()
	wake, stop := r.bus.Listen(ledger.Topic)
	defer stop()
	late := time.After(20 * time.Second)
	for {
		it, err := r.things.Find(r.t.Context(), gtin, serial)
		if err == nil && is(it) {
			return
		}
		select {
		case <-wake:
		case <-late:
			_, jobs := r.get("/epcis/v2/capture")
			r.t.Fatalf("%s\nthe item is not %s: %+v (%v)", jobs, what, it.Life, err)
		}
	}
}

func (r *running) page(path, accept string) (*http.Response, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Accept", accept)
	return r.answer(q)
}

const objectEvent = `{"type":"ObjectEvent","eventID":"urn:uuid:$ID","action":"$ACTION","bizStep":"$STEP","epcList":["https://id.gs1.org/01/09506000134352/21/W1","https://id.gs1.org/01/09506000134369/21/W2"],"eventTime":"$TIME","eventTimeZoneOffset":"+00:00"$MORE}`

func event(id, action, step, at, more string) string {
	return strings.NewReplacer("$ID", id, "$ACTION", action, "$STEP", step, "$TIME", at, "$MORE", more).Replace(objectEvent)
}

// What is captured shows in the item, and on the pages that consumers meet: a recall
// stops everything else until it is lifted, or the event that told it was wrong.
func TestACaptureChangesWhatConsumersSee(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	r.capture(event("11111111-1111-4111-8111-111111111111", "ADD", "commissioning", "2026-06-01T10:00:00Z", ""))
	r.becomes("09506000134352", "W1", "made", func(it thing.Item) bool { return it.Life.Made.Is() })
	r.capture(event("22222222-2222-4222-8222-222222222222", "OBSERVE", "retail_selling", "2026-06-05T10:00:00Z", `,"disposition":"retail_sold"`))
	r.becomes("09506000134352", "W1", "sold", func(it thing.Item) bool { return it.Life.Sold.Is() && it.Life.Sold.Kind == life.Measured })

	if _, body := r.page(bare+"/21/W2", "text/html"); strings.Contains(body, "ecall") {
		t.Error("an item is told to be recalled before it is")
	}
	recall := event("33333333-3333-4333-8333-333333333333", "OBSERVE", "holding", "2026-06-06T10:00:00Z", `,"persistentDisposition":{"set":["recalled"]}`)
	r.capture(recall)
	r.becomes("09506000134369", "W2", "recalled", func(it thing.Item) bool { return it.Life.Recalled.Is() })
	if resp, body := r.page(bare+"/21/W2", "text/html"); resp.StatusCode != 200 || !strings.Contains(body, "ecall") {
		t.Errorf("the page of a recalled item answers %d %s", resp.StatusCode, body)
	}
	if resp, _ := r.page(bare+"/21/W2", "application/xml"); resp.StatusCode != 307 || !strings.HasSuffix(resp.Header.Get("Location"), "/p"+bare+"/21/W2") {
		t.Errorf("a program is sent to %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	// With links of its own: the promotion is gone, and the default leads to the recall.
	for path, want := range map[string]string{full + "/21/W1": "/p" + full + "/21/W1", full + "/21/W1?linkType=gs1:recipeInfo": "/p" + full + "/21/W1?linkType=gs1:recipeInfo"} {
		resp, _ := r.page(path, "text/html")
		if got := strings.TrimPrefix(resp.Header.Get("Location"), r.base); resp.StatusCode != 307 || got != want {
			t.Errorf("%s answers %d %s, want %s", path, resp.StatusCode, got, want)
		}
	}
	if resp, body := r.page("/p"+full+"/21/W1", "text/html"); resp.StatusCode != 200 || !strings.Contains(body, "ecall") {
		t.Errorf("the page of the recalled item answers %d %s", resp.StatusCode, body)
	}
	if resp, body := r.page("/p"+full, "text/html"); resp.StatusCode != 200 || strings.Contains(body, "ecall") {
		t.Errorf("the product's page tells a recall of one item: %d", resp.StatusCode)
	}

	r.capture(strings.TrimSuffix(recall, "}") + `,"errorDeclaration":{"declarationTime":"2026-06-06T11:00:00Z","reason":"incorrect_data"}}`)
	r.becomes("09506000134369", "W2", "free of the recall", func(it thing.Item) bool { return !it.Life.Recalled.Is() && it.Life.Sold.Is() })
	if _, body := r.page(bare+"/21/W2", "text/html"); strings.Contains(body, "ecall") {
		t.Error("a recall that was declared wrong is still told")
	}
}
