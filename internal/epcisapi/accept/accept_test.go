package accept_test

import (
	"testing"

	"tagline/internal/epcisapi/accept"
)

func TestWhatIsWanted(t *testing.T) {
	json, xml, ld, none := accept.Media{}, accept.Media{XML: true}, accept.Media{LD: true}, accept.Media{None: true}
	for header, want := range map[string]accept.Media{
		"": json, "*/*": json, "application/*": json, "application/json": json, "application/ld+json": ld, "application/xml": xml, "text/xml": xml, "text/*": xml,
		"text/html, application/xml;q=0.9, */*;q=0.8": xml, "application/xml;q=0.5, application/json;q=0.4": xml, "application/json;q=0, application/xml": xml,
		"application/json;q=0": none, "image/png": none, "application/json; Q=0.2, application/ld+json;q=0.3": ld, "application/xml;q=x": xml, ";;,": none,
	} {
		if got := accept.Of([]string{header}); got != want {
			t.Errorf("%q wants %+v, not %+v", header, want, got)
		}
	}
	if got := accept.Of(nil); got != json {
		t.Errorf("no header gives %+v", got)
	}
}

func TestReleases(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2.0.0", "2.0", true}, {"2.0", "2.0.0", true}, {"2.0", "2.1", false}, {"10.0", "2.0", true}, {"1.2.0", "2.0.0", false}, {"x", "1", false}, {"2.0", "", false}, {"2.0.0.0", "1", false}, {"-1", "-2", false}} {
		if got := accept.AtLeast(c.a, c.b); got != c.want {
			t.Errorf("%s at least %s: %v", c.a, c.b, got)
		}
	}
}
