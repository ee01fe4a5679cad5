package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/device"
	"tagline/internal/device/devicetest"
	"tagline/internal/fault"
	"tagline/internal/intake"
	"tagline/internal/model"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

type world struct {
	*devicetest.World
	In *intake.Service
}

func newWorld(t *testing.T, db *sqldb.DB, setup func(*intake.Service)) *world {
	t.Helper()
	w := &world{World: devicetest.New(t, db)}
	w.In = intake.New(intake.Config{DB: db, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Devices: w.Devices, Readings: w.Readings, Model: w.Model})
	if setup != nil {
		setup(w.In)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := w.In.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return w
}

func (w *world) send(d device.Device, kind, body string) intake.Answer {
	w.T.Helper()
	return w.offer(intake.Uplink{Brand: d.Brand, Name: d.Name, Kind: kind, Body: []byte(body), Via: "test"})
}

func (w *world) offer(u intake.Uplink) intake.Answer {
	w.T.Helper()
	all, err := w.In.Accept(w.T.Context(), []intake.Uplink{u})
	if err != nil {
		w.T.Fatal(err)
	}
	return all[0]
}

func (w *world) doc(d device.Device) string {
	w.T.Helper()
	tw, err := w.Readings.Twin(w.T.Context(), d)
	if err != nil {
		w.T.Fatal(err)
	}
	return strings.TrimPrefix(fmt.Sprint(tw.Reported.Document()), "map")
}

func TestWhatDevicesSendIsTaken(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, nil)
		now := w.Clock.Now().Format(time.RFC3339)
		for i, c := range []struct {
			kind, body, want string
			fresh            int
		}{
			{"ev", `{"id":"1-1","type":"tl.seal.opened.v1","t":"` + now + `","data":{"seal":"opened","strength":3}}`, "[seal:opened]", 1},
			{"ev", ` [{"id":"1-2","t":"` + now + `","data":{"fill":50}},{"id":"1-3","data":{"fill":49}}]`, "[fill:49]", 2},
			{"ev", `{"specversion":"1.0","id":"7","source":"urn:any","type":"tl.liquid.v1","time":"` + now + `","datacontenttype":"application/json","data":{"fill":12.5}}`, "[fill:12.5]", 1},
			{"rep", `{"rv":1,"boot":1,"patch":{"seal":"sealed","fill":100},"full":true}`, "[fill:100 seal:sealed]", 1},
			{"tm", `{"t0":"` + now + `","dt":1000,"ch":{"fill":[10,9,null,8],"noise":[1,2,3,4]}}`, "[fill:8]", 3},
			{"tm", `{"dt":1000,"ch":{"fill":[33]}}`, "[fill:33]", 1},
		} {
			d := w.Device("smart-bottle", fmt.Sprint("d", i))
			got := w.send(d, c.kind, c.body)
			if got.Outcome != intake.Stored || got.Fresh != c.fresh || w.doc(d) != c.want {
				t.Errorf("%s: %+v %v, twin %s", c.body, got, got.Err, w.doc(d))
			}
			if again := w.send(d, c.kind, c.body); again.Outcome != intake.Stored || again.Fresh != 0 {
				t.Errorf("%s again: %+v", c.body, again)
			}
			w.Same(d)
		}
	})
}

func TestBinaryCloudEvents(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	d := w.Device("smart-bottle", "a")
	u := intake.CloudUplink(map[string]string{"specversion": "1.0", "id": "9", "source": "x", "type": "tl.liquid.v1"}, "application/json; charset=utf-8", []byte(`{"fill":42}`))
	u.Brand, u.Name = d.Brand, d.Name
	if got := w.offer(u); got.Outcome != intake.Stored || w.doc(d) != "[fill:42]" {
		t.Errorf("%+v %v %s", got, got.Err, w.doc(d))
	}
	u.Properties = u.Properties[:0:0]
	u.Properties = append(u.Properties, [2]string{"specversion", "1.0"})
	if got := w.offer(u); got.Outcome != intake.Invalid || got.Err.Message != "a CloudEvent has an id, a source and a type" {
		t.Errorf("%+v %v", got, got.Err)
	}
}

func TestWhatCannotBeTakenSaysWhyAndIsKept(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	d := w.Device("smart-bottle", "a")
	for _, c := range []struct{ kind, body, want string }{
		{"ev", `fill=3`, "the message is not JSON"},
		{"ev", ``, "the message is empty"},
		{"ev", `[]`, "the message holds 0 events"},
		{"ev", `[` + strings.Repeat(`{"id":"1"},`, 100) + `{"id":"2"}]`, "the message holds 101 events"},
		{"ev", `{"data":{"fill":3}}`, "an event has an id"},
		{"ev", `{"id":"a b","data":{"fill":3}}`, "an event has an id"},
		{"ev", `{"id":"1","t":"yesterday","data":{"fill":3}}`, "t is neither a time"},
		{"ev", `{"id":"1","data":{"fill":140}}`, "fill is 140, above its greatest 100"},
		{"ev", `[{"id":"1","data":{"fill":40}},{"id":"2","data":{"fill":{"v":40,"u":"l"}}}]`, `event 2 ("2"): fill comes in "l", its model says %`},
		{"ev", `{"id":"1","data":[3]}`, "data is of the wrong kind: it cannot be of kind array"},
		{"ev", `{"specversion":"0.3","id":"1","source":"a","type":"b"}`, "specversion is"},
		{"ev", `{"specversion":"1.0","id":"1","source":"a","type":"b","data_base64":"AA=="}`, "the data of a CloudEvent is JSON here"},
		{"ev", "{\"id\":\"1\",\"type\":\"\xff\"}", "the message is not UTF-8 text"},
		{"rep", `{"patch":{"fill":3}}`, "a report has a number rv"},
		{"rep", `{"rv":-1,"patch":{}}`, "a report has a number rv"},
		{"tm", `{"dt":0,"ch":{"fill":[1,2]}}`, "samples need"},
		{"tm", `{"dt":1000,"ch":{}}`, "samples need"},
		{"tm", `{"dt":1000,"ch":{"fill":[` + strings.Repeat("1,", 1000) + `1]}}`, "fill has 1001 samples"},
		{"wish", `{}`, "there is no topic up/wish"},
		{"ev", `{"id":"1","x":"` + strings.Repeat("x", 128<<10) + `"}`, "the message has 131"},
	} {
		got := w.send(d, c.kind, c.body)
		if got.Outcome != intake.Invalid || !strings.HasPrefix(got.Err.Message, c.want) {
			t.Errorf("%.60s: %+v %v", c.body, got.Outcome, got.Err)
		}
		letters, err := w.In.Letters(t.Context(), intake.LetterFilter{Device: d.No, State: "open", Limit: 1})
		if err != nil || len(letters) != 1 {
			t.Fatal(letters, err)
		}
		// Alike ones are counted where the first one lies.
		if !strings.HasPrefix(letters[0].Reason, c.want) && letters[0].Times == 1 {
			t.Errorf("%.60s: the last letter says %q", c.body, letters[0].Reason)
		}
	}
	if w.doc(d) != "[]" {
		t.Errorf("something was half taken: %s", w.doc(d))
	}
	if got := w.offer(intake.Uplink{Brand: "halden", Name: "nobody", Kind: "ev"}); got.Outcome != intake.Refused {
		t.Errorf("an unknown device: %+v", got)
	}
}

func TestDeadLettersAreCountedReplayedAndDropped(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, nil)
		d := w.Device("smart-bottle", "a")
		for i := range 5 {
			w.send(d, "ev", fmt.Sprintf(`{"id":"%d","data":{"fill":140}}`, i))
		}
		letters, err := w.In.Letters(t.Context(), intake.LetterFilter{State: "open"})
		if err != nil || len(letters) != 1 || letters[0].Times != 5 || string(letters[0].Body) != `{"id":"0","data":{"fill":140}}` {
			t.Fatalf("%+v %v", letters, err)
		}
		id := letters[0].ID
		if _, err := w.In.Replay(t.Context(), "mem_1", id); !fault.Is(err, fault.Invalid) {
			t.Errorf("it can still not be taken: %v", err)
		}
		m := devicetest.Models(t)[0]
		m.Properties["fill"] = model.Property{Unit: "%", Min: new(0.0), Max: new(200.0)}
		w.PutModel(m)
		if got, err := w.In.Replay(t.Context(), "mem_1", id); err != nil || got.Fresh != 1 || w.doc(d) != "[fill:140]" {
			t.Errorf("%+v %v %s", got, err, w.doc(d))
		}
		if _, err := w.In.Replay(t.Context(), "mem_1", id); !fault.Is(err, fault.Conflict) {
			t.Errorf("again: %v", err)
		}
		w.send(d, "ev", `nothing`)
		letters, _ = w.In.Letters(t.Context(), intake.LetterFilter{State: "open"})
		if err := w.In.Drop(t.Context(), "mem_1", letters[0].ID); err != nil {
			t.Error(err)
		}
		if letters, _ = w.In.Letters(t.Context(), intake.LetterFilter{State: "dropped"}); len(letters) != 1 || letters[0].By != "mem_1" {
			t.Errorf("%+v", letters)
		}
		if err := w.In.Drop(t.Context(), "mem_1", "evt_none"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestAFloodOfDeadLettersIsBounded(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	d := w.Device("smart-bottle", "a")
	for i := range 300 {
		u := intake.Uplink{Brand: d.Brand, Name: d.Name, Kind: "ev", Body: fmt.Appendf(nil, `{"id":"%d","data":{"fill":%d}}`, i, 101+i), Received: w.Clock.Now().Add(time.Duration(i) * time.Second)}
		if got := w.offer(u); got.Outcome != intake.Invalid {
			t.Fatalf("%+v", got)
		}
	}
	letters, err := w.In.Letters(t.Context(), intake.LetterFilter{Limit: 500})
	total := int64(0)
	for _, l := range letters {
		total += l.Times
	}
	if err != nil || len(letters) != 200 || total != 300 {
		t.Errorf("%d letters for %d messages, %v", len(letters), total, err)
	}
}

func TestClocksAreCorrected(t *testing.T) {
	const s, m, d = int64(1e6), int64(60e6), int64(86400e6)
	received := int64(1772366400e6)
	for _, c := range []struct {
		name  string
		told  intake.Told
		at    int64
		clock string
	}{
		{"a good clock", intake.Told{At: received - m}, received - m, "ok"},
		{"a month of waiting", intake.Told{At: received - 30*d}, received - 30*d, "ok"},
		{"a little ahead", intake.Told{At: received + 4*m}, received + 4*m, "ok"},
		{"no clock", intake.Told{}, received, "none"},
		{"no clock, but counting", intake.Told{Up: 1000, Sent: 61_000}, received - m, "none"},
		{"1970", intake.Told{At: 5 * s}, received, "bad"},
		{"1970, but counting", intake.Told{At: 5 * s, Up: 5000, Sent: 3_605_000}, received - 60*m, "bad"},
		{"1970, and says so", intake.Told{At: 5 * s, Now: 65 * s}, received - m, "bad"},
		{"2099", intake.Told{At: received + 73*365*d}, received, "bad"},
		{"2099, and says so", intake.Told{At: received + 73*365*d, Now: received + 73*365*d + 10*s}, received - 10*s, "bad"},
		{"an hour ahead, and says so", intake.Told{At: received + 59*m, Now: received + 60*m}, received - m, "bad"},
		{"later than its own now", intake.Told{At: received + 70*m, Now: received + 60*m}, received, "bad"},
		{"four months ago", intake.Told{At: received - 120*d}, received, "bad"},
		{"a counter that ran backwards", intake.Told{Up: 90_000, Sent: 10_000}, received, "none"},
		{"a counter of a century", intake.Told{Up: 1, Sent: 3_155_760_000_000}, received, "none"},
	} {
		if at, clock := intake.Correct(c.told, received); at != c.at || clock != c.clock {
			t.Errorf("%s: %d (%+d s) %s", c.name, at, (at-c.at)/s, clock)
		}
	}
}

func TestEventsWithoutAClockKeepTheirOrder(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	d := w.Device("smart-bottle", "a")
	w.send(d, "ev", `[{"id":"b","data":{"fill":50}},{"id":"a","data":{"fill":40}}]`)
	if w.doc(d) != "[fill:40]" {
		t.Error(w.doc(d))
	}
}

func TestOneThatFailsTakesNoOtherDown(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, func(in *intake.Service) {
			in.Handle("ack", func(tx *sqldb.Tx, d *device.Device, _ *model.Model, u intake.Uplink) error {
				switch string(u.Body) {
				case "broken":
					if _, err := tx.Exec(`UPDATE device_turn SET n = n + 1000`); err != nil {
						return err
					}
					return errors.New("a bug")
				case "wrong":
					return fault.New(fault.NotFound, "there is no such command", "")
				}
				return nil
			})
		})
		d := w.Device("smart-bottle", "a")
		var uplinks []intake.Uplink
		for i := range 30 {
			u := intake.Uplink{Brand: d.Brand, Name: d.Name, Kind: "ev", Body: fmt.Appendf(nil, `{"id":"%d","data":{"fill":%d}}`, i, i)}
			switch i {
			case 7:
				u.Kind, u.Body = "ack", []byte("broken")
			case 9:
				u.Kind, u.Body = "ack", []byte("wrong")
			case 11:
				u.Kind, u.Body = "ack", []byte("fine")
			}
			uplinks = append(uplinks, u)
		}
		answers, err := w.In.Accept(t.Context(), uplinks)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			want := intake.Stored
			switch i {
			case 7:
				want = intake.Failed
			case 9:
				want = intake.Invalid
			}
			if a.Outcome != want {
				t.Errorf("message %d: %+v %v", i, a, a.Err)
			}
		}
		if tw, err := w.Readings.Twin(t.Context(), d); err != nil || tw.Entries != 27 {
			t.Errorf("%+v %v", tw, err)
		}
		w.Same(d)
		if d := w.Device("smart-bottle", "b"); d.No != 2 {
			t.Errorf("the failed one left something behind: device number %d", d.No)
		}
	})
}

func TestQuotas(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	m := devicetest.Models(t)[0]
	m.Rate = &model.Rate{PerMinute: 60, Burst: 3}
	w.PutModel(m)
	d, other := w.Device("smart-bottle", "a"), w.Device("smart-bottle", "b")
	var got []string
	for i := range 5 {
		a := w.send(d, "ev", fmt.Sprintf(`{"id":"%d","data":{"fill":1}}`, i))
		got = append(got, fmt.Sprint(int(a.Outcome)))
	}
	if strings.Join(got, "") != "00033" {
		t.Errorf("outcomes %v", got)
	}
	if a := w.send(other, "ev", `{"id":"1"}`); a.Outcome != intake.Stored {
		t.Error("the other device has a quota of its own")
	}
	// A device that waits is taken in turn: nothing is refused.
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		if err := w.In.Offer(t.Context(), intake.Uplink{Brand: d.Brand, Name: d.Name, Kind: "ev", Body: []byte(`{"id":"w","data":{"fill":7}}`), Wait: true}, func(a intake.Answer) {
			if a.Outcome != intake.Stored {
				t.Errorf("%+v", a)
			}
			wait.Done()
		}); err != nil {
			t.Error(err)
			wait.Done()
		}
	}()
	for w.Clock.Sleepers() == 0 {
		runtime.Gosched()
	}
	w.Clock.Advance(3 * time.Second)
	wait.Wait()
}

func TestWhatNobodyAgreedToIsDropped(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	m := devicetest.Models(t)[0]
	m.Properties["mood"] = model.Property{Unit: "1", Purpose: "insight"}
	w.PutModel(m)
	demo := w.Device("smart-bottle", "a")
	all, err := w.Devices.Register(t.Context(), "test", []device.Wish{{Brand: devicetest.Brand, Name: "real", Model: "smart-bottle"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []device.Device{demo, all[0]} {
		w.send(d, "ev", `{"id":"1","data":{"fill":1,"mood":2}}`)
	}
	if w.doc(demo) != "[fill:1 mood:2]" || w.doc(all[0]) != "[fill:1]" || w.In.Figures().Dropped != 1 {
		t.Errorf("%s %s %+v", w.doc(demo), w.doc(all[0]), w.In.Figures())
	}
}

func TestAMonthOfBufferedReadings(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), nil)
	d := w.Device("smart-bottle", "a")
	start := w.Clock.Now().Add(-30 * 24 * time.Hour)
	// It is back, tells how it is now, and then sends what it has kept.
	w.send(d, "rep", `{"rv":1,"boot":3,"patch":{"fill":2},"full":true}`)
	n := 0
	for range 200 {
		var b strings.Builder
		for range 100 {
			fmt.Fprintf(&b, `,{"id":"2-%d","t":"%s","data":{"fill":%d}}`, n, start.Add(time.Duration(n)*2*time.Minute).Format(time.RFC3339), 90-n/250)
			n++
		}
		u := intake.Uplink{Brand: d.Brand, Name: d.Name, Kind: "ev", Body: []byte("[" + b.String()[1:] + "]"), Received: w.Clock.Now().Add(time.Duration(n) * time.Second)}
		if a := w.offer(u); a.Outcome != intake.Stored || a.Fresh != 100 {
			t.Fatalf("after %d: %+v %v", n, a, a.Err)
		}
	}
	if tw, err := w.Readings.Twin(t.Context(), d); err != nil || tw.Entries != int64(n)+1 || w.doc(d) != "[fill:2]" {
		t.Errorf("%+v %v", tw.Entries, err)
	}
	w.Same(d)
}

func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","data":{"fill":3}}`, `[{"id":"1"}]`, `{"rv":1,"patch":{"fill":null}}`, `{"dt":1,"ch":{"fill":[1,2]}}`, `{"specversion":"1.0","id":"1","source":"a","type":"b","time":"2026-01-01T00:00:00Z","data":{}}`,
	} {
		for _, kind := range []string{"ev", "rep", "tm"} {
			f.Add(kind, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		m := devicetest.Models(t)[0]
		entries, err := intake.Decode(kind, body, &m)
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Fatal(err)
		}
		for _, e := range entries {
			for name, v := range e.Patch.Values {
				if name == "fill" && v.Kind() != rule.NumberKind {
					t.Fatalf("fill is %v", v)
				}
			}
			if e.ID == "" || e.At == 0 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
