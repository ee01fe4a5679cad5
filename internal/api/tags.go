package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type listChips struct {
	Paging
	Set     string `query:"set" maxLength:"32"`
	Status  string `query:"status" enum:"registered,active,blocked"`
	GTIN    string `query:"gtin" maxLength:"14"`
	Virtual bool   `query:"virtual" doc:"Only virtual ones"`
	Q       string `query:"q" maxLength:"100" doc:"Beginning of a serial number"`
}

type importIn struct {
	Set     string `query:"set" maxLength:"32" doc:"For rows that name none"`
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	RawBody []byte `contentType:"text/csv"`
}

type encodeIn struct {
	Set   string `query:"set" required:"true" maxLength:"32"`
	GTIN  string `query:"gtin" maxLength:"14"`
	Lot   string `query:"lot" maxLength:"20"`
	Limit int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}

func (a *API) tags() {
	const group = "Tags and key sets"
	frame.Handle(a.frame, frame.Op{ID: "list-keysets", Method: http.MethodGet, Path: "/keysets", Action: access.TagRead, Group: group,
		Summary: "List key sets, each at its newest epoch", Words: "Keys are never answered, only check values of three bytes."}, pending[Paging, answer[wire.Page[wire.KeySet]]])
	frame.Handle(a.frame, frame.Op{ID: "get-keyset", Method: http.MethodGet, Path: "/keysets/{name}", Action: access.TagRead, Group: group,
		Summary: "Get a key set with its epochs"}, pending[ByName, answer[wire.KeySetHistory]])
	frame.Handle(a.frame, frame.Op{ID: "create-keyset", Method: http.MethodPost, Path: "/keysets", Action: access.TagWrite, Group: group,
		Summary: "Make a key set", Words: "From given keys, or from chance. Published example keys are refused unless it is a test set.", Status: http.StatusCreated,
	}, pending[struct{ Body wire.KeySetRequest }, created[wire.KeySet]])
	frame.Handle(a.frame, frame.Op{ID: "create-keyset-epoch", Method: http.MethodPost, Path: "/keysets/{name}/epochs", Action: access.TagWrite, Group: group,
		Summary: "Begin the next epoch of a key set", Words: "Tags that are encoded keep theirs.", Status: http.StatusCreated,
	}, pending[struct {
		ByName
		Body wire.EpochRequest
	}, created[wire.KeySet]])
	frame.Handle(a.frame, frame.Op{ID: "retire-keyset", Method: http.MethodPost, Path: "/keysets/{name}/retire", Action: access.TagWrite, Group: group,
		Summary: "Retire a key set or one epoch of it", Words: "Taps of its tags are refused from then on."}, pending[struct {
		ByName
		Body wire.RetireRequest
	}, answer[wire.KeySet]])
	frame.Handle(a.frame, frame.Op{ID: "get-keyset-encoding", Method: http.MethodGet, Path: "/keysets/{name}/encoding", Action: access.TagRead, Group: group,
		Summary: "What an encoder writes on a tag"}, pending[ByName, answer[wire.Encoding]])
	frame.Handle(a.frame, frame.Op{ID: "list-chips", Method: http.MethodGet, Path: "/chips", Action: access.TagRead, Group: group,
		Summary: "List chips, the newest first"}, pending[listChips, answer[wire.Page[wire.Chip]]])
	frame.Handle(a.frame, frame.Op{ID: "get-chip", Method: http.MethodGet, Path: "/chips/{id}", Action: access.TagRead, Group: group,
		Summary: "Get a chip"}, pending[ByID, answer[wire.Chip]])
	frame.Handle(a.frame, frame.Op{ID: "import-chips", Method: http.MethodPost, Path: "/chips/import", Action: access.TagWrite, Group: group,
		Summary: "Import a personalisation batch", MaxBody: 8 << 20, Types: []string{"text/csv"},
		Words: "Columns are found by their header. With `dryRun` the answer is the report; without, a file with errors is 400 and nothing is imported.",
	}, pending[importIn, answer[wire.ImportReport]])
	frame.Handle(a.frame, frame.Op{ID: "encode-chips", Answers: "text/csv", Method: http.MethodGet, Path: "/chips/encode.csv", Action: access.TagEncode, Group: group,
		Summary: "What is to be written on tags, as CSV", Words: "One row for every thing that has no tag yet. Holds references to keys, never keys."}, pending[encodeIn, download])
	frame.Handle(a.frame, frame.Op{ID: "block-chip", Method: http.MethodPost, Path: "/chips/{id}/block", Action: access.TagWrite, Group: group,
		Summary: "Block a chip", Words: "Its taps are refused from then on."}, pending[blockIn, answer[wire.Chip]])
	frame.Handle(a.frame, frame.Op{ID: "unblock-chip", Method: http.MethodPost, Path: "/chips/{id}/unblock", Action: access.TagWrite, Group: group,
		Summary: "Let a blocked chip go"}, pending[blockIn, answer[wire.Chip]])
	frame.Handle(a.frame, frame.Op{ID: "diagnose", Method: http.MethodPost, Path: "/diagnose", Action: access.TagDiagnose, Group: group,
		Summary: "What is wrong with a tag's URL", Words: "Verifies step by step without counting, and tries the mistakes that tag makers make."}, pending[struct{ Body wire.DiagnoseRequest }, answer[wire.Diagnosis]])
}

type blockIn struct {
	ByID
	Body wire.BlockRequest
}
