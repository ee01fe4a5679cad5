package ntag424_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"tagline/ntag424"
)

// tapped gives a chip's first URL.
func tapped(t testing.TB, ks ntag424.KeySet, tpl *ntag424.Template, mode ntag424.Mode) string {
	t.Helper()
	vars := map[string]string{}
	for _, name := range tpl.Variables() {
		vars[name] = "A1"
	}
	chip, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), mode, vars)
	if err != nil {
		t.Fatal(err)
	}
	url, err := chip.Tap()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func TestRefusalsNameStepAndPlace(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	good := tapped(t, ks, tpl, ntag424.AES)
	p := strings.Index(good, "?p=") + 3
	e := strings.Index(good, "&e=") + 3
	m := strings.Index(good, "&m=") + 3
	without := func(name string) string {
		at := strings.Index(good, name+"=")
		end := strings.IndexByte(good[at:], '&')
		if end < 0 {
			return good[:at-1]
		}
		return good[:at] + good[at+end+1:]
	}
	for _, row := range []struct {
		name, url string
		code      ntag424.Code
		field     string
		offset    int
	}{
		{"empty", "", ntag424.ErrTemplateMismatch, "", 0},
		{"no URL", "p=1&m=2", ntag424.ErrTemplateMismatch, "", 0},
		{"too long", good + "&x=" + strings.Repeat("y", 2048), ntag424.ErrTemplateMismatch, "", 2048},
		{"host only", "https://id.example", ntag424.ErrTemplateMismatch, "", 18},
		{"another path", "https://id.example/x/k1/01/09506000134352/21/A1?" + good[p-2:], ntag424.ErrTemplateMismatch, "", 19},
		{"path too short", "https://id.example/t/k1/01?" + good[p-2:], ntag424.ErrTemplateMismatch, "", 26},
		{"serial missing", "https://id.example/t/k1/01/09506000134352/21?" + good[p-2:], ntag424.ErrTemplateMismatch, "serial", 44},
		{"serial empty", "https://id.example/t/k1/01/09506000134352/21/?" + good[p-2:], ntag424.ErrTemplateMismatch, "serial", 45},
		{"path too long", "https://id.example/t/k1/01/09506000134352/21/A1/x?" + good[p-2:], ntag424.ErrTemplateMismatch, "", 47},
		{"no query", good[:p-3], ntag424.ErrTemplateMismatch, "picc", p - 3},
		{"PICC missing", without("p"), ntag424.ErrTemplateMismatch, "picc", len(without("p"))},
		{"MAC missing", without("m"), ntag424.ErrTemplateMismatch, "mac", len(without("m"))},
		{"PICC short", good[:p] + good[p+1:], ntag424.ErrTemplateMismatch, "picc", p},
		{"PICC long", good[:p] + "0" + good[p:], ntag424.ErrTemplateMismatch, "picc", p + 32},
		{"MAC short", good[:len(good)-1], ntag424.ErrTemplateMismatch, "mac", m},
		{"MAC long", good + "0", ntag424.ErrTemplateMismatch, "mac", m + 16},
		{"MAC empty", good[:m], ntag424.ErrTemplateMismatch, "mac", m},
		{"PICC not hex", good[:p+5] + "g" + good[p+6:], ntag424.ErrBadHex, "picc", p + 5},
		{"file not hex", good[:e+31] + "%" + good[e+32:], ntag424.ErrBadHex, "enc", e + 31},
		{"MAC not hex", good[:m] + "-" + good[m+1:], ntag424.ErrBadHex, "mac", m},
		{"PICC of another key", good[:p] + zeros + good[p+32:], ntag424.ErrPICC, "picc", p},
		{"MAC of another key", good[:m] + "0123456789ABCDEF", ntag424.ErrMAC, "mac", m},
		{"static part changed", strings.Replace(good, "/A1?", "/B1?", 1), ntag424.ErrMAC, "mac", m},
		{"file changed", good[:e] + zeros + good[e+32:], ntag424.ErrMAC, "mac", m},
	} {
		tap, err := verifier(t, ks, tpl).Verify(row.url)
		var at *ntag424.Error
		if !errors.As(err, &at) {
			t.Errorf("%s: %v, %v", row.name, tap, err)
			continue
		}
		if at.Code != row.code || at.Field != row.field || at.Offset != row.offset {
			t.Errorf("%s: %s %q at %d, want %s %q at %d", row.name, at.Code, at.Field, at.Offset, row.code, row.field, row.offset)
		}
		if !errors.Is(err, row.code) || errors.Is(err, ntag424.ErrReplay) {
			t.Errorf("%s: errors.Is fails", row.name)
		}
		if len(row.url) > 60 && (strings.Contains(err.Error(), good[p:p+8]) || strings.Contains(err.Error(), good[m:m+8])) {
			t.Errorf("%s: the error repeats the URL: %v", row.name, err)
		}
		if tap.HasUID || tap.HasCounter || tap.File != nil {
			t.Errorf("%s: believed %v", row.name, tap)
		}
	}
}

func TestThePolicyOfTheKeySetDecides(t *testing.T) {
	tpl := houseTemplate(t)
	open := compile(t, "https://id.example/?u={uid}&c={ctr}&m={mac}", ntag424.Options{Foreign: true})
	for _, row := range []struct {
		name    string
		tpl     *ntag424.Template
		sent    ntag424.Mode
		allowed ntag424.Mode
		want    ntag424.Code
	}{
		{"AES, both allowed", tpl, ntag424.AES, ntag424.Both, ""},
		{"AES, zero policy", tpl, ntag424.AES, 0, ""},
		{"AES where LRP is required", tpl, ntag424.AES, ntag424.LRP, ntag424.ErrModeRefused},
		{"LRP where AES is required", tpl, ntag424.LRP, ntag424.AES, ntag424.ErrModeRefused},
		{"LRP, only LRP", tpl, ntag424.LRP, ntag424.LRP, ""},
		{"in the open the MAC tells: LRP", open, ntag424.LRP, ntag424.Both, ""},
		{"in the open the MAC tells: refused", open, ntag424.AES, ntag424.LRP, ntag424.ErrMAC},
	} {
		ks := house(t)
		url := tapped(t, ks, row.tpl, row.sent)
		ks.Mode = row.allowed
		tap, err := verifier(t, ks, row.tpl).Verify(url)
		if code(err) != row.want || err == nil && tap.Mode != row.sent {
			t.Errorf("%s: %v, %v", row.name, tap, err)
		}
	}
	ks := house(t)
	url := tapped(t, ks, tpl, ntag424.AES)
	ks.Retired = true
	if _, err := verifier(t, ks, tpl).Verify(url); !errors.Is(err, ntag424.ErrRetiredKeySet) {
		t.Errorf("retired: %v", err)
	}
	ks.Retired, ks.Mode = false, ntag424.LRP
	if _, err := ks.Encode(tpl, ntag424.AES, map[string]string{"serial": "1"}); !errors.Is(err, ntag424.ErrModeRefused) {
		t.Errorf("encode: %v", err)
	}
	ks.FileSlot = 9
	if _, err := ks.Encode(tpl, ntag424.LRP, map[string]string{"serial": "1"}); !errors.Is(err, ntag424.ErrKeySet) {
		t.Errorf("encode: %v", err)
	}
	if _, err := ntag424.NewChip(ks, tpl, ntag424.UID{}, ntag424.LRP, nil); !errors.Is(err, ntag424.ErrKeySet) {
		t.Errorf("chip: %v", err)
	}
	if _, err := ntag424.NewVerifier(ks, tpl); !errors.Is(err, ntag424.ErrKeySet) {
		t.Errorf("verifier: %v", err)
	}
}

// A wrong meta key costs the verifier what a wrong MAC costs. Time cannot be tested
// here; the key set-ups, which are most of it, can.
func TestBothRefusalsDoTheSameWork(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	for _, mode := range []ntag424.Mode{ntag424.AES, ntag424.LRP} {
		good := tapped(t, ks, tpl, mode)
		v := verifier(t, ks, tpl)
		count := func(url string, want ntag424.Code) float64 {
			return testing.AllocsPerRun(20, func() {
				if _, err := v.Verify(url); code(err) != want {
					t.Fatalf("%v, want %s", err, want)
				}
			})
		}
		at := strings.Index(good, "?p=") + 3
		mac := count(good[:len(good)-4]+"0000", ntag424.ErrMAC)
		picc := count(good[:at]+"0123"+good[at+4:], ntag424.ErrPICC)
		if picc < mac || picc > mac+2 {
			t.Errorf("%v: %v allocations for a wrong MAC, %v for a wrong meta key", mode, mac, picc)
		}
	}
}

func TestTheCounterEnds(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	chip, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), ntag424.AES, map[string]string{"serial": "A1"})
	if err != nil {
		t.Fatal(err)
	}
	chip.Counter = 0xFFFFFD
	for _, want := range []ntag424.Code{"", ntag424.ErrExhausted} {
		url, err := chip.Tap()
		if err != nil {
			t.Fatal(err)
		}
		tap, err := verifier(t, ks, tpl).Verify(url)
		if code(err) != want || tap.Counter != chip.Counter || tap.UID != chip.UID {
			t.Errorf("counter %X: %v, %v", chip.Counter, tap, err)
		}
	}
	if _, err := chip.Tap(); !errors.Is(err, ntag424.ErrExhausted) {
		t.Errorf("after FFFFFF: %v", err)
	}
	tpl = compile(t, "https://id.example/?p={picc}&m={mac}", ntag424.Options{Limit: 2})
	if chip, err = ntag424.NewChip(ks, tpl, chip.UID, ntag424.AES, nil); err != nil {
		t.Fatal(err)
	}
	for i, want := range []ntag424.Code{"", "", ntag424.ErrExhausted, ntag424.ErrExhausted} {
		if _, err := chip.Tap(); code(err) != want {
			t.Errorf("tap %d of 2: %v", i+1, err)
		}
	}
}

func TestTamperIsWhatTheMessageProves(t *testing.T) {
	ks := house(t)
	enc := compile(t, "https://id.example/?p={picc}&e={enc}&m={mac}", ntag424.Options{File: "{tt}--------------"})
	covered := compile(t, "https://id.example/?p={picc}&t={tt}&m={mac}", ntag424.Options{Foreign: true})
	bare := compile(t, "https://id.example/?t={tt}&p={picc}&m={mac}", ntag424.Options{Foreign: true, MACFrom: "mac"})
	for _, row := range []struct {
		name string
		tpl  *ntag424.Template
		loop ntag424.Loop
		want ntag424.Tamper
		tier ntag424.Tier
		err  ntag424.Code
	}{
		{"in the file", enc, ntag424.LoopOn, ntag424.TamperSealed, ntag424.TierLiveTamper, ""},
		{"in the open", covered, ntag424.LoopOn, ntag424.TamperSealed, ntag424.TierLiveTamper, ""},
		{"not covered", bare, ntag424.LoopOn, ntag424.TamperUnsupported, ntag424.TierLive, ntag424.ErrTTUnsupported},
		{"off", enc, ntag424.LoopOff, ntag424.TamperOff, ntag424.TierLive, ntag424.ErrTTInvalid},
		{"no loop", enc, ntag424.LoopNone, ntag424.TamperUnsupported, ntag424.TierLive, ntag424.ErrTTUnsupported},
		{"no loop, in the open", covered, ntag424.LoopNone, ntag424.TamperUnsupported, ntag424.TierLive, ntag424.ErrTTUnsupported},
	} {
		chip, err := ntag424.NewChip(ks, row.tpl, uid(t, "04112233445566"), ntag424.AES, nil)
		if err != nil {
			t.Fatal(err)
		}
		chip.Loop = row.loop
		url, err := chip.Tap()
		if err != nil {
			t.Fatal(err)
		}
		tap, err := verifier(t, ks, row.tpl).Verify(url)
		if err != nil || tap.Tamper != row.want || tap.Tier != row.tier || code(tap.Tamper.Err()) != row.err {
			t.Errorf("%s: %v, %v, %v", row.name, tap, tap.Tamper.Err(), err)
		}
	}
	for _, row := range []struct {
		tamper        ntag424.Tamper
		letters, word string
		opened, known bool
	}{
		{ntag424.TamperNone, "", "none", false, false},
		{ntag424.TamperSealed, "CC", "sealed", false, true},
		{ntag424.TamperOpen, "OO", "open", true, true},
		{ntag424.TamperReclosed, "OC", "reclosed", true, true},
		{ntag424.TamperOpening, "CO", "opening", true, true},
		{ntag424.TamperOff, "II", "off", false, false},
		{ntag424.TamperUnsupported, "", "unsupported", false, false},
	} {
		if x := row.tamper; x.Letters() != row.letters || x.String() != row.word || x.Opened() != row.opened || x.Known() != row.known {
			t.Errorf("%v: %q %v %v", x, x.Letters(), x.Opened(), x.Known())
		}
	}
}

// A template with the counter alone needs the UID from somewhere else.
func TestUIDFromElsewhere(t *testing.T) {
	ks := house(t)
	tpl := compile(t, "https://id.example/{serial}?c={ctr}&m={mac}", ntag424.Options{Foreign: true})
	url := tapped(t, ks, tpl, ntag424.AES)
	v, u := verifier(t, ks, tpl), uid(t, "04112233445566")
	if _, err := v.Verify(url); !errors.Is(err, ntag424.ErrPICC) {
		t.Errorf("without UID: %v", err)
	}
	if tap, err := v.VerifyUID(url, u); err != nil || tap.UID != u || tap.Tier != ntag424.TierLive {
		t.Errorf("%v, %v", tap, err)
	}
	if _, err := v.VerifyUID(url, uid(t, "04112233445567")); !errors.Is(err, ntag424.ErrMAC) {
		t.Errorf("another UID: %v", err)
	}
	fixed := factory()
	if tap, err := verifier(t, fixed, tpl).Verify(tapped(t, fixed, tpl, ntag424.AES)); err != nil || tap.HasUID || tap.Tier != ntag424.TierNoReplay {
		t.Errorf("fixed keys: %v, %v", tap, err)
	}
	tpl = houseTemplate(t)
	url = tapped(t, ks, tpl, ntag424.AES)
	if _, err := verifier(t, ks, tpl).VerifyUID(url, uid(t, "04112233445567")); !errors.Is(err, ntag424.ErrMAC) {
		t.Errorf("message of another chip: %v", err)
	}
}

func TestVerifierServesManyAtOnce(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	v := verifier(t, ks, tpl)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 1200 { // together more chips than the cache holds
				u := ntag424.UID{4, byte(g), byte(i), byte(i >> 8)}
				chip, err := ntag424.NewChip(ks, tpl, u, ntag424.AES, map[string]string{"serial": fmt.Sprint(i)})
				if err != nil {
					t.Error(err)
					return
				}
				for n := range 2 {
					url, err := chip.Tap()
					if err != nil {
						t.Error(err)
						return
					}
					if tap, err := v.Verify(url); err != nil || tap.UID != u || tap.Counter != uint32(n+1) {
						t.Errorf("%v, %v", tap, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestChipResumesAndSurvivesBadChance(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	vars := map[string]string{"serial": "A1"}
	newChip := func() *ntag424.Chip {
		c, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), ntag424.LRP, vars)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a := newChip()
	a.Open()
	for range 3 {
		if _, err := a.Tap(); err != nil {
			t.Fatal(err)
		}
	}
	a.Close()
	b := newChip()
	b.Counter, b.Opened, b.LoopOpen = a.Counter, a.Opened, a.LoopOpen
	x, errA := a.Tap()
	y, errB := b.Tap()
	if x != y || errA != nil || errB != nil {
		t.Errorf("resumed chip says\n%s, not\n%s (%v, %v)", y, x, errB, errA)
	}
	b.Chance = iotest.ErrReader(errors.New("no chance"))
	if _, err := b.Tap(); err == nil || b.Counter != a.Counter {
		t.Errorf("%v, counter %d", err, b.Counter)
	}
	b.Chance = strings.NewReader("sixteen letters, and sixteen more")
	z, err := b.Tap()
	if err != nil {
		t.Fatal(err)
	}
	if tap, err := verifier(t, ks, tpl).Verify(z); err != nil || tap.Tamper != ntag424.TamperReclosed {
		t.Errorf("%v, %v", tap, err)
	}
}

// A torn seal that nobody reads while it is open leaves no trace in the chip.
func TestOpeningBetweenTapsIsUnseen(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	chip, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), ntag424.AES, map[string]string{"serial": "A1"})
	if err != nil {
		t.Fatal(err)
	}
	chip.Open()
	chip.Close()
	url, err := chip.Tap()
	if err != nil {
		t.Fatal(err)
	}
	if tap, err := verifier(t, ks, tpl).Verify(url); err != nil || tap.Tamper != ntag424.TamperSealed {
		t.Errorf("%v, %v", tap, err)
	}
}

func TestNothingSecretPrints(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	tap, err := verifier(t, ks, tpl).Verify(tapped(t, ks, tpl, ntag424.AES))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%q"} {
		for _, value := range []any{ks.Master, &ks.Master, ks.Meta, []ntag424.Key{ks.Master}} {
			s := strings.ToLower(fmt.Sprintf(format, value))
			if !strings.Contains(s, "key "+ks.Master.Check()) && !strings.Contains(s, "key "+ks.Meta.Check()) {
				t.Errorf("%s prints %s", format, s)
			}
		}
	}
	chip, err := ntag424.NewChip(ks, tpl, tap.UID, ntag424.LRP, map[string]string{"serial": "A1"})
	if err != nil {
		t.Fatal(err)
	}
	raw := fmt.Sprint(ks.Master[:4])
	raw = raw[1 : len(raw)-1] // "169 30 3 214"
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if s := fmt.Sprintf(format+format+format, verifier(t, ks, tpl), chip, *chip); strings.Contains(s, raw) || strings.Contains(s, "0xa9, 0x1e, 0x3") {
			t.Errorf("%s prints %s", format, s)
		}
	}
	for _, format := range []string{"%v", "%+v", "%s"} {
		s := fmt.Sprintf(format+format+format, ks, tap, tap.UID)
		if strings.Contains(s, "112233") || strings.Contains(s, "34 51") || strings.Contains(s, "A1") {
			t.Errorf("%s prints %s", format, s)
		}
	}
	var round ntag424.Options
	o := ntag424.Options{File: "{tt}--------------", KeySet: "k1", Rights: ntag424.Rights{Read: ntag424.Free, Change: 3}}
	if b, err := json.Marshal(o); err != nil || json.Unmarshal(b, &round) != nil || round != o {
		t.Errorf("%s: %+v, %v", b, round, err)
	}
}
