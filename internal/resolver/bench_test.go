package resolver_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"tagline/internal/resolver"
	"tagline/internal/sqldb"
)

// blank is an answer that nobody reads.
type blank struct {
	header http.Header
	status int
}

func (b *blank) Header() http.Header         { return b.header }
func (b *blank) Write(p []byte) (int, error) { return len(p), nil }
func (b *blank) WriteHeader(status int)      { b.status = status }

// The handler alone, without a network: what a request costs, database included.
// Many callers at once share a commit, so the figures of the durable ways are of a
// busy server.
func BenchmarkRequest(b *testing.B) {
	db, err := sqldb.Open(b.Context(), sqldb.Config{Dir: b.TempDir()}) // without the checks of tests
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	w := newWorld(b, db, func(c *resolver.Config) { c.Log = slog.New(slog.DiscardHandler) })
	handler := w.server.Config.Handler
	const bottles = 256
	all := make([]*bottle, bottles)
	for i := range all {
		all[i] = w.bottle(brush)
	}
	session := w.phone().get(all[0].url()).Header.Get("Set-Cookie")
	request := func(target, cookie string) *http.Request {
		q := httptest.NewRequest("GET", target, nil)
		q.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		q.Header.Set("Accept-Language", "en-GB,en;q=0.9")
		q.Header.Set("Accept-Encoding", "gzip, deflate, br")
		q.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1")
		if cookie != "" {
			q.Header.Set("Cookie", cookie)
		}
		return q
	}
	for _, way := range []struct {
		name   string
		status int
		next   func(i int) *http.Request
	}{
		{"tap", 303, nil},
		{"page after the tap", 200, func(int) *http.Request { return request(all[0].path(), session) }},
		{"redirect", 307, func(int) *http.Request { return request("/01/"+sentOn, "") }},
		{"public page", 200, func(int) *http.Request { return request("/01/"+brush, "") }},
		{"preview", 200, func(int) *http.Request { q := request("/01/"+brush, ""); q.Header.Set("Purpose", "preview"); return q }},
		{"forged", 404, func(int) *http.Request {
			return request("/t/k1"+all[0].path()+"?p=00000000000000000000000000000000&e=00000000000000000000000000000000&m=0000000000000000", "")
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			next := way.next
			if next == nil { // each tap once
				urls := make([]string, b.N)
				for i := range urls {
					urls[i] = all[i%bottles].url()
				}
				next = func(i int) *http.Request { return request(urls[i], "") }
			}
			requests := make([]*http.Request, min(b.N, 20_000))
			if way.next != nil {
				for i := range requests {
					requests[i] = next(0)
				}
			}
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				answer := &blank{}
				for pb.Next() {
					i := int(n.Add(1)) - 1
					q := requests[i%len(requests)]
					if way.next == nil {
						q = next(i)
					}
					answer.header, answer.status = http.Header{}, 0
					handler.ServeHTTP(answer, q)
					if answer.status != way.status && answer.status != http.StatusTooManyRequests && way.name != "tap" {
						b.Errorf("answered with %d", answer.status)
						return
					}
				}
			})
		})
	}
}
