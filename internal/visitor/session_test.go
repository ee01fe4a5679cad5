package visitor_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/internal/ident"
	"tagline/internal/visitor"
)

func at() time.Time { return time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC) }

func cookies(secure bool) *visitor.Cookies {
	return visitor.NewCookies([32]byte{1}, [32]byte{2}, secure)
}

// carried gives the request header of a browser that got the answer header.
func carried(t *testing.T, answer http.Header) http.Header {
	t.Helper()
	h := http.Header{}
	for _, line := range answer["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		h.Add("Cookie", pair)
	}
	if len(h) == 0 {
		t.Fatal("no cookie was set")
	}
	return h
}

func TestASessionLastsHalfAnHour(t *testing.T) {
	c := cookies(true)
	for _, serial := range []string{"K7Q2M9", `A/B"%&`, ""} {
		answer := http.Header{}
		want := visitor.Session{Op: ident.Operation("op_x"), Outcome: visitor.First, GTIN: "09506000134352", Serial: serial}
		if !c.KeepTap(answer, want, at(), at()) {
			t.Fatal("no session began")
		}
		line := answer.Get("Set-Cookie")
		for _, flag := range []string{"; Path=/;", "; HttpOnly;", "; SameSite=Lax;", "; Secure", "; Max-Age=1800;"} {
			if !strings.Contains(line, flag) {
				t.Errorf("%q lacks %q", line, flag)
			}
		}
		h := carried(t, answer)
		want.Until = at().Add(30 * time.Minute)
		if got := c.Tap(h, at().Add(29*time.Minute)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := c.Tap(h, at().Add(30*time.Minute)); got != (visitor.Session{}) {
			t.Errorf("it still lasts: %+v", got)
		}
		if !want.Began().Equal(at()) {
			t.Errorf("began %v", want.Began())
		}
	}
}

// A session that is written again for a tap of a while ago ends with that tap.
func TestASessionCountsFromItsTap(t *testing.T) {
	c, answer := cookies(false), http.Header{}
	s := visitor.Session{Op: "op_x", Outcome: visitor.Live, GTIN: "09506000134352", Serial: "1"}
	if !c.KeepTap(answer, s, at().Add(-20*time.Minute), at()) || !strings.Contains(answer.Get("Set-Cookie"), "Max-Age=600;") {
		t.Errorf("after 20 minutes: %q", answer.Get("Set-Cookie"))
	}
	if got := c.Tap(carried(t, answer), at().Add(10*time.Minute)); got != (visitor.Session{}) {
		t.Errorf("half an hour after the tap: %+v", got)
	}
	if late := (http.Header{}); c.KeepTap(late, s, at().Add(-30*time.Minute), at()) || len(late) != 0 {
		t.Error("a session began after its end")
	}
}

func TestTheAgeIsKeptAsLongAsItWasSaid(t *testing.T) {
	for _, row := range []struct {
		name     string
		age      visitor.Age
		remember visitor.Remember
		stored   string // Max-Age, "" until the browser closes
		good     time.Duration
		over     time.Duration
	}{
		{"an adult's visit", visitor.OfAge, visitor.ThisVisit, "", 11 * time.Hour, 12 * time.Hour},
		{"an adult who asks for it", visitor.OfAge, visitor.ThirtyDays, "2592000", 29 * 24 * time.Hour, 30 * 24 * time.Hour},
		{"a refusal", visitor.UnderAge, visitor.ThisVisit, "86400", 23 * time.Hour, 24 * time.Hour},
		{"a refusal is not kept longer on request", visitor.UnderAge, visitor.ThirtyDays, "86400", 23 * time.Hour, 24 * time.Hour},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, answer := cookies(false), http.Header{}
			c.KeepAge(answer, row.age, row.remember, at())
			line := answer.Get("Set-Cookie")
			_, stored, _ := strings.Cut(line, "; Max-Age=")
			stored, _, _ = strings.Cut(stored, ";")
			if stored != row.stored || strings.Contains(line, "Secure") {
				t.Errorf("cookie %q", line)
			}
			h := carried(t, answer)
			if got := c.Age(h, at().Add(row.good)); got != row.age {
				t.Errorf("after %v it says %v", row.good, got)
			}
			if got := c.Age(h, at().Add(row.over)); got != visitor.AgeUnknown {
				t.Errorf("after %v it still says %v", row.over, got)
			}
		})
	}
}

func TestACookieThatWeDidNotSignSaysNothing(t *testing.T) {
	c, answer := cookies(false), http.Header{}
	c.KeepTap(answer, visitor.Session{Op: "op_x", Outcome: visitor.Live, GTIN: "09506000134352", Serial: "1"}, at(), at())
	c.KeepAge(answer, visitor.OfAge, visitor.ThisVisit, at())
	good := carried(t, answer)
	_, tap, _ := strings.Cut(good["Cookie"][0], "=")
	_, age, _ := strings.Cut(good["Cookie"][1], "=")

	raw, err := base64.RawURLEncoding.DecodeString(tap)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw { // every single bit flip of payload and MAC
		broken := append([]byte(nil), raw...)
		broken[i] ^= 1
		h := http.Header{"Cookie": {"tagline_tap=" + base64.RawURLEncoding.EncodeToString(broken)}}
		if s := c.Tap(h, at()); s != (visitor.Session{}) {
			t.Fatalf("byte %d changed, and it says %+v", i, s)
		}
	}
	for name, h := range map[string]http.Header{
		"the other kind's cookie":  {"Cookie": {"tagline_tap=" + age}},
		"cut short":                {"Cookie": {"tagline_tap=" + tap[:len(tap)-1]}},
		"with something behind it": {"Cookie": {"tagline_tap=" + tap + "A"}},
		"empty":                    {"Cookie": {"tagline_tap="}},
		"not base64":               {"Cookie": {"tagline_tap=%%%"}},
		"enormous":                 {"Cookie": {"tagline_tap=" + strings.Repeat("A", 5000)}},
		"of another name":          {"Cookie": {"x_tagline_tap=" + tap}},
	} {
		if s := c.Tap(h, at()); s != (visitor.Session{}) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if a := c.Age(http.Header{"Cookie": {"tagline_age=" + tap}}, at()); a != visitor.AgeUnknown {
		t.Errorf("a tap's cookie is an age: %v", a)
	}
	if s := visitor.NewCookies([32]byte{9}, [32]byte{2}, false).Tap(good, at()); s != (visitor.Session{}) {
		t.Errorf("another key reads it: %+v", s)
	}
	mixed := http.Header{"Cookie": {"a=b; tagline_age=" + age + "; tagline_tap=" + tap}}
	if s := c.Tap(mixed, at()); s.Serial != "1" || c.Age(mixed, at()) != visitor.OfAge {
		t.Error("among other cookies they are not found")
	}
}

func FuzzCookies(f *testing.F) {
	c, answer := cookies(false), http.Header{}
	c.KeepTap(answer, visitor.Session{Op: "op_x", Outcome: visitor.Live, GTIN: "09506000134352", Serial: "1"}, at(), at())
	genuine, _, _ := strings.Cut(answer.Get("Set-Cookie"), ";")
	f.Add(genuine)
	f.Add("tagline_age=AQ")
	f.Fuzz(func(t *testing.T, line string) {
		h := http.Header{"Cookie": {line}}
		if s := c.Tap(h, at()); s != (visitor.Session{}) && !strings.Contains(line, genuine) {
			t.Errorf("%q says %+v", line, s)
		}
		if c.Age(h, at()) != visitor.AgeUnknown {
			t.Errorf("%q says an age", line)
		}
	})
}
