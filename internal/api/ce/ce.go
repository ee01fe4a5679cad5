package ce

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/link"
	"tagline/internal/link/anchor"
	"tagline/internal/link/entryfile"
	"tagline/internal/link/linkset"
)

// prefix stands before every path.
const prefix = "/api"

// Doors finds who holds a key.
type Doors interface {
	ByKey(ctx context.Context, key string) (access.Actor, error)
}

// Handler answers as the reference resolver does.
type Handler struct {
	Links *link.Service
	Doors Doors
	IDs   *ident.Source
	Log   *slog.Logger
}

// Mine reports whether a path is one of the reference resolver's.
func Mine(escapedPath string) bool {
	rest, ok := strings.CutPrefix(escapedPath, prefix+"/")
	first, _, more := strings.Cut(rest, "/")
	return ok && (!more && (first == "new" || first == "index") ||
		more && len(first) >= 2 && len(first) <= 4 && strings.Trim(first, "0123456789") == "")
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trace := string(h.IDs.Operation())
	w.Header().Set("X-Request-Id", trace)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	status, answer, err := h.answer(w, r)
	if err != nil {
		if fault.CodeOf(err) == fault.Internal && r.Context().Err() == nil {
			h.Log.LogAttrs(r.Context(), slog.LevelError, "operation failed", slog.String("operation", r.Method+" of the reference resolver's API"),
				slog.String("trace", trace), slog.Any("error", err))
		}
		frame.WriteProblem(w, frame.ProblemOf(err, trace))
		return
	}
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(answer) //nolint:errcheck // the client went away
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) (status int, answer any, err error) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), prefix)
	methods := map[string][]string{"/new": {http.MethodPost}, "/index": {http.MethodGet}}[path]
	if methods == nil {
		methods = []string{http.MethodGet, http.MethodPut, http.MethodDelete}
	}
	need := access.LinkWrite
	if r.Method == http.MethodGet {
		need = access.LinkRead
	}
	who, err := h.admit(r, need)
	if err != nil {
		return 0, nil, err
	}
	if !slices.Contains(methods, r.Method) {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		return http.StatusMethodNotAllowed, map[string]string{"detail": r.Method + " is not possible here"}, nil
	}
	c := link.Change{By: who.ID}
	switch {
	case path == "/index":
		answer, err = h.index(r.Context())
		return http.StatusOK, answer, err
	case path == "/new":
		answer, err = h.upsert(r, c)
		return http.StatusCreated, answer, err
	case r.Method == http.MethodGet:
		answer, err = h.get(r.Context(), path)
		return http.StatusOK, answer, err
	case r.Method == http.MethodPut:
		answer, err = h.merge(r, path, c)
		return http.StatusOK, answer, err
	}
	return http.StatusOK, map[string]string{"anchor": path, "action": string(link.Removed)}, h.remove(r, path, c)
}

// admit finds out who asks: 401 without a key, and 403 with one that is not known.
func (h *Handler) admit(r *http.Request, need access.Action) (access.Actor, error) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return access.Actor{}, fault.New(fault.Unauthenticated, "there is no key", "Send Authorization: Bearer tl_...")
	}
	who, err := h.Doors.ByKey(r.Context(), strings.TrimSpace(key))
	if fault.Is(err, fault.Unauthenticated) {
		return who, fault.Wrap(fault.Forbidden, err, "the key is not known here", "Make one on the console, under Team.")
	}
	if err != nil {
		return who, err
	}
	return who, who.Require(need)
}

// body reads a body of JSON.
func body(r *http.Request) ([]byte, error) {
	if frame.Media(r.Header.Get("Content-Type")) != "application/json" {
		return nil, fault.New(fault.Unsupported, "the body is not JSON by its content type", "Send it as application/json.")
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, entryfile.MaxBytes+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the body of the request broke off", "Send it again.")
	}
	return data, nil
}

// entries reads entries out of a body; what is wrong with them is refused as a whole.
func entries(data []byte) ([]linkset.Entry, error) {
	list, problems, err := entryfile.Read(entryfile.JSON, data)
	if err == nil {
		err = entryfile.Report{Problems: problems}.Err()
	}
	return list, err
}

// beside leaves the default of an entry where it is: what is added later is not
// meant to become it silently, as it does with the reference.
func beside(old, more linkset.Entry) linkset.Entry {
	if !old.Answers() {
		return more
	}
	more.Links = slices.Clone(more.Links)
	for i := range more.Links {
		if more.Links[i].Always() {
			more.Links[i].Default = false
		}
	}
	return more
}

// became says what became of an entry.
type became struct {
	Anchor string      `json:"anchor"`
	Action link.Action `json:"action"`
}

func (h *Handler) upsert(r *http.Request, c link.Change) (any, error) {
	data, err := body(r)
	if err != nil {
		return nil, err
	}
	list, err := entries(data)
	if err != nil {
		return nil, err
	}
	anchors := make([]string, len(list))
	for i, e := range list {
		anchors[i] = e.Anchor
	}
	have, err := h.Links.Existing(r.Context(), anchors)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if old, there := have[list[i].Anchor]; there {
			list[i] = beside(old.Entry, list[i])
		}
	}
	done, err := h.Links.MergeAll(r.Context(), list, c)
	if err != nil {
		return nil, err
	}
	all := []became{}
	for i, action := range done {
		all = append(all, became{list[i].Anchor, action})
	}
	return all, nil
}

// maxIndex bounds the index.
const maxIndex = 100_000

func (h *Handler) index(ctx context.Context) ([]string, error) {
	anchors := []string{}
	for f := (link.Filter{Limit: 1000}); len(anchors) < maxIndex; {
		page, err := h.Links.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			anchors = append(anchors, r.Anchor)
			f.After = r.Anchor
		}
		if len(page) < f.Limit {
			break
		}
	}
	return anchors, nil
}

func (h *Handler) get(ctx context.Context, path string) (any, error) {
	r, err := h.Links.Get(ctx, path)
	if err != nil {
		return nil, err
	}
	text, err := entryfile.Object(r.Entry)
	return json.RawMessage(text), err
}

// merge takes an object for the entry of the path; the anchor in it may be left out.
func (h *Handler) merge(r *http.Request, path string, c link.Change) (any, error) {
	data, err := body(r)
	if err != nil {
		return nil, err
	}
	have, err := h.Links.Get(r.Context(), path)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, fault.Wrap(fault.Invalid, err, "the body is not a JSON object", "Send one object with the links to merge.")
	}
	a, err := anchor.Parse(path)
	if err != nil {
		return nil, err
	}
	members["anchor"], err = json.Marshal(a.String())
	if err != nil {
		return nil, err
	}
	delete(members, "qualifiers") // they stand in the path
	if members["itemDescription"] == nil {
		if members["itemDescription"], err = json.Marshal(have.ItemDescription); err != nil {
			return nil, err
		}
	}
	if data, err = json.Marshal(members); err != nil {
		return nil, err
	}
	list, err := entries(data)
	if err != nil {
		return nil, err
	}
	merged, err := h.Links.Merge(r.Context(), beside(have.Entry, list[0]), c)
	if err != nil {
		return nil, err
	}
	text, err := entryfile.Object(merged.Entry)
	return json.RawMessage(text), err
}

// remove removes an entry, or those of its links that the body describes by type,
// languages and contexts.
func (h *Handler) remove(r *http.Request, path string, c link.Change) error {
	var named struct {
		Links []linkset.Link `json:"links"`
	}
	if r.ContentLength != 0 {
		data, err := body(r)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &named); len(bytes.TrimSpace(data)) > 0 && err != nil {
			return fault.Wrap(fault.Invalid, err, "the body is not of the form {links: [{linktype, hreflang, context}]}", "Leave it out to remove the entry.")
		}
	}
	if len(named.Links) == 0 {
		return h.Links.Delete(r.Context(), path, c)
	}
	have, err := h.Links.Get(r.Context(), path)
	if err != nil {
		return err
	}
	var ids []string
	wanted := linkset.Entry{Links: named.Links}.Normalize().Links
	for i := range have.Links {
		l := &have.Links[i]
		if slices.ContainsFunc(wanted, func(w linkset.Link) bool { return l.SameKind(&w) && (w.Href == "" || w.Href == l.Href) }) {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return fault.New(fault.NotFound, "the entry has no such link", "Links are named by linktype, hreflang and context.")
	}
	return h.Links.DeleteLinks(r.Context(), path, ids, c)
}
