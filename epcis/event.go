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
	Type string
	// Context is what prefixes meant where the event stood. Events of one document
	// share it; it is never changed after it was read.
	Context *Context

	EventTime  Time
	RecordTime Time
	// TimeZoneOffset is that of the place, as in "+02:00"; it does not follow from
	// the zone in which EventTime is written.
	TimeZoneOffset    string
	EventID           string
	CertificationInfo []string
	// CertificationList tells that the one certificate stood in a list.
	CertificationList bool
	ErrorDeclaration  *ErrorDeclaration

	Action                string
	EPCList               []string
	QuantityList          []Quantity
	ParentID              string
	ChildEPCs             []string
	ChildQuantityList     []Quantity
	InputEPCList          []string
	InputQuantityList     []Quantity
	OutputEPCList         []string
	OutputQuantityList    []Quantity
	TransformationID      string
	BizStep               string
	Disposition           string
	PersistentDisposition *PersistentDisposition
	ReadPoint             *Place
	BizLocation           *Place
	BizTransactionList    []BizTransaction
	SourceList            []Party
	DestinationList       []Party
	SensorElementList     []SensorElement
	ILMD                  []Field
	Extensions            []Field
}

// Time is an instant as it was written. Text is empty where there is none.
type Time struct {
	Text string
	// Micro is the instant in microseconds since 1970, UTC; finer fractions are cut.
	Micro int64
}

// Quantity is a number of things of a class, or an amount of it. Amount is the
// decimal as written, empty where none was given; UOM is a code of UN/CEFACT
// Recommendation 20, empty for a count.
type Quantity struct {
	EPCClass string
	Amount   string
	UOM      string
}

// Place is a read point or a business location.
type Place struct {
	ID         string
	Extensions []Field
}

// BizTransaction is a business document; Type may be empty.
type BizTransaction struct {
	Type string
	ID   string
}

// Party is a source or a destination. Type says how: owning_party,
// possessing_party, location, or a URI.
type Party struct {
	Type string
	ID   string
}

// PersistentDisposition holds the dispositions that an event sets and takes back.
type PersistentDisposition struct {
	Set   []string
	Unset []string
}

// ErrorDeclaration says that the event, otherwise as captured before, is wrong.
type ErrorDeclaration struct {
	DeclarationTime    Time
	Reason             string
	CorrectiveEventIDs []string
	Extensions         []Field
}

// SensorElement is what sensors said: what holds for all its reports, and these.
type SensorElement struct {
	Metadata   *SensorMetadata
	Reports    []SensorReport
	Extensions []Field
}

// SensorMetadata holds for all reports of an element.
type SensorMetadata struct {
	Time, StartTime, EndTime Time
	DeviceID                 string
	DeviceMetadata           string
	RawData                  string
	DataProcessingMethod     string
	BizRules                 string
	Extensions               []Field
}

// SensorReport is one observation. Decimals are kept as written and empty where
// there is none; a text and a boolean may be there and be empty or false.
type SensorReport struct {
	Type                      string
	Exception                 string
	DeviceID                  string
	DeviceMetadata            string
	RawData                   string
	DataProcessingMethod      string
	BizRules                  string
	Time                      Time
	Microorganism             string
	ChemicalSubstance         string
	CoordinateReferenceSystem string
	Component                 string
	StringValue               *string
	BooleanValue              *bool
	HexBinaryValue            string
	URIValue                  string

	Value, MinValue, MaxValue, MeanValue string
	SDev, PercRank, PercValue            string
	UOM                                  string
	Extensions                           []Field
}
