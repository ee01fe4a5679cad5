package access

import (
	"slices"
	"strings"

	"tagline/internal/fault"
)

// Role is what a member or a key is to the organisation.
type Role string

// The roles.
const (
	Owner    Role = "owner"
	Marketer Role = "marketer"
	PR       Role = "pr"
	Engineer Role = "engineer"
	Privacy  Role = "privacy"
	Auditor  Role = "auditor"
	Partner  Role = "partner"
)

// Action is something that may be allowed: the subject, a dot, the verb. Verbs
// other than read change something or give something out.
type Action string

// The actions. Every operation of the API declares one of them.
const (
	OverviewRead Action = "overview.read"
	SearchRead   Action = "search.read"
	LiveRead     Action = "live.read"
	ProductRead  Action = "product.read"
	ProductWrite Action = "product.write"
	ContentRead  Action = "content.read"
	ContentWrite Action = "content.write"
	LinkRead     Action = "link.read"
	LinkWrite    Action = "link.write"
	LinkRecall   Action = "link.recall"
	BrandApply   Action = "brand.apply"
	BrandExport  Action = "brand.export"
	ThingRead    Action = "thing.read"
	ThingWrite   Action = "thing.write"
	MomentReport Action = "moment.report"
	TagRead      Action = "tag.read"
	TagWrite     Action = "tag.write"
	TagEncode    Action = "tag.encode"
	TagDiagnose  Action = "tag.diagnose"
	TapRead      Action = "tap.read"
	EventRead    Action = "event.read"
	PhoneUse     Action = "phone.use"
	MemberRead   Action = "member.read"
	MemberWrite  Action = "member.write"
	KeyRead      Action = "key.read"
	KeyWrite     Action = "key.write"
	PassportRead Action = "passport.read"
	// A passport is a declaration: who writes it need not be who makes it count.
	PassportWrite      Action = "passport.write"
	PassportPublish    Action = "passport.publish"
	PassportGrantRead  Action = "passport-grant.read"
	PassportGrantWrite Action = "passport-grant.write"

	WayRead      Action = "way.read"
	PlaceRead    Action = "place.read"
	PlaceWrite   Action = "place.write"
	AlarmRead    Action = "alarm.read"
	AlarmDecide  Action = "alarm.decide"
	AlarmWrite   Action = "alarm.write"
	TraceRead    Action = "trace.read"
	TraceCapture Action = "trace.capture"
	TraceQuery   Action = "trace.query"

	DeviceRead Action = "device.read"
	// Settings and commands; those that move, heat or open something ask for a fresh
	// confirmation besides.
	DeviceCommand Action = "device.command"
	// Registering, freezing and retiring; jobs for many.
	DeviceWrite Action = "device.write"
	// Credentials and claims.
	DeviceAdmit Action = "device.admit"
	// Sending in readings for devices, over HTTP.
	DeviceReport Action = "device.report"

	SystemRead Action = "system.read"
	SelfWrite  Action = "self.write"
)

// Described is an action with what it allows, in words.
type Described struct {
	Action Action
	Words  string
}

// Actions lists every action, in the order in which a person reads them.
func Actions() []Described {
	return []Described{
		{OverviewRead, "See the overview"},
		{SearchRead, "Search"},
		{LiveRead, "Follow what happens, live"},
		{ProductRead, "Read brands, models and products"},
		{ProductWrite, "Change brands, models and products"},
		{ContentRead, "Read content and preview what is chosen"},
		{ContentWrite, "Change content"},
		{LinkRead, "Read links, and try where a scan leads"},
		{LinkWrite, "Change and import links, undo changes"},
		{LinkRecall, "Put a recall into force, and end it"},
		{BrandApply, "Apply a brand's files"},
		{BrandExport, "Export a brand as files"},
		{ThingRead, "Read things and their stories"},
		{ThingWrite, "Make things"},
		{MomentReport, "Report moments such as a sale"},
		{TagRead, "Read tags and key sets (never keys)"},
		{TagWrite, "Change tags and key sets, import batches"},
		{TagEncode, "Download what is to be written on tags"},
		{TagDiagnose, "Diagnose a tag's URL"},
		{TapRead, "Read taps with the reason of a refusal"},
		{EventRead, "Read the ledger"},
		{PhoneUse, "Use the phone frame and virtual bottles"},
		{MemberRead, "See who may sign in"},
		{MemberWrite, "Invite people, change roles, disable"},
		{KeyRead, "See API keys (never secrets)"},
		{KeyWrite, "Make and revoke API keys"},
		{PassportRead, "Read product passports, drafts and closed parts too"},
		{PassportWrite, "Change drafts of passports and their documents"},
		{PassportPublish, "Publish and withdraw passports"},
		{PassportGrantRead, "See who may read closed parts of passports, and when they did"},
		{PassportGrantWrite, "Give and end access to closed parts of passports"},
		{WayRead, "Follow things through the supply chain"},
		{PlaceRead, "Read locations and parties"},
		{PlaceWrite, "Change and import locations and parties"},
		{AlarmRead, "Read alarms with their evidence"},
		{AlarmDecide, "Confirm and dismiss alarms"},
		{AlarmWrite, "Change the rules of alarms"},
		{TraceRead, "Read supply-chain events"},
		{TraceCapture, "Capture supply-chain events"},
		{TraceQuery, "Name queries over supply-chain events, and delete them"},
		{DeviceRead, "Read devices, their twins and readings"},
		{DeviceCommand, "Set and command devices"},
		{DeviceWrite, "Register, freeze and retire devices, run jobs, settle dead letters"},
		{DeviceAdmit, "Make and revoke credentials of devices"},
		{DeviceReport, "Send in readings for devices"},
		{SystemRead, "See the state of the server"},
		{SelfWrite, "Change one's own name, e-mail and password"},
	}
}

// Grade is one row of the table: a role, what it is for, and what it may do.
type Grade struct {
	Role    Role
	Title   string
	Words   string
	Allowed []Action
}

// Grades is the one table of who may do what. The API enforces it and the
// console hides by it.
//
// Whoever changes links may recall, for a recall is a link. PR may recall though
// they change no other link: in a crisis they speak first.
//
// Marketers and engineers write passports, and engineers publish them, because what a
// passport declares are facts of the product; the closed parts are not for PR.
//
// The auditor reads everything and changes nothing but the own sign-in. The
// partner captures supply-chain events and sees those that it captured or is a party
// to; which these are is decided where events are found.
func Grades() []Grade {
	return []Grade{
		{Owner, "Owner", "Everything, and the people and keys", every()},
		{Marketer, "Marketer", "Products and what they say", []Action{
			OverviewRead, SearchRead, LiveRead, ProductRead, ProductWrite, ContentRead, ContentWrite, LinkRead, LinkWrite, LinkRecall,
			BrandApply, BrandExport, ThingRead, TagRead, TapRead, EventRead, PhoneUse, PassportRead, PassportWrite, WayRead, PlaceRead, PlaceWrite, AlarmRead, AlarmDecide, TraceRead, TraceQuery, DeviceRead, SelfWrite}},
		{PR, "PR", "Reads products, things and taps for stories", []Action{
			OverviewRead, SearchRead, LiveRead, ProductRead, ContentRead, LinkRead, LinkRecall, BrandExport, ThingRead, TapRead, EventRead, PhoneUse, WayRead, PlaceRead, AlarmRead, TraceRead, SelfWrite}},
		{Engineer, "Engineer", "Things, tags, keys and the server", []Action{
			OverviewRead, SearchRead, LiveRead, ProductRead, ProductWrite, ContentRead, LinkRead, LinkWrite, LinkRecall, BrandExport,
			ThingRead, ThingWrite, MomentReport, TagRead, TagWrite, TagEncode, TagDiagnose, TapRead, EventRead, PhoneUse,
			KeyRead, KeyWrite, PassportRead, PassportWrite, PassportPublish, PassportGrantRead, PassportGrantWrite, WayRead, PlaceRead, PlaceWrite, AlarmRead, AlarmDecide, AlarmWrite, TraceRead, TraceCapture, TraceQuery, DeviceRead, DeviceCommand, DeviceWrite, DeviceAdmit, DeviceReport, SystemRead, SelfWrite}},
		{Privacy, "Privacy officer", "Sees what is kept and who has access", []Action{
			OverviewRead, SearchRead, LiveRead, ProductRead, ContentRead, LinkRead, BrandExport, ThingRead, TagRead, TapRead, EventRead,
			MemberRead, KeyRead, PassportRead, PassportGrantRead, WayRead, PlaceRead, AlarmRead, TraceRead, DeviceRead, SystemRead, SelfWrite}},
		{Auditor, "Auditor", "Reads everything, changes nothing", append(reads(), BrandExport, SelfWrite)},
		{Partner, "Partner", "Own traces only", []Action{TraceRead, TraceCapture, SelfWrite}},
	}
}

func every() []Action {
	var all []Action
	for _, d := range Actions() {
		all = append(all, d.Action)
	}
	return all
}

func reads() []Action {
	return slices.DeleteFunc(every(), func(a Action) bool { return !strings.HasSuffix(string(a), ".read") })
}

// actions gives what a role may do; nothing for a word that is no role.
func (r Role) actions() []Action {
	for _, g := range Grades() {
		if g.Role == r {
			return g.Allowed
		}
	}
	return nil
}

// ParseRole checks a role's name.
func ParseRole(s string) (Role, error) {
	var names []string
	for _, g := range Grades() {
		if string(g.Role) == s {
			return g.Role, nil
		}
		names = append(names, string(g.Role))
	}
	return "", fault.New(fault.Invalid, "there is no such role", "The roles are "+strings.Join(names, ", ")+".")
}

// Kind says what signed in.
type Kind string

// The kinds of actor.
const (
	KindMember Kind = "member"
	KindKey    Kind = "key"
)

// Actor is who asks: a member through a session, or a machine by its key.
type Actor struct {
	Kind   Kind
	ID     string // a member's or a key's id
	Role   Role
	Scopes []Action // narrows the role; empty means all of it
	Name   string
	// Parties are the keys of companies and locations for which a partner acts: it
	// sees the supply-chain events that these take part in.
	Parties []string
}

// May says whether the actor is allowed to take the action.
func (a Actor) May(action Action) bool {
	return slices.Contains(a.Role.actions(), action) && (len(a.Scopes) == 0 || slices.Contains(a.Scopes, action))
}

// Actions lists what the actor may do.
func (a Actor) Actions() []Action {
	return slices.DeleteFunc(slices.Clone(a.Role.actions()), func(x Action) bool { return !a.May(x) })
}

// Require is nil when the actor may take the action, else a Forbidden fault that
// names what is missing.
func (a Actor) Require(action Action) error {
	if a.May(action) {
		return nil
	}
	if slices.Contains(a.Role.actions(), action) {
		return fault.New(fault.Forbidden, "this key's scopes do not hold "+string(action), "Use a key made with that scope.")
	}
	return fault.New(fault.Forbidden, "the role "+string(a.Role)+" may not "+string(action), "Ask an owner for a role that may.")
}
