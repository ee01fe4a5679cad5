package gs1_test

import (
	"errors"
	"fmt"

	"tagline/gs1"
)

// A web server routes on the escaped path: a slash in a serial number is data.
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

// Any path may stand before the key. The canonical URI is what two spellings of
// the same have in common.
func ExampleLink_Canonical() {
	link, err := gs1.ParseLink("HTTPS://brand.example/tap/01/09506000134352/10/A%42C?utm_source=x&17=270101#top")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Stem())
	fmt.Println(link.Canonical())
	// Output:
	// HTTPS://brand.example/tap
	// https://id.gs1.org/01/09506000134352/10/ABC?17=270101
}

// What to print on a bottle.
func ExampleFormatLink() {
	uri, err := gs1.FormatLink("https://id.brand.example", []gs1.Element{
		{AI: gs1.AISerial, Value: "12345"},
		{AI: gs1.AIGTIN, Value: "09506000134352"},
		{AI: gs1.AIExpiry, Value: "270101"},
		{AI: gs1.AIBatch, Value: "L/7"},
	})
	fmt.Println(uri, err)
	// Output:
	// https://id.brand.example/01/09506000134352/10/L%2F7/21/12345?17=270101 <nil>
}

// An error says which rule is broken, where, and in which value.
func ExampleError() {
	_, err := gs1.ParseElements("(01)09506000134353(10)ABC")
	var e *gs1.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, e.AI, e.Position)
		fmt.Println(e.Message)
		fmt.Println(e.Markup)
	}
	// Output:
	// INCORRECT_CHECK_DIGIT 01 17
	// AI (01): The numeric check digit is incorrect.
	// (01)0950600013435|3|
}

func ExampleParseElements() {
	elements, err := gs1.ParseElements("(01)09506000134352(10)ABC(17)270101")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gs1.FormatSeparated(elements, '^'))
	for _, line := range gs1.HRI(elements) {
		fmt.Println(line)
	}
	// Output:
	// ^010950600013435210ABC^17270101
	// (01) 09506000134352
	// (10) ABC
	// (17) 270101
}

func ExampleNormalizeGTIN() {
	fmt.Println(gs1.NormalizeGTIN("9506000134352"))
	fmt.Println(gs1.NormalizeGTIN("9506000134353"))
	// Output:
	// 09506000134352 <nil>
	//  gs1: The numeric check digit is incorrect.
}

func ExampleCheckDigit() {
	d, err := gs1.CheckDigit("0950600013435")
	fmt.Println(string(d), err)
	// Output: 2 <nil>
}

func ExampleLookup() {
	ai, ok := gs1.Lookup("17")
	fmt.Println(ai.Title, ai.Min, ai.Max, ai.Attribute, ok)
	// Output: USE BY or EXPIRY 6 6 true true
}
