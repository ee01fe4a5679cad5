package anchor_test

import (
	"slices"
	"testing"

	"tagline/gs1"
	"tagline/internal/link/anchor"
)

const gtin = "/01/09506000164908"

func TestAnchorsHaveOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"/01/9506000164908":                  gtin,
		gtin + "/":                           gtin,
		gtin + "/10/a%2fb":                   gtin + "/10/a%2Fb",
		gtin + "/22/A/10/{lot}/21/%7Bser%7D": gtin + "/22/A/10/{lot}/21/{ser}",
		"/414/9506000134376/7040/{idx}":      "/414/9506000134376/7040/{idx}",
		"/8003/0950600*":                     "/8003/0950600*",
		"/*/9506000*":                        "/*/9506000*",
		"/8004/95%20*":                       "",
		"/01/09506000164909":                 "", // check digit
		"/10/LOT":                            "",
		gtin + "/21/S/10/L":                  "", // order
		gtin + "/10/{a}/21/{a}":              "",
		"/01/{gtin}":                         "",
		"/x/y/01/09506000164908":             "",
		"/01/095060001649081234*":            "",
		"/10/950*":                           "",
		"/*/95x*":                            "",
		gtin + "/17/271231":                  "",
		"01/09506000164908":                  "",
	} {
		a, err := anchor.Parse(in)
		got := ""
		if err == nil {
			got = a.String()
		}
		if got != want {
			t.Errorf("%s: %q, not %q (%v)", in, got, want, err)
		}
	}
}

func TestAWiderAnchorStandsOverANarrowerOne(t *testing.T) {
	for _, row := range []struct {
		over, other string
		want        bool
	}{
		{gtin, gtin + "/10/L", true},
		{gtin, gtin, true},
		{gtin + "/10/{l}", gtin + "/10/L/21/S", true},
		{gtin + "/10/{l}", gtin + "/10/{lot}/21/{s}", true},
		{gtin + "/10/L", gtin + "/10/{l}", false},
		{gtin + "/10/L", gtin + "/21/S", false},
		{gtin + "/10/L", gtin, false},
		{"/01/095060*", gtin, false},
		{"/01/09506000134352", gtin, false},
	} {
		over, err1 := anchor.Parse(row.over)
		other, err2 := anchor.Parse(row.other)
		if err1 != nil || err2 != nil || over.Over(other) != row.want {
			t.Errorf("%s over %s: %v %v %v", row.over, row.other, !row.want, err1, err2)
		}
	}
}

func TestPrefixesOfAKeyAreBounded(t *testing.T) {
	got := anchor.Prefixes(gs1.Element{AI: "01", Value: "09506000164908"})
	for _, want := range []string{gtin, "/01/095*", "/01/0950600016490*", "/*/950*", "/*/950600016490*"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among %v", want, got)
		}
	}
	long := anchor.Prefixes(gs1.Element{AI: "8004", Value: "950600016490812345678901234567"})
	if len(long) > 30 || slices.Contains(long, "/8004/950600016490812345678*") {
		t.Errorf("%d paths: %v", len(long), long)
	}
}

func FuzzAnchor(f *testing.F) {
	for _, s := range []string{gtin, gtin + "/10/{lot}/21/a%2Fb", "/8003/0950*", "/*/9506000*", "/8004/95AB", "/01/%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := anchor.Parse(s)
		if err != nil {
			return
		}
		again, err := anchor.Parse(a.String())
		if err != nil || again.String() != a.String() {
			t.Errorf("%q gives %q, and that %q: %v", s, a, again, err)
		}
	})
}
