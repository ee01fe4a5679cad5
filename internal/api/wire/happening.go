package wire

import (
	"encoding/json"
	"time"
)

// Tap is one read of a tag or code.
type Tap struct {
	Event      string      `json:"event"`
	Seq        int64       `json:"seq"`
	At         time.Time   `json:"at"`
	Result     string      `json:"result" enum:"genuine,repeat,replayed,refused,plain"`
	Step       string      `json:"step,omitempty" doc:"The step that failed"`
	Code       string      `json:"code,omitempty" example:"mac"`
	Hint       string      `json:"hint,omitempty"`
	Seal       string      `json:"seal,omitempty" enum:"unknown,sealed,opened"`
	Counter    *int64      `json:"counter,omitempty"`
	Tier       string      `json:"tier,omitempty" doc:"Strength of the evidence: 0, 1, 2, 3, 3t or 4"`
	Thing      *ThingRef   `json:"thing,omitempty"`
	Product    *TapProduct `json:"product,omitempty"`
	Set        string      `json:"set,omitempty"`
	Chip       string      `json:"chip,omitempty"`
	Country    string      `json:"country,omitempty"`
	Test       bool        `json:"test,omitempty" doc:"Of a test key set: no proof of anything"`
	Suppressed int64       `json:"suppressed,omitempty" doc:"How many refused taps of its kind before it were counted and not recorded"`
}

// Taps is one part of the stream of taps.
type Taps struct {
	Items      []Tap  `json:"items" nullable:"false"`
	Next       string `json:"next,omitempty" doc:"Give it back as cursor to get the items after these; absent at the end"`
	Unrecorded int64  `json:"unrecorded" doc:"Refused taps, of all kinds, that this server has counted and not recorded; the next one of each kind that is recorded carries its share as suppressed"`
}

// TapProduct is the product that was tapped.
type TapProduct struct {
	GTIN string `json:"gtin"`
	Name string `json:"name"`
}

// Event is one entry of the ledger.
type Event struct {
	ID         string          `json:"id" example:"evt_01jx8m3h6w0000000000000000"`
	Seq        int64           `json:"seq"`
	Type       string          `json:"type" example:"tap"`
	Class      string          `json:"class" enum:"fact,reading,moment"`
	Source     string          `json:"source"`
	SourceID   string          `json:"sourceId,omitempty"`
	Thing      string          `json:"thing,omitempty"`
	Person     string          `json:"person,omitempty" doc:"A pseudonym"`
	Cause      string          `json:"cause,omitempty"`
	At         time.Time       `json:"at" doc:"When it happened"`
	RecordedAt time.Time       `json:"recordedAt" doc:"When it was recorded"`
	Body       json.RawMessage `json:"body"`
}

// Evidence is an event with what it follows from and what followed.
type Evidence struct {
	Event   Event   `json:"event"`
	Cause   *Event  `json:"cause,omitempty"`
	Effects []Event `json:"effects" nullable:"false"`
}

// Live is a hint that something happened: a reference, not a row.
type Live struct {
	Topic string    `json:"topic" enum:"tap,thing,product,content,link,tag,access,system"`
	ID    string    `json:"id" doc:"The event's id"`
	Seq   int64     `json:"seq"`
	At    time.Time `json:"at"`
	Kind  string    `json:"kind" doc:"The event's type"`
	Ref   string    `json:"ref,omitempty" doc:"The thing it is about"`
}

// LiveReset says that too much was missed: read again what is shown.
type LiveReset struct {
	Seq int64 `json:"seq"`
}

// Overview is what changed in a period.
type Overview struct {
	From         time.Time     `json:"from"`
	To           time.Time     `json:"to"`
	PreviousFrom time.Time     `json:"previousFrom" doc:"Start of the period before, of the same length"`
	Bucket       string        `json:"bucket" enum:"hour,day"`
	UpdatedAt    time.Time     `json:"updatedAt"`
	Totals       Totals        `json:"totals"`
	Taps         Compared      `json:"taps"`
	Genuine      Compared      `json:"genuine"`
	Replayed     Compared      `json:"replayed"`
	Refused      Compared      `json:"refused"`
	Plain        Compared      `json:"plain"`
	Funnel       Funnel        `json:"funnel"`
	Series       []Bucket      `json:"series" nullable:"false" doc:"Every bucket of the period, the empty ones too"`
	Countries    []CountryTaps `json:"countries" nullable:"false" doc:"Most taps first"`
	Results      []ResultTaps  `json:"results" nullable:"false"`
	Products     []ProductTaps `json:"products" nullable:"false" doc:"The ten with most taps"`
	Alarms       int64         `json:"alarms" doc:"Things with an alarm"`
}

// Compared is a number with that of the period before.
type Compared struct {
	Value    int64 `json:"value"`
	Previous int64 `json:"previous"`
}

// Totals is how much there is of everything.
type Totals struct {
	Products int64 `json:"products"`
	Contents int64 `json:"contents"`
	Things   int64 `json:"things"`
	Chips    int64 `json:"chips"`
	KeySets  int64 `json:"keysets"`
}

// Funnel is how far things came.
type Funnel struct {
	Made    Step `json:"made"`
	Sold    Step `json:"sold"`
	Opened  Step `json:"opened"`
	Drained Step `json:"drained"`
}

// Step is one step of the funnel.
type Step struct {
	Total  int64    `json:"total" doc:"Things that ever came this far"`
	During Compared `json:"during" doc:"Things that came this far in the period"`
}

// Bucket is the taps of one hour or day.
type Bucket struct {
	At       time.Time `json:"at"`
	Genuine  int64     `json:"genuine"`
	Replayed int64     `json:"replayed"`
	Refused  int64     `json:"refused"`
	Plain    int64     `json:"plain"`
}

// CountryTaps is the taps of one country.
type CountryTaps struct {
	Country  string `json:"country" doc:"Two letters; empty when unknown"`
	Taps     int64  `json:"taps"`
	Previous int64  `json:"previous"`
}

// ResultTaps is the taps with one result.
type ResultTaps struct {
	Result   string `json:"result" enum:"genuine,repeat,replayed,refused,plain"`
	Code     string `json:"code,omitempty"`
	Taps     int64  `json:"taps"`
	Previous int64  `json:"previous"`
}

// ProductTaps is the taps of one product.
type ProductTaps struct {
	GTIN     string `json:"gtin"`
	Name     string `json:"name"`
	Taps     int64  `json:"taps"`
	Previous int64  `json:"previous"`
}

// Hit is something that was found.
type Hit struct {
	Kind     string `json:"kind" enum:"brand,product,model,content,thing,chip,keyset,member,key,event"`
	ID       string `json:"id"`
	Title    string `json:"title"`
	Subtitle string `json:"subtitle,omitempty"`
	Href     string `json:"href" doc:"Path in the console" example:"/products/09506000134352"`
}

// Hits are what was found, the best first.
type Hits struct {
	Items []Hit `json:"items" nullable:"false"`
}

// System is the state of the server.
type System struct {
	Version   string    `json:"version"`
	Engine    string    `json:"engine" enum:"sqlite,postgres"`
	StartedAt time.Time `json:"startedAt"`
	Now       time.Time `json:"now"`
	Head      int64     `json:"head" doc:"The ledger's last number"`
	Cursors   []Cursor  `json:"cursors" nullable:"false"`
	Timers    Timers    `json:"timers"`
	Vault     Vault     `json:"vault"`
	MemoryMB  int64     `json:"memoryMB"`
}

// Cursor is how far a follower of the ledger came.
type Cursor struct {
	Name   string `json:"name"`
	Pos    int64  `json:"pos"`
	Lag    int64  `json:"lag"`
	Owner  string `json:"owner,omitempty"`
	Reason string `json:"reason,omitempty" doc:"Why the last attempt failed"`
}

// Timers is how many timers there are.
type Timers struct {
	Waiting int64 `json:"waiting"`
	Overdue int64 `json:"overdue"`
	Parked  int64 `json:"parked" doc:"Given up after too many failures"`
}

// Vault is the state of the keys at rest.
type Vault struct {
	KeyAgeDays int64 `json:"keyAgeDays" doc:"Age of the wrapping key"`
}
