package deviceweb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"tagline/internal/access"
	"tagline/internal/clock"
	"tagline/internal/command"
	"tagline/internal/device"
	"tagline/internal/device/authority"
	"tagline/internal/fault"
	"tagline/internal/intake"
)

// Prefix is where the door stands.
const Prefix = "/d/v1"

// The bounds of a request.
const (
	maxOne   = 128 << 10
	maxBatch = 8 << 20
	maxMany  = 5000 // events in a batch
)

// Keys knows whom an API key belongs to.
type Keys interface {
	ByKey(ctx context.Context, key string) (access.Actor, error)
}

// Config is what a Handler is made of.
type Config struct {
	Devices  *device.Service
	Intake   *intake.Service
	Commands *command.Service
	Keys     Keys
	Clock    clock.Clock

	// Address tells where a request comes from; nil: from the connection's other end.
	Address func(r *http.Request) string
}

// Handler is the door.
type Handler struct {
	Config
	mux *http.ServeMux
}

// New makes the door.
func New(c Config) *Handler {
	h := &Handler{Config: c, mux: http.NewServeMux()}
	h.mux.HandleFunc("POST "+Prefix+"/up/{kind}", h.answer(h.up))
	h.mux.HandleFunc("POST "+Prefix+"/events", h.answer(h.events))
	h.mux.HandleFunc("POST "+Prefix+"/prov", h.answer(h.provision))
	h.mux.HandleFunc("GET "+Prefix+"/dn", h.answer(h.down))
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		say(w, http.StatusNotFound, problem(fault.New(fault.NotFound, "there is no such door", "POST /d/v1/up/{kind} or /d/v1/events; GET /d/v1/dn.")))
	})
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// caller is who sends a request: a device, a claim, or a machine with an API key.
type caller struct {
	device.Identity
	machine bool
}

func (h *Handler) caller(r *http.Request) (c caller, err error) {
	shown := device.Shown{Remote: h.remote(r), Secure: r.TLS != nil}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 && len(r.TLS.VerifiedChains) > 0 {
		shown.Certificate = r.TLS.PeerCertificates[0]
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	switch {
	case shown.Certificate == nil && !strings.EqualFold(scheme, "bearer"):
		return c, fault.New(fault.Unauthenticated, "nothing shows who this is", "Send Authorization: Bearer with a device's token, or an API key.")
	case shown.Certificate != nil || device.IsToken(token):
	case strings.Count(token, ".") == 2:
		shown.Username = "jwt"
	default:
		actor, err := h.Keys.ByKey(r.Context(), token)
		if err != nil {
			return c, err
		}
		c.machine = true
		return c, actor.Require(access.DeviceReport)
	}
	shown.Password = []byte(token)
	c.Identity, err = h.Devices.Authenticate(r.Context(), shown)
	return c, err
}

func (h *Handler) remote(r *http.Request) netip.Addr {
	text := r.RemoteAddr
	if h.Address != nil {
		if a := h.Address(r); a != "" {
			text = a
		}
	}
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, _ := netip.ParseAddr(text)
	return a
}

// reply is an answer with its status.
type reply struct {
	status int
	body   any
}

func (h *Handler) answer(fn func(r *http.Request, c caller) (reply, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := h.caller(r)
		var out reply
		if err == nil {
			out, err = fn(r, c)
		}
		if err != nil {
			f := fault.From(err)
			out = reply{f.Code.HTTPStatus(), problem(f)}
			if out.status == http.StatusTooManyRequests || out.status == http.StatusServiceUnavailable {
				w.Header().Set("Retry-After", "5")
			}
			if out.status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
		}
		say(w, out.status, out.body)
	}
}

type problemBody struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Hint   string `json:"hint,omitempty"`
}

func problem(f *fault.Error) problemBody {
	return problemBody{f.Code.HTTPStatus(), string(f.Code), f.Message, f.Hint}
}

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Cache-Control", "no-store")
	if _, bad := body.(problemBody); bad {
		w.Header().Set("Content-Type", "application/problem+json")
	} else {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever has gone does not read it
}

func read(r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, fault.Newf(fault.TooLarge, "the body has more than %d bytes", most).WithHint("Send less at a time.")
	}
	return body, err
}

var errNoMachine = fault.New(fault.Forbidden, "an API key reports for devices by /d/v1/events only", "Use a device's own credential here.")

// result tells what became of one message.
type result struct {
	ID     string `json:"id,omitempty"`
	Status string `json:"status"` // "stored", "known", or a fault's code
	Why    string `json:"why,omitempty"`
}

func resultOf(id string, a intake.Answer) result {
	switch {
	case a.Err != nil:
		return result{id, string(a.Err.Code), a.Err.Message}
	case a.Fresh == 0:
		return result{ID: id, Status: "known"}
	}
	return result{ID: id, Status: "stored"}
}

func (h *Handler) up(r *http.Request, c caller) (reply, error) {
	if c.machine || c.Claim != "" {
		return reply{}, errNoMachine
	}
	body, err := read(r, maxOne)
	if err != nil {
		return reply{}, err
	}
	answers, err := h.Intake.Accept(r.Context(), []intake.Uplink{{
		Brand: c.Device.Brand, Name: c.Device.Name, Kind: r.PathValue("kind"), Body: body, ContentType: r.Header.Get("Content-Type"), Via: "http",
	}})
	if err != nil {
		return reply{}, err
	}
	if answers[0].Err != nil {
		return reply{}, answers[0].Err
	}
	return reply{http.StatusOK, struct {
		Stored int  `json:"stored"`
		Gap    bool `json:"gap,omitempty"`
	}{answers[0].Fresh, answers[0].Gap}}, nil
}

// head is what of an event says whose it is.
type head struct {
	ID     string `json:"id"`
	Source string `json:"source"`
}

func (h *Handler) events(r *http.Request, c caller) (reply, error) {
	if c.Claim != "" {
		return reply{}, errNoMachine
	}
	body, err := read(r, maxBatch)
	if err != nil {
		return reply{}, err
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	var uplinks []intake.Uplink
	var ids []string
	add := func(u intake.Uplink, e head) error {
		if u.Brand, u.Name, err = h.whose(c, e.Source); err != nil {
			return err
		}
		u.Kind, u.Via = "ev", "http"
		uplinks, ids = append(uplinks, u), append(ids, e.ID)
		return nil
	}
	switch {
	case r.Header.Get("Ce-Specversion") != "":
		attributes := map[string]string{}
		for name, v := range r.Header {
			if rest, ok := strings.CutPrefix(strings.ToLower(name), "ce-"); ok && len(v) > 0 {
				attributes[rest] = v[0]
			}
		}
		if err := add(intake.CloudUplink(attributes, r.Header.Get("Content-Type"), body), head{attributes["id"], attributes["source"]}); err != nil {
			return reply{}, err
		}
	case kind == "application/cloudevents+json":
		var e head
		if err := json.Unmarshal(body, &e); err != nil {
			return reply{}, fault.New(fault.Invalid, "the body is not a CloudEvent in JSON", "")
		}
		if err := add(intake.Uplink{Body: body}, e); err != nil {
			return reply{}, err
		}
	case kind == "application/cloudevents-batch+json":
		var raw []json.RawMessage
		if err := json.Unmarshal(body, &raw); err != nil {
			return reply{}, fault.New(fault.Invalid, "the body is not a list of CloudEvents in JSON", "")
		}
		if len(raw) > maxMany {
			return reply{}, fault.Newf(fault.TooLarge, "the batch has %d events, %d are taken", len(raw), maxMany)
		}
		for i, one := range raw {
			var e head
			if err := json.Unmarshal(one, &e); err != nil {
				return reply{}, fault.Newf(fault.Invalid, "event %d is not a CloudEvent", i+1)
			}
			if err := add(intake.Uplink{Body: one}, e); err != nil {
				return reply{}, err
			}
		}
	default:
		return reply{}, fault.New(fault.Unsupported, "this is no CloudEvent",
			"Send ce- headers, application/cloudevents+json, or application/cloudevents-batch+json.")
	}
	answers, err := h.Intake.Accept(r.Context(), uplinks)
	if err != nil {
		return reply{}, err
	}
	if len(answers) == 1 && kind != "application/cloudevents-batch+json" {
		if answers[0].Err != nil {
			return reply{}, answers[0].Err
		}
		return reply{http.StatusOK, resultOf(ids[0], answers[0])}, nil
	}
	out := struct {
		Stored  int      `json:"stored"`
		Known   int      `json:"known"`
		Refused int      `json:"refused"`
		Results []result `json:"results"` // of those that were not stored
	}{Results: []result{}}
	status, again := http.StatusOK, false
	for i, a := range answers {
		one := resultOf(ids[i], a)
		switch one.Status {
		case "stored":
			out.Stored++
			continue
		case "known":
			out.Known++
			continue
		}
		out.Refused++
		out.Results = append(out.Results, one)
		again = again || a.Outcome == intake.OverQuota || a.Outcome == intake.Failed
	}
	if out.Refused > 0 {
		status = http.StatusMultiStatus
	}
	if again {
		status = http.StatusServiceUnavailable // what was stored is known when it comes again
	}
	return reply{status, out}, nil
}

// whose gives the device of an event.
func (h *Handler) whose(c caller, source string) (brand, name string, err error) {
	if !c.machine {
		return c.Device.Brand, c.Device.Name, nil // whatever it says of itself
	}
	rest, ok := strings.CutPrefix(source, "urn:tl:")
	brand, name, cut := strings.Cut(rest, ":")
	if !ok || !cut || !authority.Named(brand, name) {
		return "", "", fault.Newf(fault.Invalid, "the source %.100s names no device", strconv.Quote(source)).WithHint("Write urn:tl:{brand}:{device}.")
	}
	return brand, name, nil
}

func (h *Handler) provision(r *http.Request, c caller) (reply, error) {
	if c.machine || c.Claim == "" {
		return reply{}, fault.New(fault.Forbidden, "only a claim asks for a credential", "")
	}
	body, err := read(r, maxOne)
	if err != nil {
		return reply{}, err
	}
	given, err := Provision(r.Context(), h.Devices, c.Identity, body)
	return reply{http.StatusOK, given}, err
}

// asking is up/prov.
type asking struct {
	Device string `json:"device"`
	CSR    string `json:"csr"` // PEM
	Nonce  string `json:"nonce"`
	Proof  string `json:"proof"`
}

// Given is dn/prov.
type Given struct {
	Device string `json:"device"`
	Client string `json:"clientId"`
	Cert   string `json:"cert"` // PEM, with the authority behind it
	Until  string `json:"until"`
}

// Provision answers a claim, over HTTP and MQTT alike.
func Provision(ctx context.Context, devices *device.Service, id device.Identity, body []byte) (Given, error) {
	var a asking
	if err := json.Unmarshal(body, &a); err != nil {
		return Given{}, fault.New(fault.Invalid, "the message is not JSON", "")
	}
	g, err := devices.Provision(ctx, id.Claim, device.Asking{Name: a.Device, Request: []byte(a.CSR), Nonce: a.Nonce, Proof: a.Proof})
	if err != nil {
		return Given{}, err
	}
	return Given{g.Device.ID(), g.Device.Brand + "_" + g.Device.Name, g.Certificate, g.Until.Format("2006-01-02T15:04:05Z")}, nil
}

func (h *Handler) down(r *http.Request, c caller) (reply, error) {
	if c.machine || c.Claim != "" {
		return reply{}, errNoMachine
	}
	d, err := h.Devices.Get(r.Context(), c.Device.Brand, c.Device.Name)
	if err != nil {
		return reply{}, err
	}
	waiting, err := h.Commands.Fetch(r.Context(), d)
	return reply{http.StatusOK, waiting}, err
}
