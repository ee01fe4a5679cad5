package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tagline/epcis"
	"tagline/epcis/identifier"
)

// Error says what is wrong with a query.
type Error struct {
	Name      string // of the exception: QueryParameterException or QueryTooLargeException
	Parameter string
	Detail    string
}

// Error gives the parameter and the detail.
func (e *Error) Error() string {
	if e.Parameter == "" {
		return e.Detail
	}
	return e.Parameter + ": " + e.Detail
}

func refuse(parameter, format string, args ...any) *Error {
	return &Error{Name: "QueryParameterException", Parameter: clip(parameter), Detail: fmt.Sprintf(format, args...)}
}

// The most that a query may ask for.
const (
	maxParameters = 100
	maxValues     = 2000 // of all parameters together
)

// Parse reads the parameters of a URL: lists with | between, or a parameter several
// times. Parameters of paging must have been taken out. Prefixes of extensions are
// looked up in c, which may be nil. The error is an *Error.
func Parse(values url.Values, c *epcis.Context) (*Query, error) {
	parameters := make(map[string][]string, len(values))
	for name, list := range values {
		var all []string
		for _, text := range list {
			if isList(name) {
				all = append(all, strings.Split(text, "|")...)
			} else {
				all = append(all, text)
			}
		}
		parameters[name] = all
	}
	return Build(parameters, c)
}

// ParseJSON reads the query of a named query: an object whose values are texts,
// numbers, booleans or lists of these. A @context of its own adds prefixes. The
// error is an *Error.
func ParseJSON(src []byte, c *epcis.Context) (*Query, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil {
		return nil, refuse("", "the query is no object of JSON")
	}
	if own, ok := object["@context"]; ok {
		c = contextOf(own, c)
		delete(object, "@context")
	}
	parameters := make(map[string][]string, len(object))
	for name, value := range object {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		all := []string{}
		for _, v := range list {
			switch v := v.(type) {
			case string:
				all = append(all, v)
			case json.Number:
				all = append(all, v.String())
			case bool:
				all = append(all, strconv.FormatBool(v))
			default:
				return nil, refuse(name, "a text, a number, true or false is needed, or a list of these")
			}
		}
		parameters[name] = all
	}
	return Build(parameters, c)
}

// contextOf adds the prefixes of a @context that stands in a query.
func contextOf(v any, c *epcis.Context) *epcis.Context {
	out := &epcis.Context{}
	if c != nil {
		out.Bindings = slices.Clone(c.Bindings)
	}
	parts, ok := v.([]any)
	if !ok {
		parts = []any{v}
	}
	for _, part := range parts {
		object, _ := part.(map[string]any)
		names := make([]string, 0, len(object))
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if space, ok := object[name].(string); ok {
				out.Bindings = append(out.Bindings, epcis.Binding{Prefix: name, Space: space})
			}
		}
	}
	return out
}

// isList tells whether a parameter takes a list of texts, which a URL separates by |.
func isList(name string) bool {
	switch {
	case name == "eventType", strings.HasPrefix(name, "EQ_"), strings.HasPrefix(name, "WD_"), strings.HasPrefix(name, "MATCH_"),
		strings.HasPrefix(name, "HASATTR_"), strings.HasPrefix(name, "EQATTR_"):
		return true
	}
	return false
}

// Build makes a query of parameters with their values.
func Build(parameters map[string][]string, c *epcis.Context) (*Query, error) {
	q := &Query{Max: -1, Parameters: parameters, Context: c}
	if len(parameters) > maxParameters {
		return nil, &Error{Name: "QueryTooComplexException", Detail: fmt.Sprintf("the query has more than %d parameters", maxParameters)}
	}
	names := make([]string, 0, len(parameters))
	count := 0
	for name, values := range parameters {
		names = append(names, name)
		count += len(values)
	}
	if count > maxValues {
		return nil, &Error{Name: "QueryTooComplexException", Detail: fmt.Sprintf("the query has more than %d values: ask in several queries", maxValues)}
	}
	slices.Sort(names)
	for _, name := range names {
		values := parameters[name]
		if len(values) == 0 {
			return nil, refuse(name, "the list is empty")
		}
		p := parameter{q: q, name: name, values: values}
		if err := p.read(); err != nil {
			return nil, err
		}
	}
	return q, q.check()
}

// check looks at what ties control parameters together.
func (q *Query) check() error {
	switch {
	case q.Limit > 0 && q.OrderBy == "":
		return refuse("eventCountLimit", "it needs orderBy: without an order nobody knows which events come first")
	case q.Limit > 0 && q.Max >= 0:
		return refuse("eventCountLimit", "it does not go with maxEventCount: use one of them")
	}
	return nil
}

// parameter is one parameter as it is read.
type parameter struct {
	q      *Query
	name   string
	values []string
}

func (p *parameter) refuse(format string, args ...any) error {
	return refuse(p.name, format, args...)
}

func (p *parameter) add(c Condition) error {
	c.Parameter = p.name
	p.q.Conditions = append(p.q.Conditions, c)
	return nil
}

// one gives the value of a parameter that has one.
func (p *parameter) one() (string, error) {
	if len(p.values) != 1 {
		return "", p.refuse("it has one value, not %d", len(p.values))
	}
	return p.values[0], nil
}

func (p *parameter) read() error {
	switch p.name {
	case "orderBy", "orderDirection", "eventCountLimit", "maxEventCount":
		return p.control()
	case "eventType":
		return p.equal([]Role{EventType}, "", strings.TrimSpace)
	}
	op, rest, found := strings.Cut(p.name, "_")
	if !found || rest == "" {
		return p.unknown()
	}
	switch op {
	case "MATCH":
		return p.match(rest)
	case "WD":
		return p.within(rest)
	case "HASATTR", "EQATTR":
		return p.attribute(op, rest)
	case "EXISTS":
		return p.exists(rest)
	case "EQ":
		if attribute, ok := strings.CutPrefix(rest, "ATTR_"); ok {
			return p.attribute("EQATTR", attribute)
		}
		if known, err := p.equals(rest); known {
			return err
		}
		return p.compared(Equal, rest)
	case "GT":
		return p.compared(Greater, rest)
	case "GE":
		return p.compared(GreaterEqual, rest)
	case "LT":
		return p.compared(Less, rest)
	case "LE":
		return p.compared(LessEqual, rest)
	}
	return p.unknown()
}

func (p *parameter) unknown() error {
	return p.refuse("this parameter is unknown%s", epcis.Nearest(p.name, known()))
}

// known lists parameters for hints.
func known() []string {
	return []string{
		"eventType", "GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime", "EQ_action", "EQ_bizStep", "EQ_disposition", "EQ_readPoint",
		"WD_readPoint", "EQ_bizLocation", "WD_bizLocation", "EQ_transformationID", "EQ_eventID", "MATCH_epc", "MATCH_parentID", "MATCH_inputEPC",
		"MATCH_outputEPC", "MATCH_anyEPC", "MATCH_epcClass", "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass", "EQ_quantity",
		"EXISTS_errorDeclaration", "EQ_errorReason", "EQ_correctiveEventID", "EXISTS_sensorElementList", "EQ_type", "EQ_deviceID", "orderBy",
		"orderDirection", "eventCountLimit", "maxEventCount", "perPage", "nextPageToken",
	}
}

func (p *parameter) control() error {
	value, err := p.one()
	if err != nil {
		return err
	}
	q := p.q
	switch p.name {
	case "orderBy":
		switch {
		case value == "eventTime" || value == "recordTime":
			q.OrderBy = value
		case strings.Contains(value, ":"):
			q.OrderBy = p.fullName(value)
		default:
			return p.refuse("%q is no order: eventTime, recordTime or the name of an extension", clip(value))
		}
	case "orderDirection":
		switch value {
		case "ASC":
			q.Ascending = true
		case "DESC":
		default:
			return p.refuse("%q is no direction: ASC or DESC", clip(value))
		}
	case "eventCountLimit", "maxEventCount":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n == 0 && p.name == "eventCountLimit" || n > 1_000_000_000 {
			return p.refuse("%q is no number of events", clip(value))
		}
		if p.name == "maxEventCount" {
			q.Max = n
		} else {
			q.Limit = n
		}
	}
	return nil
}

// equal adds a condition that one of the values is there, in their normal form.
func (p *parameter) equal(roles []Role, name string, normal func(string) string) error {
	c := Condition{Roles: roles, Name: name, Operator: Equal}
	for _, text := range p.values {
		c.Values = append(c.Values, Value{Text: normal(text)})
	}
	return p.add(c)
}

func (p *parameter) word(kind epcis.WordKind) func(string) string {
	return func(text string) string { return epcis.Word(kind, text, p.q.Context) }
}

// equals reads the parameters EQ_…; false for those that it does not know.
func (p *parameter) equals(rest string) (bool, error) {
	switch rest {
	case "action":
		for _, v := range p.values {
			if v != epcis.Add && v != epcis.Observe && v != epcis.Delete {
				return true, p.refuse("%q is no action: ADD, OBSERVE or DELETE", clip(v))
			}
		}
		return true, p.equal([]Role{Action}, "", strings.TrimSpace)
	case "bizStep":
		return true, p.equal([]Role{BizStep}, "", p.word(epcis.BizSteps))
	case "disposition":
		return true, p.equal([]Role{Disposition}, "", p.word(epcis.Dispositions))
	case "persistentDisposition_set":
		return true, p.equal([]Role{SetDisposition}, "", p.word(epcis.Dispositions))
	case "persistentDisposition_unset":
		return true, p.equal([]Role{UnsetDisposition}, "", p.word(epcis.Dispositions))
	case "readPoint":
		return true, p.equal([]Role{ReadPoint}, "", identifier.Key)
	case "bizLocation":
		return true, p.equal([]Role{BizLocation}, "", identifier.Key)
	case "transformationID":
		return true, p.equal([]Role{TransformationID}, "", strings.TrimSpace)
	case "eventID":
		return true, p.equal([]Role{EventID}, "", strings.TrimSpace)
	case "errorReason":
		return true, p.equal([]Role{ErrorReason}, "", p.word(epcis.ErrorReasons))
	case "correctiveEventID":
		return true, p.equal([]Role{CorrectiveID}, "", strings.TrimSpace)
	case "type":
		return true, p.equal([]Role{SensorText}, rest, p.word(epcis.MeasurementTypes))
	case "exception":
		return true, p.equal([]Role{SensorText}, rest, p.word(epcis.Exceptions))
	case "component":
		return true, p.equal([]Role{SensorText}, rest, p.word(epcis.Components))
	case "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules":
		return true, p.equal([]Role{SensorText}, rest, identifier.Key)
	case "microorganism", "chemicalSubstance", "uriValue", "stringValue":
		return true, p.equal([]Role{SensorText}, rest, func(s string) string { return s })
	case "hexBinaryValue":
		return true, p.equal([]Role{SensorText}, rest, strings.ToUpper)
	case "booleanValue":
		value, err := p.one()
		if err != nil {
			return true, err
		}
		if value != "true" && value != "false" {
			return true, p.refuse("%q is neither true nor false", clip(value))
		}
		return true, p.equal([]Role{SensorText}, rest, strings.TrimSpace)
	}
	for _, named := range []struct {
		stem string
		role Role
		kind epcis.WordKind
	}{{"bizTransaction_", Transaction, epcis.TransactionTypes}, {"source_", Source, epcis.SourceTypes}, {"destination_", Destination, epcis.SourceTypes}} {
		if kind, ok := strings.CutPrefix(rest, named.stem); ok && kind != "" {
			kind = p.word(named.kind)(kind)
			if !epcis.IsWord(named.kind, kind) && !strings.Contains(kind, ":") {
				return true, p.refuse("%q is no type%s; one of your own is a URI", clip(kind), epcis.Nearest(kind, epcis.Words(named.kind)))
			}
			return true, p.equal([]Role{named.role}, kind, identifier.Key)
		}
	}
	return false, nil
}

func (p *parameter) match(rest string) error {
	var roles []Role
	switch rest {
	case "epc":
		roles = []Role{EPC, Child}
	case "parentID":
		roles = []Role{Parent}
	case "inputEPC":
		roles = []Role{InputEPC}
	case "outputEPC":
		roles = []Role{OutputEPC}
	case "anyEPC":
		roles = []Role{EPC, Child, Parent, InputEPC, OutputEPC}
	case "epcClass":
		roles = []Role{Class, ChildClass}
	case "inputEPCClass":
		roles = []Role{InputClass}
	case "outputEPCClass":
		roles = []Role{OutputClass}
	case "anyEPCClass":
		roles = []Role{Class, ChildClass, InputClass, OutputClass}
	default:
		return p.unknown()
	}
	c := Condition{Roles: roles, Operator: Equal}
	for _, text := range p.values {
		if pattern, ok := identifier.ParsePattern(text); ok {
			c.Patterns = append(c.Patterns, pattern)
		} else {
			c.Values = append(c.Values, Value{Text: identifier.Key(text)})
		}
	}
	return p.add(c)
}

func (p *parameter) within(rest string) error {
	role := ReadPoint
	switch rest {
	case "readPoint":
	case "bizLocation":
		role = BizLocation
	default:
		return p.unknown()
	}
	c := Condition{Roles: []Role{role}, Operator: Within}
	for _, text := range p.values {
		c.Values = append(c.Values, Value{Text: identifier.Key(text)})
	}
	return p.add(c)
}

// attribute reads HASATTR_field with a list of attributes, and
// EQATTR_field_attribute with a list of values.
func (p *parameter) attribute(op, rest string) error {
	field, name, named := strings.Cut(rest, "_")
	roles := []Role(nil)
	switch field {
	case "readPoint":
		roles = []Role{ReadPoint}
	case "bizLocation":
		roles = []Role{BizLocation}
	case "epcClass":
		roles = []Role{Class, ChildClass, InputClass, OutputClass}
	default:
		return p.refuse("master data are kept of readPoint, bizLocation and epcClass, not of %q", clip(field))
	}
	if op == "EQATTR" {
		if !named || name == "" {
			return p.refuse("the name of the attribute is missing: write EQATTR_%s_ and the attribute", field)
		}
		c := Condition{Roles: roles, Operator: AttributeEquals, Attribute: p.expand(name)}
		for _, text := range p.values {
			c.Values = append(c.Values, Value{Text: text})
		}
		return p.add(c)
	}
	if named {
		return p.unknown()
	}
	for _, attribute := range p.values { // all of them: the parameters of a query are tied by and
		if err := p.add(Condition{Roles: roles, Operator: HasAttribute, Attribute: p.expand(attribute)}); err != nil {
			return err
		}
	}
	return nil
}

func (p *parameter) expand(text string) string {
	prefix, local, found := strings.Cut(text, ":")
	if space, ok := p.q.Context.Space(prefix); found && ok {
		return space + local
	}
	return text
}

func (p *parameter) exists(rest string) error {
	value, err := p.one()
	if err != nil {
		return err
	}
	switch value {
	case "false", "0":
		value = "false"
	case "", "true", "1":
	default:
		return p.refuse("%q is neither true nor false", clip(value))
	}
	c := Condition{Operator: Exists}
	switch rest {
	case "errorDeclaration":
		c.Roles = []Role{ErrorTime}
	case "sensorElementList", "sensorElement":
		c.Roles = []Role{Sensor}
	default:
		if !strings.Contains(rest, ":") {
			return p.unknown()
		}
		c.Roles, c.Name, c.Inner = p.extension(rest)
	}
	if value == "false" {
		return nil // EXISTS_… with false asks for nothing
	}
	return p.add(c)
}

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
