package sdm_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"tagline/ntag424/internal/sdm"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func block(t testing.TB, s string) sdm.Block { t.Helper(); return sdm.Block(unhex(t, s)) }

func equal(t testing.TB, what string, got []byte, want string) {
	t.Helper()
	if hex.EncodeToString(got) != strings.ToLower(strings.ReplaceAll(want, " ", "")) {
		t.Errorf("%s = %x, want %s", what, got, want)
	}
}

const zero = "00000000000000000000000000000000"

func TestCMACOfTheRFC(t *testing.T) {
	const key = "2b7e151628aed2a6abf7158809cf4f3c"
	const text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	c := sdm.NewCipher(new(block(t, key)))
	for _, row := range []struct {
		name string
		n    int
		want string
	}{
		{"example 1: empty", 0, "bb1d6929e95937287fa37d129b756746"},
		{"example 2: one block", 16, "070a16b46b4d4144f79bdd9dd04a287c"},
		{"example 3: a broken block", 40, "dfa66747de9ae63030ca32611497c827"},
		{"example 4: four blocks", 64, "51f0bebf7e3b9d92fc49741779363cfe"},
	} {
		mac := sdm.CMAC(c, unhex(t, text)[:row.n])
		equal(t, row.name, mac[:], row.want)
	}
	l, k1, k2 := sdm.Subkeys(block(t, key))
	equal(t, "L", l[:], "7df76b0c1ab899b33e42f047b91b546f")
	equal(t, "K1", k1[:], "fbeed618357133667c85e08f7236a8de")
	equal(t, "K2", k2[:], "f7ddac306ae266ccf90bc11ee46d513b")
}

func TestDiversificationOfAN10922(t *testing.T) {
	for _, row := range []struct{ name, master, input, want string }{
		{"AES-128", "00112233445566778899aabbccddeeff", "04782e21801d803042f54e585020416275", "a8dd63a3b89d54b37ca802473fda9175"},
		{"AES-192", "00112233445566778899aabbccddeeff0102030405060708", "04782e21801d803042f54e585020416275", "ce39c8e1cd82d9a7bedbe9d74af59b23176755ee7586e12c"},
		{"AES-256", "00112233445566778899aabbccddeeff0102030405060708090a0b0c0d0e0f00", "04782e21801d803042f54e585020416275", "4fc6eec820b4c54314990b8611662db695e7880982c0001e6067488346100aed"},
		{"AN10957: below one block it is no CMAC", "f3f9377698707b688eaf84abe39e3791", "04deadbeeffeed", "0bb408baff98b6ee9f2e1585777f6a51"},
		{"31 bytes need no padding", "00112233445566778899aabbccddeeff", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e", "21c28cd89bb3147f66c7dbd4851cab20"},
	} {
		got, err := sdm.Diversify(unhex(t, row.master), unhex(t, row.input))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, row.name, got, row.want)
	}
	for _, row := range []struct {
		name          string
		master, input int
	}{{"short master", 15, 16}, {"no input", 16, 0}, {"long input", 16, 32}} {
		if _, err := sdm.Diversify(make([]byte, row.master), make([]byte, row.input)); err == nil {
			t.Errorf("%s: accepted", row.name)
		}
	}
}

// From 16 bytes on AN10922 and CMAC agree, which other implementations rely on.
func TestDiversificationIsCMACFromOneBlockOn(t *testing.T) {
	master := block(t, "f3f9377698707b688eaf84abe39e3791")
	input := bytes.Repeat([]byte{0xA7}, 31)
	for n := 1; n <= 31; n++ {
		got, err := sdm.Diversify(master[:], input[:n])
		if err != nil {
			t.Fatal(err)
		}
		mac := sdm.CMAC(sdm.NewCipher(&master), append([]byte{1}, input[:n]...))
		if same := bytes.Equal(got, mac[:]); same != (n >= 16) {
			t.Errorf("%d bytes: equal to CMAC is %v", n, same)
		}
	}
}

// The values of AN12196 rev 1.8, tables 3 to 6, all keys zero.
func TestMessagesOfAN12196(t *testing.T) {
	meta, file := sdm.NewKey(block(t, zero), false), sdm.NewKey(block(t, zero), false)
	var s sdm.Session
	h, ok := s.Open(meta, unhex(t, "EF963FF7828658A599F3041510671E88"))
	if !ok || h.Counter != 61 || hex.EncodeToString(h.UID[:]) != "04de5f1eacc040" {
		t.Fatalf("table 3: %+v %v", h, ok)
	}
	s.Begin(file, h)
	mac := s.MAC(nil)
	equal(t, "table 5: MAC of nothing", mac[:], "94eed9ee65337086")

	h, ok = s.Open(meta, unhex(t, "FD91EC264309878BE6345CBE53BADF40"))
	if !ok || h.Counter != 8 || hex.EncodeToString(h.UID[:]) != "04958caa5c5e80" {
		t.Fatalf("table 6: %+v %v", h, ok)
	}
	s.Begin(file, h)
	mac = s.MAC([]byte("CEE9A53E3E463EF1F459635736738962&cmac="))
	equal(t, "table 6: MAC", mac[:], "ecc1e7f6c6c73bf6")
	kmac, _, _ := sdm.SessionKeys(block(t, zero), h)
	equal(t, "table 6: MAC key", kmac[:], "3ed0920e5e6a0320d823d5987feafbb1")

	h.Counter = 1
	_, kenc, iv := sdm.SessionKeys(block(t, zero), h)
	equal(t, "table 4: ENC key", kenc[:], "8097d73344d53f963b09e23e03b62336")
	equal(t, "table 4: IV", iv[:], "7b3f3cfc39d3b7ff5868636e38af7c3a")
	s.Begin(file, h)
	data := unhex(t, "94592FDE69FA06E8E3B6CA686A22842B")
	s.Decrypt(data)
	equal(t, "table 4: file", data, strings.Repeat("78", 16))
	mac = s.MAC([]byte("94592FDE69FA06E8E3B6CA686A22842B&cmac="))
	equal(t, "table 4: MAC", mac[:], "c48b89c17a233b2c")
}

// One message of an LRP tag, as published with sdm-backend.
func TestMessageInLRP(t *testing.T) {
	key := sdm.NewKey(block(t, zero), true)
	var s sdm.Session
	h, ok := s.Open(key, unhex(t, "65628ED36888CF9C84797E43ECACF114C6ED9A5E101EB592"))
	if !ok || h.Counter != 123 || hex.EncodeToString(h.UID[:]) != "042e1d222a6380" {
		t.Fatalf("%+v %v", h, ok)
	}
	s.Begin(key, h)
	mac := s.MAC([]byte("any.domain/?m=65628ED36888CF9C84797E43ECACF114C6ED9A5E101EB592x4ADE304B5AB9474CB40AFFCAB0607A85x"))
	equal(t, "MAC", mac[:], "87e287e8135bfc06")
	data := unhex(t, "4ADE304B5AB9474CB40AFFCAB0607A85")
	s.Decrypt(data)
	if string(data) != "0102030400000000" {
		t.Errorf("file = %q", data)
	}
}

func TestTagByteDecidesWhatIsThere(t *testing.T) {
	uid := [7]byte{4, 1, 2, 3, 4, 5, 6}
	for _, inLRP := range []bool{false, true} {
		key := sdm.NewKey(block(t, zero), inLRP)
		for _, h := range []sdm.Head{
			{UID: uid, Counter: 0xABCDEF, HasUID: true, HasCounter: true},
			{UID: uid, HasUID: true},
			{Counter: 0x010203, HasCounter: true},
		} {
			var s sdm.Session
			random := block(t, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
			picc := s.Seal(key, h, &random, nil)
			if len(picc) != key.PICCLen() {
				t.Fatalf("%d bytes", len(picc))
			}
			if got, ok := s.Open(key, picc); !ok || got != h {
				t.Errorf("sealed %+v, opened %+v %v", h, got, ok)
			}
		}
	}
	key, c := sdm.NewKey(block(t, zero), false), sdm.NewCipher(new(sdm.Block))
	for tag := range 256 {
		var s sdm.Session
		x := sdm.Block{byte(tag)}
		c.Encrypt(x[:], x[:])
		_, ok := s.Open(key, x[:])
		if want := tag == 0xC7 || tag == 0x87 || tag == 0x40; ok != want {
			t.Errorf("tag byte %02X: %v", tag, ok)
		}
	}
}

// The session vector depends on what is mirrored; counter zero is mirrored too.
func TestCounterZeroEntersTheSession(t *testing.T) {
	file := block(t, "2ab74abc1273fb43cae97553a36d4d08")
	h := sdm.Head{UID: [7]byte(unhex(t, "0425607a8f6980")), HasUID: true, HasCounter: true}
	mac, _, _ := sdm.SessionKeys(file, h)
	equal(t, "MAC key", mac[:], "85f6155e3414e60874534940a44703a2")
	for _, inLRP := range []bool{false, true} {
		key := sdm.NewKey(file, inLRP)
		seen := map[[8]byte]bool{}
		for _, h := range []sdm.Head{h, {UID: h.UID, HasUID: true}, {HasCounter: true}, {HasCounter: true, Counter: 1}} {
			var s sdm.Session
			s.Begin(key, h)
			seen[s.MAC(nil)] = true
		}
		if len(seen) != 3 { // counter 0 after a UID looks like padding, to the chip as well
			t.Errorf("LRP %v: %d different MACs, want 3", inLRP, len(seen))
		}
	}
}

func TestFileDataOfSeveralBlocks(t *testing.T) {
	plain := []byte("The first block.The second one..And the last one")
	h := sdm.Head{UID: [7]byte{4}, Counter: 0xFFFE, HasUID: true, HasCounter: true}
	for _, inLRP := range []bool{false, true} {
		key := sdm.NewKey(block(t, "000102030405060708090a0b0c0d0e0f"), inLRP)
		var s sdm.Session
		s.Begin(key, h)
		data := bytes.Clone(plain)
		s.Encrypt(data)
		if bytes.Contains(data, plain[:8]) || bytes.Equal(data[:16], data[16:32]) {
			t.Errorf("LRP %v: not encrypted", inLRP)
		}
		var other sdm.Session
		other.Begin(key, h)
		other.Decrypt(data)
		if !bytes.Equal(data, plain) {
			t.Errorf("LRP %v: %q", inLRP, data)
		}
	}
}
