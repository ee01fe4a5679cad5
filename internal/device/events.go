package device

import "tagline/internal/ident"

// The types of this package's events.
const (
	TypeRegistered = "device.registered"
	TypeState      = "device.state"
	TypeCredential = "device.credential"
	TypeRevoked    = "device.revoked"
	TypeClaimed    = "device.claimed"
	TypeClaim      = "device.claim"
)

type registeredBody struct {
	Device string `json:"device"`
	Model  string `json:"model"`
	GTIN   string `json:"gtin,omitempty"`
	Serial string `json:"serial,omitempty"`
	By     string `json:"by"`
}

type stateBody struct {
	Device string `json:"device"`
	State  State  `json:"state"`
	Was    State  `json:"was"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by"`
}

type credentialBody struct {
	Device     string           `json:"device"`
	Credential ident.Credential `json:"credential"`
	Kind       Kind             `json:"kind,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	Claim      ident.Claim      `json:"claim,omitempty"`
	By         string           `json:"by,omitempty"`
}

type claimBody struct {
	Claim ident.Claim `json:"claim"`
	Brand string      `json:"brand"`
	Model string      `json:"model"`
	State string      `json:"state"`
	By    string      `json:"by"`
}
