package epcis

// The types of events of the standard. A document may hold others, named by a URI:
// such an event has only what all events share, and extensions.
const (
	ObjectEvent         = "ObjectEvent"
	AggregationEvent    = "AggregationEvent"
	TransactionEvent    = "TransactionEvent"
	TransformationEvent = "TransformationEvent"
	AssociationEvent    = "AssociationEvent"
)

// The three actions: the things begin to be, are seen, or end to be what the event
// says of them (EPCIS 2.0, Action).
const (
	Add     = "ADD"
	Observe = "OBSERVE"
	Delete  = "DELETE"
)

// Event is one fact of the supply chain. A text that is empty, and a list that is
// nil, was not there; a list that was there and empty is empty and not nil.
type Event struct {
	// Type is one of the five names above, or the URI of an extension event.
	Type string `json:",omitzero"`
	// Context is what prefixes meant where the event stood. Events of one document
	// share it; it is never changed after it was read.
	Context *Context `json:",omitzero"`

	EventTime  Time `json:",omitzero"`
	RecordTime Time `json:",omitzero"`
	// TimeZoneOffset is that of the place, as in "+02:00"; it does not follow from
	// the zone in which EventTime is written.
	TimeZoneOffset    string   `json:",omitzero"`
	EventID           string   `json:",omitzero"`
	CertificationInfo []string `json:",omitzero"`
	// CertificationList tells that the one certificate stood in a list.
	CertificationList bool              `json:",omitzero"`
	ErrorDeclaration  *ErrorDeclaration `json:",omitzero"`

	Action                string                 `json:",omitzero"`
	EPCList               []string               `json:",omitzero"`
	QuantityList          []Quantity             `json:",omitzero"`
	ParentID              string                 `json:",omitzero"`
	ChildEPCs             []string               `json:",omitzero"`
	ChildQuantityList     []Quantity             `json:",omitzero"`
	InputEPCList          []string               `json:",omitzero"`
	InputQuantityList     []Quantity             `json:",omitzero"`
	OutputEPCList         []string               `json:",omitzero"`
	OutputQuantityList    []Quantity             `json:",omitzero"`
	TransformationID      string                 `json:",omitzero"`
	BizStep               string                 `json:",omitzero"`
	Disposition           string                 `json:",omitzero"`
	PersistentDisposition *PersistentDisposition `json:",omitzero"`
	ReadPoint             *Place                 `json:",omitzero"`
	BizLocation           *Place                 `json:",omitzero"`
	BizTransactionList    []BizTransaction       `json:",omitzero"`
	SourceList            []Party                `json:",omitzero"`
	DestinationList       []Party                `json:",omitzero"`
	SensorElementList     []SensorElement        `json:",omitzero"`
	ILMD                  []Field                `json:",omitzero"`
	Extensions            []Field                `json:",omitzero"`
}

// Time is an instant as it was written. Text is empty where there is none.
type Time struct {
	Text string `json:",omitzero"`
	// Micro is the instant in microseconds since 1970, UTC; finer fractions are cut.
	Micro int64 `json:",omitzero"`
}

// Quantity is a number of things of a class, or an amount of it. Amount is the
// decimal as written, empty where none was given; UOM is a code of UN/CEFACT
// Recommendation 20, empty for a count.
type Quantity struct {
	EPCClass string `json:",omitzero"`
	Amount   string `json:",omitzero"`
	UOM      string `json:",omitzero"`
}

// Place is a read point or a business location.
type Place struct {
	ID         string  `json:",omitzero"`
	Extensions []Field `json:",omitzero"`
}

// BizTransaction is a business document; Type may be empty.
type BizTransaction struct {
	Type string `json:",omitzero"`
	ID   string `json:",omitzero"`
}

// Party is a source or a destination. Type says how: owning_party,
// possessing_party, location, or a URI.
type Party struct {
	Type string `json:",omitzero"`
	ID   string `json:",omitzero"`
}

// PersistentDisposition holds the dispositions that an event sets and takes back.
type PersistentDisposition struct {
	Set   []string `json:",omitzero"`
	Unset []string `json:",omitzero"`
}

// ErrorDeclaration says that the event, otherwise as captured before, is wrong.
type ErrorDeclaration struct {
	DeclarationTime    Time     `json:",omitzero"`
	Reason             string   `json:",omitzero"`
	CorrectiveEventIDs []string `json:",omitzero"`
	Extensions         []Field  `json:",omitzero"`
}

// SensorElement is what sensors said: what holds for all its reports, and these.
type SensorElement struct {
	Metadata   *SensorMetadata `json:",omitzero"`
	Reports    []SensorReport  `json:",omitzero"`
	Extensions []Field         `json:",omitzero"`
}

// SensorMetadata holds for all reports of an element.
type SensorMetadata struct {
	Time, StartTime, EndTime Time    `json:",omitzero"`
	DeviceID                 string  `json:",omitzero"`
	DeviceMetadata           string  `json:",omitzero"`
	RawData                  string  `json:",omitzero"`
	DataProcessingMethod     string  `json:",omitzero"`
	BizRules                 string  `json:",omitzero"`
	Extensions               []Field `json:",omitzero"`
}

// SensorReport is one observation. Decimals are kept as written and empty where
// there is none; a text and a boolean may be there and be empty or false.
type SensorReport struct {
	Type                      string  `json:",omitzero"`
	Exception                 string  `json:",omitzero"`
	DeviceID                  string  `json:",omitzero"`
	DeviceMetadata            string  `json:",omitzero"`
	RawData                   string  `json:",omitzero"`
	DataProcessingMethod      string  `json:",omitzero"`
	BizRules                  string  `json:",omitzero"`
	Time                      Time    `json:",omitzero"`
	Microorganism             string  `json:",omitzero"`
	ChemicalSubstance         string  `json:",omitzero"`
	CoordinateReferenceSystem string  `json:",omitzero"`
	Component                 string  `json:",omitzero"`
	StringValue               *string `json:",omitzero"`
	BooleanValue              *bool   `json:",omitzero"`
	HexBinaryValue            string  `json:",omitzero"`
	URIValue                  string  `json:",omitzero"`

	Value, MinValue, MaxValue, MeanValue string  `json:",omitzero"`
	SDev, PercRank, PercValue            string  `json:",omitzero"`
	UOM                                  string  `json:",omitzero"`
	Extensions                           []Field `json:",omitzero"`
}
