package unit_test

import (
	"testing"

	"tagline/epcis/unit"
)

func TestValuesOfOneDimensionCompare(t *testing.T) {
	for _, c := range []struct {
		a    float64
		unit string
		b    float64
		in   string
		want int
	}{
		{4, "CEL", 277.15, "KEL", 0}, {39.2, "FAH", 4, "CEL", 0}, {-40, "FAH", -40, "CEL", 0}, {491.67, "A48", 0, "CEL", 0},
		{70, "CLT", 0.7, "LTR", 0}, {750, "MLT", 0.75, "LTR", 0}, {1, "GLL", 3.785411784, "LTR", 0}, {1, "HLT", 100, "LTR", 0},
		{1, "LBR", 16, "ONZ", 0}, {1, "FOT", 12, "INH", 0}, {1, "TNE", 1e9, "MGM", 0}, {2, "DAY", 48, "HUR", 0},
		{1013.25, "MBR", 101.325, "KPA", 0}, {1, "BAR", 100, "KPA", 0}, {36, "KMH", 10, "MTS", 0}, {1, "HM", 1.609344, "KMH", 0},
		{1, "K40", 9.80665, "MSK", 0}, {12, "P1", 0.12, "C62", 0}, {180, "DD", 3.141592653589793, "C81", 0}, {1, "KWH", 3.6e6, "JOU", 0},
		{4.1, "CEL", 277.15, "KEL", 1}, {0, "FAH", 0, "CEL", -1}, {0, "KEL", -273.15, "CEL", 0}, {1, "A93", 1, "GL", -1},
	} {
		a, da := unit.Canonical(c.a, c.unit)
		b, db := unit.Canonical(c.b, c.in)
		if da != db {
			t.Errorf("%s and %s are of different dimensions, %s and %s", c.unit, c.in, da, db)
		}
		if got := unit.Compare(a, b); got != c.want {
			t.Errorf("%g %s to %g %s: %d (%.15g, %.15g)", c.a, c.unit, c.b, c.in, got, a, b)
		}
	}
}

func TestDifferencesHaveNoOffset(t *testing.T) {
	kelvin, _ := unit.Span(9, "FAH")
	if unit.Compare(kelvin, 5) != 0 {
		t.Errorf("9 degrees Fahrenheit are %g kelvin", kelvin)
	}
	if celsius, dim := unit.Span(2, "CEL"); celsius != 2 || dim != "KEL" {
		t.Errorf("2 degrees Celsius are %g %s", celsius, dim)
	}
}

func TestUnknownUnitsComparedWithThemselvesOnly(t *testing.T) {
	if v, dim := unit.Canonical(3, "ZZZ"); v != 3 || dim != "ZZZ" || unit.Known("ZZZ") {
		t.Errorf("%g %s", v, dim)
	}
	if v, dim := unit.Span(3, "E99"); v != 3 || dim != "E99" {
		t.Errorf("%g %s", v, dim)
	}
}
