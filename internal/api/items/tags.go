package items

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/personalise"
	"tagline/internal/tag"
	"tagline/ntag424"
)

type listChips struct {
	frame.Paging
	Set     string `query:"set" maxLength:"40"`
	Status  string `query:"status" enum:"registered,active,blocked"`
	GTIN    string `query:"gtin" maxLength:"14"`
	Serial  string `query:"serial" maxLength:"20"`
	Virtual bool   `query:"virtual" doc:"Only virtual ones"`
}

type importIn struct {
	Set     string `query:"set" maxLength:"40" doc:"For rows that name none"`
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	RawBody []byte `contentType:"text/csv"`
}

type encodeIn struct {
	Set   string `query:"set" required:"true" maxLength:"40"`
	GTIN  string `query:"gtin" maxLength:"14"`
	Lot   string `query:"lot" maxLength:"20"`
	Limit int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}

type epochIn struct {
	frame.ByName
	Body wire.EpochRequest
}

type retireIn struct {
	frame.ByName
	Body wire.RetireRequest
}

type blockIn struct {
	frame.ByID
	Body wire.BlockRequest
}

func (d *Desk) tags(f *frame.Frame) {
	const group = "Tags and key sets"
	frame.Handle(f, frame.Op{ID: "list-keysets", Method: http.MethodGet, Path: "/keysets", Action: access.TagRead, Group: group,
		Summary: "List key sets, each at its newest epoch", Words: "Keys are never answered, only check values of three bytes."}, d.listKeysets)
	frame.Handle(f, frame.Op{ID: "get-keyset", Method: http.MethodGet, Path: "/keysets/{name}", Action: access.TagRead, Group: group,
		Summary: "Get a key set with its epochs"}, d.getKeyset)
	frame.Handle(f, frame.Op{ID: "create-keyset", Noted: true, Method: http.MethodPost, Path: "/keysets", Action: access.TagWrite, Group: group,
		Summary: "Make a key set", Words: "From given keys, or from chance. Published example keys are refused unless it is a test set.", Status: http.StatusCreated}, d.createKeyset)
	frame.Handle(f, frame.Op{ID: "create-keyset-epoch", Noted: true, Method: http.MethodPost, Path: "/keysets/{name}/epochs", Action: access.TagWrite, Group: group,
		Summary: "Begin the next epoch of a key set", Words: "Tags that are encoded keep theirs.", Status: http.StatusCreated}, d.createEpoch)
	frame.Handle(f, frame.Op{ID: "retire-keyset", Noted: true, Method: http.MethodPost, Path: "/keysets/{name}/retire", Action: access.TagWrite, Group: group,
		Summary: "Retire an epoch of a key set", Words: "Taps of its tags are refused from then on."},
		func(ctx context.Context, _ access.Actor, in *retireIn) (*frame.Answer[wire.KeySet], error) {
			k, err := d.Keysets.Retire(ctx, in.Name, in.Body.Epoch)
			if err != nil {
				return nil, err
			}
			shape, err := d.keyset(ctx, k)
			return frame.Say(shape, err)
		})
	frame.Handle(f, frame.Op{ID: "get-keyset-encoding", Method: http.MethodGet, Path: "/keysets/{name}/encoding", Action: access.TagRead, Group: group,
		Summary: "What an encoder writes on a tag"},
		func(ctx context.Context, _ access.Actor, in *frame.ByName) (*frame.Answer[wire.Encoding], error) {
			e, err := d.Keysets.Encoding(ctx, in.Name)
			return frame.Say(wire.EncodingOf(e), err)
		})
	frame.Handle(f, frame.Op{ID: "list-chips", Method: http.MethodGet, Path: "/chips", Action: access.TagRead, Group: group,
		Summary: "List chips, the newest first"}, d.listChips)
	frame.Handle(f, frame.Op{ID: "get-chip", Method: http.MethodGet, Path: "/chips/{id}", Action: access.TagRead, Group: group,
		Summary: "Get a chip"}, d.getChip)
	frame.Handle(f, frame.Op{ID: "import-chips", Noted: true, Method: http.MethodPost, Path: "/chips/import", Action: access.TagWrite, Group: group,
		Summary: "Import a personalisation batch", MaxBody: personalise.MaxBatchBytes + 1, Types: []string{"text/csv"},
		Words: "Columns are found by their header. With `dryRun` the answer is the report; without, a file with errors is 400 and nothing is imported."},
		func(ctx context.Context, _ access.Actor, in *importIn) (*frame.Answer[wire.ImportReport], error) {
			r, err := d.Batches.Import(ctx, bytes.NewReader(in.RawBody), personalise.Options{Set: in.Set, DryRun: in.DryRun})
			return frame.Say(importOf(r), err)
		})
	frame.Handle(f, frame.Op{ID: "encode-chips", Noted: true, Answers: "text/csv", Method: http.MethodGet, Path: "/chips/encode.csv", Action: access.TagEncode, Group: group,
		Summary: "What is to be written on tags, as CSV", Words: "One row for every thing that has no tag yet. Holds references to keys, never keys."}, d.encodeChips)
	frame.Handle(f, frame.Op{ID: "block-chip", Noted: true, Method: http.MethodPost, Path: "/chips/{id}/block", Action: access.TagWrite, Group: group,
		Summary: "Block a chip", Words: "Its taps are refused from then on."}, d.block(true))
	frame.Handle(f, frame.Op{ID: "unblock-chip", Noted: true, Method: http.MethodPost, Path: "/chips/{id}/unblock", Action: access.TagWrite, Group: group,
		Summary: "Let a blocked chip go"}, d.block(false))
	frame.Handle(f, frame.Op{ID: "diagnose", Method: http.MethodPost, Path: "/diagnose", Action: access.TagDiagnose, Group: group,
		Summary: "What is wrong with a tag's URL", Words: "Verifies step by step without counting, and tries the mistakes that tag makers make."},
		func(ctx context.Context, _ access.Actor, in *struct{ Body wire.DiagnoseRequest }) (*frame.Answer[wire.Diagnosis], error) {
			d, err := d.Tags.Diagnose(ctx, in.Body.Set, in.Body.URL)
			return frame.Say(wire.DiagnosisOf(d), err)
		})
}

// keyset shapes an epoch with the number of its chips.
func (d *Desk) keyset(ctx context.Context, k keyset.KeySet) (wire.KeySet, error) {
	chips, err := d.Tags.CountChips(ctx, k.Name)
	return wire.KeySetOf(k, chips[k.Epoch]), err
}

func (d *Desk) listKeysets(ctx context.Context, _ access.Actor, in *frame.Paging) (*frame.Answer[frame.Page[wire.KeySet]], error) {
	return frame.List(*in, "keysets", nil, func(k keyset.KeySet) (wire.KeySet, error) { return d.keyset(ctx, k) },
		func(k keyset.KeySet) string { return k.Name },
		func(after string, limit int) ([]keyset.KeySet, error) { return d.Keysets.List(ctx, after, limit) })
}

func (d *Desk) getKeyset(ctx context.Context, _ access.Actor, in *frame.ByName) (*frame.Answer[wire.KeySetHistory], error) {
	epochs, err := d.Keysets.Get(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	chips, err := d.Tags.CountChips(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	all := wire.Each(epochs, func(k keyset.KeySet) wire.KeySet { return wire.KeySetOf(k, chips[k.Epoch]) })
	return frame.Say(wire.KeySetHistory{Current: all[0], Epochs: all}, nil)
}

func (d *Desk) createKeyset(ctx context.Context, _ access.Actor, in *struct{ Body wire.KeySetRequest }) (*frame.Created[wire.KeySet], error) {
	b := in.Body
	k, err := d.Keysets.Create(ctx, keyset.NewSet{Name: b.Name, Scheme: ntag424.Scheme(b.Scheme), Mode: b.Mode, MetaSlot: b.MetaSlot, FileSlot: b.FileSlot,
		SystemID: b.SystemID, Template: b.Template, Options: b.Options.Domain(), Test: b.Test, Keys: b.Keys.Domain()})
	return newKeyset(k, wire.Below("body", err))
}

func (d *Desk) createEpoch(ctx context.Context, _ access.Actor, in *epochIn) (*frame.Created[wire.KeySet], error) {
	k, err := d.Keysets.NextEpoch(ctx, in.Name, keyset.NewEpoch{Keys: in.Body.Keys.Domain(), Template: in.Body.Template, Options: in.Body.Options.Domain(), Mode: in.Body.Mode})
	return newKeyset(k, wire.Below("body", err))
}

func newKeyset(k keyset.KeySet, err error) (*frame.Created[wire.KeySet], error) {
	return &frame.Created[wire.KeySet]{Location: frame.Base + "/keysets/" + k.Name, Body: wire.KeySetOf(k, 0)}, err
}

// carrier names the item that carries a chip, if there is one.
func (d *Desk) carrier(ctx context.Context, c tag.Chip) (*wire.ThingRef, error) {
	if c.Serial == "" {
		return nil, nil
	}
	it, err := d.Things.Find(ctx, c.GTIN, c.Serial)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	ref := wire.RefOf(it)
	return &ref, err
}

func (d *Desk) listChips(ctx context.Context, _ access.Actor, in *listChips) (*frame.Answer[frame.Page[wire.Chip]], error) {
	return frame.List(in.Paging, "chips", []any{in.Set, in.Status, in.GTIN, in.Serial, in.Virtual},
		func(c tag.Chip) (wire.Chip, error) {
			of, err := d.carrier(ctx, c)
			return wire.ChipOf(c, of), err
		},
		func(c tag.Chip) string { return string(c.ID) },
		func(after string, limit int) ([]tag.Chip, error) {
			return d.Tags.Chips(ctx, tag.ChipFilter{Set: in.Set, Status: tag.Status(in.Status), GTIN: wire.GTIN(in.GTIN), Serial: in.Serial, Virtual: in.Virtual,
				After: ident.Tag(after), Limit: limit})
		})
}

func (d *Desk) getChip(ctx context.Context, _ access.Actor, in *frame.ByID) (*frame.Answer[wire.Chip], error) {
	id, err := ident.ParseTag(in.ID)
	if err != nil {
		return nil, err
	}
	c, err := d.Tags.Chip(ctx, id)
	if err != nil {
		return nil, err
	}
	of, err := d.carrier(ctx, c)
	return frame.Say(wire.ChipOf(c, of), err)
}

func (d *Desk) block(on bool) func(context.Context, access.Actor, *blockIn) (*frame.Answer[wire.Chip], error) {
	return func(ctx context.Context, _ access.Actor, in *blockIn) (*frame.Answer[wire.Chip], error) {
		id, err := ident.ParseTag(in.ID)
		if err != nil {
			return nil, err
		}
		do := d.Things.Unblock
		if on {
			do = d.Things.Block
		}
		c, err := do(ctx, id, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		of, err := d.carrier(ctx, c)
		return frame.Say(wire.ChipOf(c, of), err)
	}
}

func (d *Desk) encodeChips(ctx context.Context, _ access.Actor, in *encodeIn) (*frame.Download, error) {
	var out bytes.Buffer
	err := d.Batches.Encode(ctx, &out, personalise.EncodeRequest{Set: in.Set, GTIN: wire.GTIN(in.GTIN), Lot: in.Lot, Base: d.BaseURL, Limit: in.Limit})
	return &frame.Download{ContentType: "text/csv; charset=utf-8", Disposition: "attachment; filename=" + strconv.Quote("encode-"+in.Set+".csv"), Body: out.Bytes()}, err
}

// importOf shapes what became of a personalisation batch.
func importOf(r personalise.Report) wire.ImportReport {
	return wire.ImportReport{DryRun: r.DryRun, Batch: string(r.Batch), Rows: r.Rows, Created: r.Created, Unchanged: r.Unchanged, Refused: r.Refused,
		Columns:  wire.Each(r.Columns, func(c personalise.Column) wire.Column { return wire.Column(c) }),
		Errors:   wire.Each(r.Errors, func(e personalise.RowError) wire.RowError { return wire.RowError(e) }),
		Warnings: wire.Each(r.Warnings, func(e personalise.RowError) wire.RowError { return wire.RowError(e) })}
}
