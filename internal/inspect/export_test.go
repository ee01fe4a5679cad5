package inspect

// Country and Currency are the names behind codes.
func Country(code string) string  { return country(code) }
func Currency(code string) string { return currency(code) }
