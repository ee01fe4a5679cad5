package sdm_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tagline/ntag424/internal/sdm"
)

type vector struct {
	ID, Kind string
	Input    struct {
		Mode, Key, Message, Nibbles, UID, Enc, PICC string
		DivInput                                    string `json:"div_input"`
		MetaKey                                     string `json:"meta_key"`
		FileKey                                     string `json:"file_key"`
		CtrLE                                       string `json:"ctr_le"`
		Finalize                                    bool
		UpdatedKey                                  int `json:"updated_key"`
	}
	Expect map[string]any
}

// vectors reads the shared test values, which do not belong to this repository.
func vectors(t *testing.T) []vector {
	dir := os.Getenv("TAGLINE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "ntag424", "vectors.json"))
	if err != nil {
		t.Skipf("THE SHARED NTAG 424 VECTORS ARE NOT HERE (set TAGLINE_SHARED): %v", err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func TestVectorsOfThePrimitives(t *testing.T) {
	ran := map[string]int{}
	for _, v := range vectors(t) {
		in := v.Input
		check := func(t *testing.T, what string, got []byte) {
			if want, ok := v.Expect[what]; ok && want != hex.EncodeToString(got) {
				t.Errorf("%s = %x, want %v", what, got, want)
			}
		}
		head := func() sdm.Head {
			c := unhex(t, in.CtrLE)
			return sdm.Head{UID: [7]byte(unhex(t, in.UID)), HasUID: true, HasCounter: true,
				Counter: uint32(c[0]) | uint32(c[1])<<8 | uint32(c[2])<<16}
		}
		run := map[string]func(t *testing.T){
			"cmac": func(t *testing.T) {
				k := block(t, in.Key)
				mac := sdm.CMAC(sdm.NewCipher(&k), unhex(t, in.Message))
				check(t, "cmac", mac[:])
			},
			"cmac_subkeys": func(t *testing.T) {
				l, k1, k2 := sdm.Subkeys(block(t, in.Key))
				check(t, "l", l[:])
				check(t, "k1", k1[:])
				check(t, "k2", k2[:])
			},
			"an10922": func(t *testing.T) {
				key, err := sdm.Diversify(unhex(t, in.Key), unhex(t, in.DivInput))
				if err != nil {
					t.Fatal(err)
				}
				check(t, "key", key)
			},
			"picc_decrypt": func(t *testing.T) {
				var s sdm.Session
				h, ok := s.Open(sdm.NewKey(block(t, in.MetaKey), in.Mode == "lrp"), unhex(t, in.PICC))
				if !ok || float64(h.Counter) != v.Expect["ctr"] {
					t.Errorf("counter %d, ok %v", h.Counter, ok)
				}
				check(t, "uid", h.UID[:])
			},
			"sdm_session": func(t *testing.T) {
				mac, enc, iv := sdm.SessionKeys(block(t, in.FileKey), head())
				check(t, "mac_key", mac[:])
				check(t, "enc_key", enc[:])
				check(t, "file_iv", iv[:])
			},
			"file_decrypt": func(t *testing.T) {
				var s sdm.Session
				s.Begin(sdm.NewKey(block(t, in.FileKey), in.Mode == "lrp"), head())
				data := unhex(t, in.Enc)
				s.Decrypt(data)
				check(t, "plain", data)
			},
			"lrp_setup": func(t *testing.T) {
				p, u := sdm.LRPTables(block(t, in.Key))
				check(t, "p0", p[0][:])
				check(t, "p15", p[15][:])
				check(t, "uk0", u[0][:])
				check(t, "uk1", u[1][:])
			},
			"lrp_eval": func(t *testing.T) {
				nibbles := []byte{}
				for _, c := range []byte(in.Nibbles) {
					nibbles = append(nibbles, byte(bytes.IndexByte([]byte("0123456789abcdef"), c)))
				}
				out := sdm.Eval(block(t, in.Key), in.UpdatedKey, nibbles, in.Finalize)
				check(t, "out", out[:])
				if in.Finalize && len(nibbles)%2 == 0 {
					out = sdm.EvalBytes(block(t, in.Key), in.UpdatedKey, unhex(t, in.Nibbles))
					check(t, "out", out[:])
				}
			},
			"lrp_cmac": func(t *testing.T) {
				m := unhex(t, in.Message)
				mac, k := sdm.LRPCMAC(block(t, in.Key), m)
				check(t, "cmac", mac[:])
				if len(m) == 0 || len(m)%16 != 0 {
					k = sdm.Double(k)
				}
				check(t, "kx", k[:])
			},
		}[v.Kind]
		if run == nil {
			continue // URLs and key schemes: package ntag424
		}
		ran[v.Kind]++
		t.Run(v.ID, run)
	}
	n := 0
	for _, k := range ran {
		n += k
	}
	if n != 74 || len(ran) != 9 {
		t.Errorf("ran %d vectors of %d kinds: %v", n, len(ran), ran)
	}
}
