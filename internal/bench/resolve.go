package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tagline/gs1"
	"tagline/gs1/compression"
	"tagline/internal/api/wire"
	"tagline/internal/bench/process"
	"tagline/internal/client"
)

// ResolveOptions say how much stands in the database as well.
type ResolveOptions struct {
	Options
	Products int // each with a redirect of its own
	Items    int // of the first products, itemsPerProduct each
}

// The bounds of one request while the shelves are filled.
const (
	productsPerFile = 2500
	itemsPerProduct = 1000
)

// Resolve measures the resolver with many products and items: redirects of
// products, of items and of compressed links, each a durable scan, and linksets,
// against a bare handler that answers with the same bytes. Every request asks for
// another key.
func Resolve(ctx context.Context, o ResolveOptions) (Report, error) {
	dir, err := os.MkdirTemp("", "tagline-bench-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)
	arguments := []string{"serve", "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--log", "json", "--log-level", "warn"}
	if o.Database != "" {
		arguments = append(arguments, "--db", o.Database)
	}
	server, err := process.Start(ctx, o.Binary, append(os.Environ(), "TAGLINE_BOOTSTRAP_KEY="+benchKey), nil, arguments...)
	if err != nil {
		return Report{}, err
	}
	defer server.Kill()
	s := shelves{products: max(1, o.Products), items: o.Items}
	if s.gtins, err = gtins(s.products); err != nil {
		return Report{}, err
	}
	memory, err := s.fill(ctx, o, server)
	if err != nil {
		return Report{}, fmt.Errorf("%w\n%s", err, server.Log())
	}

	host := server.Address()
	kinds := []struct {
		name, says string
		status     int
		request    func(n uint64) ([]byte, error)
	}{
		{"redirect", "a product's Digital Link: 307, with a durable scan event", 307, func(n uint64) ([]byte, error) {
			return get(host, "/01/"+s.product(n), "Accept: */*"), nil
		}},
		{"item", "an item's Digital Link: 307, with a durable scan event of the item", 307, func(n uint64) ([]byte, error) {
			gtin, serial := s.item(n)
			return get(host, "/01/"+gtin+"/21/"+serial, "Accept: */*"), nil
		}},
		{"compressed", "a product's compressed Digital Link: 307, with a durable scan event", 307, func(n uint64) ([]byte, error) {
			link, err := gs1.NewLink([]gs1.Element{{AI: gs1.AIGTIN, Value: s.product(n)}})
			if err != nil {
				return nil, err
			}
			path, err := compression.Compress(link, compression.Options{})
			return get(host, path, "Accept: */*"), err
		}},
		{"linkset", "all links of a product as application/linkset+json", 200, func(n uint64) ([]byte, error) {
			return get(host, "/01/"+s.product(n)+"?linkType=linkset", "Accept: application/linkset+json"), nil
		}},
	}
	var replies []Reply
	for _, k := range kinds {
		request, err := k.request(1)
		if err != nil {
			return Report{}, err
		}
		x := exchange{request: request, status: k.status, then: func(a answer) []byte {
			replies = append(replies, replyOf("/"+k.name, a))
			return nil
		}}
		if _, err := load(ctx, o.Clock, host, 1, time.Minute, once(x)); err != nil {
			return Report{}, fmt.Errorf("%s: %w\n%s", k.name, err, server.Log())
		}
	}
	script, err := json.Marshal(replies)
	if err != nil {
		return Report{}, err
	}
	bare, err := process.Start(ctx, o.Binary, os.Environ(), bytes.NewReader(script), "bench", "bare")
	if err != nil {
		return Report{}, err
	}
	defer bare.Kill()
	var subjects []subject
	for _, k := range kinds {
		plain := exchange{request: get(bare.Address(), "/"+k.name, "Accept: */*"), status: k.status}
		subjects = append(subjects, subject{k.name, k.says, host, func(client, n int) (exchange, bool) {
			request, err := k.request(scatter(client, n))
			return exchange{request: request, status: k.status}, err == nil
		}, bare.Address(), constant(plain)})
	}
	report, err := measure(ctx, o.Options, subjects, server)
	report.Loaded = memory
	return report, err
}

// Loaded is what the shelves hold, and what they cost in the server.
type Loaded struct {
	Products         int     `json:"products"`
	Items            int     `json:"items"`
	EmptyMB          float64 `json:"emptyResidentMB"`
	ProductsMB       float64 `json:"residentMBWithProducts"`
	ItemsMB          float64 `json:"residentMBWithItems"`
	MBPerMillion     float64 `json:"residentMBPerMillionItems"`
	SecondsForFilled float64 `json:"secondsToFill"`
}

// shelves is what is sold in the bench.
type shelves struct {
	products, items int
	gtins           []string
}

// gtins makes valid numbers, one after the other.
func gtins(n int) ([]string, error) {
	all := make([]string, n)
	for i := range all {
		body := fmt.Sprintf("09506%08d", i)
		digit, err := gs1.CheckDigit(body)
		if err != nil {
			return nil, err
		}
		all[i] = body + string(digit)
	}
	return all, nil
}

func (s shelves) product(n uint64) string { return s.gtins[n%uint64(s.products)] }

func (s shelves) item(n uint64) (gtin, serial string) {
	if s.items < itemsPerProduct {
		return s.product(n), "S000000"
	}
	filled := min(uint64(s.items/itemsPerProduct), uint64(s.products))
	return s.gtins[n%filled], fmt.Sprintf("S%06d", n/filled%itemsPerProduct)
}

// scatter gives each request of each client another number (SplitMix64's mixer).
func scatter(client, n int) uint64 {
	z := uint64(client)<<32 + uint64(n) + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// fill writes products and items through the API.
func (s shelves) fill(ctx context.Context, o ResolveOptions, server *process.Child) (*Loaded, error) {
	api, err := client.New(server.URL, benchKey, o.Clock)
	if err != nil {
		return nil, err
	}
	start := o.Clock.Now()
	l := &Loaded{Products: s.products, EmptyMB: process.ResidentMB(server.PID())}
	calls := (s.products+productsPerFile-1)/productsPerFile + s.items/itemsPerProduct
	done := 0
	step := func() {
		if done++; o.Progress != nil {
			o.Progress(done, calls)
		}
	}
	for first := 0; first < s.products; first += productsPerFile {
		var text strings.Builder
		if first == 0 {
			text.WriteString("kind: Brand\nslug: bench\nname: Bench\n---\n")
		}
		for i := first; i < min(first+productsPerFile, s.products); i++ {
			if i > first {
				text.WriteString("---\n")
			}
			fmt.Fprintf(&text, "kind: Product\ngtin: %q\nbrand: bench\nname: {en: Product %d}\nredirect: https://shop.example/p/%d\n", s.gtins[i], i, i)
		}
		if _, err := api.Apply(ctx, []wire.File{{Path: fmt.Sprintf("bench-%d.yaml", first), Text: text.String()}}, false, false); err != nil {
			return nil, err
		}
		step()
	}
	l.ProductsMB = process.ResidentMB(server.PID())
	for i := range min(s.items/itemsPerProduct, s.products) {
		serials := make([]string, itemsPerProduct)
		for k := range serials {
			serials[k] = fmt.Sprintf("S%06d", k)
		}
		if err := api.MakeThings(ctx, wire.ThingsRequest{GTIN: s.gtins[i], Serials: serials}); err != nil {
			return nil, err
		}
		l.Items += itemsPerProduct
		step()
	}
	l.ItemsMB = process.ResidentMB(server.PID())
	if l.Items > 0 {
		l.MBPerMillion = (l.ItemsMB - l.ProductsMB) / float64(l.Items) * 1e6
	}
	l.SecondsForFilled = o.Clock.Now().Sub(start).Seconds()
	return l, nil
}
