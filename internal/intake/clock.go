package intake

import (
	"encoding/json"
	"time"
)

// How far a device's clock may be off before it is not believed.
const (
	ahead  = 5 * time.Minute
	behind = 90 * 24 * time.Hour
)

// Told is what a device says about the time of something.
type Told struct {
	At   int64 // microseconds of UTC; 0: nothing
	Now  int64 // its clock when it sent the message; 0: not said
	Up   int64 // milliseconds since it was switched on, at the time of the event; 0: not said
	Sent int64 // the same when it sent the message
}

// Correct makes a time of what a device says, at worst the time at which the message
// came: a clock that is more than five minutes ahead or ninety days behind is not
// believed. If the message says what the device's clock showed when it was sent, or
// how long the device had been running, the time of the event is told from that.
//
// The second result is "ok", "bad", or "none" for a device that said nothing.
func Correct(t Told, received int64) (at int64, clock string) {
	plausible := func(at int64) bool {
		return at <= received+ahead.Microseconds() && at >= received-behind.Microseconds()
	}
	clock = "ok"
	switch {
	case t.At == 0:
		clock = "none"
	case t.Now != 0 && !near(t.Now, received):
		if shifted := t.At + received - t.Now; t.At <= t.Now && plausible(shifted) {
			return shifted, "bad"
		}
		clock = "bad"
	case plausible(t.At):
		return t.At, "ok"
	default:
		clock = "bad"
	}
	if t.Sent > 0 && t.Up > 0 && t.Up <= t.Sent {
		if past := received - (t.Sent-t.Up)*1000; plausible(past) {
			return past, clock
		}
	}
	return received, clock
}

// near reports whether the clock of a device is about right.
func near(now, received int64) bool {
	d := now - received
	return d <= ahead.Microseconds() && d >= -ahead.Microseconds()
}

// instant reads a time: a text of RFC 3339, or a number of milliseconds since 1970. It
// gives 0 for nothing, and false for what is neither.
func instant(raw json.RawMessage) (us int64, ok bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return 0, true
	}
	if raw[0] == '"' {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return 0, false
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || at.Year() < 1 || at.Year() > 9999 {
			return 0, false
		}
		if us = at.UnixMicro(); us == 0 {
			us = 1 // 1970 is a time that was told
		}
		return us, true
	}
	var ms float64
	if json.Unmarshal(raw, &ms) != nil || ms < -1e14 || ms > 1e14 {
		return 0, false
	}
	if us = int64(ms * 1000); us == 0 {
		us = 1
	}
	return us, true
}
