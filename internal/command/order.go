package command

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/model"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// Order is a wish for a command.
type Order struct {
	Name string
	Args map[string]json.RawMessage
	Key  string // the same key by the same one is the same order; may be empty
	Job  ident.Job
}

// Order has a device do something once. A guarded command waits for Confirm. Errors:
// NotFound for a device or command that is not there, Invalid, Conflict for a frozen
// device or one that is not there and for which the command does not wait, Forbidden.
func (s *Service) Order(ctx context.Context, by By, brand, name string, o Order) (c Command, err error) {
	d, m, err := s.find(ctx, brand, name)
	if err != nil {
		return c, err
	}
	mc, ok := m.Commands[o.Name]
	if !ok {
		var known []string
		for n := range m.Commands {
			known = append(known, n)
		}
		return c, fault.Newf(fault.NotFound, "the model %s has no command %.40q", m.Name, o.Name).WithHint("Its commands: %v.", known)
	}
	args, err := checkArgs(mc, o.Args)
	if err != nil {
		return c, err
	}
	if len(o.Key) > 200 {
		return c, fault.New(fault.TooLarge, "the key of the order is longer than 200 bytes", "")
	}
	if mc.Guarded() && !by.mayMove() {
		return c, errMayNotMove
	}
	if err := refuseState(d); err != nil {
		return c, err
	}
	h := mc.Handling()
	now := s.clock.Now()
	c = Command{
		ID: s.ids.Command(), Device: d.No, Name: o.Name, Args: args, State: Queued, Class: mc.Actuator, Guarded: mc.Guarded(), By: by.String(), Job: o.Job,
		Created: now, Expires: now.Add(h.Expires), Changed: now,
	}
	if h.Confirm == model.Strong {
		// Whoever confirms has a minute; from then on the time of the command runs.
		c.State, c.Expires = Awaiting, now.Add(confirmWithin)
	} else if !d.Online && !h.Queue {
		return c, errNotThere(d)
	}
	fresh := true
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if o.Key != "" {
			known, err := scanCommand(tx.QueryRow(`SELECT `+commandColumns+` FROM command_command WHERE device = $1 AND ordered_by = $2 AND repeat_key = $3`, d.No, by.String(), o.Key).Scan)
			if err == nil {
				if known.Name != c.Name || string(known.Args) != string(c.Args) {
					return fault.New(fault.Conflict, "this key was used for another order", "Take a new key for a new order.")
				}
				c, fresh = known, false
				return nil
			}
			if !errors.Is(err, sqldb.ErrNoRows) {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO command_command (`+commandColumns+`, repeat_key, due_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, '', '', $10, $11, 0, $10, $12, $11)`,
			string(c.ID), c.Device, c.Name, string(c.Args), string(c.State), string(c.Class), flag(c.Guarded), c.By, string(c.Job),
			sqldb.Micros(c.Created), sqldb.Micros(c.Expires), o.Key); err != nil {
			return err
		}
		s.wakeAfter(tx)
		return s.note(tx, d, TypeOrdered, commandBody{Device: d.ID(), Command: c.ID, Name: c.Name, Args: c.Args, State: c.State, By: c.By, Job: c.Job})
	})
	if err == nil && fresh && c.State == Queued {
		s.Deliver(ctx, brand, name)
		c, err = s.Get(ctx, c.ID)
	}
	return c, err
}

// confirmWithin is how long a guarded command waits to be confirmed.
const confirmWithin = time.Minute

func errNotThere(d device.Device) error {
	return fault.Newf(fault.Conflict, "the device %s is not connected, and this command does not wait for it", d.ID()).WithHint("Try again when it is there.").At("code", "offline")
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Get reads a command. Errors: NotFound.
func (s *Service) Get(ctx context.Context, id ident.Command) (c Command, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		c, err = get(tx, id)
		return err
	})
	return c, err
}

func get(tx *sqldb.Tx, id ident.Command) (Command, error) {
	c, err := scanCommand(tx.QueryRow(`SELECT `+commandColumns+` FROM command_command WHERE id = $1`, string(id)).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, fault.New(fault.NotFound, "there is no such command", "List the commands of the device.")
	}
	return c, err
}

// List gives the commands of a device (0: of all), the newest first.
func (s *Service) List(ctx context.Context, no int64, before ident.Command, limit int) (all []Command, err error) {
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all, err = collect(tx.Query(`SELECT `+commandColumns+` FROM command_command WHERE ($1 = 0 OR device = $1) AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, no, string(before), limit))
		return err
	})
	return all, err
}

func collect(rows *sqldb.Rows, err error) ([]Command, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Command
	for rows.Next() {
		c, err := scanCommand(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Confirm is the fresh word of somebody who has just proved who he is. challenge is
// what Challenge gave for this command and this person: it binds the word to what he
// saw. Errors: NotFound, Forbidden for anybody but a person, Conflict for a command that
// waits for nothing, or whose device has left.
func (s *Service) Confirm(ctx context.Context, by By, id ident.Command, challenge string) (c Command, err error) {
	if !by.person() {
		return c, fault.New(fault.Forbidden, "only a person confirms a command", "Sign in to the console.")
	}
	var d device.Device
	var m *model.Model
	if c, err = s.Get(ctx, id); err != nil {
		return c, err
	}
	if err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		d, err = device.ByNo(tx, c.Device)
		return err
	}); err != nil {
		return c, err
	}
	if m, err = s.model(ctx, d.Model); err != nil {
		return c, err
	}
	if challenge != Challenge(c, by.String()) {
		return c, fault.New(fault.Conflict, "what is confirmed is not this command", "Look at the command again, then confirm it.")
	}
	h := m.Commands[c.Name].Handling()
	if h.Expires == 0 {
		h = c.Class.Handling()
	}
	if !d.Online && !h.Queue {
		return c, errNotThere(d)
	}
	if err := refuseState(d); err != nil {
		return c, err
	}
	now := s.clock.Now()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE command_command SET state = 'queued', confirmed_by = $1, expires_us = $2, due_us = $2, changed_us = $3
			WHERE id = $4 AND state = 'awaiting-confirmation' AND expires_us > $3`, by.String(), sqldb.Micros(now.Add(h.Expires)), sqldb.Micros(now), string(id))
		if err != nil {
			return err
		}
		if c, err = get(tx, id); err != nil {
			return err
		}
		if n == 0 {
			return fault.Newf(fault.Conflict, "the command is %s", c.State).WithHint("Order it again.")
		}
		s.wakeAfter(tx)
		return s.note(tx, d, TypeConfirmed, commandBody{Device: d.ID(), Command: c.ID, Name: c.Name, State: c.State, By: by.String()})
	})
	if err == nil {
		s.Deliver(ctx, d.Brand, d.Name)
		c, err = s.Get(ctx, id)
	}
	return c, err
}

// Cancel ends a command that was not sent yet. Errors: NotFound, Conflict.
func (s *Service) Cancel(ctx context.Context, by By, id ident.Command) (c Command, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if c, err = get(tx, id); err != nil {
			return err
		}
		if c.State != Awaiting && c.State != Queued {
			return fault.Newf(fault.Conflict, "the command is %s", c.State).WithHint("Only what was not sent yet can be taken back.")
		}
		c, err = s.end(tx, c, Cancelled, "by "+by.String(), nil)
		return err
	})
	return c, err
}

// end settles a command inside a transaction.
func (s *Service) end(tx *sqldb.Tx, c Command, state State, code string, result json.RawMessage) (Command, error) {
	c.State, c.Code, c.Result, c.Changed = state, code, result, s.clock.Now()
	if _, err := tx.Exec(`UPDATE command_command SET state = $1, code = $2, result = $3, changed_us = $4, due_us = 0 WHERE id = $5`,
		string(state), code, string(result), sqldb.Micros(c.Changed), string(c.ID)); err != nil {
		return c, err
	}
	d, err := device.ByNo(tx, c.Device)
	if err != nil {
		return c, err
	}
	if err := s.note(tx, d, TypeEnded, commandBody{Device: d.ID(), Command: c.ID, Name: c.Name, State: state, Code: code, Job: c.Job}); err != nil {
		return c, err
	}
	for _, fn := range s.settled {
		if err := fn(tx, c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (s *Service) wakeAfter(tx *sqldb.Tx) {
	tx.AfterCommit(func() {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	})
}

// Delta gives what a device is still to be told: the settings in which it is not as it
// should be.
func (s *Service) Delta(ctx context.Context, d device.Device) (want twin.Desired, delta map[string]any, err error) {
	if want, err = s.Desired(ctx, d.No); err != nil || len(want.Wishes) == 0 {
		return want, nil, err
	}
	r, err := s.reported(ctx, d)
	if err != nil {
		return want, nil, err
	}
	delta = map[string]any{}
	for name, v := range twin.Delta(want, r) {
		delta[name] = v
	}
	return want, delta, nil
}
