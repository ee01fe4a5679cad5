package label_test

import (
	"fmt"

	"tagline/internal/label"
)

func ExampleNew() {
	data, err := label.ParseData("(01)09506000164908(21)A1", "https://id.example")
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := label.New(label.Spec{Symbology: label.QR, Data: data, XDimension: 0.3, HRI: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s%s\n%d modules, %.1f by %.1f mm\n%s\n", l.Identifier, l.Payload, l.Modules.Size, l.Width, l.Height, l.Warnings[0])
	// Output:
	// ]Q1https://id.example/01/09506000164908/21/A1
	// 29 modules, 23.8 by 16.4 mm
	// An X-dimension of 0.3 mm is below the 0.396 mm that retail scanners want (0.495 mm is the target).
}
