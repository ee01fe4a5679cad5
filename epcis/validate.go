package epcis

import (
	"fmt"
	"strconv"
	"strings"

	"tagline/epcis/identifier"
)

// Validate checks an event against the rules that do not depend on how it was
// written (EPCIS 2.0, JSON schema, XSD and ontology; conformance drafts TCR-53 and
// TCR-54). Pointer is that of the event. Strict turns into errors what is a warning
// otherwise: rules of the ontology that real sensors and loggers break, and
// duplicates in a list.
func (e *Event) Validate(pointer string, strict bool) []Problem {
	v := validator{e: e, at: pointer, strict: strict}
	v.shared()
	switch e.Type {
	case ObjectEvent:
		v.object()
	case AggregationEvent:
		v.aggregation()
	case TransactionEvent:
		v.transaction()
	case TransformationEvent:
		v.transformation()
	case AssociationEvent:
		v.association()
	default:
		v.extension()
	}
	v.sensors()
	return v.problems
}

type validator struct {
	e        *Event
	at       string
	strict   bool
	problems []Problem
}

func (v *validator) fail(field, rule, format string, args ...any) {
	v.problems = append(v.problems, Problem{Pointer: v.at + field, Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

func (v *validator) warn(field, rule, format string, args ...any) {
	v.problems = append(v.problems, Problem{Pointer: v.at + field, Rule: rule, Detail: fmt.Sprintf(format, args...), Warning: !v.strict})
}

// fieldSet says which fields an event has, as bits.
type fieldSet uint32

const (
	hasAction fieldSet = 1 << iota
	hasEPCList
	hasQuantityList
	hasParent
	hasChildren
	hasInOut
	hasTransformation
	hasILMD
	hasWhat // bizStep, disposition, places, business lists, sensors
)

func (e *Event) fields() (f fieldSet) {
	set := func(bit fieldSet, yes bool) {
		if yes {
			f |= bit
		}
	}
	set(hasAction, e.Action != "")
	set(hasEPCList, e.EPCList != nil)
	set(hasQuantityList, e.QuantityList != nil)
	set(hasParent, e.ParentID != "")
	set(hasChildren, e.ChildEPCs != nil || e.ChildQuantityList != nil)
	set(hasInOut, e.InputEPCList != nil || e.InputQuantityList != nil || e.OutputEPCList != nil || e.OutputQuantityList != nil)
	set(hasTransformation, e.TransformationID != "")
	set(hasILMD, e.ILMD != nil)
	set(hasWhat, e.BizStep != "" || e.Disposition != "" || e.PersistentDisposition != nil || e.ReadPoint != nil || e.BizLocation != nil ||
		e.BizTransactionList != nil || e.SourceList != nil || e.DestinationList != nil || e.SensorElementList != nil)
	return f
}

// allow refuses fields that the type does not have.
func (v *validator) allow(allowed fieldSet) {
	for _, f := range []struct {
		bit  fieldSet
		name string
	}{
		{hasAction, "action"}, {hasEPCList, "epcList"}, {hasQuantityList, "quantityList"}, {hasParent, "parentID"},
		{hasChildren, "childEPCs and childQuantityList"}, {hasInOut, "input and output lists"}, {hasTransformation, "transformationID"},
		{hasILMD, "ilmd"}, {hasWhat, "bizStep, places, business lists and sensors"},
	} {
		if v.e.fields()&f.bit != 0 && allowed&f.bit == 0 {
			v.fail("", "forbidden-field", "%s has no %s; use another type of event, or leave it out", v.e.Type, f.name)
		}
	}
}

func (v *validator) action() {
	switch v.e.Action {
	case Add, Observe, Delete:
	case "":
		v.fail("/action", "missing-field", "the action is missing: ADD, OBSERVE or DELETE")
	default:
		v.fail("/action", "unknown-word", "%q is no action: write ADD, OBSERVE or DELETE", clip(v.e.Action))
	}
}

func (v *validator) object() {
	v.allow(hasAction | hasEPCList | hasQuantityList | hasILMD | hasWhat)
	v.action()
	e := v.e
	if e.EPCList == nil && len(e.QuantityList) == 0 && (len(e.SensorElementList) == 0 || e.ReadPoint == nil) {
		v.fail("", "missing-what", "an ObjectEvent needs an epcList (which may be empty), a quantityList, or a sensorElementList with a readPoint")
	}
	if e.ILMD != nil && e.Action != Add {
		v.fail("/ilmd", "forbidden-field", "ilmd stands in an ObjectEvent only with action ADD, when the things begin to be")
	}
}

func (v *validator) aggregation() {
	v.allow(hasAction | hasParent | hasChildren | hasWhat)
	v.action()
	v.parent()
}

func (v *validator) association() {
	v.allow(hasAction | hasParent | hasChildren | hasWhat)
	v.action()
	v.parent()
}

// parent checks rules that aggregations and associations share.
func (v *validator) parent() {
	e := v.e
	if e.ParentID == "" && (e.Type == AssociationEvent || e.Action != Observe) {
		v.fail("/parentID", "missing-field", "the parentID is missing")
	}
	if len(e.ChildEPCs) == 0 && len(e.ChildQuantityList) == 0 && e.Action != Delete {
		v.fail("/childEPCs", "missing-what", "childEPCs or childQuantityList is needed; only DELETE may leave out both, and then means all children")
	}
}

func (v *validator) transaction() {
	v.allow(hasAction | hasEPCList | hasQuantityList | hasParent | hasWhat)
	v.action()
	if len(v.e.BizTransactionList) == 0 {
		v.fail("/bizTransactionList", "missing-field", "a TransactionEvent needs at least one business transaction")
	}
	if v.e.EPCList == nil && len(v.e.QuantityList) == 0 && v.e.Action != Delete {
		v.fail("", "missing-what", "a TransactionEvent needs an epcList (which may be empty) or a quantityList, unless its action is DELETE")
	}
}

func (v *validator) transformation() {
	v.allow(hasInOut | hasTransformation | hasILMD | hasWhat)
	e := v.e
	in, out := len(e.InputEPCList)+len(e.InputQuantityList), len(e.OutputEPCList)+len(e.OutputQuantityList)
	switch {
	case e.TransformationID != "" && in+out == 0:
		v.fail("", "missing-what", "a TransformationEvent needs at least one input or output")
	case e.TransformationID == "" && (in == 0 || out == 0):
		v.fail("", "missing-what", "a TransformationEvent without a transformationID needs inputs and outputs")
	}
}

func (v *validator) extension() {
	if !IsURI(v.e.Type) {
		hint := "write one of the five types, or a URI for a type of your own"
		if v.e.Type == "" {
			v.fail("/type", "missing-field", "the type of the event is missing: %s", hint)
		} else {
			v.fail("/type", "unknown-word", "%q is no type of event: %s", clip(v.e.Type), hint)
		}
		return
	}
	v.allow(0)
}

func (v *validator) shared() {
	e := v.e
	switch {
	case e.EventTime.Text == "":
		v.fail("/eventTime", "missing-field", "the eventTime is missing")
	}
	switch {
	case e.TimeZoneOffset == "":
		v.fail("/eventTimeZoneOffset", "missing-field", `the eventTimeZoneOffset is missing: the zone of the place, such as "+02:00"`)
	case !isOffset(e.TimeZoneOffset):
		v.fail("/eventTimeZoneOffset", "time-zone", `%q is no offset: write it as in "+02:00", from -14:00 to +14:00`, clip(e.TimeZoneOffset))
	}
	v.uri("/eventID", e.EventID)
	for i, c := range e.CertificationInfo {
		v.uri(indexed("/certificationInfo", i), c)
	}
	if d := e.ErrorDeclaration; d != nil {
		if d.DeclarationTime.Text == "" {
			v.fail("/errorDeclaration/declarationTime", "missing-field", "the declarationTime is missing")
		}
		v.word("/errorDeclaration/reason", ErrorReasons, d.Reason)
		for i, id := range d.CorrectiveEventIDs {
			v.uri(indexed("/errorDeclaration/correctiveEventIDs", i), id)
		}
	}
	v.epcs("/epcList", e.EPCList)
	v.epcs("/childEPCs", e.ChildEPCs)
	v.epcs("/inputEPCList", e.InputEPCList)
	v.epcs("/outputEPCList", e.OutputEPCList)
	if e.ParentID != "" {
		v.epc("/parentID", e.ParentID, false)
	}
	v.quantities("/quantityList", e.QuantityList)
	v.quantities("/childQuantityList", e.ChildQuantityList)
	v.quantities("/inputQuantityList", e.InputQuantityList)
	v.quantities("/outputQuantityList", e.OutputQuantityList)
	v.uri("/transformationID", e.TransformationID)
	v.word("/bizStep", BizSteps, e.BizStep)
	v.word("/disposition", Dispositions, e.Disposition)
	if p := e.PersistentDisposition; p != nil {
		if len(p.Set) == 0 && len(p.Unset) == 0 {
			v.fail("/persistentDisposition", "missing-field", "a persistentDisposition sets or unsets at least one disposition")
		}
		v.words("/persistentDisposition/set", Dispositions, p.Set)
		v.words("/persistentDisposition/unset", Dispositions, p.Unset)
	}
	v.place("/readPoint", e.ReadPoint)
	v.place("/bizLocation", e.BizLocation)
	for i, b := range e.BizTransactionList {
		at := indexed("/bizTransactionList", i)
		v.word(at+"/type", TransactionTypes, b.Type)
		v.needURI(at+"/bizTransaction", b.ID)
	}
	v.parties("/sourceList", "source", e.SourceList)
	v.parties("/destinationList", "destination", e.DestinationList)
}

func (v *validator) parties(field, name string, list []Party) {
	for i, p := range list {
		at := indexed(field, i)
		if p.Type == "" {
			v.fail(at+"/type", "missing-field", "the type is missing: owning_party, possessing_party, location, or a URI")
		}
		v.word(at+"/type", SourceTypes, p.Type)
		v.needURI(at+"/"+name, p.ID)
	}
}

func (v *validator) place(field string, p *Place) {
	if p != nil {
		v.needURI(field+"/id", p.ID)
	}
}

func (v *validator) words(field string, kind WordKind, list []string) {
	for i, w := range list {
		if w == "" {
			v.fail(indexed(field, i), "missing-field", "a disposition is empty")
		}
		v.word(indexed(field, i), kind, w)
		v.once(field, i, list)
	}
}

// once warns of a value that stood in the list before. Lists of events are long
// at times, but those that are checked in pairs here are not.
func (v *validator) once(field string, i int, list []string) {
	for _, before := range list[:i] {
		if before == list[i] {
			v.fail(indexed(field, i), "duplicate", "%q stands in the list twice", clip(list[i]))
			return
		}
	}
}

func (v *validator) word(field string, kind WordKind, text string) {
	if text == "" {
		return
	}
	word := Word(kind, text, v.e.Context)
	if IsWord(kind, word) {
		return
	}
	if !strings.Contains(word, ":") {
		v.fail(field, "unknown-word", "%q is no standard value%s; a value of your own is a URI", clip(text), Nearest(word, listOf(kind).words))
		return
	}
	if reserved(word) {
		v.fail(field, "unknown-word", "%q is no standard value, and stands in the standard's own namespace; a value of your own needs one of yours", clip(text))
		return
	}
	v.uri(field, text)
}

// reserved tells of names of a form that only the standard may give.
func reserved(text string) bool {
	for _, stem := range []string{"urn:epcglobal:cbv:bizstep:", "urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/Disp-"} {
		if strings.HasPrefix(text, stem) {
			return true
		}
	}
	return false
}

func (v *validator) uri(field, text string) {
	if text != "" && !IsURI(text) {
		v.fail(field, "not-a-uri", "%q is no URI", clip(text))
	}
}

func (v *validator) needURI(field, text string) {
	if text == "" {
		v.fail(field, "missing-field", "the identifier is missing")
		return
	}
	v.uri(field, text)
	v.check(field, text)
}

func (v *validator) epcs(field string, list []string) {
	if len(list) < 2 {
		for i, text := range list {
			v.epc(indexed(field, i), text, false)
		}
		return
	}
	seen := make(map[string]struct{}, len(list))
	for i, text := range list {
		if _, twice := seen[text]; twice {
			v.warn(indexed(field, i), "duplicate", "%q stands in the list twice", clip(text))
		}
		seen[text] = struct{}{}
		v.epc(indexed(field, i), text, false)
	}
}

// epc checks the identifier of a thing, or of a class of things.
func (v *validator) epc(field, text string, class bool) {
	if !IsURI(text) {
		v.fail(field, "not-a-uri", "%q is no URI: write an EPC as a URN or as a Digital Link", clip(text))
		return
	}
	if !class && len(text) > 14 && strings.EqualFold(text[:14], "urn:epc:idpat:") {
		v.fail(field, "pattern", "%q names all things of a class; here a single one is needed", clip(text))
		return
	}
	v.check(field, text)
}

func (v *validator) check(field, text string) {
	if err := identifier.Check(text); err != nil {
		v.fail(field, "identifier", "%q is no valid identifier: %s", clip(text), strings.TrimPrefix(err.Error(), "gs1: "))
	}
}

func (v *validator) quantities(field string, list []Quantity) {
	for i, q := range list {
		at := indexed(field, i)
		if q.EPCClass == "" {
			v.fail(at+"/epcClass", "missing-field", "the epcClass is missing")
		} else {
			v.epc(at+"/epcClass", q.EPCClass, true)
		}
		if q.Amount != "" {
			n, err := strconv.ParseFloat(q.Amount, 64)
			switch {
			case err != nil || !isDecimal(q.Amount):
				v.fail(at+"/quantity", "number", "%q is no number", clip(q.Amount))
			case n < 0:
				v.fail(at+"/quantity", "number", "a quantity is not negative")
			}
		}
		if q.UOM != "" && !isUOM(q.UOM) {
			v.fail(at+"/uom", "unit", "%q is no unit: write a code of UN/CEFACT Recommendation 20, such as KGM", clip(q.UOM))
		}
	}
}

func indexed(field string, i int) string { return field + "/" + strconv.Itoa(i) }

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
