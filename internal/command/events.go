package command

import (
	"encoding/json"

	"tagline/internal/ident"
	"tagline/internal/rule"
)

// The types of this package's events.
const (
	TypeDesired   = "desired.changed"
	TypeOverruled = "desired.overruled" // by a hand at the device
	TypeOrdered   = "command.ordered"
	TypeConfirmed = "command.confirmed"
	TypeSent      = "command.sent"
	TypeEnded     = "command.ended"
)

type desiredBody struct {
	Device  string                `json:"device"`
	Version int64                 `json:"version"`
	Set     map[string]rule.Value `json:"set,omitempty"`
	Removed []string              `json:"removed,omitempty"`
	By      string                `json:"by"`
}

type commandBody struct {
	Device  string          `json:"device"`
	Command ident.Command   `json:"command"`
	Name    string          `json:"name"`
	Args    json.RawMessage `json:"args,omitempty"`
	State   State           `json:"state"`
	By      string          `json:"by,omitempty"`
	Code    string          `json:"code,omitempty"`
	Job     ident.Job       `json:"job,omitempty"`
}
