package ntag424_test

import (
	"bytes"
	"strings"
	"testing"

	"tagline/ntag424"
)

func TestKeysAndUIDsAreReadStrictly(t *testing.T) {
	for _, row := range []struct {
		name, text string
		ok         bool
	}{
		{"lower case", "00112233445566778899aabbccddeeff", true},
		{"upper case", "00112233445566778899AABBCCDDEEFF", true},
		{"short", "00112233", false},
		{"long", strings.Repeat("0", 34), false},
		{"no hex", strings.Repeat("x", 32), false},
		{"spaces", " 0112233445566778899aabbccddeeff", false},
	} {
		if _, err := ntag424.ParseKey(row.text); (err == nil) != row.ok || err != nil && strings.Contains(err.Error(), row.text) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	for text, ok := range map[string]bool{"04518DFAA96180": true, "04518dfaa96180": true, "04518DFAA961": false, "04518DFAA9618X": false, "": false} {
		if u, err := ntag424.ParseUID(text); (err == nil) != ok || ok && u.Hex() != "04518DFAA96180" {
			t.Errorf("%q: %v, %v", text, u, err)
		}
	}
	for _, m := range []ntag424.Mode{ntag424.AES, ntag424.LRP, ntag424.Both} {
		if back, err := ntag424.ParseMode(m.String()); err != nil || back != m {
			t.Errorf("%v: %v, %v", m, back, err)
		}
	}
	if _, err := ntag424.ParseMode("none"); code(err) != ntag424.ErrKeySet {
		t.Errorf("none: %v", err)
	}
}

func TestWeakKeysAreKnown(t *testing.T) {
	strong, master := house(t).Meta, house(t).Master
	for _, row := range []struct {
		name string
		ks   ntag424.KeySet
		weak bool
	}{
		{"good", ntag424.KeySet{Scheme: ntag424.AN10922, Meta: strong, Master: master}, false},
		{"derived meta key", ntag424.KeySet{Scheme: ntag424.Boltcard, Master: master}, false},
		{"fixed", ntag424.KeySet{Scheme: ntag424.Fixed, Meta: strong, Master: master}, true},
		{"zero meta", ntag424.KeySet{Scheme: ntag424.AN10922, Master: master}, true},
		{"zero master", ntag424.KeySet{Scheme: ntag424.NFCDeveloper}, true},
		{"meta is master", ntag424.KeySet{Scheme: ntag424.AN10922, Meta: master, Master: master}, true},
		{"repeated byte", ntag424.KeySet{Scheme: ntag424.AN10922, Meta: key(t, strings.Repeat("5a", 16)), Master: master}, true},
		{"example of AN10922", ntag424.KeySet{Scheme: ntag424.AN10922, Meta: strong, Master: key(t, "00112233445566778899AABBCCDDEEFF")}, true},
		{"example of sdm-backend", ntag424.KeySet{Scheme: ntag424.NFCDeveloper, Master: key(t, "b95f4c27e3d0bc333792ea968545217f")}, true},
	} {
		if why := row.ks.Weak(); (why != "") != row.weak {
			t.Errorf("%s: %q", row.name, why)
		}
	}
}

func TestKeySetsAreChecked(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(ks *ntag424.KeySet)
		field  string
	}{
		{"good", func(*ntag424.KeySet) {}, ""},
		{"unknown scheme", func(ks *ntag424.KeySet) { ks.Scheme = "rot13" }, "scheme"},
		{"no scheme", func(ks *ntag424.KeySet) { ks.Scheme = "" }, "scheme"},
		{"unknown mode", func(ks *ntag424.KeySet) { ks.Mode = 4 }, "mode"},
		{"slot 5", func(ks *ntag424.KeySet) { ks.FileSlot = 5 }, "slot"},
		{"slot -1", func(ks *ntag424.KeySet) { ks.MetaSlot = -1 }, "slot"},
		{"one slot for two keys", func(ks *ntag424.KeySet) { ks.MetaSlot = ks.FileSlot }, "slot"},
		{"no system id", func(ks *ntag424.KeySet) { ks.SystemID = nil }, "system_id"},
		{"long system id", func(ks *ntag424.KeySet) { ks.SystemID = make([]byte, 17) }, "system_id"},
		{"longest system id", func(ks *ntag424.KeySet) { ks.SystemID = make([]byte, 16) }, ""},
		{"DESFire layout", func(ks *ntag424.KeySet) { ks.Layout, ks.SystemID = ntag424.LayoutDESFire, make([]byte, 21) }, ""},
		{"DESFire layout, long", func(ks *ntag424.KeySet) { ks.Layout, ks.SystemID = ntag424.LayoutDESFire, make([]byte, 22) }, "system_id"},
		{"UID layout", func(ks *ntag424.KeySet) { ks.Layout, ks.SystemID = ntag424.LayoutUID, nil }, ""},
		{"unknown layout", func(ks *ntag424.KeySet) { ks.Layout = "x" }, "layout"},
		{"boltcard with meta in slot 2", func(ks *ntag424.KeySet) { ks.Scheme, ks.MetaSlot, ks.FileSlot = ntag424.Boltcard, 2, 1 }, "slot"},
		{"fixed, one slot, one key", func(ks *ntag424.KeySet) { ks.Scheme, ks.MetaSlot, ks.Meta = ntag424.Fixed, ks.FileSlot, ks.Master }, ""},
	} {
		ks := house(t)
		row.change(&ks)
		err := ks.Validate()
		if row.field == "" && err != nil || row.field != "" && (code(err) != ntag424.ErrKeySet || err.(*ntag424.Error).Field != row.field) {
			t.Errorf("%s: %v", row.name, err)
		}
		_, keyErr := ks.FileKey(ntag424.UID{})
		_, metaErr := ks.MetaKey()
		if (keyErr == nil) != (err == nil) || (metaErr == nil) != (err == nil) {
			t.Errorf("%s: keys %v, %v", row.name, keyErr, metaErr)
		}
	}
	if _, err := house(t).SlotKey(ntag424.UID{}, 5); code(err) != ntag424.ErrKeySet {
		t.Errorf("slot 5: %v", err)
	}
}

// Every tag and every slot has its own key, but for the meta key, which all share.
func TestEveryTagHasItsOwnKey(t *testing.T) {
	master := house(t).Master
	for _, ks := range []ntag424.KeySet{
		house(t),
		{Scheme: ntag424.Boltcard, Master: master, MetaSlot: 1, FileSlot: 2},
		{Scheme: ntag424.NFCDeveloper, Master: master, MetaSlot: 1, FileSlot: 2},
		{Scheme: ntag424.NFCDeveloperLegacy, Master: master, MetaSlot: 1, FileSlot: 2},
	} {
		seen := map[ntag424.Key]bool{}
		for _, u := range []ntag424.UID{{4, 1}, {4, 2}} {
			for slot := range 5 {
				k, err := ks.SlotKey(u, slot)
				if err != nil {
					t.Fatal(err)
				}
				seen[k] = true
			}
			file, _ := ks.FileKey(u)
			if slot, _ := ks.SlotKey(u, ks.FileSlot); slot != file {
				t.Errorf("%s: the file key is not its slot's", ks.Scheme)
			}
		}
		if len(seen) != 9 || seen[master] || seen[ntag424.Key{}] {
			t.Errorf("%s: %d different keys", ks.Scheme, len(seen))
		}
	}
	for _, scheme := range []ntag424.Scheme{ntag424.NFCDeveloper, ntag424.NFCDeveloperLegacy} { // their demo
		ks := ntag424.KeySet{Scheme: scheme, MetaSlot: 1, FileSlot: 2}
		file, err := ks.FileKey(ntag424.UID{4})
		meta, metaErr := ks.MetaKey()
		if err != nil || metaErr != nil || file != (ntag424.Key{}) || meta != (ntag424.Key{}) {
			t.Errorf("%s with a zero master: %v %v", scheme, err, metaErr)
		}
	}
}

func TestEverySchemeVerifies(t *testing.T) {
	master, tpl := house(t).Master, houseTemplate(t)
	for _, ks := range []ntag424.KeySet{
		{Scheme: ntag424.Fixed, Master: master, Meta: house(t).Meta, MetaSlot: 1, FileSlot: 2},
		{Scheme: ntag424.AN10922, Master: master, Meta: house(t).Meta, MetaSlot: 0, FileSlot: 4, SystemID: []byte{1}},
		{Scheme: ntag424.AN10922, Master: master, Meta: house(t).Meta, MetaSlot: 1, FileSlot: 2, Layout: ntag424.LayoutUID},
		{Scheme: ntag424.AN10922, Master: master, Meta: house(t).Meta, MetaSlot: 1, FileSlot: 2, Layout: ntag424.LayoutDESFire, SystemID: bytes.Repeat([]byte{7}, 21)},
		{Scheme: ntag424.Boltcard, Master: master, MetaSlot: 1, FileSlot: 2, Version: 3},
		{Scheme: ntag424.NFCDeveloper, Master: master, MetaSlot: 1, FileSlot: 2},
		{Scheme: ntag424.NFCDeveloperLegacy, Master: master, MetaSlot: 1, FileSlot: 2},
	} {
		url := tapped(t, ks, tpl, ntag424.AES)
		v := verifier(t, ks, tpl)
		for range 2 { // derived, then from the cache
			if tap, err := v.Verify(url); err != nil || tap.Counter != 1 {
				t.Errorf("%s: %v, %v", ks.Scheme, tap, err)
			}
		}
		ks.Master[15] ^= 1
		if tap, err := verifier(t, ks, tpl).Verify(url); err == nil {
			t.Errorf("%s: another master accepts %v", ks.Scheme, tap)
		}
	}
}

func TestDiversifyRefusesWhatAN10922DoesNotKnow(t *testing.T) {
	for _, row := range []struct{ master, input int }{{0, 16}, {15, 16}, {33, 16}, {16, 0}, {16, 32}} {
		if _, err := ntag424.Diversify(make([]byte, row.master), make([]byte, row.input)); code(err) != ntag424.ErrKeySet {
			t.Errorf("%d, %d: %v", row.master, row.input, err)
		}
	}
	// AN10922, section 2.2.1
	k, err := ntag424.Diversify(unhex(t, "00112233445566778899AABBCCDDEEFF"), unhex(t, "04782E21801D80 3042F5 4E585020416275"))
	if err != nil || !bytes.Equal(k, unhex(t, "A8DD63A3B89D54B37CA802473FDA9175")) {
		t.Errorf("%x, %v", k, err)
	}
}
