package sun

// Mode is the cryptography of a message, or a set of those that are allowed.
type Mode uint8

// A tag starts in AES and may be switched to LRP, for good.
const (
	AES  Mode = 1 << iota // AES-128 used directly (AN12196)
	LRP                   // AES inside the leakage resilient primitive (AN12304)
	Both = AES | LRP
)

// String gives "aes", "lrp" or "both".
func (m Mode) String() string {
	switch m {
	case AES:
		return "aes"
	case LRP:
		return "lrp"
	case Both:
		return "both"
	}
	return "none"
}
