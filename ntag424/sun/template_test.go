package sun_test

import (
	"errors"
	"strings"
	"testing"

	"tagline/ntag424/sun"
)

func compile(t testing.TB, pattern string, o sun.Options) *sun.Template {
	t.Helper()
	tpl, err := sun.Compile(pattern, o)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	return tpl
}

// problem gives the typed error, or a zero one.
func problem(err error) sun.Error {
	var e *sun.Error
	if errors.As(err, &e) {
		return *e
	}
	return sun.Error{}
}

func TestBadPatternsNameRuleAndPlace(t *testing.T) {
	const good = "https://id.example/t/k1/{serial}?p={picc}&e={enc}&m={mac}"
	at := func(s string) int { return strings.Index(good, s) }
	long := strings.Repeat("x", 200)
	for _, row := range []struct {
		name, pattern string
		options       sun.Options
		rule, field   string
		offset        int
	}{
		{"empty", "", sun.Options{}, "scheme", "", 0},
		{"no scheme", "id.example/?p={picc}&m={mac}", sun.Options{}, "scheme", "", 0},
		{"ftp", "ftp://id.example/?p={picc}&m={mac}", sun.Options{}, "scheme", "", 0},
		{"space", "https://id.example/a b?p={picc}&m={mac}", sun.Options{}, "character", "", 20},
		{"umlaut", "https://id.example/ä?p={picc}&m={mac}", sun.Options{}, "character", "", 19},
		{"fragment", "https://id.example/?p={picc}&m={mac}#x", sun.Options{}, "character", "", 36},
		{"no host", "https:///?p={picc}&m={mac}", sun.Options{}, "host", "", 8},
		{"nothing but a scheme", "https://", sun.Options{}, "mac_missing", "mac", 8},
		{"placeholder for a host", "https://{picc}x{mac}", sun.Options{}, "host_static", "picc", 8},
		{"placeholder behind the host", "https://id{picc}/{mac}", sun.Options{}, "host_static", "picc", 10},
		{"open brace", "https://id.example/?p={picc&m={mac}", sun.Options{}, "braces", "", 22},
		{"close brace", "https://id.example/?p=picc}&m={mac}", sun.Options{}, "braces", "", 26},
		{"empty name", "https://id.example/{}?p={picc}&m={mac}", sun.Options{}, "braces", "", 19},
		{"upper-case name", "https://id.example/?p={PICC}&m={mac}", sun.Options{}, "braces", "", 22},
		{"digit first", "https://id.example/{1a}?p={picc}&m={mac}", sun.Options{}, "braces", "", 19},
		{"twice", "https://id.example/?p={picc}&q={picc}&m={mac}", sun.Options{}, "duplicate", "picc", 31},
		{"placeholder as a name", "https://id.example/?{picc}={mac}", sun.Options{}, "parameter_name", "", 26},
		{"parameter twice", "https://id.example/?m={picc}&m={mac}", sun.Options{}, "duplicate", "m", 36},
		{"variable twice", "https://id.example/{a}/{a}?p={picc}&m={mac}", sun.Options{}, "duplicate", "a", 23},
		{"seven variables", "https://id.example/{a}/{b}/{c}/{d}/{e}/{f}/{g}?p={picc}&m={mac}", sun.Options{}, "variables", "g", 43},
		{"no MAC", "https://id.example/?p={picc}", sun.Options{Foreign: true}, "mac_missing", "mac", 28},
		{"no UID", "https://id.example/?m={mac}", sun.Options{Foreign: true}, "identity_missing", "picc", 27},
		{"encrypted and open", "https://id.example/?p={picc}&u={uid}&m={mac}", sun.Options{Foreign: true}, "mirror_conflict", "uid", 31},
		{"file without {enc}", "https://id.example/?p={picc}&m={mac}", sun.Options{File: strings.Repeat("-", 16)}, "file_without_enc", "enc", 36},
		{"odd file", good, sun.Options{File: "{tt}-"}, "enc_length", "enc", at("{enc}")},
		{"two tamper states", good, sun.Options{File: "{tt}{tt}------------"}, "duplicate", "tt", at("{enc}")},
		{"tamper in file and URL", "https://id.example/?p={picc}&t={tt}&e={enc}&m={mac}", sun.Options{File: "{tt}--------------"}, "duplicate", "tt", 38},
		{"file needs UID and counter", "https://id.example/?u={uid}&e={enc}&m={mac}", sun.Options{Foreign: true}, "enc_needs_uid_and_counter", "enc", 30},
		{"file after the MAC", "https://id.example/?p={picc}&m={mac}&e={enc}", sun.Options{Foreign: true}, "enc_before_mac", "enc", 39},
		{"MAC input unknown", good, sun.Options{MACFrom: "fragment"}, "mac_from", "fragment", 0},
		{"MAC input at what is not there", good, sun.Options{MACFrom: "uid"}, "mac_from", "uid", 0},
		{"MAC input in the prefix", good, sun.Options{MACFrom: "query", Prefix: "http://"}, "prefix", "", 0},
		{"MAC input behind the MAC", "https://id.example/?m={mac}&p={picc}", sun.Options{MACFrom: "picc", Foreign: true}, "mac_from", "picc", 30},
		{"prefix of another scheme", "http://www.id.example/?p={picc}&m={mac}", sun.Options{Prefix: "https://www."}, "prefix", "", 0},
		{"prefix is none of NDEF's", good, sun.Options{Prefix: "https://id"}, "prefix", "", 0},
		{"variable beside PICC data", "https://id.example/{a}{picc}/{mac}", sun.Options{}, "ambiguous", "picc", 22},
		{"PICC data beside variable", "https://id.example/{picc}x{a}/{mac}", sun.Options{}, "ambiguous", "a", 26},
		{"two variables in a segment", "https://id.example/{a}-{b}?p={picc}&m={mac}", sun.Options{}, "ambiguous", "b", 23},
		{"too long", "https://id.example/" + long + "?p={picc}&m={mac}", sun.Options{}, "file_size", "", 236},
		{"limit without counter", "https://id.example/?u={uid}&m={mac}", sun.Options{Limit: 5, Foreign: true}, "limit_needs_counter", "counter_limit", -1},
		{"limit too high", good, sun.Options{Limit: 1 << 24}, "limit_too_high", "limit", -1},
		{"no such key", good, sun.Options{CounterKey: 7}, "access", "rights", -1},
		{"many parameters", "https://id.example/?" + strings.Repeat("a&", 40) + "p={picc}&m={mac}", sun.Options{}, "parameters", "", 116},
		// what only the house refuses
		{"http", "http://id.example/?p={picc}&m={mac}", sun.Options{}, "https", "", 0},
		{"text behind the MAC", "https://id.example/?p={picc}&m={mac}&x=1", sun.Options{}, "mac_last", "mac", 31},
		{"MAC starts late", good, sun.Options{MACFrom: "enc"}, "mac_covers", "serial", at("{serial}")},
		{"in the open", "https://id.example/?u={uid}&c={ctr}&m={mac}", sun.Options{}, "mirrors_encrypted", "uid", 22},
		{"tamper in the open", "https://id.example/?p={picc}&t={tt}&m={mac}", sun.Options{}, "tt_in_enc", "tt", 31},
		{"key set not in the path", good, sun.Options{KeySet: "k2"}, "keyset_in_path", "", 8},
		{"phones cannot read", good, sun.Options{Rights: sun.Rights{Read: 1}}, "read_free", "rights", -1},
		{"anyone can write", good, sun.Options{Rights: sun.Rights{Read: sun.Free, Write: sun.Free}}, "rights_closed", "rights", -1},
	} {
		_, err := sun.Compile(row.pattern, row.options)
		e := problem(err)
		if e.Code != sun.ErrTemplate || e.Rule != row.rule || e.Field != row.field || e.Offset != row.offset || e.Message == "" {
			t.Errorf("%s: %v, want (%s) %s at %d", row.name, err, row.rule, row.field, row.offset)
		}
	}
	_, err := sun.Compile(good, sun.Options{MACFrom: "mac"})
	if e := problem(err); e.Code != sun.ErrEncUncovered || e.Rule != "mac_input_after_enc" || e.Offset != at("{enc}") || !errors.Is(err, sun.ErrEncUncovered) {
		t.Errorf("file outside the MAC input: %v", err)
	}
}

func TestForeignTemplatesListWhatIsUnwise(t *testing.T) {
	tpl := compile(t, "http://id.example/?u={uid}&t={tt}&m={mac}&x=1", sun.Options{
		Foreign: true, MACFrom: "mac", KeySet: "k1", Rights: sun.Rights{Read: sun.Never, Change: sun.Free},
	})
	var rules []string
	for _, f := range tpl.Findings() {
		rules = append(rules, f.Rule)
	}
	want := "https mac_last mac_covers mirrors_encrypted counter_missing tt_in_enc keyset_in_path read_free rights_closed"
	if got := strings.Join(rules, " "); got != want {
		t.Errorf("%s", got)
	}
	if tpl.TamperCovered() || !tpl.Tampers() {
		t.Error("a status before the MAC input counts as covered")
	}
	tpl = compile(t, "https://id.example/?c={ctr}&m={mac}", sun.Options{Foreign: true})
	if f := tpl.Findings(); len(f) != 2 || f[1].Rule != "uid_missing" {
		t.Errorf("%v", f)
	}
	if f := compile(t, "https://id.example/k1?p={picc}&m={mac}", sun.Options{KeySet: "k1"}).Findings(); len(f) != 0 {
		t.Errorf("a good template has findings: %v", f)
	}
}

func TestMatchTakesTheURLApart(t *testing.T) {
	picc, lrp, enc, mac := strings.Repeat("A1", 16), strings.Repeat("b2", 24), strings.Repeat("C3", 16), strings.Repeat("D4", 8)
	for _, row := range []struct {
		name, pattern, url string
		want               map[string]string
	}{
		{"query", "https://h.example/x?p={picc}&e={enc}&m={mac}", "/x?m=" + mac + "&e=" + enc + "&p=" + lrp, map[string]string{"picc": lrp, "enc": enc, "mac": mac}},
		{"bulk, AES", "https://h.example/?d={picc}{enc}{mac}", "/?d=" + picc + enc + mac, map[string]string{"picc": picc, "enc": enc, "mac": mac}},
		{"bulk, LRP", "https://h.example/?d={picc}{enc}{mac}", "/?d=" + lrp + enc + mac, map[string]string{"picc": lrp, "enc": enc, "mac": mac}},
		{"bare", "https://h.example/?{picc}{mac}", "/?flag&" + picc + mac, map[string]string{"picc": picc, "mac": mac}},
		{"two bare", "https://h.example/?{picc}&{mac}", "/?" + picc + "&" + mac, map[string]string{"picc": picc, "mac": mac}},
		{"separators", "https://h.example/{picc}x{enc}x{mac}", "/" + lrp + "x" + enc + "x" + mac + "?utm_source=a/b", map[string]string{"picc": lrp, "enc": enc, "mac": mac}},
		{"variable amid text", "https://h.example/a-{v}.html/{uid}{ctr}{mac}", "/a-b.c.html/" + picc[:14] + enc[:6] + mac, map[string]string{"v": "b.c", "uid": picc[:14], "ctr": enc[:6], "mac": mac}},
		{"variable in a parameter", "https://h.example/?s=a{v}z&p={picc}&m={mac}", "/?s=a%26z&p=" + picc + "&m=" + mac, map[string]string{"v": "%26", "picc": picc}},
		{"empty path", "https://h.example?p={picc}&m={mac}", "/?p=" + picc + "&m=" + mac, map[string]string{"picc": picc}},
		{"slash path", "https://h.example/?p={picc}&m={mac}", "https://h.example?p=" + picc + "&m=" + mac, map[string]string{"picc": picc}},
		{"query with a slash", "https://h.example/?r=/a/{v}&p={picc}&m={mac}", "/?r=/a/b/c&p=" + picc + "&m=" + mac, map[string]string{"v": "b/c"}},
	} {
		f, err := compile(t, row.pattern, sun.Options{Foreign: true}).Match(row.url)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		for name, value := range row.want {
			if f.Get(name) != value || !strings.HasPrefix(row.url[f.Offset(name):], value) {
				t.Errorf("%s: %s = %q at %d", row.name, name, f.Get(name), f.Offset(name))
			}
		}
		if f.Get("tt") != "" || f.Offset("tt") != -1 || f.Get("nobody") != "" || f.Offset("nobody") != -1 {
			t.Errorf("%s: has what the template has not", row.name)
		}
	}
	var none sun.Fields
	if none.Get("picc") != "" || none.Offset("picc") != -1 {
		t.Error("zero fields have something")
	}
}

func TestMACInputIsRebuiltFromTheTemplate(t *testing.T) {
	picc, enc := strings.Repeat("a1", 16), strings.Repeat("C3", 16)
	const pattern = "https://www.h.example/s/{v}?p={picc}&e={enc}&m={mac}"
	url := "/s/xY?m=0000000000000000&e=" + enc + "&utm=1&p=" + picc
	up := strings.ToUpper(picc)
	text := "h.example/s/xY?p=" + up + "&e=" + enc + "&m="
	for _, row := range []struct {
		options sun.Options
		want    string
	}{
		{sun.Options{}, "www." + text},
		{sun.Options{Prefix: "https://www."}, text},
		{sun.Options{Prefix: "none"}, "https://www." + text},
		{sun.Options{MACFrom: "text"}, "www." + text},
		{sun.Options{MACFrom: "path"}, text[9:]},
		{sun.Options{MACFrom: "query"}, text[strings.Index(text, "p="):]},
		{sun.Options{MACFrom: "picc"}, up + "&e=" + enc + "&m="},
		{sun.Options{MACFrom: "enc"}, enc + "&m="},
	} {
		row.options.Foreign = true
		tpl := compile(t, pattern, row.options)
		f, err := tpl.Match(url)
		if err != nil {
			t.Fatal(err)
		}
		got, lower := f.AppendMACInput(nil, "", true)
		if string(got) != row.want || lower != strings.Contains(row.want, up) {
			t.Errorf("%+v: %s, %v", row.options, got, lower)
		}
		if got, _ := f.AppendMACInput(nil, "", false); string(got) != strings.Replace(row.want, up, picc, 1) {
			t.Errorf("%+v, as read: %s", row.options, got)
		}
		// The chip covers these very bytes.
		e, err := tpl.Encode(sun.Slots{Meta: 1, File: 2}, sun.AES, map[string]string{"v": "xY"})
		if err != nil {
			t.Fatal(err)
		}
		s := e.Settings
		copy(e.File[s.PICCOffset:], up)
		copy(e.File[s.EncOffset:], enc)
		if chip := string(e.File[s.MACInputOffset:s.MACOffset]); chip != row.want {
			t.Errorf("%+v: the chip covers %s", row.options, chip)
		}
	}
}

func TestEncodeRefusesValuesThatWouldNotComeBack(t *testing.T) {
	tpl := compile(t, "https://id.example/{serial}?p={picc}&m={mac}", sun.Options{})
	slots := sun.Slots{Meta: 1, File: 2}
	for value, ok := range map[string]bool{
		"A1": true, "a%2Fb": true, "~._-!$'()*+,;=:@": true,
		"": false, "a/b": false, "a?b": false, "a#b": false, "a&b": false, "a b": false, "ä": false, ".": false, "..": false, "{x}": false,
	} {
		e, err := tpl.Encode(slots, sun.LRP, map[string]string{"serial": value})
		if (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
		if p := problem(err); !ok && (p.Rule != "variable_value" || p.Field != "serial" || p.Offset != 19) {
			t.Errorf("%q: %v", value, err)
		}
		if ok {
			f, err := tpl.Match(e.URL)
			if err != nil || f.Get("serial") != value {
				t.Errorf("%q came back as %q, %v", value, f.Get("serial"), err)
			}
		}
	}
	if _, err := tpl.Encode(slots, sun.AES, map[string]string{"serial": strings.Repeat("x", 200)}); problem(err).Rule != "file_size" {
		t.Errorf("long value: %v", err)
	}
	if _, err := tpl.Encode(slots, sun.Both, map[string]string{"serial": "x"}); problem(err).Rule != "slots" {
		t.Errorf("both modes: %v", err)
	}
	if _, err := tpl.Encode(sun.Slots{Meta: 5}, sun.AES, map[string]string{"serial": "x"}); problem(err).Rule != "slots" {
		t.Errorf("slot 5: %v", err)
	}
	fits := compile(t, "https://id.example/"+strings.Repeat("x", 249-len("id.example/?p=&m=")-32-16)+"?p={picc}&m={mac}", sun.Options{})
	if e, err := fits.Encode(slots, sun.AES, nil); err != nil || len(e.File) != 256 {
		t.Errorf("the longest URL: %d bytes, %v", len(e.File), err)
	}
	if _, err := fits.Encode(slots, sun.LRP, nil); problem(err).Rule != "file_size" {
		t.Errorf("16 characters longer in LRP: %v", err)
	}
}
