package bench

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tagline/internal/api/wire"
	"tagline/internal/bench/process"
	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/ntag424"
)

// Options say how hard and how long to measure.
type Options struct {
	Binary   string        // the tagline program
	Clients  int           // connections at a time
	Duration time.Duration // of one round
	Rounds   int
	Database string // postgres://… or "" for SQLite
	Clock    clock.Clock
	Progress func(done, total int) // may be nil
}

const (
	benchKey   = "bench-bootstrap-key-0123456789abcdef"
	benchGTIN  = "09506000134352"
	plainGTIN  = "09506000134369"
	benchChips = 512
)

const benchBrand = `kind: Brand
slug: bench
name: Bench Distillers
country: GB
---
kind: Product
gtin: "09506000134352"
brand: bench
name: {en: Bench gin}
tagline: {en: Measured twice}
description: {en: A gin that exists to be measured.}
---
kind: Product
gtin: "09506000134369"
brand: bench
name: {en: Bench rum}
redirect: https://shop.example/rum
---
kind: Content
name: bench-provenance
placement: tap-page
products: ["09506000134352"]
when: {fact: seal, is: sealed}
texts:
  en:
    title: Where it comes from
    lead: A still, a bench and a stop-watch.
    body:
      - text: Every bottle of this gin has been timed on its way to you, and the figures were written down.
`

// Tap measures authentic taps and plain redirects against a bare handler that
// answers with the same bytes, in alternating rounds.
func Tap(ctx context.Context, o Options) (Report, error) {
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

	chips, err := prepare(ctx, o, server)
	if err != nil {
		return Report{}, err
	}
	host := server.Address()
	tapOf := func(chip *ntag424.Chip) (exchange, error) {
		url, err := chip.Tap()
		return exchange{request: get(host, strings.TrimPrefix(url, "https://id.example"), "Accept-Language: en-GB"), status: 303}, err
	}
	follow := func(a answer) []byte {
		cookie, _, _ := strings.Cut(headerValue(a, "Set-Cookie"), ";")
		return get(host, headerValue(a, "Location"), "Accept-Language: en-GB", "Cookie: "+cookie)
	}
	plain := exchange{request: get(host, "/01/"+plainGTIN, "Accept-Language: en-GB"), status: 307}

	// One exchange of each kind shows the bytes that the bare handler has to give.
	first, err := tapOf(chips[0])
	if err != nil {
		return Report{}, err
	}
	replies, err := capture(ctx, o.Clock, host, first, follow, plain)
	if err != nil {
		return Report{}, fmt.Errorf("%w\n%s", err, server.Log())
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
	bareHost := bare.Address()
	bareGet := func(path string, status int) exchange {
		return exchange{request: get(bareHost, path, "Accept-Language: en-GB"), status: status}
	}

	subjects := []subject{
		{"tap", "authentic tap: verified, counter and event durable, decision, 303", host,
			func(client, n int) (exchange, bool) {
				x, err := tapOf(chips[client%len(chips)])
				return x, err == nil
			}, bareHost, constant(bareGet("/tap", 303))},
		{"tap+page", "the same, and the page behind it with its session", host,
			func(client, n int) (exchange, bool) {
				x, err := tapOf(chips[client%len(chips)])
				x.then = follow
				return x, err == nil
			}, bareHost, func(client, n int) (exchange, bool) {
				x := bareGet("/tap", 303)
				x.then = func(answer) []byte { return get(bareHost, "/page", "Accept-Language: en-GB") }
				return x, true
			}},
		{"redirect", "plain Digital Link redirect with a durable scan event, 307", host, constant(plain), bareHost, constant(bareGet("/plain", 307))},
	}
	return measure(ctx, o, subjects, server)
}

// prepare applies a brand and registers chips, a few for every client, each of
// which one client taps.
func prepare(ctx context.Context, o Options, server *process.Child) ([]*ntag424.Chip, error) {
	api, err := client.New(server.URL, benchKey, o.Clock)
	if err != nil {
		return nil, err
	}
	if _, err := api.Apply(ctx, []wire.File{{Path: "bench.yaml", Text: benchBrand}}, false, false); err != nil {
		return nil, err
	}
	chance := rand.NewChaCha8([32]byte{1})
	set := ntag424.KeySet{Name: "bench", Epoch: 1, Scheme: ntag424.AN10922, Mode: ntag424.AES, MetaSlot: 2, FileSlot: 1, SystemID: []byte("tagline")}
	_, _ = chance.Read(set.Meta[:]) // ChaCha8 never fails
	_, _ = chance.Read(set.Master[:])
	pattern := "https://id.example/t/bench/01/" + benchGTIN + "/21/{serial}?p={picc}&e={enc}&m={mac}"
	template, err := ntag424.Compile(pattern, ntag424.Options{File: "{tt}--------------", KeySet: "bench"})
	if err != nil {
		return nil, err
	}
	if _, err := api.CreateKeySet(ctx, wire.KeySetRequest{
		Name: "bench", Scheme: "an10922", Mode: "aes", Template: pattern,
		MetaSlot: &set.MetaSlot, FileSlot: &set.FileSlot, SystemID: hex.EncodeToString(set.SystemID),
		Keys: &wire.Keys{Meta: hex.EncodeToString(set.Meta[:]), Master: hex.EncodeToString(set.Master[:])},
	}); err != nil {
		return nil, err
	}
	var csv strings.Builder
	csv.WriteString("uid,gtin,serial\n")
	chips := make([]*ntag424.Chip, max(benchChips, o.Clients))
	for i := range chips {
		uid := ntag424.UID{0x04, 0, 0, 0, 0, byte(i >> 8), byte(i)}
		serial := fmt.Sprintf("B%05d", i)
		fmt.Fprintf(&csv, "%s,%s,%s\n", uid.Hex(), benchGTIN, serial)
		if chips[i], err = ntag424.NewChip(set, template, uid, ntag424.AES, map[string]string{"serial": serial}); err != nil {
			return nil, err
		}
	}
	_, err = api.ImportChips(ctx, "bench", []byte(csv.String()), false)
	return chips, err
}

// capture performs one exchange of each kind and copies the answers.
func capture(ctx context.Context, c clock.Clock, host string, tap exchange, follow func(answer) []byte, plain exchange) ([]Reply, error) {
	var replies []Reply
	remember := func(path string, next func(answer) []byte) func(answer) []byte {
		return func(a answer) []byte {
			replies = append(replies, replyOf(path, a))
			if next == nil {
				return nil
			}
			return next(a)
		}
	}
	steps := []struct {
		x    exchange
		path string
		next func(answer) []byte
	}{{tap, "/tap", nil}, {plain, "/plain", nil}}
	var page []byte
	for i, s := range steps {
		s.x.then = remember(s.path, nil)
		if i == 0 {
			s.x.then = func(a answer) []byte {
				page = follow(a)
				return remember("/tap", nil)(a)
			}
		}
		if _, err := load(ctx, c, host, 1, time.Minute, once(s.x)); err != nil {
			return nil, err
		}
	}
	_, err := load(ctx, c, host, 1, time.Minute, once(exchange{request: page, status: 200, then: remember("/page", nil)}))
	return replies, err
}

func once(x exchange) func(client, n int) (exchange, bool) {
	return func(_, n int) (exchange, bool) { return x, n == 0 }
}

func constant(x exchange) func(client, n int) (exchange, bool) {
	return func(int, int) (exchange, bool) { return x, true }
}
