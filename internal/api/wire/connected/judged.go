package connected

import "time"

// CareScore is how well a device is cared for.
type CareScore struct {
	Name      string           `json:"name" example:"care"`
	Title     string           `json:"title,omitempty"`
	Latest    *float64         `json:"latest,omitempty" doc:"Of the newest session, 0 to 100; absent when there is none"`
	Band      string           `json:"band,omitempty"`
	BandTitle string           `json:"bandTitle,omitempty"`
	Parts     []ScorePart      `json:"parts" nullable:"false" doc:"Their points add up to the latest score"`
	Missing   []string         `json:"missing" nullable:"false" doc:"Inputs that were not known: the model's default stood in"`
	Mean      float64          `json:"mean" doc:"Weighted by age"`
	Slope     float64          `json:"slope" doc:"Points a week"`
	Margin    float64          `json:"margin" doc:"Half of the 90 % interval of the slope"`
	Trend     string           `json:"trend" doc:"The same in words"`
	Sessions  []ScoredSession  `json:"sessions" nullable:"false" doc:"The newest 60, the oldest first"`
	Needs     []ScoreNeed      `json:"needs" nullable:"false"`
	Products  []FittingProduct `json:"products" nullable:"false"`
}

// ScorePart is what a part of a score gives.
type ScorePart struct {
	Part   string  `json:"part"`
	Title  string  `json:"title"`
	Points float64 `json:"points"`
	Max    float64 `json:"max"`
	Advice string  `json:"advice,omitempty" doc:"Said when it gives less than half"`
}

// ScoredSession is a session with its score.
type ScoredSession struct {
	At    time.Time `json:"at"`
	Score float64   `json:"score"`
}

// ScoreNeed is something that the owner needs.
type ScoreNeed struct {
	Name     string  `json:"name"`
	Title    string  `json:"title"`
	Strength float64 `json:"strength" doc:"0 to 1"`
	Because  string  `json:"because"`
}

// FittingProduct is a product that fits the needs.
type FittingProduct struct {
	GTIN    string   `json:"gtin"`
	Name    string   `json:"name"`
	Fit     float64  `json:"fit" doc:"0 to 1"`
	Reasons []string `json:"reasons" nullable:"false"`
}

// Habits is the weekly rhythm of a device.
type Habits struct {
	Moment         string        `json:"moment" doc:"What counts as a use"`
	Title          string        `json:"title,omitempty"`
	Uses           int           `json:"uses"`
	Weeks          int           `json:"weeks"`
	Enough         bool          `json:"enough" doc:"Whether a habit may be claimed"`
	PerWeek        float64       `json:"perWeek"`
	Evening        float64       `json:"evening" doc:"Share of the uses"`
	Weekend        float64       `json:"weekend" doc:"Share of the uses"`
	Regularity     float64       `json:"regularity" doc:"0 to 1"`
	UsualHour      float64       `json:"usualHour"`
	Spread         float64       `json:"spread" doc:"Hours"`
	TypicalSeconds float64       `json:"typicalSeconds"`
	Hours          [][]int       `json:"hours" nullable:"false" doc:"Uses by weekday from Monday, and hour"`
	Counts         []int         `json:"counts" nullable:"false" doc:"Uses of each week, the oldest first"`
	Changes        []HabitChange `json:"changes" nullable:"false"`
	Words          []string      `json:"words" nullable:"false"`
}

// HabitChange is a week from which on uses come at another rate.
type HabitChange struct {
	From   time.Time `json:"from"`
	Before float64   `json:"before" doc:"Uses a week"`
	Now    float64   `json:"now"`
}
