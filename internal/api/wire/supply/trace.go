package supply

import "time"

// TraceWay is the way of a thing through the supply chain.
type TraceWay struct {
	ID       string       `json:"id" example:"https://id.gs1.org/01/09506000134352/21/A1" doc:"As a Digital Link where it is a GS1 key"`
	Key      string       `json:"key" example:"01/09506000134352/21/A1" doc:"The canonical key, the same for every spelling"`
	GTIN     string       `json:"gtin,omitempty"`
	Serial   string       `json:"serial,omitempty"`
	At       time.Time    `json:"at" doc:"The time for which the state holds"`
	State    TraceState   `json:"state"`
	Entries  []TraceEntry `json:"entries" nullable:"false" doc:"What was captured up to then, the newest first"`
	Contents []string     `json:"contents" nullable:"false" doc:"What was directly in it, at most 200"`
	Thing    string       `json:"thing,omitempty" doc:"The item's id in this house"`
	// Transformations.
	Lineage        []TraceLink `json:"lineage,omitempty" nullable:"false" doc:"Transformations from which it came, and into which it went"`
	LineagePartial bool        `json:"lineagePartial,omitempty" doc:"There are more"`
}

// TraceState is what is known of a thing at a time.
type TraceState struct {
	Place           string     `json:"place,omitempty" doc:"Business location"`
	PlaceName       string     `json:"placeName,omitempty"`
	Country         string     `json:"country,omitempty" doc:"Of the place"`
	ReadPoint       string     `json:"readPoint,omitempty"`
	Since           *time.Time `json:"since,omitempty" doc:"When it came there"`
	Step            string     `json:"step,omitempty" example:"shipping"`
	Disposition     string     `json:"disposition,omitempty" example:"in_transit"`
	Persistent      []string   `json:"persistent,omitempty" nullable:"false"`
	Owner           string     `json:"owner,omitempty"`
	Possessor       string     `json:"possessor,omitempty"`
	Destination     string     `json:"destination,omitempty" doc:"Where it is on its way to"`
	DestinationName string     `json:"destinationName,omitempty"`
	Container       []string   `json:"container,omitempty" nullable:"false" doc:"What holds it"`
	Lot             string     `json:"lot,omitempty"`
	BestBefore      string     `json:"bestBefore,omitempty"`
	BornAt          *time.Time `json:"bornAt,omitempty"`
	ShippedAt       *time.Time `json:"shippedAt,omitempty"`
	ReceivedAt      *time.Time `json:"receivedAt,omitempty"`
	StockedAt       *time.Time `json:"stockedAt,omitempty"`
	SoldAt          *time.Time `json:"soldAt,omitempty"`
	OpenedAt        *time.Time `json:"openedAt,omitempty"`
	EndedAt         *time.Time `json:"endedAt,omitempty"`
	RecalledAt      *time.Time `json:"recalledAt,omitempty"`
	StolenAt        *time.Time `json:"stolenAt,omitempty"`
}

// TraceEntry is one event of a thing's way.
type TraceEntry struct {
	Kind        string    `json:"kind" enum:"event,tap,fact,reading,moment" doc:"event is one of the supply chain; the others are of the item's own story"`
	EventID     string    `json:"eventID,omitempty"`
	Event       string    `json:"event,omitempty" doc:"Of the ledger, where it is no event of the supply chain"`
	At          time.Time `json:"at"`
	Title       string    `json:"title,omitempty" doc:"Of the item's own story"`
	Tone        string    `json:"tone,omitempty" enum:"neutral,good,warn,bad"`
	Country     string    `json:"country,omitempty"`
	PlaceName   string    `json:"placeName,omitempty"`
	Type        string    `json:"type,omitempty" example:"ObjectEvent"`
	Action      string    `json:"action,omitempty" example:"OBSERVE"`
	Step        string    `json:"step,omitempty" example:"receiving"`
	Disposition string    `json:"disposition,omitempty"`
	Place       string    `json:"place,omitempty"`
	Via         []string  `json:"via" nullable:"false" doc:"Containers through which it concerns the thing, the outermost last; empty for its own"`
	Parent      string    `json:"parent,omitempty" doc:"What it was packed into, or taken out of"`
}

// TraceItem is a thing of a lot.
type TraceItem struct {
	Key   string     `json:"key"`
	ID    string     `json:"id"`
	State TraceState `json:"state"`
}

// TraceLink is a transformation: what went in, and what came out.
type TraceLink struct {
	EventID string    `json:"eventID"`
	At      time.Time `json:"at"`
	Inputs  []string  `json:"inputs" nullable:"false"`
	Outputs []string  `json:"outputs" nullable:"false"`
}

// TraceSurvey tells where things are, how they came there, and how far they got.
type TraceSurvey struct {
	At      time.Time     `json:"at"`
	Items   int           `json:"items" doc:"How many were looked at"`
	Partial bool          `json:"partial" doc:"There are more"`
	Places  []TracePlace  `json:"places" nullable:"false" doc:"The fullest first"`
	Lanes   []TraceLane   `json:"lanes" nullable:"false" doc:"The busiest first, at most 300"`
	Markets []TraceMarket `json:"markets" nullable:"false" doc:"By the country for which things were shipped last"`
	Holders []TraceHolder `json:"holders" nullable:"false" doc:"Who has how many, the most first, at most 300"`
	States  TraceCounts   `json:"states"`
}

// TraceCounts counts things by how far they got; each counts once.
type TraceCounts struct {
	InStock   int `json:"inStock" doc:"At a place, and not on sale yet"`
	Underway  int `json:"underway" doc:"Shipped and not received"`
	OnShelf   int `json:"onShelf"`
	Sold      int `json:"sold" doc:"And not opened, as far as anybody told"`
	Opened    int `json:"opened"`
	Ended     int `json:"ended"`
	Recalled  int `json:"recalled" doc:"By events; these count in their state as well"`
	Unlocated int `json:"unlocated" doc:"No event tells a place"`
}

// TracePlace is a place with what is there and what is on its way to it.
type TracePlace struct {
	NamedPlace
	Kind      string   `json:"kind,omitempty"`
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	Stock     int      `json:"stock" doc:"Not sold yet"`
	Arriving  int      `json:"arriving"`
	Sold      int      `json:"sold"`
}

// TraceLane is shipments from a place to another.
type TraceLane struct {
	From     NamedPlace `json:"from"`
	To       NamedPlace `json:"to"`
	Items    int        `json:"items" doc:"Shipped, all in all"`
	Underway int        `json:"underway"`
	Late     int        `json:"late" doc:"Underway for longer than the rules of alarms allow, or twice as long as usual here"`
	Hours    *float64   `json:"hours,omitempty" doc:"Median of those that arrived"`
}

// TraceMarket is how far the things for a country got.
type TraceMarket struct {
	Country string      `json:"country" doc:"Empty where no place is known"`
	Steps   []TraceStep `json:"steps" nullable:"false"`
}

// TraceStep is one step of the way.
type TraceStep struct {
	Step  string   `json:"step" enum:"commissioned,shipped,received,onShelf,sold,opened,drained"`
	Count int      `json:"count"`
	Hours *float64 `json:"hours,omitempty" doc:"Median time since the step before"`
}

// TraceHolder is who has how many of the things, in which state.
type TraceHolder struct {
	Holder NamedPlace `json:"holder" doc:"Empty for consumers: who they are is not known"`
	State  string     `json:"state" enum:"underway,inStock,onShelf,sold,ended,unlocated"`
	Items  int        `json:"items"`
}
