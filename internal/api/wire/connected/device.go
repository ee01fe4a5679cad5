package connected

import (
	"encoding/json"
	"time"
)

// List is all there is of something, without pages.
type List[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

// Device is one thing that is connected.
type Device struct {
	ID        string     `json:"id" example:"ostrel/hall-lock" doc:"brand/name"`
	Brand     string     `json:"brand"`
	Name      string     `json:"name"`
	Model     string     `json:"model"`
	Kind      string     `json:"kind,omitempty" example:"lock" doc:"Which picture and words a person expects"`
	Title     string     `json:"title,omitempty"`
	GTIN      string     `json:"gtin,omitempty"`
	Serial    string     `json:"serial,omitempty"`
	ThingID   string     `json:"thingId"`
	Household string     `json:"household,omitempty"`
	Zone      string     `json:"zone,omitempty" example:"Europe/Berlin"`
	State     string     `json:"state" enum:"active,frozen,retired"`
	Reason    string     `json:"reason,omitempty"`
	Demo      bool       `json:"demo,omitempty"`
	Latitude  *float64   `json:"latitude,omitempty"`
	Longitude *float64   `json:"longitude,omitempty"`
	Online    bool       `json:"online"`
	Since     *time.Time `json:"since,omitempty" doc:"There, or gone, since"`
	Gone      string     `json:"gone,omitempty" enum:"left,lost,taken-over,kicked,restart"`
	Firmware  string     `json:"firmware,omitempty"`
	Battery   *float64   `json:"battery,omitempty" doc:"Per cent"`
	Heard     *time.Time `json:"heard,omitempty" doc:"When something came from it last"`
	Health    string     `json:"health" enum:"good,waiting,silent,low-battery,frozen,retired,never" doc:"The worst that is known"`
	CreatedAt time.Time  `json:"createdAt"`
	ChangedAt time.Time  `json:"changedAt"`
}

// NewDevice is a wish for a device.
type NewDevice struct {
	Brand     string   `json:"brand" maxLength:"40"`
	Name      string   `json:"name" maxLength:"40" example:"hall-lock"`
	Model     string   `json:"model,omitempty" maxLength:"63" doc:"The product's, when a GTIN is given"`
	GTIN      string   `json:"gtin,omitempty" maxLength:"14"`
	Serial    string   `json:"serial,omitempty" maxLength:"20" doc:"The item is made if it is missing"`
	Title     string   `json:"title,omitempty" maxLength:"200"`
	Household string   `json:"household,omitempty" maxLength:"100"`
	Zone      string   `json:"zone,omitempty" maxLength:"60"`
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	Demo      bool     `json:"demo,omitempty" doc:"Made up: no person stands behind it"`
}

// NewDevices is a batch of them.
type NewDevices struct {
	Devices []NewDevice `json:"devices" minItems:"1" maxItems:"1000"`
}

// DeviceEdit changes a device.
type DeviceEdit struct {
	Title     *string `json:"title,omitempty" maxLength:"200"`
	Household *string `json:"household,omitempty" maxLength:"100"`
	Zone      *string `json:"zone,omitempty" maxLength:"60"`
	State     *string `json:"state,omitempty" enum:"active,frozen,retired"`
	Reason    string  `json:"reason,omitempty" maxLength:"500"`
}

// TwinLeaf is one property of a device, as it is and as it should be.
type TwinLeaf struct {
	Name     string          `json:"name"`
	Title    string          `json:"title,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	Value    json.RawMessage `json:"value,omitempty" doc:"As it was reported"`
	At       *time.Time      `json:"at,omitempty"`
	Desired  json.RawMessage `json:"desired,omitempty"`
	By       string          `json:"by,omitempty" doc:"Who desires it"`
	Since    *time.Time      `json:"since,omitempty" doc:"It is desired since"`
	Writable bool            `json:"writable,omitempty"`
	Actuator string          `json:"actuator,omitempty"`
	Purpose  string          `json:"purpose,omitempty"`
	Min      *float64        `json:"min,omitempty"`
	Max      *float64        `json:"max,omitempty"`
	Enum     []string        `json:"enum,omitempty" nullable:"false"`
	Flag     bool            `json:"flag,omitempty"`
	Place    bool            `json:"place,omitempty"`
}

// Twin is a device as it is and as it should be.
type Twin struct {
	Leaves   []TwinLeaf `json:"leaves" nullable:"false"`
	Entries  int64      `json:"entries" doc:"In its log"`
	Heard    *time.Time `json:"heard,omitempty"`
	Reported struct {
		Boot int64 `json:"boot"`
		RV   int64 `json:"rv"`
	} `json:"reported"`
	Version  int64  `json:"version" doc:"Of what is desired"`
	Progress string `json:"progress" enum:"settled,waiting,on-its-way,not-taken"`
}

// Desired is a wish for settings.
type Desired struct {
	Version int64                      `json:"version"`
	Wishes  map[string]json.RawMessage `json:"wishes"`
}

// SeriesPoint is one stretch of a series.
type SeriesPoint struct {
	At   time.Time `json:"at"`
	N    int       `json:"n"`
	Mean float64   `json:"mean"`
	Min  float64   `json:"min"`
	Max  float64   `json:"max"`
	Word string    `json:"word,omitempty"`
}

// Series is the values of a property over time.
type Series struct {
	Property string        `json:"property"`
	Unit     string        `json:"unit,omitempty"`
	Points   []SeriesPoint `json:"points" nullable:"false"`
	More     bool          `json:"more" doc:"There were too many readings to look at all of them"`
}

// DeviceEntry is one entry of a device's log.
type DeviceEntry struct {
	ID       string                     `json:"id"`
	Kind     string                     `json:"kind" enum:"ev,tm,rep,epoch"`
	Type     string                     `json:"type,omitempty"`
	At       time.Time                  `json:"at"`
	Received time.Time                  `json:"received"`
	Told     *time.Time                 `json:"told,omitempty" doc:"What the device's clock said"`
	Clock    string                     `json:"clock" enum:"ok,bad,none"`
	Values   map[string]json.RawMessage `json:"values"`
}

// DeviceMoment is something that a detector found.
type DeviceMoment struct {
	Moment  string             `json:"moment"`
	Title   string             `json:"title,omitempty"`
	At      time.Time          `json:"at"`
	From    *time.Time         `json:"from,omitempty"`
	FoundAt *time.Time         `json:"foundAt,omitempty"`
	EventID string             `json:"eventId,omitempty"`
	Cause   string             `json:"cause,omitempty" doc:"The entry that made it true"`
	Values  map[string]float64 `json:"values,omitempty"`
	Because string             `json:"because"`
}

// Command is something that a device is told to do once.
type DeviceCommand struct {
	ID          string          `json:"id"`
	DeviceID    string          `json:"deviceId"`
	Name        string          `json:"name"`
	Title       string          `json:"title,omitempty"`
	Args        json.RawMessage `json:"args"`
	State       string          `json:"state" enum:"awaiting-confirmation,queued,sent,delivered,accepted,in-progress,succeeded,failed,rejected,expired,cancelled,unknown"`
	Ended       bool            `json:"ended"`
	Class       string          `json:"class"`
	Guarded     bool            `json:"guarded"`
	OrderedBy   string          `json:"orderedBy"`
	ConfirmedBy string          `json:"confirmedBy,omitempty"`
	Code        string          `json:"code,omitempty"`
	Result      json.RawMessage `json:"result,omitempty"`
	CreatedAt   time.Time       `json:"createdAt"`
	ExpiresAt   time.Time       `json:"expiresAt"`
	SentAt      *time.Time      `json:"sentAt,omitempty"`
	ChangedAt   time.Time       `json:"changedAt"`
	Challenge   string          `json:"challenge,omitempty" doc:"What a confirmation binds itself to; for the one who asks"`
}

// NewCommand is an order.
type NewCommand struct {
	Name string                     `json:"name" maxLength:"40"`
	Args map[string]json.RawMessage `json:"args,omitempty"`
	Key  string                     `json:"key,omitempty" maxLength:"200" doc:"The same key is the same order"`
}

// Confirmation is the fresh word for a guarded command.
type Confirmation struct {
	Password  string `json:"password" maxLength:"1000" doc:"The own one, once more"`
	Challenge string `json:"challenge" maxLength:"100"`
}

// DeviceCredential is one way in for a device, without its secret.
type DeviceCredential struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"certificate,token,key"`
	Hint      string    `json:"hint"`
	State     string    `json:"state" enum:"pending,active,revoked,ended"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy"`
	Public    string    `json:"public,omitempty" doc:"PEM of the certificate or the public key"`
	Secret    string    `json:"secret,omitempty" doc:"Told this once"`
}

// NewDeviceCredential is a wish for one.
type NewDeviceCredential struct {
	Kind    string `json:"kind" enum:"certificate,token,key" doc:"A token is for development, and ends after 30 days"`
	Request string `json:"request,omitempty" maxLength:"8192" doc:"PEM of a certificate request, or of a public key"`
	Days    int    `json:"days,omitempty" minimum:"1" maximum:"30" doc:"Of a token"`
}

// Claim lets devices of a batch ask for credentials.
type Claim struct {
	ID          string    `json:"id"`
	Brand       string    `json:"brand"`
	Model       string    `json:"model"`
	Title       string    `json:"title,omitempty"`
	ClientID    string    `json:"clientId" doc:"Under which it connects"`
	Used        int64     `json:"used"`
	Uses        int64     `json:"uses"`
	State       string    `json:"state" enum:"active,revoked,ended"`
	Until       time.Time `json:"until"`
	CreatedAt   time.Time `json:"createdAt"`
	CreatedBy   string    `json:"createdBy"`
	Token       string    `json:"token,omitempty" doc:"Told this once"`
	Certificate string    `json:"certificate,omitempty" doc:"Told this once"`
}

// NewClaim is a wish for one.
type NewClaim struct {
	Brand   string     `json:"brand" maxLength:"40"`
	Model   string     `json:"model" maxLength:"63"`
	Title   string     `json:"title,omitempty" maxLength:"200"`
	Uses    int64      `json:"uses" minimum:"1" maximum:"1000000"`
	Until   *time.Time `json:"until,omitempty"`
	Request string     `json:"request,omitempty" maxLength:"8192" doc:"PEM of a certificate request: the claim then is a certificate"`
}

// ExpectedDevice is a device that was made and may claim itself.
type ExpectedDevice struct {
	Brand  string `json:"brand" maxLength:"40"`
	Name   string `json:"name" maxLength:"40"`
	Model  string `json:"model,omitempty" maxLength:"63"`
	GTIN   string `json:"gtin,omitempty" maxLength:"14"`
	Serial string `json:"serial,omitempty" maxLength:"20"`
	Lot    string `json:"lot,omitempty" maxLength:"20"`
	Secret string `json:"secret" maxLength:"128" doc:"Burned in or printed: every device has one of its own"`
}

// ExpectedDevices is a list of them.
type ExpectedDevices struct {
	Devices []ExpectedDevice `json:"devices" minItems:"1" maxItems:"1000"`
}

// Taken says how many there were.
type Taken struct {
	Count int `json:"count"`
}

// DeadLetter is something that a device sent and that could not be taken.
type DeadLetter struct {
	ID          string     `json:"id"`
	DeviceID    string     `json:"deviceId"`
	Kind        string     `json:"kind"`
	Via         string     `json:"via"`
	ContentType string     `json:"contentType,omitempty"`
	Reason      string     `json:"reason"`
	Body        string     `json:"body" doc:"Of the first one; base64 when it is no text"`
	Coded       bool       `json:"coded,omitempty" doc:"The body is in base64"`
	Times       int64      `json:"times"`
	State       string     `json:"state" enum:"open,replayed,dropped"`
	FirstAt     time.Time  `json:"firstAt"`
	LastAt      time.Time  `json:"lastAt"`
	SettledAt   *time.Time `json:"settledAt,omitempty"`
	SettledBy   string     `json:"settledBy,omitempty"`
}

// Fleet is all devices at a glance.
type Fleet struct {
	Devices  int64        `json:"devices"`
	Online   int64        `json:"online"`
	Frozen   int64        `json:"frozen"`
	Retired  int64        `json:"retired"`
	Models   []FleetModel `json:"models" nullable:"false"`
	Versions []FleetCount `json:"versions" nullable:"false" doc:"Of the software, of the newest 1,000 devices"`
	Letters  int64        `json:"letters" doc:"Dead letters that are open"`
	Intake   FleetIntake  `json:"intake"`
	Spots    []FleetSpot  `json:"spots" nullable:"false" doc:"Where they are, roughly"`
}

// FleetModel counts the devices of a model.
type FleetModel struct {
	Model  string `json:"model"`
	Title  string `json:"title,omitempty"`
	Kind   string `json:"kind,omitempty"`
	All    int64  `json:"all"`
	Online int64  `json:"online"`
}

// FleetCount counts devices by a word.
type FleetCount struct {
	Model string `json:"model"`
	Word  string `json:"word"`
	Count int64  `json:"count"`
}

// FleetIntake is what came in since the start of the server.
type FleetIntake struct {
	Stored  int64 `json:"stored"`
	Refused int64 `json:"refused"`
	Invalid int64 `json:"invalid"`
	Over    int64 `json:"overQuota"`
	Dropped int64 `json:"dropped" doc:"Values that nobody agreed to"`
	Queue   int   `json:"queue"`
}

// FleetSpot is a place with devices.
type FleetSpot struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	All       int64   `json:"all"`
	Online    int64   `json:"online"`
}

// Tried is what the detectors of a model would have told.
type Tried struct {
	Looked  int            `json:"looked" doc:"Readings"`
	Moments []DeviceMoment `json:"moments" nullable:"false"`
}

// TryDetectors are detectors to be tried on a device.
type TryDetectors struct {
	DeviceID string     `json:"deviceId" maxLength:"100"`
	Detect   []Detector `json:"detect" maxItems:"50" nullable:"false"`
	Hours    int        `json:"hours,omitempty" minimum:"1" maximum:"2160" doc:"How far back; 7 days when left out"`
}
