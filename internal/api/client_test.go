package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tagline/internal/api/wire"
	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb/sqldbtest"
)

func TestTheClientSpeaksToTheServer(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	c, err := client.New(s.URL, ownerKey, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	applied, err := c.Apply(ctx, []wire.File{{Path: "brand.yaml", Text: brandFiles}}, false, false)
	if err != nil || applied.Changed != 4 {
		t.Fatalf("%+v %v", applied, err)
	}
	var out bytes.Buffer
	if err := c.Export(ctx, "", &out); err != nil || !strings.Contains(out.String(), "kind: Product") {
		t.Fatalf("%v %s", err, &out)
	}
	_, err = c.Apply(ctx, []wire.File{{Path: "brand.yaml", Text: "kind: Brand\nslug: halden\nnaem: Halden\n"}}, true, false)
	f := fault.From(err)
	if f.Code != fault.Invalid || f.Hint == "" || !slices.ContainsFunc(f.Fields, func(f fault.Field) bool { return f.Location == "brand.yaml:3:1" }) {
		t.Errorf("a mistake comes back as %+v", f)
	}
	if _, err := c.CreateKeySet(ctx, wire.KeySetRequest{Name: "k1", Template: template, Test: true}); err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("uid,gtin,serial\n")
	for i := range 450 {
		fmt.Fprintf(&csv, "04AABBCC%06X,%s,S%d\n", i, gtin, i)
	}
	if r, err := c.ImportChips(ctx, "k1", []byte(csv.String()), false); err != nil || r.Created != 450 {
		t.Fatalf("%+v %v", r, err)
	}
	sold := wire.MomentReport{Source: "till", SourceID: "1", GTIN: gtin, Serial: "S1", Moment: "sold"}
	first, err := c.Report(ctx, sold)
	if err != nil || first.Repeated {
		t.Fatalf("%+v %v", first, err)
	}
	// The client's own Idempotency-Key makes a repeat the same answer.
	if again, err := c.Report(ctx, sold); err != nil || again.Event != first.Event {
		t.Fatalf("%+v %v", again, err)
	}
	b, err := c.MakeVirtual(ctx, gtin, "DE")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := c.Virtuals(ctx); err != nil || len(all) != 1 || all[0].Chip != b.Chip {
		t.Fatalf("%+v %v", all, err)
	}
	if products, err := c.Products(ctx); err != nil || len(products) != 1 {
		t.Fatalf("%+v %v", products, err)
	}
	if taps, err := c.Taps(ctx, url.Values{}, 10); err != nil || len(taps) != 0 {
		t.Fatalf("%+v %v", taps, err)
	}
	stranger, err := client.New(s.URL, "a-wrong-key", clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Products(ctx); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("%v", err)
	}
}

func TestTheClientRepeatsWhatIsSafeAndNothingElse(t *testing.T) {
	for name, row := range map[string]struct {
		status int
		write  bool
		want   int64
	}{
		"a read of a busy server":                {503, false, 3},
		"a read after too many":                  {429, false, 3},
		"a read that is refused":                 {404, false, 1},
		"a write without a key of its own":       {503, true, 1},
		"a read of a server with a bug is asked": {500, false, 1},
	} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) < 3 {
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(row.status)
				code := map[int]string{503: "unavailable", 429: "rate-limited", 404: "not-found", 500: "internal"}[row.status]
				fmt.Fprintf(w, `{"code":%q,"detail":"no","status":%d}`, code, row.status)
				return
			}
			fmt.Fprint(w, `{"items":[]}`)
		}))
		c, err := client.New(server.URL, "", clock.System{})
		if err != nil {
			t.Fatal(err)
		}
		if row.write {
			_, err = c.MakeVirtual(t.Context(), gtin, "")
		} else {
			_, err = c.Products(t.Context())
		}
		server.Close()
		if asked.Load() != row.want || (err == nil) != (row.want == 3) {
			t.Errorf("%s: asked %d times, error %v", name, asked.Load(), err)
		}
	}
	nobody, err := client.New("http://127.0.0.1:1", "", clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Products(t.Context()); !fault.Is(err, fault.Unavailable) || fault.From(err).Hint == "" {
		t.Errorf("%v", err)
	}
	if _, err := client.New("localhost:8080", "", clock.System{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
