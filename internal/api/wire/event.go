package wire

import (
	"encoding/json"
	"strings"

	"tagline/internal/access"
	"tagline/internal/ledger"
)

// EventOf shapes an entry of the ledger.
func EventOf(e ledger.Event) Event {
	return Event{ID: string(e.ID), Seq: e.Seq, Type: e.Type, Class: string(e.Class), Source: e.Source, SourceID: e.SourceID,
		Thing: string(e.Thing), Person: string(e.Person), Cause: string(e.Cause), At: e.At, RecordedAt: e.Recorded, Body: e.Body}
}

// Topic says which lists an event makes stale, and the action that one needs to
// read them.
func Topic(e ledger.Event) (topic string, need access.Action) {
	subject, _, _ := strings.Cut(e.Type, ".")
	switch subject {
	case "tap":
		return "tap", access.TapRead
	case "tag":
		return "tag", access.TagRead
	case "brand", "model", "product", "image":
		return "product", access.ProductRead
	case "content":
		return "content", access.ContentRead
	case "link":
		return "link", access.LinkRead
	case "alarm":
		return "alarm", access.AlarmRead
	case "epcis":
		return "trace", access.WayRead
	case "place":
		return "place", access.PlaceRead
	case "access":
		return "access", access.MemberRead
	}
	if e.Thing != "" || subject == "thing" || e.Class == ledger.Moment {
		return "thing", access.ThingRead
	}
	return "system", access.SystemRead
}

// LiveOf shapes an event as a hint.
func LiveOf(topic string, e ledger.Event) Live {
	l := Live{Topic: topic, ID: string(e.ID), Seq: e.Seq, At: e.At, Kind: e.Type, Ref: string(e.Thing)}
	if l.Ref == "" && (topic == "product" || topic == "content") {
		var body struct {
			Key string `json:"key"`
		}
		if json.Unmarshal(e.Body, &body) == nil {
			l.Ref = body.Key
		}
	}
	if topic == "alarm" {
		var body struct {
			Alarm string `json:"alarm"`
		}
		if json.Unmarshal(e.Body, &body) == nil {
			l.Ref = body.Alarm
		}
	}
	if topic == "link" {
		var body struct {
			Anchor string `json:"anchor"`
		}
		if json.Unmarshal(e.Body, &body) == nil {
			l.Ref = body.Anchor
		}
	}
	return l
}
