package query

import (
	"cmp"
	"slices"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/unit"
)

// Operator says how a condition compares.
type Operator uint8

// The operators.
const (
	Equal Operator = iota + 1 // one of the values, or matched by one of the patterns
	Less
	LessEqual
	Greater
	GreaterEqual
	Exists
	// The following ask for master data. Resolve turns them into Equal.
	Within          // one of the values or what stands below it
	HasAttribute    // its master data have the attribute Attribute
	AttributeEquals // … and it is one of the values
)

// Value is one value of a condition.
type Value struct {
	Text      string // canonical key, bare word or text
	HasNumber bool
	Number    float64 // in the canonical unit where the condition has a Dimension
	HasTime   bool
	Time      int64
}

// Condition is one parameter of a query.
type Condition struct {
	Parameter string // as it was written, for messages
	Roles     []Role // the facet has one of them
	Name      string // and this name
	Inner     bool   // and stands below another extension
	Operator  Operator
	Values    []Value
	Patterns  []identifier.Pattern
	Dimension string // of the numbers; "" compares them as they were written
	Attribute string // full URI
}

// Query is a SimpleEventQuery.
type Query struct {
	Conditions []Condition
	// OrderBy is eventTime, recordTime or the full name of an extension; empty is
	// by recordTime, and then nobody asked for an order.
	OrderBy   string
	Ascending bool
	Limit     int // eventCountLimit; 0 is none
	Max       int // maxEventCount; -1 is none
	// Parameters are those that the query was read from, without paging, lists
	// in their order.
	Parameters map[string][]string
	Context    *epcis.Context
}

// MasterData answers what conditions ask about the vocabulary. Kinds are the last
// words of the types: BusinessLocation, ReadPoint, EPCClass. Keys are canonical.
type MasterData interface {
	// Descendants gives what stands below a key, at any depth, without the key.
	Descendants(kind, key string) ([]string, error)
	// WithAttribute gives the keys that have an attribute, with one of the values
	// if there are some.
	WithAttribute(kind, attribute string, values []string) ([]string, error)
}

// Resolve gives the query without conditions on master data: what they ask for is
// looked up.
func (q *Query) Resolve(m MasterData) (*Query, error) {
	if !slices.ContainsFunc(q.Conditions, func(c Condition) bool { return c.Operator >= Within }) {
		return q, nil
	}
	out := *q
	out.Conditions = slices.Clone(q.Conditions)
	for i := range out.Conditions {
		c := &out.Conditions[i]
		if c.Operator < Within {
			continue
		}
		var keys []string
		kind := kindOf(c.Roles[0])
		switch c.Operator {
		case Within:
			for _, v := range c.Values {
				below, err := m.Descendants(kind, v.Text)
				if err != nil {
					return nil, err
				}
				keys = append(append(keys, v.Text), below...)
			}
		default:
			var values []string
			for _, v := range c.Values {
				values = append(values, v.Text)
			}
			found, err := m.WithAttribute(kind, c.Attribute, values)
			if err != nil {
				return nil, err
			}
			keys = found
		}
		slices.Sort(keys)
		c.Values = nil
		for _, key := range slices.Compact(keys) {
			c.Values = append(c.Values, Value{Text: key})
		}
		c.Operator = Equal
	}
	return &out, nil
}

func kindOf(role Role) string {
	switch role {
	case ReadPoint:
		return "ReadPoint"
	case BizLocation:
		return "BusinessLocation"
	}
	return "EPCClass"
}

// Matches tells whether an event meets all conditions. The query must be resolved.
func (q *Query) Matches(e *epcis.Event) bool { return q.Holds(Facets(e)) }

// Holds is Matches for the facets of an event.
func (q *Query) Holds(facets []Facet) bool {
	for i := range q.Conditions {
		if !slices.ContainsFunc(facets, q.Conditions[i].Met) {
			return false
		}
	}
	return true
}

// Met tells whether a facet meets the condition.
func (c *Condition) Met(f Facet) bool {
	if !slices.Contains(c.Roles, f.Role) || c.Name != "" && (c.Name != f.Name || c.Inner != f.Inner) {
		return false
	}
	switch c.Operator {
	case Exists:
		return true
	case Equal:
		for _, p := range c.Patterns {
			raw := f.Raw
			if raw == "" {
				raw = f.Text
			}
			if p.Match(raw, f.Text) {
				return true
			}
		}
		return slices.ContainsFunc(c.Values, func(v Value) bool { return c.compare(f, v, Equal) })
	}
	return len(c.Values) > 0 && c.compare(f, c.Values[0], c.Operator)
}

// compare compares a facet with a value: numbers where both are, times where both
// are, texts otherwise.
func (c *Condition) compare(f Facet, v Value, op Operator) bool {
	order := 0
	switch {
	case v.HasNumber:
		n := f.Number
		if c.Dimension != "" {
			if f.Dimension != c.Dimension {
				return false
			}
			n = f.Canon
		}
		if !f.HasNumber {
			return op == Equal && v.Text != "" && f.Text == v.Text
		}
		low, high := v.Bounds()
		switch {
		case n < low:
			order = -1
		case n > high:
			order = 1
		}
	case v.HasTime:
		if !f.HasTime {
			return op == Equal && v.Text != "" && f.Text == v.Text
		}
		order = cmp.Compare(f.Time, v.Time)
	case op == Equal:
		return f.Text == v.Text
	default:
		if f.HasNumber || f.HasTime {
			return false
		}
		order = cmp.Compare(f.Text, v.Text)
	}
	switch op {
	case Equal:
		return order == 0
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

// Bounds gives the stretch of numbers that are equal to the value's.
func (v Value) Bounds() (low, high float64) {
	slack := unit.Slack(v.Number)
	return v.Number - slack, v.Number + slack
}

// Compare orders two facets for orderBy: numbers by size, times by instant, others
// as texts; numbers before times before texts.
func Compare(a, b Facet) int {
	switch {
	case a.HasNumber && b.HasNumber:
		return cmp.Compare(a.Number, b.Number)
	case a.HasTime && b.HasTime:
		return cmp.Compare(a.Time, b.Time)
	case a.HasNumber != b.HasNumber:
		return order(a.HasNumber)
	case a.HasTime != b.HasTime:
		return order(a.HasTime)
	}
	return cmp.Compare(a.Text, b.Text)
}

func order(first bool) int {
	if first {
		return -1
	}
	return 1
}
