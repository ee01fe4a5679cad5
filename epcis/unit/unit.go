package unit

import "math"

// Tolerance is how far two values may be apart, in relation to the larger, and
// still be equal.
const Tolerance = 1e-9

// measure says how a value of a unit becomes one of the dimension's canonical unit:
// value * factor + offset.
type measure struct {
	dimension      string
	factor, offset float64
}

// find gives the measure of a code. The dimension is named by its canonical unit.
func find(uom string) (measure, bool) {
	plain := func(dimension string, factor float64) (measure, bool) { return measure{dimension, factor, 0}, true }
	switch uom {
	case "KEL":
		return plain("KEL", 1)
	case "CEL":
		return measure{"KEL", 1, 273.15}, true
	case "FAH":
		return measure{"KEL", 5.0 / 9, 459.67 * 5 / 9}, true
	case "A48": // degree Rankine
		return plain("KEL", 5.0/9)
	case "MTQ":
		return plain("MTQ", 1)
	case "LTR", "DMQ":
		return plain("MTQ", 1e-3)
	case "DLT":
		return plain("MTQ", 1e-4)
	case "CLT":
		return plain("MTQ", 1e-5)
	case "MLT", "CMQ":
		return plain("MTQ", 1e-6)
	case "HLT":
		return plain("MTQ", 0.1)
	case "GLL":
		return plain("MTQ", 0.003785411784)
	case "GLI":
		return plain("MTQ", 0.00454609)
	case "KGM":
		return plain("KGM", 1)
	case "GRM":
		return plain("KGM", 1e-3)
	case "MGM":
		return plain("KGM", 1e-6)
	case "TNE":
		return plain("KGM", 1e3)
	case "LBR":
		return plain("KGM", 0.45359237)
	case "ONZ":
		return plain("KGM", 0.028349523125)
	case "MTR":
		return plain("MTR", 1)
	case "CMT":
		return plain("MTR", 1e-2)
	case "MMT":
		return plain("MTR", 1e-3)
	case "KMT":
		return plain("MTR", 1e3)
	case "INH":
		return plain("MTR", 0.0254)
	case "FOT":
		return plain("MTR", 0.3048)
	case "SEC":
		return plain("SEC", 1)
	case "MIN":
		return plain("SEC", 60)
	case "HUR":
		return plain("SEC", 3600)
	case "DAY":
		return plain("SEC", 86400)
	case "C26":
		return plain("SEC", 1e-3)
	case "PAL":
		return plain("PAL", 1)
	case "A97", "MBR":
		return plain("PAL", 100)
	case "KPA":
		return plain("PAL", 1e3)
	case "BAR":
		return plain("PAL", 1e5)
	case "MTS":
		return plain("MTS", 1)
	case "KMH":
		return plain("MTS", 1/3.6)
	case "HM":
		return plain("MTS", 0.44704)
	case "MSK":
		return plain("MSK", 1)
	case "K40":
		return plain("MSK", 9.80665)
	case "C62":
		return plain("C62", 1)
	case "P1":
		return plain("C62", 1e-2)
	case "NX":
		return plain("C62", 1e-3)
	case "KMQ", "GL":
		return plain("KMQ", 1)
	case "A93":
		return plain("KMQ", 1e-3)
	case "C81":
		return plain("C81", 1)
	case "DD":
		return plain("C81", math.Pi/180)
	case "LUX":
		return plain("LUX", 1)
	case "NEW":
		return plain("NEW", 1)
	case "VLT":
		return plain("VLT", 1)
	case "2Z":
		return plain("VLT", 1e-3)
	case "AMP":
		return plain("AMP", 1)
	case "4K":
		return plain("AMP", 1e-3)
	case "JOU":
		return plain("JOU", 1)
	case "WHR":
		return plain("JOU", 3600)
	case "KWH":
		return plain("JOU", 3.6e6)
	case "WTT":
		return plain("WTT", 1)
	case "KWT":
		return plain("WTT", 1e3)
	case "HTZ":
		return plain("HTZ", 1)
	}
	return measure{}, false
}

// Canonical gives a value in the canonical unit of its dimension, and the
// dimension's name, which is that unit's code. An unknown unit is its own.
func Canonical(value float64, uom string) (canonical float64, dimension string) {
	m, ok := find(uom)
	if !ok {
		return value, uom
	}
	return value*m.factor + m.offset, m.dimension
}

// Span is Canonical for a difference of two values: without the offset.
func Span(value float64, uom string) (canonical float64, dimension string) {
	m, ok := find(uom)
	if !ok {
		return value, uom
	}
	return value * m.factor, m.dimension
}

// Known reports whether a code can be converted.
func Known(uom string) bool {
	_, ok := find(uom)
	return ok
}

// Slack is how far from a canonical value another may be and still be equal.
func Slack(v float64) float64 { return math.Abs(v) * Tolerance }

// Compare gives -1, 0 or 1 for a below, equal to or above b, both canonical.
func Compare(a, b float64) int {
	switch d := a - b; {
	case math.Abs(d) <= math.Max(Slack(a), Slack(b)):
		return 0
	case d < 0:
		return -1
	}
	return 1
}
