package devices

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/command"
	"tagline/internal/device"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// ordering adds the operations about commands.
func (d *Desk) ordering(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-commands", Method: http.MethodGet, Path: "/commands", Action: access.DeviceRead, Group: group,
		Summary: "List commands of all devices, the newest first: who had what done"}, d.listAllCommands)
	frame.Handle(f, frame.Op{ID: "list-device-commands", Method: http.MethodGet, Path: "/devices/{brand}/{name}/commands", Action: access.DeviceRead, Group: group,
		Summary: "List the commands of a device, the newest first"}, d.listCommands)
	frame.Handle(f, frame.Op{ID: "order-command", Method: http.MethodPost, Path: "/devices/{brand}/{name}/commands", Action: access.DeviceCommand, Group: group, Status: http.StatusCreated,
		Summary: "Have a device do something once", Words: "What opens, moves or heats something waits for a confirmation within a minute. The same `key` by the same one is the same order."}, d.order)
	frame.Handle(f, frame.Op{ID: "get-command", Method: http.MethodGet, Path: "/commands/{id}", Action: access.DeviceRead, Group: group,
		Summary: "Get a command"}, func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Answer[connected.DeviceCommand], error) {
		c, err := d.Commands.Get(ctx, ident.Command(in.ID))
		if err != nil {
			return nil, err
		}
		out, err := d.commandShape(ctx, who, c)
		return frame.Say(out, err)
	})
	frame.Handle(f, frame.Op{ID: "confirm-command", Method: http.MethodPost, Path: "/commands/{id}/confirmation", Action: access.DeviceCommand, Group: group,
		Summary: "Confirm a guarded command with the own password", Words: "`challenge` is the one that came with the command: it binds the word to this command, its arguments and this person. Keys cannot confirm."}, d.confirm)
	frame.Handle(f, frame.Op{ID: "cancel-command", Method: http.MethodPost, Path: "/commands/{id}/cancellation", Action: access.DeviceCommand, Group: group,
		Summary: "Take back a command that was not sent yet"}, func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Answer[connected.DeviceCommand], error) {
		c, err := d.Commands.Cancel(ctx, by(who), ident.Command(in.ID))
		if err != nil {
			return nil, err
		}
		out, err := d.commandShape(ctx, who, c)
		return frame.Say(out, err)
	})
}

func (d *Desk) commandShape(ctx context.Context, who access.Actor, c command.Command) (connected.DeviceCommand, error) {
	out := connected.DeviceCommand{
		ID: string(c.ID), Name: c.Name, Args: c.Args, State: string(c.State), Ended: c.State.Ended(), Class: string(c.Class), Guarded: c.Guarded, OrderedBy: c.By, ConfirmedBy: c.Confirmed,
		Code: c.Code, Result: c.Result, CreatedAt: c.Created, ExpiresAt: c.Expires, SentAt: wire.When(c.Sent), ChangedAt: c.Changed,
	}
	if out.Class == "" {
		out.Class = "none"
	}
	if c.State == command.Awaiting && who.Kind == access.KindMember {
		out.Challenge = command.Challenge(c, by(who).String())
	}
	var x device.Device
	err := d.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		x, err = device.ByNo(tx, c.Device)
		return err
	})
	if err != nil {
		return out, err
	}
	out.DeviceID = x.ID()
	if m, err := d.model(ctx, x.Model); err == nil {
		out.Title = m.Commands[c.Name].Title
	}
	return out, nil
}

type commandsIn struct {
	Named
	frame.Paging
}

func (d *Desk) listCommands(ctx context.Context, who access.Actor, in *commandsIn) (*frame.Answer[frame.Page[connected.DeviceCommand]], error) {
	x, err := d.Devices.Get(ctx, in.Brand, in.Name)
	if err != nil {
		return nil, err
	}
	return d.commands(ctx, who, in.Paging, x.No)
}

func (d *Desk) listAllCommands(ctx context.Context, who access.Actor, in *struct{ frame.Paging }) (*frame.Answer[frame.Page[connected.DeviceCommand]], error) {
	return d.commands(ctx, who, in.Paging, 0)
}

func (d *Desk) commands(ctx context.Context, who access.Actor, in frame.Paging, no int64) (*frame.Answer[frame.Page[connected.DeviceCommand]], error) {
	return frame.List(in, "commands", []any{no}, func(c command.Command) (connected.DeviceCommand, error) { return d.commandShape(ctx, who, c) },
		func(c command.Command) string { return string(c.ID) },
		func(after string, limit int) ([]command.Command, error) {
			return d.Commands.List(ctx, no, ident.Command(after), limit)
		})
}

func (d *Desk) order(ctx context.Context, who access.Actor, in *struct {
	Named
	Body connected.NewCommand
}) (*frame.Answer[connected.DeviceCommand], error) {
	c, err := d.Commands.Order(ctx, by(who), in.Brand, in.Name, command.Order{Name: in.Body.Name, Args: in.Body.Args, Key: in.Body.Key})
	if err != nil {
		return nil, err
	}
	out, err := d.commandShape(ctx, who, c)
	return frame.Say(out, err)
}

func (d *Desk) confirm(ctx context.Context, who access.Actor, in *struct {
	frame.ByID
	Body connected.Confirmation
}) (*frame.Answer[connected.DeviceCommand], error) {
	if err := d.Access.Prove(ctx, who, in.Body.Password, frame.Address(ctx)); err != nil {
		return nil, err
	}
	c, err := d.Commands.Confirm(ctx, by(who), ident.Command(in.ID), in.Body.Challenge)
	if err != nil {
		return nil, err
	}
	out, err := d.commandShape(ctx, who, c)
	return frame.Say(out, err)
}
