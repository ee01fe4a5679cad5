package command

import (
	"context"
	"encoding/json"
	"time"

	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/model"
	"tagline/internal/sqldb"
)

// settleMessage is dn/des.
type settleMessage struct {
	DV    int64          `json:"dv"`
	Delta map[string]any `json:"delta"`
	Full  bool           `json:"full,omitempty"`
}

// Deliver sends a device what waits for it: the settings in which it differs, and its
// commands. Whatever cannot be sent now waits on, or expires.
func (s *Service) Deliver(ctx context.Context, brand, name string) {
	s.mu.Lock()
	send := s.send
	s.mu.Unlock()
	if send == nil {
		return
	}
	if err := s.deliver(ctx, send, brand, name); err != nil && !fault.Is(err, fault.Unavailable) {
		s.log.WarnContext(ctx, "what waits for a device could not be sent", "device", brand+"/"+name, "error", err)
	}
}

func (s *Service) deliver(ctx context.Context, send Sender, brand, name string) error {
	d, m, err := s.find(ctx, brand, name)
	if err != nil || d.State != device.Active {
		return err
	}
	want, delta, err := s.Delta(ctx, d)
	if err != nil {
		return err
	}
	if len(delta) > 0 {
		body, err := json.Marshal(settleMessage{DV: want.Version, Delta: delta})
		if err != nil {
			return err
		}
		if err := send(brand, name, "des", body, 0, nil); err != nil {
			return err
		}
	}
	now := s.clock.Now()
	var waiting []Command
	if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		waiting, err = collect(tx.Query(`SELECT `+commandColumns+` FROM command_command WHERE device = $1 AND state = 'queued' AND expires_us > $2 ORDER BY id LIMIT 100`, d.No, sqldb.Micros(now)))
		return err
	}); err != nil {
		return err
	}
	for _, c := range waiting {
		if err := s.deliverOne(ctx, send, d, m, c); err != nil {
			return err
		}
	}
	return nil
}

// deliverOne marks a command as sent, which is durable before a byte leaves: after a
// crash nobody sends it a second time.
func (s *Service) deliverOne(ctx context.Context, send Sender, d device.Device, m *model.Model, c Command) error {
	h := m.Commands[c.Name].Handling()
	if h.Expires == 0 { // the model has changed since
		h = c.Class.Handling()
	}
	now := s.clock.Now()
	mine := false
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE command_command SET state = 'sent', sent_us = $1, changed_us = $1, due_us = $2 WHERE id = $3 AND state = 'queued' AND expires_us > $1`,
			sqldb.Micros(now), sqldb.Micros(now.Add(h.Wait)), string(c.ID))
		if mine = n > 0; err != nil || !mine {
			return err
		}
		s.wakeAfter(tx)
		return s.note(tx, d, TypeSent, commandBody{Device: d.ID(), Command: c.ID, Name: c.Name, State: Sent})
	})
	if err != nil || !mine {
		return err
	}
	body, err := c.message(s.key(d.Brand), d.Brand, d.Name, m.Commands[c.Name], now)
	if err != nil {
		return err
	}
	err = send(d.Brand, d.Name, "cmd", body, c.Expires.Sub(now), func(delivered bool) {
		if delivered {
			s.delivered(c.ID)
		}
	})
	if !fault.Is(err, fault.Unavailable) {
		return err
	}
	// It never left: it may be sent later, if that is in its nature.
	back := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if !h.Queue {
			now, err := get(tx, c.ID)
			if err == nil && now.State == Sent {
				_, err = s.end(tx, now, Expired, "offline", nil)
			}
			return err
		}
		_, err := tx.Exec(`UPDATE command_command SET state = 'queued', due_us = expires_us WHERE id = $1 AND state = 'sent'`, string(c.ID))
		return err
	})
	if back != nil {
		return back
	}
	return err
}

// delivered notes that a device has acknowledged the message of a command.
func (s *Service) delivered(id ident.Command) {
	err := s.db.Update(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE command_command SET state = 'delivered', changed_us = $1 WHERE id = $2 AND state = 'sent'`, sqldb.Micros(s.clock.Now()), string(id))
		return err
	})
	if err != nil {
		s.log.Warn("that a command was delivered could not be noted", "command", string(id), "error", err)
	}
}

// answer is up/ack.
type answer struct {
	Cmd  ident.Command   `json:"cmd"`
	St   string          `json:"st"`
	Code json.RawMessage `json:"code"`
	Res  json.RawMessage `json:"res"`
}

// Answered takes a device's answer in, in the transaction of its group. A repeated or
// late answer changes nothing. Errors: Invalid, NotFound for another device's command.
func (s *Service) Answered(tx *sqldb.Tx, d *device.Device, body []byte) error {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil || a.Cmd == "" || a.St == "" {
		return fault.New(fault.Invalid, "the answer to a command has cmd and st", "Write {\"cmd\": \"…\", \"st\": \"succeeded\"}.")
	}
	c, err := get(tx, a.Cmd)
	if err != nil {
		return err
	}
	if c.Device != d.No {
		return fault.New(fault.NotFound, "there is no such command", "")
	}
	next, moved := Next(c.State, a.St)
	if !moved {
		if _, known := Next(Sent, a.St); !known {
			return fault.Newf(fault.Invalid, "there is no state %.40q of a command", a.St).WithHint("accepted, running, succeeded, failed and refused are taken.")
		}
		return nil
	}
	code := ""
	if len(a.Code) > 0 && len(a.Code) <= 200 {
		if json.Unmarshal(a.Code, &code) != nil {
			code = string(a.Code)
		}
	}
	if len(a.Res) > 4096 {
		a.Res = nil
	}
	if next.Ended() {
		_, err = s.end(tx, c, next, code, a.Res)
		return err
	}
	_, err = tx.Exec(`UPDATE command_command SET state = $1, code = $2, changed_us = $3, due_us = $4 WHERE id = $5`,
		string(next), code, sqldb.Micros(s.clock.Now()), sqldb.Micros(s.clock.Now().Add(runningWait)), string(c.ID))
	return err
}

// runningWait is how long a command may run without a word of its device.
const runningWait = 10 * time.Minute

// Run ends, until ctx ends, what nobody answers in time.
func (s *Service) Run(ctx context.Context) error {
	for {
		next, err := s.Expire(ctx)
		wait := time.Minute
		if err != nil {
			wait = time.Second
		} else if !next.IsZero() {
			wait = min(wait, max(next.Sub(s.clock.Now()), 10*time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.clock.After(wait):
		case <-s.wake:
		}
	}
}

// Expire ends once what is over, and says when to look again; zero when nothing waits.
func (s *Service) Expire(ctx context.Context) (next time.Time, err error) {
	now := sqldb.Micros(s.clock.Now())
	for {
		var over []Command
		err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			over, err = collect(tx.Query(`SELECT `+commandColumns+` FROM command_command WHERE due_us > 0 AND due_us <= $1 ORDER BY due_us LIMIT 200`, now))
			if err != nil || len(over) > 0 {
				return err
			}
			var due int64
			err = tx.QueryRow(`SELECT coalesce(min(due_us), 0) FROM command_command WHERE due_us > 0`).Scan(&due)
			next = sqldb.Time(due)
			return err
		})
		if err != nil || len(over) == 0 {
			return next, err
		}
		for _, c := range over {
			err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
				c, err := get(tx, c.ID)
				if err != nil || c.State.Ended() {
					return err
				}
				switch c.State {
				case Awaiting:
					_, err = s.end(tx, c, Expired, "nobody confirmed it", nil)
				case Queued:
					_, err = s.end(tx, c, Expired, "the device did not come in time", nil)
				default:
					_, err = s.end(tx, c, Unknown, "no answer", nil)
				}
				return err
			})
			if err != nil {
				return next, err
			}
		}
	}
}

// Waiting is what a device fetches that is not connected all the time.
type Waiting struct {
	Desired  *settleMessage    `json:"des,omitempty"`
	Commands []json.RawMessage `json:"cmd"`
}

// Fetch gives a device what waits for it, and counts the commands as sent.
func (s *Service) Fetch(ctx context.Context, d device.Device) (w Waiting, err error) {
	w.Commands = []json.RawMessage{}
	err = s.deliver(ctx, func(_, _, kind string, body []byte, _ time.Duration, done func(bool)) error {
		if kind == "des" {
			w.Desired = &settleMessage{}
			return json.Unmarshal(body, w.Desired)
		}
		w.Commands = append(w.Commands, body)
		if done != nil {
			done(true)
		}
		return nil
	}, d.Brand, d.Name)
	return w, err
}
