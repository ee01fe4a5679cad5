package command_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/command"
	"tagline/internal/device"
	"tagline/internal/device/devicetest"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/reading"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/twin"
)

type world struct {
	*devicetest.World
	Commands *command.Service
	mu       sync.Mutex
	sent     []string // kind and body
	acks     []func(bool)
	gone     bool // nobody is connected
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	w := &world{World: devicetest.New(t, db)}
	w.Commands = command.New(command.Config{DB: db, Ledger: w.Ledger, Vault: w.Vault, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Devices: w.Devices, Model: w.Model,
		Reported: func(ctx context.Context, d device.Device) (twin.Reported, error) {
			t, err := w.Readings.Twin(ctx, d)
			return t.Reported, err
		}})
	w.Commands.Through(func(brand, name, kind string, body []byte, expiry time.Duration, done func(bool)) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.gone {
			return fault.New(fault.Unavailable, "not connected", "")
		}
		w.sent = append(w.sent, kind+" "+string(body))
		w.acks = append(w.acks, done)
		return nil
	})
	return w
}

// there connects a device.
func (w *world) there(d device.Device) {
	w.T.Helper()
	w.gone = false
	if err := w.Devices.Connected(w.T.Context(), d.No, w.Clock.Now().UnixMicro()); err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sent
	w.sent = nil
	return s
}

func (w *world) answer(d device.Device, body string) error {
	return w.DB.Update(w.T.Context(), func(tx *sqldb.Tx) error { return w.Commands.Answered(tx, &d, []byte(body)) })
}

func (w *world) state(id ident.Command) command.State {
	w.T.Helper()
	c, err := w.Commands.Get(w.T.Context(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	return c.State
}

func args(text string) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		panic(err)
	}
	return m
}

var ada = command.By{Kind: "member", ID: "mem_ada"}

func TestAnswersNeverLeadBack(t *testing.T) {
	states := []command.State{command.Awaiting, command.Queued, command.Sent, command.Delivered, command.Accepted, command.Running, command.Succeeded, command.Failed, command.Rejected, command.Expired, command.Cancelled, command.Unknown}
	for _, s := range states {
		for _, a := range []string{"delivered", "accepted", "running", "succeeded", "failed", "refused", "nonsense"} {
			next, moved := command.Next(s, a)
			switch {
			case !moved && next != s, a == "nonsense" && moved:
				t.Errorf("%s, %s: %s %v", s, a, next, moved)
			case moved && (s == command.Awaiting || s == command.Queued):
				t.Errorf("%s was answered before it was sent: %s", s, a)
			case moved && s.Ended() && s != command.Unknown:
				t.Errorf("%s went on to %s", s, next)
			}
		}
	}
	if next, moved := command.Next(command.Unknown, "succeeded"); !moved || next != command.Succeeded {
		t.Error("a late answer ends the doubt")
	}
}

func TestTheLifeOfACommand(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		d := w.Device("thermostat", "a")
		w.there(d)
		c, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":2}`), Key: "k1"})
		if err != nil || c.State != command.Sent {
			t.Fatalf("%+v %v", c, err)
		}
		sent := w.take()
		if len(sent) != 1 || !strings.HasPrefix(sent[0], `cmd {"cmd":"`+string(c.ID)+`","name":"beep","args":{"times":2}`) {
			t.Fatalf("%v", sent)
		}
		var m struct {
			Args     json.RawMessage
			NBF, Exp int64
			Sig      string
		}
		if err := json.Unmarshal([]byte(sent[0][4:]), &m); err != nil {
			t.Fatal(err)
		}
		sig, _ := base64.RawURLEncoding.DecodeString(m.Sig)
		if !ed25519.Verify(w.Commands.PublicKey(d.Brand), command.Signed(d.Brand, d.Name, c.ID, "beep", m.Args, m.NBF, m.Exp), sig) {
			t.Error("the signature does not hold")
		}
		if ed25519.Verify(w.Commands.PublicKey("other"), command.Signed(d.Brand, d.Name, c.ID, "beep", m.Args, m.NBF, m.Exp), sig) {
			t.Error("another brand's key holds")
		}
		w.acks[0](true)
		if w.state(c.ID) != command.Delivered {
			t.Error(w.state(c.ID))
		}
		for _, step := range []struct {
			st   string
			want command.State
		}{{"running", command.Running}, {"accepted", command.Running}, {"succeeded", command.Succeeded}, {"failed", command.Succeeded}} {
			if err := w.answer(d, `{"cmd":"`+string(c.ID)+`","st":"`+step.st+`","res":{"n":2}}`); err != nil || w.state(c.ID) != step.want {
				t.Errorf("%s: %s %v", step.st, w.state(c.ID), err)
			}
		}
		again, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":2.0}`), Key: "k1"})
		if err != nil || again.ID != c.ID || again.State != command.Succeeded || len(w.take()) != 0 {
			t.Errorf("the same order again: %+v %v", again, err)
		}
		if _, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":3}`), Key: "k1"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the key with another order: %v", err)
		}
		other := w.Device("thermostat", "b")
		for body, code := range map[string]fault.Code{
			`{"cmd":"` + string(c.ID) + `","st":"succeeded"}`: fault.NotFound, `{"cmd":"cmd_none","st":"succeeded"}`: fault.NotFound, `{}`: fault.Invalid, `[`: fault.Invalid,
		} {
			if err := w.answer(other, body); !fault.Is(err, code) {
				t.Errorf("%s: %v", body, err)
			}
		}
		if err := w.answer(d, `{"cmd":"`+string(c.ID)+`","st":"perhaps"}`); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if n := w.Count(ledger.Filter{Types: []string{command.TypeOrdered, command.TypeSent, command.TypeEnded}}); n != 3 {
			t.Errorf("%d steps in the ledger", n)
		}
	})
}

func TestWhatCannotBeOrdered(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	d := w.Device("thermostat", "a")
	lock := w.Device("lock", "l")
	w.there(d)
	campaign := command.By{Kind: "campaign", ID: "c1"}
	for _, c := range []struct {
		name  string
		by    command.By
		d     device.Device
		order command.Order
		code  fault.Code
		words string
	}{
		{"no such command", ada, d, command.Order{Name: "dance"}, fault.NotFound, "no command"},
		{"an argument is missing", ada, d, command.Order{Name: "beep"}, fault.Invalid, "times is missing"},
		{"an argument out of bounds", ada, d, command.Order{Name: "beep", Args: args(`{"times":9}`)}, fault.Invalid, "above its greatest 5"},
		{"an argument too many", ada, d, command.Order{Name: "beep", Args: args(`{"times":1,"loud":true}`)}, fault.Invalid, "loud the command has no such argument"},
		{"a campaign opens a door", campaign, lock, command.Order{Name: "unlock"}, fault.Forbidden, "set nothing in motion"},
		{"a rule opens a door", command.By{Kind: "rule", ID: "r"}, lock, command.Order{Name: "unlock"}, fault.Forbidden, "set nothing in motion"},
		{"a job opens a door", command.By{Kind: "job", ID: "j"}, lock, command.Order{Name: "lock"}, fault.Forbidden, "set nothing in motion"},
	} {
		_, err := w.Commands.Order(t.Context(), c.by, c.d.Brand, c.d.Name, c.order)
		f := fault.From(err)
		text := f.Message
		for _, x := range f.Fields {
			text += " " + strings.TrimPrefix(x.Location, "body.args.") + " " + x.Message
		}
		if !fault.Is(err, c.code) || !strings.Contains(text, c.words) {
			t.Errorf("%s: %v %s", c.name, err, text)
		}
	}
	frozen := device.Frozen
	if _, err := w.Devices.Change(t.Context(), "test", d.Brand, d.Name, device.Edit{State: &frozen}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":1}`)}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "frozen") {
		t.Error(err)
	}
	if _, err := w.Commands.Desire(t.Context(), ada, d.Brand, d.Name, args(`{"target":20}`), nil); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}

func TestAGuardedCommandWaitsForAFreshWord(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		d := w.Device("lock", "front")
		w.there(d)
		order := func(key string) command.Command {
			c, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "unlock", Key: key})
			if err != nil || c.State != command.Awaiting || len(w.take()) != 0 {
				t.Fatalf("%+v %v", c, err)
			}
			return c
		}
		c := order("1")
		for name, try := range map[string]struct {
			by        command.By
			challenge string
			code      fault.Code
		}{
			"a key":             {command.By{Kind: "key", ID: "key_1"}, command.Challenge(c, "key:key_1"), fault.Forbidden},
			"another's word":    {ada, command.Challenge(c, "member:mem_bob"), fault.Conflict},
			"another's command": {ada, command.Challenge(order("2"), ada.String()), fault.Conflict},
		} {
			if _, err := w.Commands.Confirm(t.Context(), try.by, c.ID, try.challenge); !fault.Is(err, try.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		done, err := w.Commands.Confirm(t.Context(), ada, c.ID, command.Challenge(c, ada.String()))
		if err != nil || done.State != command.Sent || done.Confirmed != "member:mem_ada" || len(w.take()) != 1 {
			t.Fatalf("%+v %v", done, err)
		}
		if _, err := w.Commands.Confirm(t.Context(), ada, c.ID, command.Challenge(c, ada.String())); !fault.Is(err, fault.Conflict) {
			t.Errorf("confirmed twice: %v", err)
		}
		// No answer within ten seconds: nobody knows, and nobody tries again.
		w.Clock.Advance(11 * time.Second)
		if _, err := w.Commands.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.state(c.ID) != command.Unknown {
			t.Error(w.state(c.ID))
		}
		w.Commands.Deliver(t.Context(), d.Brand, d.Name)
		if sent := w.take(); len(sent) != 0 {
			t.Errorf("sent again: %v", sent)
		}
		if err := w.answer(d, `{"cmd":"`+string(c.ID)+`","st":"succeeded"}`); err != nil || w.state(c.ID) != command.Succeeded {
			t.Errorf("the late answer: %s %v", w.state(c.ID), err)
		}
		// A word that comes after a minute comes too late.
		late := order("3")
		w.Clock.Advance(61 * time.Second)
		if _, err := w.Commands.Confirm(t.Context(), ada, late.ID, command.Challenge(late, ada.String())); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		if _, err := w.Commands.Expire(t.Context()); err != nil || w.state(late.ID) != command.Expired {
			t.Errorf("%s %v", w.state(late.ID), err)
		}
		if n := w.Count(ledger.Filter{Types: []string{command.TypeConfirmed}}); n != 1 {
			t.Errorf("%d confirmations in the ledger", n)
		}
	})
}

func TestAStoredUnlockIsNotDeliveredAfterAReconnect(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	d := w.Device("lock", "front")
	w.there(d)
	c, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "unlock"})
	if err != nil {
		t.Fatal(err)
	}
	w.gone = true // it is lost, and nobody has noticed yet
	c, err = w.Commands.Confirm(t.Context(), ada, c.ID, command.Challenge(c, ada.String()))
	if err != nil || c.State != command.Expired || c.Code != "offline" {
		t.Fatalf("%+v %v", c, err)
	}
	w.gone = false
	w.Commands.Deliver(t.Context(), d.Brand, d.Name)
	if sent := w.take(); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
	if err := w.Devices.Left(t.Context(), d.No, w.Clock.Now().UnixMicro(), "lost"); err != nil {
		t.Fatal(err)
	}
	c, err = w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "unlock"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commands.Confirm(t.Context(), ada, c.ID, command.Challenge(c, ada.String())); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "not connected") {
		t.Error(err)
	}
}

func TestHarmlessCommandsWaitForTheDevice(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		d := w.Device("thermostat", "a")
		w.gone = true
		c, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":1}`)})
		if err != nil || c.State != command.Queued {
			t.Fatalf("%+v %v", c, err)
		}
		gone, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":2}`)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commands.Cancel(t.Context(), ada, gone.ID); err != nil || w.state(gone.ID) != command.Cancelled {
			t.Errorf("%s %v", w.state(gone.ID), err)
		}
		w.there(d)
		w.Commands.Deliver(t.Context(), d.Brand, d.Name)
		w.Commands.Deliver(t.Context(), d.Brand, d.Name) // once is enough
		if sent := w.take(); len(sent) != 1 || w.state(c.ID) != command.Sent {
			t.Errorf("%v %s", sent, w.state(c.ID))
		}
		if _, err := w.Commands.Cancel(t.Context(), ada, c.ID); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		w.gone = true
		late, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":3}`)})
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(61 * time.Minute)
		if _, err := w.Commands.Expire(t.Context()); err != nil || w.state(late.ID) != command.Expired {
			t.Errorf("%s %v", w.state(late.ID), err)
		}
		if list, err := w.Commands.List(t.Context(), d.No, "", 2); err != nil || len(list) != 2 || list[0].ID != late.ID {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestSettingsHaveVersionsAndFollowTheDevice(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		d := w.Device("thermostat", "a")
		w.there(d)
		want := func(patch string, version *int64) (twin.Desired, error) {
			return w.Commands.Desire(t.Context(), ada, d.Brand, d.Name, args(patch), version)
		}
		got, err := want(`{"target":21}`, new(int64(0)))
		if err != nil || got.Version != 1 {
			t.Fatalf("%+v %v", got, err)
		}
		if sent := w.take(); fmt.Sprint(sent) != `[des {"dv":1,"delta":{"target":21}}]` {
			t.Errorf("%v", sent)
		}
		if _, err := want(`{"target":22}`, new(int64(0))); !fault.Is(err, fault.Conflict) {
			t.Errorf("the version is old: %v", err)
		}
		for patch, words := range map[string]string{`{"temperature":20}`: "cannot be set", `{"target":50}`: "above its greatest", `{"colour":1}`: "no property"} {
			if _, err := want(patch, nil); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v", patch, err)
			}
		}
		if _, err := w.Commands.Desire(t.Context(), command.By{Kind: "campaign", ID: "c"}, d.Brand, d.Name, args(`{"target":22}`), nil); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		// The device follows: nothing is left to tell.
		report := func(rv int64, value float64, seen int64, local bool) {
			e := w.Entry(d, fmt.Sprint("rep", rv), w.Clock.Now().UnixMicro(), map[string]rule.Value{"target": rule.Number(value)})
			e.Kind, e.RV = reading.Report, rv
			if err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := w.Readings.Apply(tx, []reading.Entry{e}); err != nil {
					return err
				}
				return w.Commands.Reported(tx, &d, e.Patch, seen, local, e.At, true)
			}); err != nil {
				t.Fatal(err)
			}
		}
		report(1, 21, 1, false)
		if _, delta, err := w.Commands.Delta(t.Context(), d); err != nil || len(delta) != 0 {
			t.Errorf("%v %v", delta, err)
		}
		// Somebody turns it by hand: the wish is over.
		w.Clock.Advance(time.Minute)
		report(2, 18, 1, true)
		now, err := w.Commands.Desired(t.Context(), d.No)
		if err != nil || now.Version != 2 || len(now.Wishes) != 0 {
			t.Errorf("%+v %v", now, err)
		}
		if n := w.Count(ledger.Filter{Types: []string{command.TypeOverruled}}); n != 1 {
			t.Errorf("%d", n)
		}
		w.take()
		w.gone = true
		if got, err := want(`{"target":19,"mode":"heat"}`, nil); err != nil || got.Version != 3 {
			t.Errorf("%+v %v", got, err)
		}
		w.there(d)
		w.Commands.Deliver(t.Context(), d.Brand, d.Name)
		if sent := w.take(); fmt.Sprint(sent) != `[des {"dv":3,"delta":{"mode":"heat","target":19}}]` {
			t.Errorf("%v", sent)
		}
	})
}

func TestManyOrdersAtOnceAreSentOnceEach(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		d := w.Device("thermostat", "a")
		w.there(d)
		var wait sync.WaitGroup
		for i := range 20 {
			wait.Go(func() {
				if _, err := w.Commands.Order(t.Context(), ada, d.Brand, d.Name, command.Order{Name: "beep", Args: args(`{"times":1}`), Key: fmt.Sprint(i % 10)}); err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if sent := w.take(); len(sent) != 10 {
			t.Errorf("%d messages for 10 orders", len(sent))
		}
	})
}
