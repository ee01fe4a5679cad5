package gs1

// CheckDigit computes the check digit that follows data in a GTIN, SSCC, GLN or
// any other numeric GS1 key: the weights 3, 1, 3, … from the right, modulo 10.
//
// It fails if data is empty or has anything but digits.
func CheckDigit(data string) (byte, error) {
	if data == "" {
		return 0, &Error{Code: "TOO_SHORT_FOR_CHECK_DIGIT", Message: "There are no digits to compute a check digit from.", Position: 0}
	}
	sum, weight := 0, 3
	for i := len(data) - 1; i >= 0; i-- {
		if !isDigit(data[i]) {
			return 0, &Error{Code: "NON_DIGIT_CHARACTER", Message: "A non-digit character was found where a digit is expected.", Position: i}
		}
		sum += weight * int(data[i]-'0')
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10), nil
}

// NormalizeGTIN turns a GTIN of 8, 12, 13 or 14 digits into its form of 14 digits,
// the only one that a Digital Link and an element string know. It checks the
// check digit.
func NormalizeGTIN(s string) (string, error) {
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return "", &Error{Code: "GTIN_LENGTH", Message: "A GTIN has 8, 12, 13 or 14 digits.", AI: AIGTIN, Position: -1}
	}
	want, err := CheckDigit(s[:len(s)-1])
	if err != nil {
		e := *err.(*Error)
		e.AI = AIGTIN
		return "", &e
	}
	if last := s[len(s)-1]; last != want {
		return "", &Error{Code: "INCORRECT_CHECK_DIGIT", Message: "The numeric check digit is incorrect.", AI: AIGTIN, Position: len(s) - 1}
	}
	return "000000"[:14-len(s)] + s, nil
}

func isDigit(b byte) bool { return b-'0' <= 9 }
