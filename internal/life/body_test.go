package life

import (
	"encoding/json"
	"reflect"
	"testing"

	"tagline/internal/ident"
)

func TestATapsBodyIsWhatEncodingJSONWrites(t *testing.T) {
	// Each field by itself: one that JSON forgot would be missing here.
	fields := reflect.TypeFor[TapBody]()
	for i := range fields.NumField() {
		var b TapBody
		switch f := reflect.ValueOf(&b).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int64:
			f.SetInt(-7)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]Moment{MomentOpened, MomentMade}))
		default:
			t.Fatalf("%s is of a kind that this test does not know", fields.Field(i).Name)
		}
		same(t, b)
		if string(b.JSON()) == "{}" {
			t.Errorf("%s is left out", fields.Field(i).Name)
		}
	}
}

func same(t *testing.T, b TapBody) {
	t.Helper()
	want, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.JSON(); string(got) != string(want) {
		t.Errorf("JSON gives\n%s, not\n%s", got, want)
	}
}

func FuzzTapBodyJSON(f *testing.F) {
	f.Add("09506000134352", "S/1 <&>\"\\", int64(7), true, "de-AT")
	f.Add("", "\x00\u2028é\xff", int64(0), false, "\x7f")
	f.Fuzz(func(t *testing.T, gtin, serial string, n int64, yes bool, locale string) {
		same(t, TapBody{GTIN: gtin, Serial: serial, Counter: n, Test: yes, Locale: locale, Tag: ident.Tag(serial), Verdict: Verdict(locale), Suppressed: n})
	})
}
