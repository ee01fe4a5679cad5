package supply

import "time"

// Alarm is something about a thing that should not be.
type Alarm struct {
	ID        string       `json:"id" example:"alm_01jx8m3h6w0000000000000000"`
	Rule      string       `json:"rule" example:"wrong-market"`
	Title     string       `json:"title" example:"Wrong market"`
	Severity  string       `json:"severity" enum:"high,medium,low"`
	State     string       `json:"state" enum:"open,confirmed,dismissed,recalled,corrected"`
	Thing     string       `json:"thing" doc:"As a Digital Link where it is a GS1 key" example:"https://id.gs1.org/01/09506000134352/21/A1"`
	Key       string       `json:"key" example:"01/09506000134352/21/A1"`
	GTIN      string       `json:"gtin,omitempty"`
	Serial    string       `json:"serial,omitempty"`
	Product   string       `json:"product,omitempty" doc:"Its name"`
	Country   string       `json:"country,omitempty" doc:"Where it was seen"`
	Party     *NamedPlace  `json:"party,omitempty" doc:"Who had it last, as far as events tell"`
	At        time.Time    `json:"at" doc:"When it happened"`
	RaisedAt  time.Time    `json:"raisedAt"`
	ChangedAt time.Time    `json:"changedAt"`
	DecidedBy string       `json:"decidedBy,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Expected  string       `json:"expected"`
	Seen      string       `json:"seen"`
	Evidence  []AlarmProof `json:"evidence" nullable:"false"`
}

// AlarmProof is an event or a scan that an alarm rests on.
type AlarmProof struct {
	EventID string    `json:"eventID,omitempty" doc:"Of the supply chain"`
	Tap     string    `json:"tap,omitempty" doc:"Event of the ledger"`
	At      time.Time `json:"at"`
	Words   string    `json:"words" example:"shipping at Berlin hub (DE)"`
}

// AlarmDetail is an alarm with its evidence in full.
type AlarmDetail struct {
	Alarm
	About  AlarmRule        `json:"about" doc:"The rule, and how it did lately"`
	Events []map[string]any `json:"events" nullable:"false" doc:"The supply-chain events of the evidence, as they were captured (EPCIS 2.0)"`
	Others int              `json:"others" doc:"Other open alarms about the same thing"`
	Lot    string           `json:"lot,omitempty" doc:"Of the thing, as far as events tell"`
}

// AlarmDecision is what somebody makes of an alarm.
type AlarmDecision struct {
	Decision string `json:"decision" enum:"confirmed,dismissed,open" doc:"open takes a decision back"`
	Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Needed to dismiss"`
}

// AlarmRecall turns an alarm into a recall.
type AlarmRecall struct {
	Scope  string `json:"scope" enum:"item,lot" doc:"The thing alone, or its lot"`
	Href   string `json:"href" maxLength:"2000" example:"https://brand.example/recall" doc:"Where it says what to do"`
	Title  string `json:"title,omitempty" maxLength:"200"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

// AlarmRule is a rule with how it did in the last 90 days.
type AlarmRule struct {
	Rule      string   `json:"rule"`
	Title     string   `json:"title"`
	Words     string   `json:"words"`
	Severity  string   `json:"severity" enum:"high,medium,low"`
	On        bool     `json:"on"`
	Settings  []string `json:"settings" nullable:"false" doc:"Names of settings that it follows"`
	Open      int64    `json:"open"`
	Raised    int64    `json:"raised"`
	Confirmed int64    `json:"confirmed"`
	Dismissed int64    `json:"dismissed"`
	Corrected int64    `json:"corrected"`
	Wrong     *float64 `json:"wrong,omitempty" doc:"Share of the decided alarms that were none, 0 to 1; left out when none was decided"`
}

// AlarmOverview is how the rules did lately, and where alarms come from.
type AlarmOverview struct {
	Since   time.Time    `json:"since"`
	Rules   []AlarmRule  `json:"rules" nullable:"false"`
	Markets []AlarmSum   `json:"markets" nullable:"false" doc:"Alarms that stand, by where they were seen"`
	Parties []AlarmParty `json:"parties" nullable:"false" doc:"Alarms that stand, by who had the things last"`
}

// AlarmSum counts alarms of a country.
type AlarmSum struct {
	Country string `json:"country"`
	Count   int64  `json:"count"`
}

// AlarmParty counts alarms of a party.
type AlarmParty struct {
	Party NamedPlace `json:"party"`
	Count int64      `json:"count"`
}

// AlarmSettings are the settings of the rules.
type AlarmSettings struct {
	Version     int64                 `json:"version" doc:"Of what was read; a change of another version is refused"`
	ChangedAt   *time.Time            `json:"changedAt,omitempty" readOnly:"true"`
	ChangedBy   string                `json:"changedBy,omitempty" readOnly:"true"`
	Off         []string              `json:"off" nullable:"false" doc:"Rules that do not look"`
	SpeedKMH    float64               `json:"speedKmh" doc:"Faster than this nothing travels"`
	MinKM       float64               `json:"minKm" doc:"Places nearer than this are one"`
	SkewMinutes float64               `json:"skewMinutes" doc:"By which clocks may differ"`
	TransitDays float64               `json:"transitDays" doc:"Until what was shipped should have arrived"`
	GraceHours  float64               `json:"graceHours" doc:"For unpacking the rest of a container"`
	Sessions    int                   `json:"sessions"`
	SessionDays float64               `json:"sessionDays"`
	Temperature AlarmRange            `json:"temperature"`
	Products    map[string]AlarmRange `json:"products" nullable:"false" doc:"Temperatures by GTIN, where they are others"`
}

// AlarmRange is a range of temperatures in degrees Celsius.
type AlarmRange struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// NamedPlace is a location or a party with what is known of it.
type NamedPlace struct {
	Key     string `json:"key" example:"414/9506000134352"`
	Name    string `json:"name" example:"Berlin hub" doc:"The key itself where no name is known"`
	Country string `json:"country,omitempty"`
}
