package sun_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"tagline/ntag424/sun"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSettingsAreReadAndWritten(t *testing.T) {
	for _, row := range []struct {
		name, data string
		want       sun.Settings
	}{
		{"AN12196", "40 00E0 C1 F121 200000 430000 430000", sun.Settings{
			SDM: true, Rights: sun.Rights{Read: sun.Free}, UID: true, Counter: true, MetaRead: 2, FileRead: 1, CounterRead: 1,
			PICCOffset: 0x20, MACInputOffset: 0x43, MACOffset: 0x43}},
		{"no messaging", "03 00E0", sun.Settings{Comm: 3, Rights: sun.Rights{Read: sun.Free}}},
		{"in the open, limited", "40 1FE2 E1 FEE3 100000 200000 080000 280000 FFFF00", sun.Settings{
			SDM: true, Rights: sun.Rights{Read: sun.Free, Write: 2, ReadWrite: 1, Change: sun.Never}, UID: true, Counter: true, Limited: true,
			MetaRead: sun.Free, FileRead: 3, CounterRead: sun.Free, UIDOffset: 0x10, CounterOffset: 0x20, MACInputOffset: 8, MACOffset: 0x28, CounterLimit: 0xFFFF}},
		{"counter not mirrored", "40 00E0 C1 FFE2 100000 FFFFFF 200000 200000", sun.Settings{
			SDM: true, Rights: sun.Rights{Read: sun.Free}, UID: true, Counter: true, MetaRead: sun.Free, FileRead: 2, CounterRead: sun.Never,
			UIDOffset: 0x10, CounterOffset: sun.NoOffset, MACInputOffset: 0x20, MACOffset: 0x20}},
		{"tamper in the file", "40 00E0 D9 FF12 200000 440000 440000 440000 200000 690000", sun.Settings{
			SDM: true, Rights: sun.Rights{Read: sun.Free}, UID: true, Counter: true, Enc: true, Tamper: true, MetaRead: 1, FileRead: 2, CounterRead: sun.Never,
			PICCOffset: 0x20, TamperOffset: 0x44, MACInputOffset: 0x44, EncOffset: 0x44, EncLength: 32, MACOffset: 0x69}},
		{"UID without MAC", "40 00E0 81 FFEF 100000", sun.Settings{
			SDM: true, Rights: sun.Rights{Read: sun.Free}, UID: true, MetaRead: sun.Free, FileRead: sun.Never, CounterRead: sun.Never, UIDOffset: 0x10}},
	} {
		data := unhex(t, row.data)
		got, err := sun.ParseSettings(data)
		if err != nil || got != row.want {
			t.Errorf("%s: %+v, %v", row.name, got, err)
		}
		if b := row.want.Bytes(); hex.EncodeToString(b) != hex.EncodeToString(data) {
			t.Errorf("%s: wrote %X", row.name, b)
		}
		answer := append([]byte{0x00, data[0], data[1], data[2], 0x00, 0x01, 0x00}, data[3:]...)
		row.want.FileSize = 256
		if got, err := sun.ParseSettings(answer); err != nil || got != row.want {
			t.Errorf("%s, as the chip answers: %+v, %v", row.name, got, err)
		}
	}
}

func TestBadSettingsNameRuleAndPlace(t *testing.T) {
	for _, row := range []struct {
		name, data  string
		rule, field string
		offset      int
	}{
		{"empty", "", "length", "rights", 0},
		{"two bytes", "40 00", "length", "rights", 2},
		{"reserved bit of the file option", "C0 00E0 C1 F121 200000 430000 430000", "reserved", "file_option", 0},
		{"communication mode 2", "02 00E0", "reserved", "file_option", 0},
		{"access 5", "00 50E0", "access", "rights", 1},
		{"access D", "00 00D0", "access", "rights", 2},
		{"bytes follow", "00 00E0 00", "length", "", 3},
		{"no options", "40 00E0", "length", "sdm_options", 3},
		{"no access", "40 00E0 C1 F1", "length", "sdm_options", 5},
		{"not ASCII", "40 00E0 C0 F121 200000 430000 430000", "reserved", "sdm_options", 3},
		{"reserved access", "40 00E0 C1 E121 200000 430000 430000", "reserved", "sdm_access", 4},
		{"counter access 9", "40 00E0 C1 F921 200000 430000 430000", "access", "counter_read", 4},
		{"meta read 6", "40 00E0 C1 F161 200000 430000 430000", "access", "sdm_access", 5},
		{"file read free", "40 00E0 C1 F12E 200000 430000 430000", "access", "sdm_access", 5},
		{"offset cut", "40 00E0 C1 F121 200000 4300", "length", "mac_input_offset", 11},
		{"offset missing", "40 00E0 C1 F121 200000 430000", "length", "mac_offset", 12},
		{"longer than its options", "40 00E0 C1 F121 200000 430000 430000 430000", "length", "", 15},
		{"meta read without UID and counter", "40 00E0 01 FF21 200000 430000 430000", "meta_needs_uid_or_counter", "sdm_access", 3},
		{"UID without meta read", "40 00E0 81 FFF1 430000 430000", "meta_needs_uid_or_counter", "sdm_access", 3},
		{"file data without counter", "40 00E0 91 FF21 200000 440000 440000 200000 690000", "enc_needs_uid_and_counter", "enc_offset", 12},
		{"file data without key", "40 00E0 D1 FF2F 200000", "enc_needs_file_read", "enc_offset", 3},
		{"limit without counter", "40 00E0 A1 FF21 200000 430000 430000 050000", "limit_needs_counter", "counter_limit", 15},
		{"limit of zero", "40 00E0 E1 F121 200000 430000 430000 000000", "limit_too_low", "counter_limit", 15},
		{"who reads no counter", "40 00E0 81 F121 200000 430000 430000", "counter_read_needs_counter", "counter_read", 3},
		{"MAC input after MAC", "40 00E0 C1 F121 200000 440000 430000", "mac_input_after_mac", "mac_input_offset", 9},
		{"length of 48", "40 00E0 D1 FF12 200000 440000 440000 300000 790000", "enc_length", "enc_length", 15},
		{"length of 0", "40 00E0 D1 FF12 200000 440000 440000 000000 790000", "enc_length", "enc_length", 15},
		{"file data reaches the MAC", "40 00E0 D1 FF12 200000 440000 440000 200000 630000", "enc_before_mac", "enc_offset", 12},
		{"MAC beyond the file", "40 00E0 C1 F121 200000 430000 F10000", "file_size", "mac_offset", 12},
		{"PICC data over the MAC", "40 00E0 C1 F121 400000 430000 430000", "overlap", "mac_offset", 12},
		{"UID over the counter", "40 00E0 C1 FFE2 100000 1D0000 300000 300000", "overlap", "counter_offset", 9},
		{"tamper over the MAC", "40 00E0 C9 FF12 200000 450000 440000 440000", "overlap", "tamper_offset", 9},
		{"tamper in the second half", "40 00E0 D9 FF12 200000 530000 440000 440000 200000 690000", "tt_in_plain_half", "tamper_offset", 9},
	} {
		_, err := sun.ParseSettings(unhex(t, row.data))
		e := problem(err)
		if e.Code != sun.ErrSettings || e.Rule != row.rule || e.Field != row.field || e.Offset != row.offset {
			t.Errorf("%s: %v, want (%s) %s at %d", row.name, err, row.rule, row.field, row.offset)
		}
	}
	_, err := sun.ParseSettings(unhex(t, "40 00E0 D1 FF12 200000 450000 440000 200000 690000"))
	if e := problem(err); e.Code != sun.ErrEncUncovered || e.Offset != 12 {
		t.Errorf("file data outside the MAC input: %v", err)
	}
	_, err = sun.ParseSettings(unhex(t, "00 40 00E0 000100 C1 F121 200000 430000 F10000"))
	if e := problem(err); e.Rule != "file_size" || e.Offset != 16 {
		t.Errorf("place in an answer of the chip: %v", err)
	}
	_, err = sun.ParseSettings(unhex(t, "00 40 00E0 200000 C1 F121 200000 430000 430000"))
	if e := problem(err); e.Rule != "file_size" || e.Field != "picc_offset" {
		t.Errorf("a smaller file: %v", err)
	}
}
