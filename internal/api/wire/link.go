package wire

import (
	"encoding/json"
	"time"
)

// LinkEntry is what stands at one anchor of the resolver.
type LinkEntry struct {
	Anchor          string      `json:"anchor" maxLength:"500" example:"/01/09506000134352/10/{lot}" doc:"A key, with or without qualifiers; {name} stands for any value, * at the end for every key that begins so"`
	ItemDescription string      `json:"itemDescription" maxLength:"200" example:"Halden Aquavit"`
	HandledBy       string      `json:"handledBy,omitempty" maxLength:"2000" doc:"Root of another resolver, which knows what is not here"`
	Links           []EntryLink `json:"links,omitempty" nullable:"false" maxItems:"100"`
	Version         int64       `json:"version,omitempty" readOnly:"true" doc:"Changes with every change; it is the ETag too"`
	UpdatedAt       *time.Time  `json:"updatedAt,omitempty" readOnly:"true"`
	Level           string      `json:"level,omitempty" readOnly:"true" example:"01+10" doc:"The identifiers of the anchor without their values"`
	GTIN            string      `json:"gtin,omitempty" readOnly:"true" doc:"Of a product's entries"`
	Product         string      `json:"product,omitempty" readOnly:"true" doc:"Name of the product, if this server knows it"`
	Recalled        bool        `json:"recalled,omitempty" readOnly:"true" doc:"A public recall stands here"`
}

// Bare drops what only answers hold, so that what was read can be put back.
func (e *LinkEntry) Bare() {
	e.Version, e.UpdatedAt, e.Level, e.GTIN, e.Product, e.Recalled = 0, nil, "", "", "", false
	for i := range e.Links {
		e.Links[i].WhenWords, e.Links[i].Health = "", nil
	}
}

// EntryLink is one address and when it is the answer.
type EntryLink struct {
	ID        string          `json:"id,omitempty" maxLength:"16" doc:"Stable within the entry; made when left out"`
	LinkType  string          `json:"linktype" maxLength:"200" example:"gs1:pip" doc:"See list-link-types; a relation of IANA or an address of your own as well"`
	Href      string          `json:"href" maxLength:"2000" example:"https://halden.example/aquavit" doc:"Absolute, http or https; may hold the places of the anchor, {lot}"`
	Title     string          `json:"title" maxLength:"200" example:"Halden Aquavit"`
	MediaType string          `json:"type,omitempty" example:"text/html"`
	Hreflang  []string        `json:"hreflang,omitempty" nullable:"false" maxItems:"50" example:"[\"de\",\"de-AT\"]"`
	Context   []string        `json:"context,omitempty" nullable:"false" maxItems:"50" doc:"Words of the request's parameter context"`
	Markets   []string        `json:"markets,omitempty" nullable:"false" maxItems:"50" example:"[\"DE\"]" doc:"For readers in these countries"`
	FWQS      *bool           `json:"fwqs,omitempty" doc:"false: the request's query is not passed on"`
	Public    *bool           `json:"public,omitempty" doc:"false: kept, not served"`
	From      *time.Time      `json:"from,omitempty"`
	Until     *time.Time      `json:"until,omitempty" doc:"The first moment at which it is over"`
	When      json.RawMessage `json:"when,omitempty" doc:"A condition about the item and the reader; always when absent"`
	Default   bool            `json:"default,omitempty" doc:"The answer when nothing is asked for"`
	Multi     bool            `json:"multi,omitempty" doc:"One of the defaults among which language and media type decide"`
	WhenWords string          `json:"whenWords,omitempty" readOnly:"true" doc:"The condition as the server reads it, in words"`
	Health    *LinkHealth     `json:"health,omitempty" readOnly:"true" doc:"What the link checker found; absent before the first check"`
}

// LinkMerge is what is added to an entry that is there.
type LinkMerge struct {
	ItemDescription string      `json:"itemDescription,omitempty" maxLength:"200"`
	HandledBy       string      `json:"handledBy,omitempty" maxLength:"2000"`
	Links           []LinkPatch `json:"links,omitempty" nullable:"false" maxItems:"100" doc:"Matched to those that are there by linktype, hreflang and context"`
}

// LinkPatch is a link whose given fields are taken over.
type LinkPatch struct {
	LinkType  string          `json:"linktype" maxLength:"200" example:"gs1:pip"`
	Href      string          `json:"href,omitempty" maxLength:"2000"`
	Title     string          `json:"title,omitempty" maxLength:"200"`
	MediaType string          `json:"type,omitempty"`
	Hreflang  []string        `json:"hreflang,omitempty" nullable:"false" maxItems:"50"`
	Context   []string        `json:"context,omitempty" nullable:"false" maxItems:"50"`
	Markets   []string        `json:"markets,omitempty" nullable:"false" maxItems:"50"`
	FWQS      *bool           `json:"fwqs,omitempty"`
	Public    *bool           `json:"public,omitempty"`
	From      *time.Time      `json:"from,omitempty"`
	Until     *time.Time      `json:"until,omitempty"`
	When      json.RawMessage `json:"when,omitempty"`
	Default   bool            `json:"default,omitempty"`
	Multi     bool            `json:"multi,omitempty"`
}

// LinkHealth is what the link checker found at an address.
type LinkHealth struct {
	Href      string    `json:"href"`
	OK        bool      `json:"ok"`
	Status    int       `json:"status,omitempty" doc:"Of HTTP; absent when there was no answer"`
	MovedTo   string    `json:"movedTo,omitempty" doc:"Where redirects ended"`
	Trouble   string    `json:"trouble,omitempty" doc:"What is wrong, in words"`
	CheckedAt time.Time `json:"checkedAt"`
}

// LinkType is a type that a link may have.
type LinkType struct {
	Type      string `json:"type" example:"gs1:recipeInfo"`
	Title     string `json:"title" example:"Recipes"`
	Group     string `json:"group" example:"Using it"`
	Promotes  bool   `json:"promotes,omitempty" doc:"It is withheld while a recall is in force"`
	Outdated  string `json:"outdated,omitempty" doc:"The type to use instead"`
	Reserved  bool   `json:"reserved,omitempty" doc:"The server writes it itself: no link may have it"`
	IsRecalls bool   `json:"recalls,omitempty" doc:"A link of this type is a recall"`
}

// LinkTypes is what an editor of links needs to know.
type LinkTypes struct {
	Types []LinkType `json:"types" nullable:"false" doc:"Of the GS1 Web Vocabulary, by title"`
	Facts []LinkFact `json:"facts" nullable:"false" doc:"What a condition may ask for"`
}

// LinkFact is something that the condition of a link may ask for.
type LinkFact struct {
	Fact  string   `json:"fact" example:"seal"`
	Says  string   `json:"says" example:"the seal"`
	Kind  string   `json:"kind" example:"text"`
	OneOf []string `json:"oneOf" nullable:"false" doc:"The values it can have; any when empty"`
}

// Recall is a recall to put into force.
type Recall struct {
	Href  string `json:"href" minLength:"1" maxLength:"2000" example:"https://halden.example/recall" doc:"The page that says what to do"`
	Title string `json:"title" minLength:"1" maxLength:"200" example:"Halden recalls lot L3"`
}

// LinkChange is one change of an entry.
type LinkChange struct {
	Seq    string     `json:"seq" doc:"Give it to undo-links"`
	Anchor string     `json:"anchor"`
	At     time.Time  `json:"at"`
	By     *Ref       `json:"by,omitempty"`
	Action string     `json:"action" enum:"created,changed,removed,restored"`
	Before *LinkEntry `json:"before,omitempty"`
	After  *LinkEntry `json:"after,omitempty"`
}

// Undo names a change to take back.
type Undo struct {
	Seq         string `json:"seq" minLength:"1" maxLength:"20" pattern:"^[0-9]+$"`
	ForgetLater bool   `json:"forgetLater,omitempty" doc:"Go ahead when the entry was changed later: those changes are lost"`
}

// LinkTally is how often links were followed.
type LinkTally struct {
	Day      string `json:"day,omitempty" example:"2026-11-01" doc:"UTC"`
	Key      string `json:"key,omitempty" example:"/01/09506000134352"`
	Level    string `json:"level,omitempty" example:"01+10"`
	Type     string `json:"linktype,omitempty" example:"gs1:pip"`
	Link     string `json:"link,omitempty" doc:"Id of the link within its entry"`
	Market   string `json:"market,omitempty" doc:"Empty when it is not known"`
	Language string `json:"language,omitempty"`
	N        int64  `json:"n"`
}

// LinkTallies are sums of scans.
type LinkTallies struct {
	By    string      `json:"by"`
	Total int64       `json:"total" doc:"Of the groups here"`
	Items []LinkTally `json:"items" nullable:"false" doc:"Days in order; other groups with the most scans first"`
}

// LinkTry is a request to try out.
type LinkTry struct {
	Link           string     `json:"link" minLength:"1" maxLength:"4000" example:"/01/09506000134352/10/L3?linkType=gs1:pip" doc:"A Digital Link, plain or compressed: a path, or a whole address"`
	LinkType       string     `json:"linkType,omitempty" maxLength:"200" doc:"Instead of the link's own parameter"`
	Context        string     `json:"context,omitempty" maxLength:"60"`
	Accept         string     `json:"accept,omitempty" maxLength:"1000" example:"text/html"`
	AcceptLanguage string     `json:"acceptLanguage,omitempty" maxLength:"1000" example:"de-AT, de;q=0.9"`
	Market         string     `json:"market,omitempty" pattern:"^[A-Z]{2}$" example:"DE"`
	Seal           string     `json:"seal,omitempty" enum:"sealed,opened"`
	Stage          string     `json:"stage,omitempty" enum:"made,sold,opened,in-use,drained"`
	Result         string     `json:"result,omitempty" enum:"genuine,replayed,refused,plain" doc:"Of the tap; plain when left out"`
	Channel        string     `json:"channel,omitempty" enum:"nfc,qr,link" doc:"qr when left out"`
	At             *time.Time `json:"at,omitempty" doc:"Now when left out"`
}

// LinkTried is what would happen.
type LinkTried struct {
	Path     string          `json:"path" doc:"The Digital Link, uncompressed"`
	Status   int             `json:"status" enum:"200,300,307,404" doc:"That the resolver would answer"`
	Outcome  string          `json:"outcome" enum:"link,several,other-resolver,no-such-type,nothing,linkset,own-page"`
	Words    string          `json:"words" example:"307 to the default link of /01/09506000134352."`
	Target   string          `json:"target,omitempty" doc:"Where the reader is sent"`
	Title    string          `json:"title,omitempty"`
	LinkType string          `json:"linktype,omitempty"`
	Link     string          `json:"linkId,omitempty"`
	Anchor   string          `json:"anchor,omitempty" doc:"Of the level that answered"`
	Recall   bool            `json:"recall,omitempty" doc:"A recall is in force for what was asked"`
	Why      []LinkReason    `json:"why" nullable:"false" doc:"One for every link that could have answered"`
	Linkset  json.RawMessage `json:"linkset,omitempty" doc:"All that counts now, as linkType=linkset would answer it"`
}

// LinkReason says why a link is the answer or not.
type LinkReason struct {
	Anchor   string `json:"anchor" doc:"Of its entry"`
	Link     string `json:"linkId"`
	LinkType string `json:"linktype"`
	Title    string `json:"title"`
	Chosen   bool   `json:"chosen,omitempty"`
	Code     string `json:"code" example:"other-language"`
	Reason   string `json:"reason" example:"Another link fits the language better."`
}

// LinkChecks is what the link checker found.
type LinkChecks struct {
	Items []LinkHealth `json:"items" nullable:"false"`
}

// LinkImport is what a file of links changed, or would change.
type LinkImport struct {
	DryRun   bool          `json:"dryRun"`
	Entries  int           `json:"entries" doc:"In the file; 0 when there are problems"`
	Links    int           `json:"links" doc:"In the file"`
	Created  int           `json:"created"`
	Changed  int           `json:"changed"`
	Same     int           `json:"same"`
	Problems []LinkProblem `json:"problems" nullable:"false" doc:"At most 500; with any, nothing is changed"`
	Changes  []LinkOutcome `json:"changes" nullable:"false" doc:"The first 500 entries that differ"`
}

// LinkProblem is one thing that is wrong with a file.
type LinkProblem struct {
	Row     int    `json:"row,omitempty" doc:"Of CSV and Excel, as the file counts it"`
	Column  string `json:"column,omitempty"`
	Path    string `json:"path,omitempty" example:"[2].links[0].href" doc:"Of JSON"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// LinkOutcome is what becomes of one entry.
type LinkOutcome struct {
	Anchor string `json:"anchor"`
	Action string `json:"action" enum:"created,changed"`
}
