package wire

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
}

// TraceState is what is known of a thing at a time.
type TraceState struct {
	Place       string     `json:"place,omitempty" doc:"Business location"`
	ReadPoint   string     `json:"readPoint,omitempty"`
	Since       *time.Time `json:"since,omitempty" doc:"When it came there"`
	Step        string     `json:"step,omitempty" example:"shipping"`
	Disposition string     `json:"disposition,omitempty" example:"in_transit"`
	Persistent  []string   `json:"persistent,omitempty" nullable:"false"`
	Owner       string     `json:"owner,omitempty"`
	Possessor   string     `json:"possessor,omitempty"`
	Destination string     `json:"destination,omitempty" doc:"Where it is on its way to"`
	Container   []string   `json:"container,omitempty" nullable:"false" doc:"What holds it"`
	Lot         string     `json:"lot,omitempty"`
	BestBefore  string     `json:"bestBefore,omitempty"`
	BornAt      *time.Time `json:"bornAt,omitempty"`
	ShippedAt   *time.Time `json:"shippedAt,omitempty"`
	ReceivedAt  *time.Time `json:"receivedAt,omitempty"`
	StockedAt   *time.Time `json:"stockedAt,omitempty"`
	SoldAt      *time.Time `json:"soldAt,omitempty"`
	OpenedAt    *time.Time `json:"openedAt,omitempty"`
	EndedAt     *time.Time `json:"endedAt,omitempty"`
	RecalledAt  *time.Time `json:"recalledAt,omitempty"`
	StolenAt    *time.Time `json:"stolenAt,omitempty"`
}

// TraceEntry is one event of a thing's way.
type TraceEntry struct {
	EventID     string    `json:"eventID"`
	At          time.Time `json:"at"`
	Type        string    `json:"type" example:"ObjectEvent"`
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
