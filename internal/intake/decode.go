package intake

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/reading"
	"tagline/internal/twin"
)

// eventBody is one event of up/ev.
type eventBody struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	T      json.RawMessage `json:"t"`
	Now    json.RawMessage `json:"now"`
	UpMS   int64           `json:"up_ms"`   // of the event
	SentMS int64           `json:"sent_ms"` // of the message
	Data   rawMap          `json:"data"`
}

// reportBody is up/rep.
type reportBody struct {
	RV    int64           `json:"rv"`
	Boot  int64           `json:"boot"`
	T     json.RawMessage `json:"t"`
	Patch rawMap          `json:"patch"`
	Full  bool            `json:"full"`
	Seen  int64           `json:"dv_seen"` // the version of the wishes that the device knows
	By    string          `json:"by"`      // "local": somebody has set it at the device itself
}

// sampleBody is up/tm.
type sampleBody struct {
	T0     json.RawMessage              `json:"t0"`
	Now    json.RawMessage              `json:"now"`
	DT     float64                      `json:"dt"` // milliseconds between two samples
	UpMS   int64                        `json:"up_ms"`
	SentMS int64                        `json:"sent_ms"`
	CH     map[string][]json.RawMessage `json:"ch"`
}

func bad(format string, args ...any) error {
	return fault.Newf(fault.Invalid, format, args...)
}

// decode reads the body of an uplink into entries of the device's log.
func (s *Service) decode(ctx context.Context, w *work) error {
	u := &w.uplink
	if len(u.Body) > maxBody {
		return fault.Newf(fault.TooLarge, "the message has %d bytes, %d are taken", len(u.Body), maxBody)
	}
	if !utf8.Valid(u.Body) {
		return bad("the message is not UTF-8 text")
	}
	var err error
	switch u.Kind {
	case "ev":
		err = s.events(ctx, w)
	case "rep":
		err = s.report(ctx, w)
	case "tm":
		err = s.samples(ctx, w)
	}
	return err
}

func (s *Service) events(ctx context.Context, w *work) error {
	list, err := eventsOf(w.uplink)
	if err != nil {
		return err
	}
	if len(list) == 0 || len(list) > maxEvents {
		return bad("the message holds %d events, 1 to %d are taken", len(list), maxEvents)
	}
	received := w.uplink.Received.UnixMicro()
	for i, e := range list {
		at := func(err error) error {
			if len(list) == 1 {
				return err
			}
			f := fault.From(err)
			return fault.New(f.Code, fmt.Sprintf("event %d (%.40q): %s", i+1, e.ID, f.Message), f.Hint)
		}
		if !plain(e.ID, 100) {
			return at(bad("an event has an id of 1 to 100 printable characters"))
		}
		if len(e.Type) > 200 {
			return at(bad("the type of an event has 200 bytes at most"))
		}
		told, ok := instant(e.T)
		now, fine := instant(e.Now)
		if !ok || !fine {
			return at(bad("t is neither a time of RFC 3339 nor a number of milliseconds since 1970"))
		}
		entry := reading.Entry{Device: w.device, Model: w.model, Kind: reading.Event, ID: e.ID, Received: received, Told: told, Type: e.Type}
		entry.At, entry.Clock = Correct(Told{At: told, Now: now, Up: e.UpMS, Sent: e.SentMS}, received)
		if entry.At == received {
			entry.At += int64(i) // they keep their order
		}
		if err := s.values(ctx, w, &entry, e.Data); err != nil {
			return at(err)
		}
		w.entries = append(w.entries, entry)
	}
	return nil
}

// eventsOf reads one event or a list, in our own form or as CloudEvents.
func eventsOf(u Uplink) ([]eventBody, error) {
	if list, ok, err := binaryEvent(u); ok {
		return list, err
	}
	body := strings.TrimLeft(string(u.Body), " \t\r\n")
	if body == "" {
		return nil, bad("the message is empty")
	}
	if body[0] == '[' {
		var raw []json.RawMessage
		if err := json.Unmarshal(u.Body, &raw); err != nil {
			return nil, notJSON(err)
		}
		if len(raw) > maxEvents {
			return nil, bad("the message holds %d events, 1 to %d are taken", len(raw), maxEvents)
		}
		var list []eventBody
		for _, r := range raw {
			e, err := eventOf(r)
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		return list, nil
	}
	e, err := eventOf(u.Body)
	return []eventBody{e}, err
}

func eventOf(raw json.RawMessage) (e eventBody, err error) {
	if strings.Contains(string(raw), `"specversion"`) {
		return cloudEvent(raw)
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, notJSON(err)
	}
	return e, nil
}

func notJSON(err error) error {
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		return bad("%s is of the wrong kind: it cannot be of kind %s", or(t.Field, "the message"), t.Value)
	}
	return bad("the message is not JSON: %.100s", err)
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// plain reports whether a text is 1 to most printable ASCII characters without a space.
func plain(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func (s *Service) report(ctx context.Context, w *work) error {
	var r reportBody
	if err := json.Unmarshal(w.uplink.Body, &r); err != nil {
		return notJSON(err)
	}
	if r.RV < 1 || r.Boot < 0 || r.RV > 1<<53 || r.Boot > 1<<53 {
		return bad("a report has a number rv from 1 on, and a boot counter")
	}
	told, ok := instant(r.T)
	if !ok {
		return bad("t is neither a time of RFC 3339 nor a number of milliseconds since 1970")
	}
	received := w.uplink.Received.UnixMicro()
	e := reading.Entry{
		Device: w.device, Model: w.model, Kind: reading.Report, ID: "rep-" + strconv.FormatInt(r.Boot, 10) + "-" + strconv.FormatInt(r.RV, 10),
		Received: received, Told: told, Boot: r.Boot, RV: r.RV, Full: r.Full,
	}
	e.At, e.Clock = Correct(Told{At: told}, received)
	if err := s.values(ctx, w, &e, r.Patch); err != nil {
		return err
	}
	w.entries = append(w.entries, e)
	w.seen, w.local = r.Seen, r.By == "local"
	return nil
}

func (s *Service) samples(ctx context.Context, w *work) error {
	var b sampleBody
	if err := json.Unmarshal(w.uplink.Body, &b); err != nil {
		return notJSON(err)
	}
	told, ok := instant(b.T0)
	now, fine := instant(b.Now)
	if !ok || !fine {
		return bad("t0 is neither a time of RFC 3339 nor a number of milliseconds since 1970")
	}
	n := 0
	for name, list := range b.CH {
		if n = max(n, len(list)); len(list) > maxSamples {
			return bad("%.40s has %d samples, %d are taken", name, len(list), maxSamples)
		}
	}
	if n == 0 || len(b.CH) > 50 || n > 1 && !(b.DT >= 1 && b.DT <= 86_400_000) {
		return bad("samples need 1 to 50 channels in ch, each with values, and dt: the milliseconds between two")
	}
	received := w.uplink.Received.UnixMicro()
	start, clock := Correct(Told{At: told, Now: now, Up: b.UpMS, Sent: b.SentMS}, received)
	if told == 0 || clock != "ok" && start == received { // the last one was measured just now
		start -= int64(float64(n-1) * b.DT * 1000)
	}
	sum := sha256.Sum256(w.uplink.Body) // the same message again is the same samples
	id := "tm-" + hex.EncodeToString(sum[:9])
	names := make([]string, 0, len(b.CH))
	for name := range b.CH {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range n {
		fields := rawMap{}
		for _, name := range names {
			if list := b.CH[name]; i < len(list) && string(list[i]) != "null" {
				fields[name] = list[i]
			}
		}
		e := reading.Entry{Device: w.device, Model: w.model, Kind: reading.Sample, ID: fmt.Sprintf("%s-%03d", id, i), Received: received, Told: told, Clock: clock}
		e.At = start + int64(float64(i)*b.DT*1000)
		if err := s.values(ctx, w, &e, fields); err != nil {
			return err
		}
		e.Extra = nil // a channel that the model does not have is lost
		if len(e.Patch.Values) > 0 {
			w.entries = append(w.entries, e)
		}
	}
	return nil
}

// values reads the values of an entry by the model, and keeps what may be kept.
func (s *Service) values(ctx context.Context, w *work, e *reading.Entry, fields rawMap) error {
	if len(fields) > 100 {
		return bad("the message names %d values, at most 100 are taken", len(fields))
	}
	p, err := twin.Read(w.model, fields)
	if err != nil {
		return err
	}
	for name := range p.Values {
		purpose := model.Service
		if prop, ok := w.model.Properties[strings.TrimSuffix(strings.TrimSuffix(name, ".lat"), ".lon")]; ok {
			purpose = prop.CollectedFor()
		}
		if purpose != model.Service && !s.allowed(ctx, w.device, purpose) {
			delete(p.Values, name)
			s.dropped.Add(1)
		}
	}
	if len(p.Unknown) > 0 && e.Kind != reading.Sample {
		rest := rawMap{}
		for _, name := range p.Unknown {
			if len(name) <= 64 {
				rest[name] = fields[name]
			}
		}
		if e.Extra, err = json.Marshal(rest); err != nil {
			return err
		}
		if len(e.Extra) > 4096 {
			e.Extra = nil
		}
	}
	p.Unknown = nil
	e.Patch = p
	return nil
}

// text makes a body printable: as it is, or coded in base64.
func text(body []byte) (string, bool) {
	if utf8.Valid(body) && !strings.ContainsRune(string(body), 0) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}
