package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

func (a *API) system() {
	frame.Handle(a.frame, frame.Op{ID: "get-system", Method: http.MethodGet, Path: "/system", Action: access.SystemRead, Group: "Server",
		Summary: "The state of the server"}, pending[nothing, answer[wire.System]])
}
