package ntag424_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/ntag424"
)

type vector struct {
	ID, Kind string
	Input    struct {
		Mode, UID, PICC, Enc, MAC, URL string
		FileKey                        string `json:"file_key"`
		MetaKey                        string `json:"meta_key"`
		UIDASCII                       string `json:"uid_ascii"`
		CtrASCII                       string `json:"ctr_ascii"`
		MACInput                       string `json:"mac_input"`
		MACInputOffset                 int    `json:"mac_input_file_offset"`
		MACOffset                      int    `json:"mac_file_offset"`
		KDF                            struct {
			MasterKey string `json:"master_key"`
			DivInput  string `json:"div_input"`
		}
		IssuerKey string `json:"issuer_key"`
		MasterKey string `json:"master_key"`
		Version   uint32
		Slot      int
	}
	Expect struct {
		OK         bool
		UID, Error string
		Ctr        uint32
		FileData   string `json:"file_data"`
		TT         struct{ Perm, Curr string }
		MetaKey    string `json:"meta_key"`
		TagKey     string `json:"tag_key"`
		ID         string `json:"id"`
		K0         string `json:"k0"`
		K1         string `json:"k1"`
		K2         string `json:"k2"`
		K3         string `json:"k3"`
		K4         string `json:"k4"`
		NDEFFile   string `json:"ndef_file"`
		PICCOffset int    `json:"picc_offset"`
		MACIn      int    `json:"mac_input_offset"`
		MACAt      int    `json:"mac_offset"`
	}
}

// vectors reads the shared test values, which do not belong to this repository.
func vectors(t *testing.T) []vector {
	list, err := readVectors()
	if err != nil {
		t.Skipf("THE SHARED NTAG 424 VECTORS ARE NOT HERE (set TAGLINE_SHARED): %v", err)
	}
	return list
}

func readVectors() ([]vector, error) {
	dir := os.Getenv("TAGLINE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "ntag424", "vectors.json"))
	if err != nil {
		return nil, err
	}
	var file struct{ Vectors []vector }
	err = json.Unmarshal(b, &file)
	return file.Vectors, err
}

// pattern makes the template that a published tap must have had, and the URL where
// only its parts were published.
func (v vector) pattern(t *testing.T) (tpl *ntag424.Template, url string) {
	in := v.Input
	upper := strings.ToUpper
	replace := func(s string) string {
		for _, r := range [][2]string{{upper(in.PICC), "{picc}"}, {upper(in.Enc), "{enc}"}, {in.UIDASCII, "{uid}"}, {upper(in.MAC), "{mac}"}} {
			if r[0] != "" {
				s = strings.ReplaceAll(s, r[0], r[1])
			}
		}
		if in.CtrASCII != "" {
			s = strings.ReplaceAll(s, "ctr="+in.CtrASCII, "ctr={ctr}")
		}
		return s
	}
	url = in.URL
	if url == "" || strings.HasPrefix(url, "https://"+upper(in.PICC)) { // in the host: not for a server
		before := "https://tag.example/?"
		if in.PICC != "" && !strings.Contains(in.MACInput, upper(in.PICC)) {
			before += "a=" + upper(in.PICC) + "&"
		}
		if in.UIDASCII != "" {
			before += "uid=" + in.UIDASCII + "&ctr=" + in.CtrASCII + "&"
		}
		url = before + "b=" + in.MACInput + upper(in.MAC)
	}
	o := ntag424.Options{Foreign: true}
	if in.Enc != "" {
		o.File = "{tt}" + strings.Repeat("-", len(in.Enc)/2-2)
	}
	switch {
	case in.MACInput == "":
		o.MACFrom = "mac"
	case strings.HasPrefix(in.MACInput, upper(in.PICC)) && in.PICC != "":
		o.MACFrom = "picc"
	case in.Enc != "" && strings.HasPrefix(in.MACInput, upper(in.Enc)):
		o.MACFrom = "enc"
	}
	return compile(t, replace(url), o), url
}

func TestVectorsOfTaps(t *testing.T) {
	ran := 0
	for _, v := range vectors(t) {
		if v.Kind != "sdm_tap" {
			continue
		}
		ran++
		t.Run(v.ID, func(t *testing.T) {
			in, want := v.Input, v.Expect
			ks := factory()
			ks.Master = key(t, in.FileKey)
			if in.MetaKey != "" {
				ks.Meta = key(t, in.MetaKey)
			}
			if in.KDF.MasterKey != "" { // UID | 3042F5 | text
				ks.Scheme, ks.Layout, ks.Master = ntag424.AN10922, ntag424.LayoutDESFire, key(t, in.KDF.MasterKey)
				ks.SystemID = unhex(t, in.KDF.DivInput)[10:]
				if k, err := ks.FileKey(uid(t, in.UIDASCII)); err != nil || k != key(t, in.FileKey) {
					t.Errorf("file key %x, %v", k[:], err)
				}
			}
			tpl, url := v.pattern(t)
			tap, err := verifier(t, ks, tpl).Verify(url)
			if want.Error != "" {
				if string(code(err)) != want.Error {
					t.Errorf("error %v, want %s", err, want.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.ToLower(tap.UID.Hex()) != want.UID || tap.Counter != want.Ctr || hex.EncodeToString(tap.File) != want.FileData || tap.Mode.String() != in.Mode {
				t.Errorf("%s #%d file %x, %v", tap.UID.Hex(), tap.Counter, tap.File, tap.Mode)
			}
			if letters := want.TT.Perm + want.TT.Curr; tap.Tamper.Letters() != letters {
				t.Errorf("tamper %v, want %q", tap.Tamper, letters)
			}
			if in.MACOffset != 0 && url == in.URL {
				e, err := ks.Encode(tpl, tap.Mode, nil)
				if err != nil || e.Settings.MACInputOffset != in.MACInputOffset || e.Settings.MACOffset != in.MACOffset {
					t.Errorf("offsets %d %d, %v", e.Settings.MACInputOffset, e.Settings.MACOffset, err)
				}
			}
			if _, err := verifier(t, ks, tpl).Verify(strings.ToLower(url)); err != nil {
				t.Errorf("lower case: %v", err)
			}
		})
	}
	if ran != 20 {
		t.Errorf("ran %d vectors", ran)
	}
}

func TestVectorsOfKeySchemes(t *testing.T) {
	ran := 0
	for _, v := range vectors(t) {
		in, want := v.Input, v.Expect
		var ks ntag424.KeySet
		switch v.Kind {
		case "div_boltcard":
			ks = ntag424.KeySet{Scheme: ntag424.Boltcard, Master: key(t, in.IssuerKey), MetaSlot: 1, FileSlot: 2, Version: in.Version}
		case "div_nfcdeveloper2023":
			ks = ntag424.KeySet{Scheme: ntag424.NFCDeveloper, Master: key(t, in.MasterKey), MetaSlot: 0, FileSlot: in.Slot}
		case "div_nfcdeveloper_legacy":
			ks = ntag424.KeySet{Scheme: ntag424.NFCDeveloperLegacy, Master: key(t, in.MasterKey), MetaSlot: 1, FileSlot: in.Slot}
		default:
			continue
		}
		ran++
		t.Run(v.ID, func(t *testing.T) {
			u := uid(t, in.UID)
			for slot, k := range []string{want.K0, want.K1, want.K2, want.K3, want.K4} {
				if k == "" {
					continue
				}
				if got, err := ks.SlotKey(u, slot); err != nil || got != key(t, k) {
					t.Errorf("slot %d: %x, %v", slot, got[:], err)
				}
			}
			if want.ID != "" {
				m := append(unhex(t, "2D003F7B"), u[:]...)
				if got := ntag424.CMAC(ks.Master, m); hex.EncodeToString(got[:]) != want.ID {
					t.Errorf("card id %x", got)
				}
			}
			if want.MetaKey != "" {
				if got, err := ks.MetaKey(); err != nil || got != key(t, want.MetaKey) {
					t.Errorf("meta key %x, %v", got[:], err)
				}
				if got, err := ks.FileKey(u); err != nil || got != key(t, want.TagKey) {
					t.Errorf("tag key %x, %v", got[:], err)
				}
			}
		})
	}
	if ran != 5 {
		t.Errorf("ran %d vectors", ran)
	}
}

func TestVectorOfTheTemplate(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Kind != "ndef_template" {
			continue
		}
		pattern := strings.Replace(v.Input.URL, zeros, "{picc}", 1)
		pattern = strings.Replace(pattern, "0000000000000000", "{mac}", 1)
		e, err := factory().Encode(compile(t, pattern, ntag424.Options{MACFrom: "mac", Foreign: true}), ntag424.AES, nil)
		s := e.Settings
		if err != nil || hex.EncodeToString(e.File) != v.Expect.NDEFFile || s.PICCOffset != v.Expect.PICCOffset || s.MACInputOffset != v.Expect.MACIn || s.MACOffset != v.Expect.MACAt {
			t.Errorf("%s: %x %+v %v", v.ID, e.File, s, err)
		}
	}
}
