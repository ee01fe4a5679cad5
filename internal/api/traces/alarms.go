package traces

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"tagline/epcis"
	"tagline/epcis/jsonout"
	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/supply"
	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/place"
	"tagline/internal/sqldb"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/suspicion"
)

const alarmGroup = "Alarms"

// lately is the time by which rules are judged.
const lately = 90 * 24 * time.Hour

func (d *Desk) alarming(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-alarms", Method: http.MethodGet, Path: "/alarms", Action: access.AlarmRead, Group: alarmGroup,
		Summary: "List alarms, the newest first"}, d.listAlarms)
	frame.Handle(f, frame.Op{ID: "get-alarms-overview", Method: http.MethodGet, Path: "/alarms/overview", Action: access.AlarmRead, Group: alarmGroup,
		Summary: "How the rules did in the last 90 days, and where alarms come from"}, d.alarmOverview)
	frame.Handle(f, frame.Op{ID: "get-alarm-settings", Method: http.MethodGet, Path: "/alarms/settings", Action: access.AlarmRead, Group: alarmGroup,
		Summary: "The settings of the rules"}, func(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[supply.AlarmSettings], error) {
		c, err := d.Alarms.Settings(ctx)
		return frame.Say(shapeSettings(c), err)
	})
	frame.Handle(f, frame.Op{ID: "set-alarm-settings", Method: http.MethodPut, Path: "/alarms/settings", Action: access.AlarmWrite, Group: alarmGroup,
		Summary: "Change the settings of the rules", Words: "They hold for what is looked at from now on."}, d.setSettings)
	frame.Handle(f, frame.Op{ID: "get-alarm", Method: http.MethodGet, Path: "/alarms/{id}", Action: access.AlarmRead, Group: alarmGroup,
		Summary: "Get an alarm with its evidence"}, d.alarm)
	frame.Handle(f, frame.Op{ID: "decide-alarm", Method: http.MethodPost, Path: "/alarms/{id}/decision", Action: access.AlarmDecide, Group: alarmGroup,
		Summary: "Confirm or dismiss an alarm, or take that back"}, d.decide)
	frame.Handle(f, frame.Op{ID: "recall-by-alarm", Method: http.MethodPost, Path: "/alarms/{id}/recall", Action: access.LinkRecall, Group: alarmGroup,
		Summary: "Confirm an alarm and recall the thing, or its lot", Words: "The recall is in force at once, as one that is put into force with the links; it is lifted there."}, d.recallBy)
}

type alarmsIn struct {
	frame.Paging
	State    string `query:"state" enum:"open,confirmed,dismissed,recalled,corrected"`
	Rule     string `query:"rule" maxLength:"50"`
	Severity string `query:"severity" enum:"high,medium,low"`
	GTIN     string `query:"gtin" maxLength:"14"`
	Country  string `query:"country" pattern:"^[A-Z]{2}$" doc:"Where it was seen"`
	Party    string `query:"party" maxLength:"500" doc:"Key of who had the thing last"`
	Thing    string `query:"thing" maxLength:"1000" doc:"A thing, in any spelling"`
}

func (d *Desk) listAlarms(ctx context.Context, _ access.Actor, in *alarmsIn) (*frame.Answer[frame.Page[supply.Alarm]], error) {
	filter := alarm.Filter{State: alarm.State(in.State), Rule: suspicion.Rule(in.Rule), Severity: suspicion.Severity(in.Severity), Market: in.Country, Party: in.Party}
	if in.GTIN != "" {
		gtin, err := gs1.NormalizeGTIN(in.GTIN)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "this is not a GTIN", "Give 8, 12, 13 or 14 digits, the last being the check digit.").At("query.gtin", "not a GTIN")
		}
		filter.GTIN = gtin
	}
	if in.Thing != "" {
		key, err := keyOf(in.Thing)
		if err != nil {
			return nil, err
		}
		filter.Key = key
	}
	shape, err := d.shaper(ctx)
	if err != nil {
		return nil, err
	}
	return frame.List(in.Paging, "alarms", []any{in.State, in.Rule, in.Severity, in.GTIN, in.Country, in.Party, in.Thing}, frame.Sure(shape),
		func(a alarm.Alarm) string { return a.ID }, func(after string, limit int) ([]alarm.Alarm, error) {
			filter.Before, filter.Limit = after, limit
			return d.Alarms.List(ctx, filter)
		})
}

// shaper knows what products and places are called.
func (d *Desk) shaper(ctx context.Context) (func(alarm.Alarm) supply.Alarm, error) {
	labels, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	places, err := d.known(ctx)
	if err != nil {
		return nil, err
	}
	return func(a alarm.Alarm) supply.Alarm {
		out := supply.Alarm{ID: a.ID, Rule: string(a.Rule), Title: a.Rule.Title(), Severity: string(a.Severity), State: string(a.State), Thing: spell(a.Key), Key: a.Key, GTIN: a.GTIN,
			Country: a.Market, At: a.At, RaisedAt: a.Raised, ChangedAt: a.Changed, DecidedBy: a.By, Reason: a.Reason, Expected: a.Expected, Seen: a.Seen, Evidence: []supply.AlarmProof{}}
		if link, err := gs1.ParseLinkPath("/"+a.Key, ""); err == nil {
			out.Serial = link.Value("21")
		}
		if p := labels.Of(a.GTIN); p != nil {
			out.Product = p.Name
		}
		if a.Party != "" {
			p := named(places, a.Party)
			out.Party = &p
		}
		for _, e := range a.Evidence {
			out.Evidence = append(out.Evidence, supply.AlarmProof{EventID: e.EventID, Tap: e.Tap, At: sqldb.Time(e.At), Words: e.Words})
		}
		return out
	}, nil
}

// known gives what is known of locations and parties.
func (d *Desk) known(ctx context.Context) (*place.Map, error) { return d.Places.Current(ctx) }

func named(places *place.Map, key string) supply.NamedPlace {
	out := supply.NamedPlace{Key: key, Name: spell(key)}
	if p := places.Of(key); p != nil {
		out.Name, out.Country = p.Name, p.Country
	}
	return out
}

func (d *Desk) alarm(ctx context.Context, _ access.Actor, in *frame.ByID) (*frame.Answer[supply.AlarmDetail], error) {
	a, err := d.Alarms.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shape, err := d.shaper(ctx)
	if err != nil {
		return nil, err
	}
	out := supply.AlarmDetail{Alarm: shape(a), Events: []map[string]any{}}
	overview, err := d.overview(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(overview.Rules, func(r supply.AlarmRule) bool { return r.Rule == string(a.Rule) }); i >= 0 {
		out.About = overview.Rules[i]
	}
	others, err := d.Alarms.List(ctx, alarm.Filter{Key: a.Key, State: alarm.Open, Limit: 100})
	if err != nil {
		return nil, err
	}
	out.Others = len(slices.DeleteFunc(others, func(o alarm.Alarm) bool { return o.ID == a.ID }))
	state, _, err := d.Journeys.Now(ctx, a.Key)
	if err != nil {
		return nil, err
	}
	out.Lot = state.Lot
	var rows []int64
	for _, e := range a.Evidence {
		if e.Row != 0 {
			rows = append(rows, e.Row)
		}
	}
	var events []repository.Stored
	if err := d.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		events, err = repository.Load(tx, rows)
		return err
	}); err != nil {
		return nil, err
	}
	for _, e := range events {
		event, err := asObject(e.Event)
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, event)
	}
	return frame.Say(out, nil)
}

func asObject(e *epcis.Event) (map[string]any, error) {
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(jsonout.AppendEvent(nil, e, jsonout.Gather(e))))
	dec.UseNumber()
	return out, dec.Decode(&out)
}

type decideIn struct {
	frame.ByID
	Body supply.AlarmDecision
}

func (d *Desk) decide(ctx context.Context, who access.Actor, in *decideIn) (*frame.Answer[supply.Alarm], error) {
	a, err := d.Alarms.Decide(ctx, in.ID, alarm.Decision{State: alarm.State(in.Body.Decision), Reason: in.Body.Reason, By: who.ID})
	if err != nil {
		return nil, err
	}
	shape, err := d.shaper(ctx)
	if err != nil {
		return nil, err
	}
	return frame.Say(shape(a), nil)
}

type recallByIn struct {
	frame.ByID
	Body supply.AlarmRecall
}

func (d *Desk) recallBy(ctx context.Context, who access.Actor, in *recallByIn) (*frame.Answer[supply.Alarm], error) {
	a, err := d.Alarms.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	path := "/" + a.Key
	if a.GTIN == "" {
		return nil, fault.New(fault.Invalid, "a container is not recalled", "Recall the lots of what is in it.")
	}
	if in.Body.Scope == "lot" {
		state, _, err := d.Journeys.Now(ctx, a.Key)
		if err != nil {
			return nil, err
		}
		if state.Lot == "" {
			return nil, fault.New(fault.Conflict, "no event tells the lot of this thing", "Recall the thing alone, or a lot in the recall room.").At("body.scope", "its lot is not known")
		}
		if path, err = gs1.FormatLink("", []gs1.Element{{AI: gs1.AIGTIN, Value: a.GTIN}, {AI: "10", Value: state.Lot}}); err != nil {
			return nil, fault.Wrap(fault.Conflict, err, "the lot of this thing cannot be a key", "Recall the thing alone.")
		}
	}
	if _, err := d.Links.SetRecall(ctx, path, in.Body.Href, in.Body.Title, link.Change{By: who.ID}); err != nil {
		return nil, err
	}
	if a, err = d.Alarms.Decide(ctx, in.ID, alarm.Decision{State: alarm.Recalled, Reason: in.Body.Reason, By: who.ID}); err != nil {
		return nil, err
	}
	shape, err := d.shaper(ctx)
	if err != nil {
		return nil, err
	}
	return frame.Say(shape(a), nil)
}

func (d *Desk) alarmOverview(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[supply.AlarmOverview], error) {
	out, err := d.overview(ctx)
	return frame.Say(out, err)
}

func (d *Desk) overview(ctx context.Context) (out supply.AlarmOverview, err error) {
	out = supply.AlarmOverview{Since: d.Clock.Now().Add(-lately).UTC(), Rules: []supply.AlarmRule{}, Markets: []supply.AlarmSum{}, Parties: []supply.AlarmParty{}}
	rules, markets, parties, err := d.Alarms.Statistics(ctx, out.Since)
	if err != nil {
		return out, err
	}
	settings, err := d.Alarms.Settings(ctx)
	if err != nil {
		return out, err
	}
	places, err := d.known(ctx)
	if err != nil {
		return out, err
	}
	words := map[suspicion.Rule]suspicion.Described{}
	for _, r := range suspicion.Rules() {
		words[r.Rule] = r
	}
	for _, r := range rules {
		w := words[r.Rule]
		shape := supply.AlarmRule{Rule: string(r.Rule), Title: w.Title, Words: w.Words, Severity: string(w.Severity), On: !slices.Contains(settings.Off, r.Rule), Settings: append([]string{}, w.Settings...),
			Open: r.Open, Raised: r.Raised, Confirmed: r.Confirmed, Dismissed: r.Dismissed, Corrected: r.Corrected}
		if share, known := r.Wrong(); known {
			shape.Wrong = &share
		}
		out.Rules = append(out.Rules, shape)
	}
	for _, m := range markets {
		out.Markets = append(out.Markets, supply.AlarmSum{Country: m.By, Count: m.Count})
	}
	for _, p := range parties {
		out.Parties = append(out.Parties, supply.AlarmParty{Party: named(places, p.By), Count: p.Count})
	}
	return out, nil
}

func shapeSettings(c alarm.SettingsChange) supply.AlarmSettings {
	out := supply.AlarmSettings{Version: c.Version, ChangedAt: wire.When(c.At), ChangedBy: c.By, Off: []string{}, SpeedKMH: c.SpeedKMH, MinKM: c.MinKM, SkewMinutes: c.SkewMinutes,
		TransitDays: c.TransitDays, GraceHours: c.GraceHours, Sessions: c.Sessions, SessionDays: c.SessionDays, Temperature: supply.AlarmRange(c.Temperature), Products: map[string]supply.AlarmRange{}}
	for _, r := range c.Off {
		out.Off = append(out.Off, string(r))
	}
	for gtin, r := range c.Products {
		out.Products[gtin] = supply.AlarmRange(r)
	}
	return out
}

func (d *Desk) setSettings(ctx context.Context, who access.Actor, in *struct{ Body supply.AlarmSettings }) (*frame.Answer[supply.AlarmSettings], error) {
	b := in.Body
	s := suspicion.Settings{SpeedKMH: b.SpeedKMH, MinKM: b.MinKM, SkewMinutes: b.SkewMinutes, TransitDays: b.TransitDays, GraceHours: b.GraceHours, Sessions: b.Sessions,
		SessionDays: b.SessionDays, Temperature: suspicion.Range(b.Temperature), Products: map[string]suspicion.Range{}}
	for _, r := range b.Off {
		s.Off = append(s.Off, suspicion.Rule(r))
	}
	for gtin, r := range b.Products {
		s.Products[gtin] = suspicion.Range(r)
	}
	c, err := d.Alarms.SetSettings(ctx, s, b.Version, who.ID)
	return frame.Say(shapeSettings(c), err)
}
