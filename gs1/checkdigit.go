package gs1

import "tagline/gs1/internal/dictionary"

// CheckDigit computes the check digit that follows data in a GTIN, SSCC, GLN or
// any other numeric GS1 key: weights 3, 1, 3, … from the right, modulo 10.
//
// It fails if data is empty or has anything but digits.
func CheckDigit(data string) (byte, error) {
	d, f := dictionary.CheckDigit(data)
	if f != nil {
		return 0, flawed(f, "")
	}
	return d, nil
}

// NormalizeGTIN turns a GTIN of 8, 12, 13 or 14 digits into its form of 14 digits,
// the only one that Digital Links and element strings know. It checks the check
// digit.
func NormalizeGTIN(s string) (string, error) {
	padded, ok := padGTIN(s)
	if !ok {
		return "", &Error{Code: "GTIN_LENGTH", Message: "A GTIN has 8, 12, 13 or 14 digits.", AI: AIGTIN, Position: -1}
	}
	if f := dictionary.CheckedDigits(s); f != nil {
		return "", flawed(f, AIGTIN)
	}
	return padded, nil
}

// padGTIN puts zeros before a GTIN of 8, 12 or 13 digits.
func padGTIN(s string) (string, bool) {
	switch len(s) {
	case 8, 12, 13, 14:
		return "000000"[:14-len(s)] + s, true
	}
	return s, false
}

// CheckPair computes the two check characters that follow data in a global model
// number (AI 8013) or a master UDI-DI (AI 8014).
//
// It fails if data has more than 97 characters or one outside of character set 82.
func CheckPair(data string) (string, error) {
	pair, f := dictionary.CheckPair(data)
	if f != nil {
		return "", flawed(f, "")
	}
	return pair, nil
}

// flawed makes an error of a flaw in an input that is nothing but one value.
func flawed(f *dictionary.Flaw, ai string) *Error {
	return &Error{Code: f.Code, Message: f.Text, AI: ai, Position: f.At}
}
