package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tagline/internal/sqldb/sqldbtest"
	"tagline/ntag424"
)

const crashGTIN = "09506000134352"

const crashBrand = `kind: Brand
slug: crash
name: Crash Test
---
kind: Product
gtin: "09506000134352"
brand: crash
name: {en: Crash test gin}
alcohol: false
`

// TestWhatWasAcknowledgedSurvivesSIGKILL is promise 1: under load the process is
// killed, started again, and every event that was acknowledged is there exactly
// once; the ledger has no gaps and state equals its replay.
func TestWhatWasAcknowledgedSurvivesSIGKILL(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes; not in short mode")
	}
	t.Run("sqlite", func(t *testing.T) { crash(t, "") })
	t.Run("postgres", func(t *testing.T) { crash(t, sqldbtest.NewServer(t).DSN()) })
}

func crash(t *testing.T, database string) {
	dir := t.TempDir()
	args := []string{"--data", dir}
	if database != "" {
		args = append(args, "--db", database)
	}
	n := startNode(t, args...)
	n.must("POST", "/apply", "application/yaml", crashBrand, nil)

	const chips = 16
	pattern := "https://id.example/t/crash/01/" + crashGTIN + "/21/{serial}?p={picc}&e={enc}&m={mac}"
	set := ntag424.KeySet{Name: "crash", Epoch: 1, Scheme: ntag424.AN10922, Mode: ntag424.AES, MetaSlot: 2, FileSlot: 1, SystemID: []byte("tagline")}
	copy(set.Meta[:], "\x01meta-key-4-crash")
	copy(set.Master[:], "\x02main-key-4-crash")
	request, err := json.Marshal(map[string]any{
		"name": "crash", "scheme": "an10922", "mode": "aes", "metaSlot": 2, "fileSlot": 1, "template": pattern, "systemId": fmt.Sprintf("%x", set.SystemID),
		"keys": map[string]string{"meta": fmt.Sprintf("%x", set.Meta[:]), "master": fmt.Sprintf("%x", set.Master[:])},
	})
	if err != nil {
		t.Fatal(err)
	}
	n.must("POST", "/keysets", "application/json", string(request), nil)
	csv := "uid,gtin,serial\n"
	for i := range chips {
		csv += fmt.Sprintf("04%012X,%s,C%d\n", i+1, crashGTIN, i)
	}
	n.must("POST", "/chips/import?set=crash", "text/csv", csv, nil)

	template, err := ntag424.Compile(pattern, ntag424.Options{File: "{tt}--------------", KeySet: "crash"})
	if err != nil {
		t.Fatal(err)
	}
	tags := make([]*ntag424.Chip, chips)
	for i := range tags {
		uid, err := ntag424.ParseUID(fmt.Sprintf("04%012X", i+1))
		if err != nil {
			t.Fatal(err)
		}
		if tags[i], err = ntag424.NewChip(set, template, uid, ntag424.AES, map[string]string{"serial": fmt.Sprintf("C%d", i)}); err != nil {
			t.Fatal(err)
		}
	}

	ackedTaps := map[string]bool{}    // serial/counter
	ackedMoments := map[string]bool{} // source id
	for round := range 3 {
		underLoad(t, n, tags, round, ackedTaps, ackedMoments)
		n = startNode(t, args...)
		verify(t, n, ackedTaps, ackedMoments)
	}
	t.Logf("%d taps and %d reports were acknowledged before three kills; all are there once", len(ackedTaps), len(ackedMoments))
	if err := n.child.Stop(); err != nil {
		t.Errorf("the server did not drain: %v\n%s", err, n.child.Log())
	}
}

// underLoad taps and reports from all chips at once, kills the server in the midst
// of it, and notes what was acknowledged.
func underLoad(t *testing.T, n *node, tags []*ntag424.Chip, round int, taps, moments map[string]bool) {
	t.Helper()
	const killAfter = 300
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		acked atomic.Int64
		kill  sync.Once
		dead  = make(chan struct{})
	)
	acknowledge := func(set map[string]bool, key string) {
		mu.Lock()
		set[key] = true
		mu.Unlock()
		if acked.Add(1) == killAfter {
			kill.Do(func() { n.child.Kill(); close(dead) })
		}
	}
	for i, chip := range tags {
		wg.Go(func() {
			for k := 0; k < 10_000; k++ {
				select {
				case <-dead:
					return
				default:
				}
				url, err := chip.Tap()
				if err != nil {
					t.Error(err)
					return
				}
				response, err := n.http.Get(n.child.URL + strings.TrimPrefix(url, "https://id.example"))
				if err == nil {
					response.Body.Close()
					if response.StatusCode != http.StatusSeeOther {
						t.Errorf("a tap is answered with %d", response.StatusCode)
						return
					}
					acknowledge(taps, fmt.Sprintf("C%d/%d", i, chip.Counter))
				}
				id := fmt.Sprintf("r%d-c%d-%d", round, i, k)
				body := fmt.Sprintf(`{"source":"till","sourceId":%q,"gtin":%q,"serial":"C%d","moment":"sold"}`, id, crashGTIN, i)
				if err := n.call("POST", "/moments", "application/json", []byte(body), nil); err == nil {
					acknowledge(moments, id)
				}
			}
		})
	}
	wg.Wait()
	select {
	case <-dead:
	default:
		t.Fatalf("the load ended before the kill: %d acknowledged\n%s", acked.Load(), n.child.Log())
	}
}

// verify reads the whole ledger through the API and compares.
func verify(t *testing.T, n *node, taps, moments map[string]bool) {
	t.Helper()
	type event struct {
		ID, Type, Source, SourceID, Thing string
		Seq                               int64
		Body                              struct {
			Counter int64
			Serial  string
		}
	}
	seenTaps, seenMoments := map[string]int{}, map[string]int{}
	var lowest, highest, count int64
	for cursor := ""; ; {
		var page struct {
			Items []event
			Next  string
		}
		n.must("GET", "/events?limit=200&cursor="+cursor, "", "", &page)
		for _, e := range page.Items {
			if count == 0 {
				highest = e.Seq
			}
			lowest = e.Seq
			count++
			switch {
			case e.Type == "tap.verified":
				seenTaps[fmt.Sprintf("%s/%d", e.Body.Serial, e.Body.Counter)]++
			case e.Source == "till":
				seenMoments[e.SourceID]++
			}
		}
		if page.Next == "" {
			break
		}
		cursor = page.Next
	}
	if lowest != 1 || count != highest {
		t.Errorf("the ledger has gaps: %d events from %d to %d", count, lowest, highest)
	}
	check := func(what string, acked map[string]bool, seen map[string]int) {
		for key := range acked {
			if seen[key] != 1 {
				t.Errorf("%s %s was acknowledged and is there %d times", what, key, seen[key])
			}
		}
		for key, times := range seen {
			if times != 1 {
				t.Errorf("%s %s is there %d times", what, key, times)
			}
		}
	}
	check("tap", taps, seenTaps)
	check("report", moments, seenMoments)
}
