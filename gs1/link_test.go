package gs1_test

import (
	"errors"
	"fmt"
	"testing"

	"tagline/gs1"
)

func ExampleParseLinkPath() {
	// In a handler: gs1.ParseLinkPath(r.URL.EscapedPath(), r.URL.RawQuery)
	link, err := gs1.ParseLinkPath("/01/09506000134352/10/ABC/21/12%2F345", "17=270101&linkType=gs1%3Apip")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Key().Value, link.Value(gs1.AISerial), link.Value(gs1.AIExpiry))
	fmt.Println(link.Path())
	fmt.Println(link.Others())
	// Output:
	// 09506000134352 12/345 270101
	// /01/09506000134352/10/ABC/21/12%2F345
	// [linkType=gs1%3Apip]
}

func TestWrongCheckDigitIsRefusedWithCodeAndAI(t *testing.T) {
	_, err := gs1.ParseLinkPath("/01/09506000134353", "")
	var e *gs1.Error
	if !errors.As(err, &e) || e.Code != "INCORRECT_CHECK_DIGIT" || e.AI != "01" {
		t.Fatalf("got %v", err)
	}
}

func TestNormalizeGTINPadsToFourteenDigits(t *testing.T) {
	for in, want := range map[string]string{
		"02345673":       "00000002345673",
		"416000336108":   "00416000336108",
		"9520123456788":  "09520123456788",
		"09506000134352": "09506000134352",
	} {
		got, err := gs1.NormalizeGTIN(in)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", in, got, err)
		}
	}
}
