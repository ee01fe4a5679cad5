package gs1

// CheckDigit computes the check digit that follows data in a GTIN, SSCC, GLN or
// any other numeric GS1 key: weights 3, 1, 3, … from the right, modulo 10.
//
// It fails if data is empty or has anything but digits.
func CheckDigit(data string) (byte, error) {
	if data == "" {
		return 0, tooShortForCheckDigit(data).err("", 0)
	}
	if at := outside(data, digit); at >= 0 {
		return 0, nonDigit(at).err("", 0)
	}
	return checkDigit(data), nil
}

// checkDigit computes the check digit behind digits.
func checkDigit(digits string) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += weight * int(digits[i]-'0')
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// NormalizeGTIN turns a GTIN of 8, 12, 13 or 14 digits into its form of 14 digits,
// the only one that Digital Links and element strings know. It checks the check
// digit.
func NormalizeGTIN(s string) (string, error) {
	padded, ok := padGTIN(s)
	if !ok {
		return "", (&flaw{code: "GTIN_LENGTH", text: "A GTIN has 8, 12, 13 or 14 digits."}).err(AIGTIN, -1)
	}
	if f := lintCsum.check(s); f != nil {
		return "", f.err(AIGTIN, 0)
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

// The alphabets of the check pair: every character counts as its index in the
// first, the pair is written in the second.
const (
	pairValues = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
	pairSigns  = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// CheckPair computes the two check characters that follow data in a global model
// number (AI 8013) or a master UDI-DI (AI 8014).
//
// It fails if data has more than 97 characters or one outside of character set 82.
func CheckPair(data string) (string, error) {
	if len(data)+2 > maxPaired {
		return "", tooLongForCheckPair(data).err("", 0)
	}
	if at := outside(data, cset82); at >= 0 {
		return "", notCset82(at).err("", 0)
	}
	pair := checkPair(data)
	return string(pair[:]), nil
}

// maxPaired is the longest value with a check pair: there are 97 weights.
const maxPaired = 99

// checkPair weights the characters by primes, from the right, modulo 1021. There
// are at most 97 of them, all of character set 82.
func checkPair(data string) [2]byte {
	sum, prime := 0, 1
	for i := len(data) - 1; i >= 0; i-- {
		for prime++; !isPrime(prime); prime++ {
		}
		sum += prime * indexPair(data[i])
	}
	sum %= 1021
	return [2]byte{pairSigns[sum>>5], pairSigns[sum&31]}
}

func isPrime(n int) bool {
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}

func indexPair(c byte) int {
	for i := range len(pairValues) {
		if pairValues[i] == c {
			return i
		}
	}
	return 0
}
