package pages_test

import "flag"

var update = flag.Bool("update", false, "write golden files and data anew")
