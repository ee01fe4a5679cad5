package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"tagline/internal/api/wire"
	"tagline/internal/api/wire/supply"
	"tagline/internal/bench/process"
	"tagline/internal/client"
)

// TraceOptions say what to measure of the supply chain.
type TraceOptions struct {
	Options
	Events int // in the repository when it is asked
	// World lives through a world against a server, and tells what went wrong in it;
	// nil leaves the rules out.
	World func(ctx context.Context, server, key string, progress func(done, total int)) (Truth, error)
}

// TraceReport is the outcome of a bench of the supply chain.
type TraceReport struct {
	Report
	Events          int     `json:"events"`             // captured
	EventsPerSecond float64 `json:"eventsPerSecond"`    // captured, durable, through the door
	FoldPerSecond   float64 `json:"foldedPerSecond"`    // taken in by the follower of ways and alarms, capture included
	FilledSeconds   float64 `json:"secondsToFill"`      //
	World           *World  `json:"world,omitempty"`    //
	PerDocument     int     `json:"eventsInADocument"`  //
	Things          int     `json:"things"`             // that events name
	FollowSeconds   float64 `json:"secondsUntilFolded"` // from the first capture to the last fold
}

// Truth is what really happened in a world.
type Truth struct {
	Bottles, Events int
	Deviations      []Deviation
}

// Deviation is something wrong that happened to a thing: the rules that should tell
// it, and those that may tell it as well.
type Deviation struct {
	Key         string
	Expect, May []string
}

// The headers in which a world says where its visitors are.
const (
	CountryHeader = "X-Country"
	AddressHeader = "X-Address"
)

// World is how well the rules told what really went wrong in a simulated world.
type World struct {
	Bottles int        `json:"bottles"`
	Events  int        `json:"events"`
	Rules   []Accuracy `json:"rules"`
	Total   Accuracy   `json:"total"`
}

// Accuracy compares the alarms of a rule with the truth. An alarm hits when the
// thing's deviation explains it; a deviation is found when a rule that should tell
// it does.
type Accuracy struct {
	Rule      string  `json:"rule"`
	Truths    int     `json:"truths"`
	Alarms    int     `json:"alarms"`
	Hits      int     `json:"hits"`
	Found     int     `json:"found"`
	Precision float64 `json:"precision"` // 1 when there was no alarm
	Recall    float64 `json:"recall"`    // 1 when there was nothing to find
}

// perDocument is how many events a document of the bench has: a case of 50 bottles
// that is made, packed, shipped, received, unpacked, and sold bottle by bottle.
const perDocument = 105

// documents writes captures of which each is about things of its own.
type documents struct {
	begin time.Time
	next  atomic.Int64
}

func (d *documents) write(n int64) []byte {
	var events []map[string]any
	epc := func(i int) string { return "https://id.gs1.org/01/" + benchGTIN + "/21/" + serialOf(n, i) }
	box := fmt.Sprintf("urn:epc:id:sscc:9506000.%010d", n)
	var all []string
	for i := range 50 {
		all = append(all, epc(i))
	}
	at := d.begin.Add(-30 * 24 * time.Hour)
	add := func(more map[string]any) {
		e := map[string]any{"type": "ObjectEvent", "action": "OBSERVE", "eventTime": at.Add(time.Duration(len(events)) * time.Minute).UTC().Format(time.RFC3339), "eventTimeZoneOffset": "+00:00",
			"eventID": fmt.Sprintf("urn:uuid:%08x-0000-4000-9000-%012x", len(events), n), "bizLocation": map[string]any{"id": "urn:epc:id:sgln:9506000.20001.0"}}
		for k, v := range more {
			e[k] = v
		}
		events = append(events, e)
	}
	for i := range all {
		add(map[string]any{"action": "ADD", "bizStep": "commissioning", "disposition": "active", "epcList": all[i : i+1]})
	}
	add(map[string]any{"type": "AggregationEvent", "action": "ADD", "bizStep": "packing", "parentID": box, "childEPCs": all})
	for _, step := range []string{"shipping", "receiving", "inspecting"} {
		add(map[string]any{"bizStep": step, "epcList": []string{box}})
	}
	add(map[string]any{"type": "AggregationEvent", "action": "DELETE", "bizStep": "unpacking", "parentID": box, "childEPCs": all})
	for i := range all {
		add(map[string]any{"bizStep": "retail_selling", "disposition": "retail_sold", "epcList": all[i : i+1]})
	}
	text, err := json.Marshal(map[string]any{"@context": []string{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"}, "type": "EPCISDocument", "schemaVersion": "2.0",
		"creationDate": d.begin.UTC().Format(time.RFC3339), "epcisBody": map[string]any{"eventList": events}})
	if err != nil {
		panic(err) // maps of texts can always be written
	}
	return text
}

func serialOf(document int64, i int) string { return fmt.Sprintf("T%09d%02d", document, i) }

// post writes a POST request.
func post(host, target string, body []byte, lines ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", target, host, len(body))
	for _, l := range lines {
		b.WriteString(l + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// captureClients is how many partners send documents at a time.
const captureClients = 8

// Trace measures captures through the door of EPCIS, queries and ways among many
// events, and how well the rules of alarms tell what really went wrong.
func Trace(ctx context.Context, o TraceOptions) (out TraceReport, err error) {
	dir, err := os.MkdirTemp("", "tagline-bench-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	server, err := o.serve(ctx, filepath.Join(dir, "data"), o.Database)
	if err != nil {
		return out, err
	}
	defer server.Kill()
	host := server.Address()
	auth, kind := "Authorization: Bearer "+benchKey, "Content-Type: application/json"
	d := &documents{begin: o.Clock.Now()}
	var answers []Reply
	keep := func(path string, x exchange) error {
		x.then = func(a answer) []byte {
			answers = append(answers, replyOf(path, a))
			return nil
		}
		_, err := load(ctx, o.Clock, host, 1, time.Minute, once(x))
		return err
	}
	if err := keep("/capture", exchange{request: post(host, "/epcis/v2/capture", d.write(d.next.Add(1)), auth, kind), status: 202}); err != nil {
		return out, fmt.Errorf("capture: %w\n%s", err, server.Log())
	}
	// Fill first, and time it: what is measured later finds a repository as large as
	// was asked for.
	began := o.Clock.Now()
	target := int64(max(1, o.Events/perDocument))
	if _, err := load(ctx, o.Clock, host, captureClients, 30*time.Minute, func(int, int) (exchange, bool) {
		n := d.next.Add(1)
		if o.Progress != nil && n%50 == 0 {
			o.Progress(int(min(n, target)), int(target)*2)
		}
		return exchange{request: post(host, "/epcis/v2/capture", d.write(n), auth, kind), status: 202}, n <= target
	}); err != nil {
		return out, fmt.Errorf("fill: %w\n%s", err, server.Log())
	}
	captured := o.Clock.Now().Sub(began)
	if err := settled(ctx, o.Options, host); err != nil {
		return out, err
	}
	folded := o.Clock.Now().Sub(began)
	count := int(target) * perDocument

	key := func(client, n int) string {
		at := int64(scatter(client, n) % uint64(target))
		return "01/" + benchGTIN + "/21/" + serialOf(at+1, n%50)
	}
	queries := func(client, n int) []byte {
		return get(host, "/epcis/v2/events?MATCH_anyEPC=https%3A%2F%2Fid.gs1.org%2F"+pathEscape(key(client, n)), auth, "Accept: application/json")
	}
	ways := func(client, n int) []byte {
		return get(host, "/api/v1/traces/way?id="+pathEscape(key(client, n)), auth)
	}
	for path, request := range map[string][]byte{"/query": queries(0, 1), "/way": ways(0, 1)} {
		if err := keep(path, exchange{request: request, status: 200}); err != nil {
			return out, fmt.Errorf("%s: %w\n%s", path, err, server.Log())
		}
	}
	script, err := json.Marshal(answers)
	if err != nil {
		return out, err
	}
	bare, err := process.Start(ctx, o.Binary, os.Environ(), bytes.NewReader(script), "bench", "bare")
	if err != nil {
		return out, err
	}
	defer bare.Kill()
	plain := func(path string) func(int, int) (exchange, bool) {
		return constant(exchange{request: get(bare.Address(), path), status: 200})
	}
	sample := d.write(1)
	few := o.Options
	few.Clients = captureClients
	out.Report, err = measure(ctx, few, []subject{
		{"query", "events of one thing by MATCH_anyEPC among all", host, func(client, n int) (exchange, bool) { return exchange{request: queries(client, n), status: 200}, true }, bare.Address(), plain("/query")},
		{"way", "the way and story of one thing", host, func(client, n int) (exchange, bool) { return exchange{request: ways(client, n), status: 200}, true }, bare.Address(), plain("/way")},
		{"capture", fmt.Sprintf("a document of %d events, checked, durable and answered with its job", perDocument), host, func(int, int) (exchange, bool) {
			return exchange{request: post(host, "/epcis/v2/capture", d.write(d.next.Add(1)), auth, kind), status: 202}, true
		}, bare.Address(), constant(exchange{request: post(bare.Address(), "/capture", sample, kind), status: 202})},
	}, server)
	if err != nil {
		return out, err
	}
	out.Events, out.PerDocument, out.Things = count, perDocument, int(target)*51
	out.FilledSeconds, out.FollowSeconds = captured.Seconds(), folded.Seconds()
	out.EventsPerSecond, out.FoldPerSecond = float64(count)/captured.Seconds(), float64(count)/folded.Seconds()
	if err := server.Stop(); err != nil {
		return out, err
	}
	if o.World != nil {
		out.World, err = o.judge(ctx, filepath.Join(dir, "world"))
	}
	return out, err
}

// serve starts a server and gives it the brand of the bench.
func (o TraceOptions) serve(ctx context.Context, data, database string) (*process.Child, error) {
	arguments := []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--log", "json", "--log-level", "warn", "--country-header", CountryHeader, "--address-header", AddressHeader}
	if database != "" {
		arguments = append(arguments, "--db", database)
	}
	server, err := process.Start(ctx, o.Binary, append(os.Environ(), "TAGLINE_BOOTSTRAP_KEY="+benchKey), nil, arguments...)
	if err != nil {
		return nil, err
	}
	api, err := client.New(server.URL, benchKey, o.Clock)
	if err == nil {
		_, err = api.Apply(ctx, []wire.File{{Path: "bench.yaml", Text: benchBrand}}, false, false)
	}
	if err != nil {
		server.Kill()
		return nil, err
	}
	return server, nil
}

// settled waits until the follower of ways has taken in everything.
func settled(ctx context.Context, o Options, host string) error {
	for {
		lag := ""
		if _, err := load(ctx, o.Clock, host, 1, time.Minute, once(exchange{request: get(host, "/metrics"), status: 200, then: func(a answer) []byte {
			if _, rest, ok := bytes.Cut(a.body, []byte(`tagline_ledger_lag{follower="journey"} `)); ok {
				line, _, _ := bytes.Cut(rest, []byte("\n"))
				lag = string(line)
			}
			return nil
		}})); err != nil {
			return err
		}
		if v, err := strconv.ParseFloat(lag, 64); err == nil && v == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.Clock.After(100 * time.Millisecond):
		}
	}
}

func pathEscape(key string) string {
	return string(bytes.ReplaceAll([]byte(key), []byte("/"), []byte("%2F")))
}

// judge lets a world live, and compares its alarms with what went wrong in it.
func (o TraceOptions) judge(ctx context.Context, data string) (*World, error) {
	server, err := o.serve(ctx, data, "")
	if err != nil {
		return nil, err
	}
	defer server.Kill()
	truth, err := o.World(ctx, server.URL, benchKey, func(done, total int) {
		if o.Progress != nil && total > 0 {
			o.Progress(total+done, 2*total)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := settled(ctx, o.Options, server.Address()); err != nil {
		return nil, err
	}
	// What is late is looked for every ten seconds.
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-o.Clock.After(21 * time.Second):
	}
	api, err := client.New(server.URL, benchKey, o.Clock)
	if err != nil {
		return nil, err
	}
	alarms, err := api.Alarms(ctx)
	if err != nil {
		return nil, err
	}
	w := Judge(truth.Deviations, alarms)
	w.Bottles, w.Events = truth.Bottles, truth.Events
	return &w, server.Stop()
}

// Judge compares alarms with what really went wrong.
func Judge(deviations []Deviation, alarms []supply.Alarm) World {
	type fact struct{ rule, key string }
	expected, explained := map[fact]bool{}, map[fact]bool{}
	by := map[string]*Accuracy{}
	of := func(rule string) *Accuracy {
		if by[rule] == nil {
			by[rule] = &Accuracy{Rule: rule}
		}
		return by[rule]
	}
	for _, d := range deviations {
		for _, r := range d.Expect {
			if f := (fact{r, d.Key}); !expected[f] {
				expected[f], explained[f] = true, true
				of(r).Truths++
			}
		}
		for _, r := range d.May {
			explained[fact{r, d.Key}] = true
		}
	}
	raised := map[fact]bool{}
	for _, a := range alarms {
		f := fact{a.Rule, a.Key}
		if a.State == "corrected" || raised[f] {
			continue
		}
		raised[f] = true
		of(a.Rule).Alarms++
		if explained[f] {
			of(a.Rule).Hits++
		}
		if expected[f] {
			of(a.Rule).Found++
		}
	}
	w := World{Total: Accuracy{Rule: "all"}, Rules: []Accuracy{}}
	for _, a := range by {
		w.Total.Truths, w.Total.Alarms = w.Total.Truths+a.Truths, w.Total.Alarms+a.Alarms
		w.Total.Hits, w.Total.Found = w.Total.Hits+a.Hits, w.Total.Found+a.Found
		w.Rules = append(w.Rules, a.shares())
	}
	w.Total = w.Total.shares()
	slices.SortFunc(w.Rules, func(a, b Accuracy) int { return bytes.Compare([]byte(a.Rule), []byte(b.Rule)) })
	return w
}

func (a Accuracy) shares() Accuracy {
	a.Precision, a.Recall = 1, 1
	if a.Alarms > 0 {
		a.Precision = float64(a.Hits) / float64(a.Alarms)
	}
	if a.Truths > 0 {
		a.Recall = float64(a.Found) / float64(a.Truths)
	}
	return a
}

// Write prints the report.
func (r TraceReport) Write(w io.Writer) error {
	fmt.Fprintf(w, "%d events about %d things captured through HTTP in documents of %d: %.0f events/s; folded into ways and alarms behind it: %.0f events/s\n",
		r.Events, r.Things, r.PerDocument, r.EventsPerSecond, r.FoldPerSecond)
	if err := r.Report.Write(w); err != nil {
		return err
	}
	if r.World == nil {
		return nil
	}
	fmt.Fprintf(w, "\nrules in a simulated world of %d bottles and %d events before it began\n\n", r.World.Bottles, r.World.Events)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rule\ttruths\talarms\thits\tprecision\trecall\t")
	for _, a := range append(r.World.Rules, r.World.Total) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%.2f\t%.2f\t\n", a.Rule, a.Truths, a.Alarms, a.Hits, a.Precision, a.Recall)
	}
	return t.Flush()
}
