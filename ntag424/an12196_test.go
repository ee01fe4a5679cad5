package ntag424_test

import (
	"encoding/hex"
	"testing"

	"tagline/ntag424"
)

// The messages printed in NXP AN12196 rev 1.8; all keys are zero.
func TestTapsOfAN12196(t *testing.T) {
	const my424dna = "https://my424dna.com/?picc_data={picc}&enc={enc}&cmac={mac}"
	for _, row := range []struct {
		name, pattern, from, url string
		uid                      string
		counter                  uint32
		file                     string
	}{
		{"table 5: empty MAC input", "https://ntag.nxp.com/424?e={picc}&c={mac}", "mac",
			"https://ntag.nxp.com/424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", "04DE5F1EACC040", 61, ""},
		{"table 4: file data", my424dna, "enc",
			"https://my424dna.com/?picc_data=FDE4AFA99B5C820A2C1BB0F1C792D0EB&enc=94592FDE69FA06E8E3B6CA686A22842B&cmac=C48B89C17A233B2C", "04958CAA5C5E80", 1, "xxxxxxxxxxxxxxxx"},
		{"table 6: file data", "https://www.my424dna.com/?picc_data={picc}&enc={enc}&cmac={mac}", "enc",
			"https://www.my424dna.com/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6", "04958CAA5C5E80", 8, "xxxxxxxxxxxxxxxx"},
		{"request URI only", my424dna, "enc",
			"/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6", "04958CAA5C5E80", 8, "xxxxxxxxxxxxxxxx"},
		{"re-ordered, lower case, with a campaign's parameters", my424dna, "enc",
			"https://other.example/?utm_source=x&cmac=ecc1e7f6c6c73bf6&enc=cee9a53e3e463ef1f459635736738962&x=1&picc_data=fd91ec264309878be6345cbe53badf40#top", "04958CAA5C5E80", 8, "xxxxxxxxxxxxxxxx"},
	} {
		t.Run(row.name, func(t *testing.T) {
			tpl := compile(t, row.pattern, ntag424.Options{MACFrom: row.from, Foreign: true})
			tap, err := verifier(t, factory(), tpl).Verify(row.url)
			if err != nil {
				t.Fatal(err)
			}
			if tap.UID.Hex() != row.uid || tap.Counter != row.counter || string(tap.File) != row.file {
				t.Errorf("%s #%d %q", tap.UID.Hex(), tap.Counter, tap.File)
			}
			if tap.Mode != ntag424.AES || tap.Tier != ntag424.TierLive || tap.Tamper != ntag424.TamperNone {
				t.Errorf("%v", tap)
			}
		})
	}
}

// Section 5 of the note personalises a chip with this file and these settings.
func TestEncodingOfAN12196(t *testing.T) {
	tpl := compile(t, "https://choose.url.com/ntag424?e={picc}&c={mac}", ntag424.Options{
		MACFrom: "mac", Foreign: true, CounterKey: 1, Rights: ntag424.Rights{Read: ntag424.Free},
	})
	e, err := factory().Encode(tpl, ntag424.AES, nil)
	if err != nil {
		t.Fatal(err)
	}
	const file = "0051d1014d550463686f6f73652e75726c2e636f6d2f6e7461673432343f653d" +
		"303030303030303030303030303030303030303030303030303030303030303026633d30303030303030303030303030303030"
	if got := hex.EncodeToString(e.File); got != file {
		t.Errorf("file = %s", got)
	}
	if got := hex.EncodeToString(e.Settings.Bytes()); got != "4000e0c1f121200000430000430000" {
		t.Errorf("settings = %s", got)
	}
	if e.URL != "https://choose.url.com/ntag424?e="+zeros+"&c=0000000000000000" {
		t.Errorf("URL = %s", e.URL)
	}
	back, err := ntag424.ParseSettings(e.Settings.Bytes())
	if err != nil || back != e.Settings {
		t.Errorf("%+v, %v", back, err)
	}
}

// AN12196, section 8.2.
func TestOriginalityOfAN12196(t *testing.T) {
	u := uid(t, "04518DFAA96180")
	sig := unhex(t, "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21")
	if err := ntag424.VerifyOriginality(u, sig); err != nil {
		t.Fatal(err)
	}
	for i := range sig {
		sig[i] ^= 1
		if ntag424.VerifyOriginality(u, sig) == nil {
			t.Errorf("accepted with byte %d changed", i)
		}
		sig[i] ^= 1
	}
	for _, row := range []struct {
		name string
		u    ntag424.UID
		sig  []byte
	}{
		{"another UID", uid(t, "04518DFAA96181"), sig},
		{"short", u, sig[:55]},
		{"empty", u, nil},
		{"zeros", u, make([]byte, 56)},
	} {
		if got := code(ntag424.VerifyOriginality(row.u, row.sig)); got != ntag424.ErrOriginality {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}
