package ntag424_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tagline/ntag424"
)

func names(d ntag424.Diagnosis) string {
	var list []string
	for _, c := range d.Causes {
		if c.Message == "" || c.Fix == "" {
			return "a cause without message or fix: " + c.Name
		}
		list = append(list, c.Name)
	}
	return strings.Join(list, " ")
}

// Tags that were encoded with a mistake of their makers, by the chip that makes it.
func TestMistakesOfTagMakersAreNamed(t *testing.T) {
	right := house(t)
	const pattern = "https://id.example/t/k1/x?p={picc}&e={enc}&m={mac}"
	options := ntag424.Options{File: "{tt}--------------"}
	with := func(change func(ks *ntag424.KeySet)) ntag424.KeySet {
		ks := right
		change(&ks)
		return ks
	}
	fixed := func(meta, file ntag424.Key) ntag424.KeySet {
		return ntag424.KeySet{Scheme: ntag424.Fixed, Meta: meta, Master: file, MetaSlot: 1, FileSlot: 2}
	}
	from := func(name string) ntag424.Options {
		o := options
		o.MACFrom, o.Foreign = name, true
		return o
	}
	for _, row := range []struct {
		name    string
		keys    ntag424.KeySet // of the chip
		pattern string         // of the chip, empty for the right one
		options ntag424.Options
		step    ntag424.Step
		causes  string
	}{
		{"nothing wrong", right, "", options, "", ""},
		{"keys swapped", fixed(right.Master, right.Meta), "", options, ntag424.StepPICC, "keys_swapped"},
		{"master key in the tag", fixed(right.Meta, right.Master), "", options, ntag424.StepMAC, "master_as_tag_key"},
		{"meta key in both slots", fixed(right.Meta, right.Meta), "", options, ntag424.StepMAC, "meta_as_tag_key"},
		{"factory file key", fixed(right.Meta, ntag424.Key{}), "", options, ntag424.StepMAC, "factory_tag_key"},
		{"factory meta key", with(func(ks *ntag424.KeySet) { ks.Meta = ntag424.Key{} }), "", options, ntag424.StepPICC, "factory_meta_key"},
		{"factory keys", fixed(ntag424.Key{}, ntag424.Key{}), "", options, ntag424.StepPICC, "factory_keys"},
		{"slot above", with(func(ks *ntag424.KeySet) { ks.FileSlot = 3 }), "", options, ntag424.StepMAC, "slot"},
		{"slot below", with(func(ks *ntag424.KeySet) { ks.MetaSlot, ks.FileSlot = 2, 1 }), "", options, ntag424.StepMAC, "slot"},
		{"other layout", with(func(ks *ntag424.KeySet) { ks.Layout = ntag424.LayoutDESFire }), "", options, ntag424.StepMAC, "layout"},
		{"MAC from the file", right, "", from("enc"), ntag424.StepMAC, "mac_input_enc"},
		{"MAC from the PICC data", right, "", from("picc"), ntag424.StepMAC, "mac_input_picc"},
		{"MAC from the path", right, "", from("path"), ntag424.StepMAC, "mac_input_path"},
		{"MAC from the query", right, "", from("query"), ntag424.StepMAC, "mac_input_query"},
		{"other host", right, "https://test.example/t/k1/x?p={picc}&e={enc}&m={mac}", options, ntag424.StepMAC, "host"},
		{"scheme not abbreviated", right, "", ntag424.Options{File: options.File, Prefix: "none"}, ntag424.StepMAC, "prefix_none"},
		{"two mistakes", with(func(ks *ntag424.KeySet) { ks.FileSlot = 3 }), "", from("enc"), ntag424.StepMAC, "slot mac_input_enc"},
	} {
		for _, mode := range []ntag424.Mode{ntag424.AES, ntag424.LRP} {
			t.Run(row.name+" "+mode.String(), func(t *testing.T) {
				chipPattern := row.pattern
				if chipPattern == "" {
					chipPattern = pattern
				}
				url := tapped(t, row.keys, compile(t, chipPattern, row.options), mode)
				d := ntag424.Diagnose(right, compile(t, pattern, options), url)
				if d.Step != row.step || names(d) != row.causes || d.OK != (row.step == "") || d.OK != (d.Err == nil) {
					t.Errorf("step %q, causes %q, ok %v, %v", d.Step, names(d), d.OK, d.Err)
				}
				if found := row.causes != "" || d.OK; found != (d.Tap.UID == uid(t, "04112233445566")) {
					t.Errorf("tap %v", d.Tap)
				}
				if d.Tap.HasUID && !d.Tap.Tamper.Known() {
					t.Errorf("file not decrypted: %v", d.Tap)
				}
				if strings.Contains(fmt.Sprintf("%+v", d), "A91E03D6") {
					t.Error("the diagnosis holds a key")
				}
			})
		}
	}
}

func TestEmptyMACInputIsNamed(t *testing.T) {
	const pattern = "https://id.example/t/k1/x?p={picc}&m={mac}"
	url := tapped(t, house(t), compile(t, pattern, ntag424.Options{MACFrom: "mac", Foreign: true}), ntag424.AES)
	if d := ntag424.Diagnose(house(t), compile(t, pattern, ntag424.Options{}), url); names(d) != "mac_input_mac" {
		t.Errorf("%+v", d)
	}
	// an encoder that abbreviates www. does not cover it
	url = tapped(t, house(t), compile(t, "https://www.id.example/?p={picc}&m={mac}", ntag424.Options{Prefix: "https://www."}), ntag424.AES)
	if d := ntag424.Diagnose(house(t), compile(t, "https://www.id.example/?p={picc}&m={mac}", ntag424.Options{}), url); names(d) != "prefix_www" {
		t.Errorf("%+v", d)
	}
}

// A short diversification input, padded by AN10922 to two blocks, is often taken for
// a plain CMAC.
func TestShortInputTakenForCMACIsNamed(t *testing.T) {
	right := house(t)
	right.Layout, right.SystemID = ntag424.LayoutUID, nil
	u := uid(t, "04112233445566")
	wrong := ntag424.KeySet{Scheme: ntag424.Fixed, Meta: right.Meta, MetaSlot: 1, FileSlot: 2,
		Master: ntag424.CMAC(right.Master, append([]byte{1}, u[:]...))}
	tpl := houseTemplate(t)
	if d := ntag424.Diagnose(right, tpl, tapped(t, wrong, tpl, ntag424.AES)); names(d) != "short_input_as_cmac" {
		t.Errorf("%+v", d)
	}
}

// What shows in the text of the URL, without any key.
func TestMistakesInTheText(t *testing.T) {
	ks := factory()
	const p, e, m = "EF963FF7828658A599F3041510671E88", "94592FDE69FA06E8E3B6CA686A22842B", "94EED9EE65337086"
	two := compile(t, "https://ntag.nxp.com/424?e={picc}&c={mac}", ntag424.Options{MACFrom: "mac", Foreign: true})
	three := compile(t, "https://x.example/?picc_data={picc}&enc={enc}&cmac={mac}", ntag424.Options{MACFrom: "enc", Foreign: true})
	for _, row := range []struct {
		name string
		tpl  *ntag424.Template
		url  string
		step ntag424.Step
		want string
	}{
		{"30 zeros for the PICC data", two, "/424?e=" + p + "=" + m, ntag424.StepMatch, "placeholder_short"},
		{"31 zeros", two, "/424?e=" + p + "c=" + m, ntag424.StepMatch, "placeholder_short"},
		{"30 zeros for the file", three, "/?picc_data=" + p + "&enc=" + e + "mac=" + m, ntag424.StepMatch, "placeholder_short"},
		{"offset of the = for the PICC data", two, "/424?e" + p + "0&c=" + m, ntag424.StepMatch, "offset_early"},
		{"offset of the = for the MAC", two, "/424?e=" + p + "&c" + m + "0", ntag424.StepMatch, "offset_early"},
		{"offset one late", two, "/424?e=0" + p + "c=" + m, ntag424.StepMatch, "offset_late"},
		{"nothing mirrored", two, "/424?e=" + zeros + "&c=0000000000000000", ntag424.StepPICC, "sdm_off"},
		{"MAC not mirrored", two, "/424?e=" + p + "&c=0000000000000000", ntag424.StepMAC, "mac_not_mirrored"},
		{"UID not mirrored", two, "/424?e=" + zeros + "&c=" + m, ntag424.StepPICC, "uid_not_mirrored"},
		{"file in the open", three, "/?picc_data=" + p + "&enc=----------------" + zeros[:16] + "&cmac=" + m, ntag424.StepMatch, "enc_not_mirrored"},
		{"MAC before PICC data", two, "/424?c=0123456789ABCDEF&e=" + p, ntag424.StepMAC, "mac_before_picc"},
		{"a stranger's URL", two, "/other?x=1", ntag424.StepMatch, ""},
		{"nothing at all", two, "", ntag424.StepMatch, ""},
		{"too long", two, "/424?e=" + p + "&c=" + m + strings.Repeat("x", 3000), ntag424.StepMatch, ""},
	} {
		d := ntag424.Diagnose(ks, row.tpl, row.url)
		if d.Step != row.step || names(d) != row.want || d.OK || d.Err == nil {
			t.Errorf("%s: step %q, causes %q, %v", row.name, d.Step, names(d), d.Err)
		}
	}
}

func TestDiagnosisOfModesTamperAndKeySets(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	url := tapped(t, ks, tpl, ntag424.LRP)
	aes := ks
	aes.Mode = ntag424.AES
	if d := ntag424.Diagnose(aes, tpl, url); d.Step != ntag424.StepMode || names(d) != "mode" || d.Tap.Mode != ntag424.LRP {
		t.Errorf("mode: %+v", d)
	}
	retired := ks
	retired.Retired = true
	if d := ntag424.Diagnose(retired, tpl, url); d.OK || d.Step != ntag424.StepKeySet || !errors.Is(d.Err, ntag424.ErrRetiredKeySet) || !d.Tap.HasUID {
		t.Errorf("retired: %+v", d)
	}
	if d := ntag424.Diagnose(ntag424.KeySet{}, tpl, url); d.OK || d.Step != ntag424.StepKeySet || !errors.Is(d.Err, ntag424.ErrKeySet) {
		t.Errorf("no key set: %+v", d)
	}
	chip, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), ntag424.AES, map[string]string{"serial": "A1"})
	if err != nil {
		t.Fatal(err)
	}
	chip.Loop = ntag424.LoopNone
	if url, err = chip.Tap(); err != nil {
		t.Fatal(err)
	}
	if d := ntag424.Diagnose(ks, tpl, url); d.OK || d.Err != nil || d.Step != ntag424.StepTamper || names(d) != "tt_unsupported" {
		t.Errorf("no loop: %+v", d)
	}
	chip.Counter = 0xFFFFFE
	if url, err = chip.Tap(); err != nil {
		t.Fatal(err)
	}
	if d := ntag424.Diagnose(ks, tpl, url); d.OK || d.Step != ntag424.StepCounter || !errors.Is(d.Err, ntag424.ErrExhausted) {
		t.Errorf("used up: %+v", d)
	}
}

// Mistakes of programs that imitate a chip.
func TestMistakesOfImitations(t *testing.T) {
	ks := factory()
	// AN12196, table 5: the whole CMAC of nothing under the session key.
	full := ntag424.CMAC(key(t, "3fb5f6e3a807a03d5e3570ace393776f"), nil)
	var even string
	for i := 0; i < 16; i += 2 {
		even += fmt.Sprintf("%02X", full[i])
	}
	tpl := compile(t, "https://ntag.nxp.com/424?e={picc}&c={mac}", ntag424.Options{MACFrom: "mac", Foreign: true})
	const url = "/424?e=EF963FF7828658A599F3041510671E88&c="
	for want, mac := range map[string]string{"mac_first_half": fmt.Sprintf("%X", full[:8]), "mac_even_bytes": even} {
		if d := ntag424.Diagnose(ks, tpl, url+mac); names(d) != want || d.Tap.Counter != 61 {
			t.Errorf("%s: %+v", want, d)
		}
	}
	open := compile(t, "https://x.example/?u={uid}&c={ctr}&m={mac}", ntag424.Options{MACFrom: "mac", Foreign: true})
	good := "/?u=049F50824F1390&c=000001&m=2446E527C37E073A"
	if d := ntag424.Diagnose(ks, open, good); !d.OK || d.Tap.Counter != 1 {
		t.Errorf("%+v", d)
	}
	if d := ntag424.Diagnose(ks, open, strings.Replace(good, "000001", "010000", 1)); names(d) != "counter_order" || d.Tap.Counter != 1 {
		t.Errorf("%+v", d)
	}
}
