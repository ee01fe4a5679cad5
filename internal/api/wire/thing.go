package wire

import "time"

// Thing is one physical item.
type Thing struct {
	ID          string        `json:"id" example:"thg_01jx8m3h6w0000000000000000"`
	GTIN        string        `json:"gtin" example:"09506000134352"`
	Serial      string        `json:"serial" example:"A1B2C3"`
	Lot         string        `json:"lot,omitempty"`
	Product     *ProductLabel `json:"product,omitempty"`
	DigitalLink string        `json:"digitalLink" example:"https://tagline.example/01/09506000134352/21/A1B2C3"`
	Seal        string        `json:"seal" enum:"unknown,sealed,opened"`
	Life        string        `json:"life" enum:"made,sold,opened,in-use,drained"`
	Epoch       int64         `json:"epoch" doc:"Ownership period, from 1"`
	Market      string        `json:"market,omitempty" example:"DE"`
	Alarms      []string      `json:"alarms" nullable:"false" doc:"Codes of what does not fit together"`
	MadeAt      *time.Time    `json:"madeAt,omitempty"`
	SoldAt      *time.Time    `json:"soldAt,omitempty"`
	OpenedAfter *time.Time    `json:"openedAfter,omitempty" doc:"It was still sealed then"`
	OpenedAt    *time.Time    `json:"openedAt,omitempty" doc:"It was open by then"`
	DrainedAt   *time.Time    `json:"drainedAt,omitempty"`
	RecalledAt  *time.Time    `json:"recalledAt,omitempty" doc:"By events of the supply chain; recalls in force by links stand with the links"`
	LastTapAt   *time.Time    `json:"lastTapAt,omitempty"`
	Taps        int64         `json:"taps"`
	Chips       []Chip        `json:"chips,omitempty" nullable:"false" doc:"Only in the answer for one thing"`
}

// ProductLabel is as much of a product as a row needs.
type ProductLabel struct {
	Name  string `json:"name"`
	Brand string `json:"brand"`
	Image string `json:"image,omitempty"`
}

// ThingRef names a thing.
type ThingRef struct {
	ID     string `json:"id"`
	GTIN   string `json:"gtin"`
	Serial string `json:"serial"`
}

// ThingsRequest asks for new things of a product.
type ThingsRequest struct {
	GTIN    string   `json:"gtin" pattern:"^[0-9]{8,14}$" example:"09506000134352"`
	Serials []string `json:"serials,omitempty" nullable:"false" maxItems:"1000" doc:"Their serial numbers; or give a count"`
	Count   int      `json:"count,omitempty" minimum:"1" maximum:"1000" doc:"How many to make with serial numbers of chance"`
	Lot     string   `json:"lot,omitempty" maxLength:"20"`
	Market  string   `json:"market,omitempty" example:"DE"`
}

// Things are new things.
type Things struct {
	Items []Thing `json:"items" nullable:"false"`
}

// StoryEntry is one event in the life of a thing, ready to be read.
type StoryEntry struct {
	Event      string    `json:"event" example:"evt_01jx8m3h6w0000000000000000"`
	Seq        int64     `json:"seq"`
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recordedAt"`
	Type       string    `json:"type" example:"tap"`
	Class      string    `json:"class" enum:"fact,reading,moment"`
	Source     string    `json:"source"`
	Title      string    `json:"title" example:"The seal was broken"`
	Tone       string    `json:"tone" enum:"neutral,good,warn,bad"`
	Cause      string    `json:"cause,omitempty" doc:"The event that this follows from"`
	Country    string    `json:"country,omitempty"`
	Step       string    `json:"step,omitempty"`
	Code       string    `json:"code,omitempty"`
	Details    []Detail  `json:"details" nullable:"false"`
}

// Detail is a labelled value.
type Detail struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// MomentReport tells of a moment that a system outside saw.
type MomentReport struct {
	Source   string     `json:"source" minLength:"1" maxLength:"63" example:"pos-berlin"`
	SourceID string     `json:"sourceId" minLength:"1" maxLength:"200" example:"receipt-4711-2" doc:"The source's own id of the event: the same one counts once"`
	Thing    string     `json:"thing,omitempty" doc:"The thing's id; or give gtin and serial"`
	GTIN     string     `json:"gtin,omitempty"`
	Serial   string     `json:"serial,omitempty"`
	Moment   string     `json:"moment" enum:"sold,opened,in-use,drained"`
	At       *time.Time `json:"at,omitempty" doc:"Now when left out"`
	Market   string     `json:"market,omitempty"`
}

// MomentReported is what became of a report.
type MomentReported struct {
	Event    string `json:"event"`
	Repeated bool   `json:"repeated" doc:"It was known already and changed nothing"`
	Thing    Thing  `json:"thing"`
}

// VirtualBottle is a bottle that exists only here, for the phone frame.
type VirtualBottle struct {
	Chip    string       `json:"chip" example:"tag_01jx8m3h6w0000000000000000"`
	Thing   ThingRef     `json:"thing"`
	Product ProductLabel `json:"product"`
	Set     string       `json:"set"`
	Loop    string       `json:"loop" enum:"closed,open" doc:"The tamper loop under the seal"`
	Counter int64        `json:"counter"`
	Seal    string       `json:"seal" enum:"unknown,sealed,opened" doc:"As far as the server knows: it learns by taps"`
	Life    string       `json:"life" enum:"made,sold,opened,in-use,drained"`
	Tells   bool         `json:"tells" doc:"Its taps tell whether the seal was torn: the key set's template mirrors the tamper status"`
	LastURL string       `json:"lastUrl,omitempty" doc:"Path and query of the last tap, for a replay"`
}

// VirtualRequest asks for a virtual bottle.
type VirtualRequest struct {
	GTIN   string `json:"gtin" pattern:"^[0-9]{8,14}$" example:"09506000134352"`
	Market string `json:"market,omitempty" example:"DE"`
}

// VirtualTap is one physical tap of a virtual bottle.
type VirtualTap struct {
	URL    string        `json:"url" doc:"Path and query on this server: what the phone opens"`
	Bottle VirtualBottle `json:"bottle"`
}
