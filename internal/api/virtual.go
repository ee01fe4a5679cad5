package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type ByChip struct {
	Chip string `path:"chip" maxLength:"40"`
}

type forgotten struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

func (a *API) virtual() {
	const group = "Phone frame"
	frame.Handle(a.frame, frame.Op{ID: "list-virtual-bottles", Method: http.MethodGet, Path: "/virtual", Action: access.PhoneUse, Group: group,
		Summary: "List virtual bottles, the newest first"}, pending[Paging, answer[wire.Page[wire.VirtualBottle]]])
	frame.Handle(a.frame, frame.Op{ID: "create-virtual-bottle", Method: http.MethodPost, Path: "/virtual", Action: access.PhoneUse, Group: group,
		Summary: "Make a virtual bottle", Status: http.StatusCreated}, pending[struct{ Body wire.VirtualRequest }, answer[wire.VirtualBottle]])
	frame.Handle(a.frame, frame.Op{ID: "tap-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/tap", Action: access.PhoneUse, Group: group,
		Summary: "Hold the phone to a virtual bottle", Words: "Every call is one physical tap: the chip counts up and signs a new URL."}, pending[ByChip, answer[wire.VirtualTap]])
	frame.Handle(a.frame, frame.Op{ID: "tear-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/tear", Action: access.PhoneUse, Group: group,
		Summary: "Tear the seal of a virtual bottle"}, pending[ByChip, answer[wire.VirtualBottle]])
	frame.Handle(a.frame, frame.Op{ID: "reset-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/reset", Action: access.PhoneUse, Group: group,
		Summary: "Take a fresh bottle", Words: "A new serial number, sealed."}, pending[ByChip, answer[wire.VirtualBottle]])
	frame.Handle(a.frame, frame.Op{ID: "forget-phone", Method: http.MethodPost, Path: "/phone/forget", Action: access.PhoneUse, Group: group,
		Summary: "Take another phone", Words: "Clears the consumer's cookies in this browser.", Status: http.StatusNoContent}, pending[nothing, forgotten])
}
