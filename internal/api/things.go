package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type listThings struct {
	Paging
	GTIN   string `query:"gtin" maxLength:"14"`
	Serial string `query:"serial" maxLength:"20"`
	Lot    string `query:"lot" maxLength:"20"`
	Seal   string `query:"seal" enum:"unknown,sealed,opened"`
	Life   string `query:"life" enum:"made,sold,opened,in-use,drained"`
	Market string `query:"market" maxLength:"2"`
	Alarm  bool   `query:"alarm" doc:"Only those with an alarm"`
	Q      string `query:"q" maxLength:"100" doc:"Beginning of a serial number or lot"`
}

type story struct {
	ByID
	Paging
}

func (a *API) things() {
	const group = "Things"
	frame.Handle(a.frame, frame.Op{ID: "list-things", Method: http.MethodGet, Path: "/things", Action: access.ThingRead, Group: group,
		Summary: "List things, the newest first"}, pending[listThings, answer[wire.Page[wire.Thing]]])
	frame.Handle(a.frame, frame.Op{ID: "create-things", Method: http.MethodPost, Path: "/things", Action: access.ThingWrite, Group: group,
		Summary: "Make things of a product", Status: http.StatusCreated}, pending[struct{ Body wire.ThingsRequest }, answer[wire.Things]])
	frame.Handle(a.frame, frame.Op{ID: "get-thing", Method: http.MethodGet, Path: "/things/{id}", Action: access.ThingRead, Group: group,
		Summary: "Get a thing", Words: "By its id, or by its GTIN and serial number as `gtin.serial`."}, pending[ByID, answer[wire.Thing]])
	frame.Handle(a.frame, frame.Op{ID: "get-thing-story", Method: http.MethodGet, Path: "/things/{id}/story", Action: access.ThingRead, Group: group,
		Summary: "The life of a thing, the newest first"}, pending[story, answer[wire.Page[wire.StoryEntry]]])
	frame.Handle(a.frame, frame.Op{ID: "report-moment", Method: http.MethodPost, Path: "/moments", Action: access.MomentReport, Group: group,
		Summary: "Report a moment that another system saw", Status: http.StatusCreated,
		Words: "The same `source` and `sourceId` count once: a repeat is answered with 200 and `repeated`.",
	}, pending[struct{ Body wire.MomentReport }, reported])
}

type reported struct {
	Status int
	Body   wire.MomentReported
}
