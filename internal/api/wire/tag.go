package wire

import "time"

// KeySet is a set of keys at one epoch, without its keys.
type KeySet struct {
	Name      string           `json:"name" example:"k1"`
	Epoch     int64            `json:"epoch"`
	Scheme    string           `json:"scheme" enum:"fixed,an10922,boltcard,nfc-developer-2023,nfc-developer-legacy"`
	Mode      string           `json:"mode" enum:"aes,lrp,both"`
	MetaSlot  int              `json:"metaSlot" doc:"Which of the chip's keys opens the encrypted UID and counter"`
	FileSlot  int              `json:"fileSlot" doc:"Which of the chip's keys signs"`
	SystemID  string           `json:"systemId,omitempty" doc:"Hex, part of the key diversification"`
	Template  string           `json:"template" doc:"The URL pattern that a tag carries"`
	Options   *TemplateOptions `json:"options,omitempty"`
	State     string           `json:"state" enum:"active,retired"`
	Test      bool             `json:"test" doc:"For virtual bottles and trials: published keys are allowed"`
	Checks    KeyChecks        `json:"checks"`
	Chips     int64            `json:"chips"`
	CreatedAt time.Time        `json:"createdAt"`
	RetiredAt *time.Time       `json:"retiredAt,omitempty"`
}

// KeyChecks are check values of three bytes, to compare keys without showing them.
type KeyChecks struct {
	Meta string `json:"meta" example:"A1B2C3"`
	File string `json:"file" example:"0F1E2D"`
}

// KeySetHistory is a key set with all its epochs, the newest first.
type KeySetHistory struct {
	Current KeySet   `json:"current"`
	Epochs  []KeySet `json:"epochs" nullable:"false"`
}

// KeySetRequest asks for a new key set.
type KeySetRequest struct {
	Name     string           `json:"name" minLength:"1" maxLength:"40" pattern:"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" example:"k1"`
	Scheme   string           `json:"scheme,omitempty" enum:"fixed,an10922,boltcard,nfc-developer-2023,nfc-developer-legacy" doc:"an10922 when left out"`
	Mode     string           `json:"mode,omitempty" enum:"aes,lrp,both" doc:"both when left out"`
	Template string           `json:"template" maxLength:"300"`
	MetaSlot *int             `json:"metaSlot,omitempty" minimum:"0" maximum:"4"`
	FileSlot *int             `json:"fileSlot,omitempty" minimum:"0" maximum:"4"`
	SystemID string           `json:"systemId,omitempty" maxLength:"32"`
	Test     bool             `json:"test,omitempty"`
	Options  *TemplateOptions `json:"options,omitempty"`
	Keys     *Keys            `json:"keys,omitempty" doc:"Made by chance when left out"`
}

// TemplateOptions complete a template. They can be left out for new tags without
// file data.
type TemplateOptions struct {
	File    string `json:"file,omitempty" maxLength:"256" doc:"Plain text of {enc}: a multiple of 16 bytes, with {tt} where the chip puts its tamper status" example:"{tt}--------------"`
	MACFrom string `json:"macFrom,omitempty" maxLength:"32" doc:"Where the MAC's input starts: text, path, query, or a placeholder such as enc; mac for an empty input"`
	Prefix  string `json:"prefix,omitempty" maxLength:"32" doc:"The part of the URL that NDEF abbreviates; the scheme when left out"`
	Foreign bool   `json:"foreign,omitempty" doc:"Somebody else encoded the tags: take whatever the chip takes"`
	Limit   uint32 `json:"limit,omitempty" doc:"The chip goes silent at this count"`
}

// Keys are given once and never answered.
type Keys struct {
	Meta   string `json:"meta,omitempty" pattern:"^[0-9A-Fa-f]{32}$" writeOnly:"true" doc:"32 hex digits; not used by schemes that derive it from the master"`
	Master string `json:"master" minLength:"32" maxLength:"64" pattern:"^[0-9A-Fa-f]+$" writeOnly:"true" doc:"32 hex digits (64 for a scheme with a longer master)"`
}

// EpochRequest asks for the next epoch of a key set.
type EpochRequest struct {
	Keys     *Keys            `json:"keys,omitempty" doc:"Made by chance when left out"`
	Template string           `json:"template,omitempty" maxLength:"300" doc:"As before when left out"`
	Mode     string           `json:"mode,omitempty" enum:"aes,lrp,both"`
	Options  *TemplateOptions `json:"options,omitempty" doc:"As before when left out"`
}

// RetireRequest ends an epoch of a key set.
type RetireRequest struct {
	Epoch int64 `json:"epoch,omitempty" minimum:"0" doc:"The newest when left out"`
}

// Encoding is what an encoder writes on a tag of a key set.
type Encoding struct {
	Set      string   `json:"set"`
	Epoch    int64    `json:"epoch"`
	URL      string   `json:"url" doc:"With placeholders, for one item as an example"`
	NDEF     string   `json:"ndef" doc:"The file, hex"`
	Settings string   `json:"settings" doc:"Data of ChangeFileSettings, hex"`
	Offsets  []Offset `json:"offsets" nullable:"false"`
}

// Offset is a place in the file that the chip fills.
type Offset struct {
	Name string `json:"name"`
	At   int    `json:"at"`
}

// Chip is one NFC chip.
type Chip struct {
	ID          string     `json:"id" example:"tag_01jx8m3h6w0000000000000000"`
	Set         string     `json:"set"`
	Epoch       int64      `json:"epoch"`
	UID         string     `json:"uid" example:"04••••••••6880" doc:"Masked"`
	Thing       *ThingRef  `json:"thing,omitempty"`
	Status      string     `json:"status" enum:"registered,active,blocked"`
	LastCounter *int64     `json:"lastCounter,omitempty"`
	LastTapAt   *time.Time `json:"lastTapAt,omitempty"`
	Virtual     bool       `json:"virtual"`
	Batch       string     `json:"batch,omitempty"`
	CreatedAt   time.Time  `json:"createdAt"`
}

// BlockRequest says why a chip is blocked or let go again.
type BlockRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// ImportReport says what an import did, or would do.
type ImportReport struct {
	DryRun    bool       `json:"dryRun"`
	Batch     string     `json:"batch,omitempty"`
	Rows      int        `json:"rows"`
	Created   int        `json:"created"`
	Unchanged int        `json:"unchanged"`
	Refused   int        `json:"refused"`
	Columns   []Column   `json:"columns" nullable:"false"`
	Errors    []RowError `json:"errors" nullable:"false" doc:"The first 100"`
	Warnings  []RowError `json:"warnings" nullable:"false" doc:"What is imported all the same, but should be looked at; the first 100"`
}

// Column is how a header was understood.
type Column struct {
	Header string `json:"header"`
	Field  string `json:"field" doc:"Empty when it was ignored"`
}

// RowError is what is wrong, or worth a look, in one row.
type RowError struct {
	Row     int    `json:"row" doc:"The line in the file, from 1; the header is 1"`
	Column  string `json:"column,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// DiagnoseRequest asks what is wrong with a tag's URL.
type DiagnoseRequest struct {
	URL string `json:"url" minLength:"1" maxLength:"2000" doc:"As the tag gave it"`
	Set string `json:"set,omitempty" doc:"The key set, when the URL does not name it"`
}

// Diagnosis is what a tag's URL says and where it fails.
type Diagnosis struct {
	Verdict  string          `json:"verdict" enum:"genuine,refused"`
	Code     string          `json:"code,omitempty" example:"mac"`
	Set      string          `json:"set,omitempty"`
	Epoch    int64           `json:"epoch,omitempty"`
	Steps    []DiagnosisStep `json:"steps" nullable:"false"`
	Findings []Finding       `json:"findings" nullable:"false" doc:"What would make it verify"`
	Read     *TagRead        `json:"read,omitempty"`
}

// DiagnosisStep is one step of the verification.
type DiagnosisStep struct {
	Step string `json:"step"`
	OK   bool   `json:"ok"`
	Code string `json:"code,omitempty"`
	Text string `json:"text"`
}

// Finding is a mistake that explains the failure.
type Finding struct {
	Code string `json:"code" example:"keys_swapped"`
	Text string `json:"text"`
	Hint string `json:"hint"`
}

// TagRead is what a tag said.
type TagRead struct {
	Counter *int64 `json:"counter,omitempty"`
	Seal    string `json:"seal,omitempty" enum:"unknown,sealed,opened"`
	Mode    string `json:"mode,omitempty" enum:"aes,lrp"`
	UID     string `json:"uid,omitempty" doc:"Masked"`
	Tier    string `json:"tier,omitempty" doc:"Strength of the evidence, if the counter is fresh"`
	Chip    string `json:"chip,omitempty" doc:"Its id, if it is registered"`
}
