package compression_test

import (
	"fmt"

	"tagline/gs1"
	"tagline/gs1/compression"
)

// A link of 60 characters becomes one of 21.
func ExampleCompress() {
	link, err := gs1.ParseLink("https://id.example/01/01084257720668/10/Wd%2Ch9HTDG")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(compression.Compress(link, compression.Options{}))
	fmt.Println(compression.Compress(link, compression.Options{Partial: true}))
	// Output:
	// /CwH45ZeyuRNfIs0OZFSJH <nil>
	// /01/01084257720668/EImvkWaHMipEjg <nil>
}

// A resolver asks once, for both forms.
func ExampleParseLinkPath() {
	for _, path := range []string{"/01/01084257720668/10/A", "/CwH45ZeyuRNfIs0OZFSJH", "/about"} {
		link, form, err := compression.ParseLinkPath(path, "")
		if err != nil {
			fmt.Println("neither:", err.(*gs1.Error).Code)
			continue
		}
		fmt.Println(form, link.Path())
	}
	// Output:
	// uncompressed /01/01084257720668/10/A
	// compressed /01/01084257720668/10/Wd%2Ch9HTDG
	// neither: NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO
}

// The bit at which a link was damaged is named.
func ExampleDecompress() {
	_, err := compression.Decompress("/CwH45ZeyuRNfIs0OZFS", "")
	fmt.Println(err)
	// Output:
	// gs1: Bit 63 of the compressed segment: the value of (10) breaks off
}
