package check

// Allow asks the guard of the running server about the address of a connection.
func Allow(address string) bool { return newGuard(false).allow(address) == nil }
