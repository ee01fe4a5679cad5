package subscription

import (
	"net/url"
	"time"

	"tagline/epcis"
	"tagline/internal/fault"
)

// Listening is what the address of an open connection asks for.
type Listening struct {
	Schedule *Schedule // nil for what is new, at once
	Empty    bool      // a report without events is sent too
	From     time.Time // of recording
}

// Refusal is parameters that ask for nothing that can be.
type Refusal struct {
	Parameter string // that is unknown; empty when they do not fit together
	Says      string
}

func (r *Refusal) Error() string { return r.Says }

// Listen reads the parameters of the address of a connection that stays open. The error
// is a *Refusal. Source: EPCIS 2.0 REST bindings, GET /queries/{name}/events.
func Listen(query url.Values, now time.Time) (l Listening, err error) {
	for name := range query {
		switch name {
		case "stream", "second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "reportIfEmpty", "initialRecordTime":
		default:
			return l, &Refusal{name, "this parameter is unknown to a connection that stays open"}
		}
	}
	s := &Schedule{Second: query.Get("second"), Minute: query.Get("minute"), Hour: query.Get("hour"),
		DayOfMonth: query.Get("dayOfMonth"), Month: query.Get("month"), DayOfWeek: query.Get("dayOfWeek")}
	if stream := query.Get("stream") == "true"; stream == s.Is() {
		return l, &Refusal{Says: "exactly one of stream=true and a schedule (second, minute, hour, dayOfMonth, month, dayOfWeek) is needed"}
	}
	if s.Is() {
		if err := s.Read(); err != nil {
			return l, &Refusal{Says: fault.From(err).Message}
		}
		l.Schedule = s
	}
	l.Empty, l.From = query.Get("reportIfEmpty") == "true", now
	if text := query.Get("initialRecordTime"); text != "" {
		at, ok := epcis.ParseTime(text)
		if !ok {
			return l, &Refusal{Says: "initialRecordTime is no date and time with a zone, as in 2026-11-26T12:00:00Z"}
		}
		l.From = time.UnixMicro(at.Micro).UTC()
	}
	return l, nil
}
