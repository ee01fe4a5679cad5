package ntag424_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tagline/ntag424"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func key(t testing.TB, s string) ntag424.Key {
	t.Helper()
	k, err := ntag424.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func uid(t testing.TB, s string) ntag424.UID {
	t.Helper()
	u, err := ntag424.ParseUID(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func compile(t testing.TB, pattern string, o ntag424.Options) *ntag424.Template {
	t.Helper()
	tpl, err := ntag424.Compile(pattern, o)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	return tpl
}

func verifier(t testing.TB, ks ntag424.KeySet, tpl *ntag424.Template) *ntag424.Verifier {
	t.Helper()
	v, err := ntag424.NewVerifier(ks, tpl)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// code is the code of an error, "" for none.
func code(err error) ntag424.Code {
	var e *ntag424.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return ntag424.Code(err.Error())
	}
	return ""
}

const zeros = "00000000000000000000000000000000"

// factory is the key set of unpersonalised tags.
func factory() ntag424.KeySet {
	return ntag424.KeySet{Name: "demo", Scheme: ntag424.Fixed, MetaSlot: 2, FileSlot: 1}
}

// house is how a brand's own tags are made.
func house(t testing.TB) ntag424.KeySet {
	return ntag424.KeySet{
		Name: "k1", Scheme: ntag424.AN10922, MetaSlot: 1, FileSlot: 2, SystemID: []byte("tagline"),
		Meta: key(t, "5d2c1a90e7b3f4886a0f19c3d27be451"), Master: key(t, "a91e03d6c47f58b20d6ce8f19b347a25"),
	}
}

const housePattern = "https://id.example/t/k1/01/09506000134352/21/{serial}?p={picc}&e={enc}&m={mac}"

func houseTemplate(t testing.TB) *ntag424.Template {
	return compile(t, housePattern, ntag424.Options{File: "{tt}--------------", KeySet: "k1"})
}
