package dictionary

// CheckDigit computes the check digit behind data, which flaws if it is not all
// digits.
func CheckDigit(data string) (byte, *Flaw) {
	if data == "" {
		return 0, tooShortForCheckDigit(data)
	}
	if at := Outside(data, Digits); at >= 0 {
		return 0, nonDigit(at)
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

// The alphabets of the check pair: every character counts as its index in the
// first, the pair is written in the second.
const (
	pairValues = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
	pairSigns  = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// CheckPair computes the check characters behind data, which flaws if it is too
// long or not all of character set 82.
func CheckPair(data string) (string, *Flaw) {
	if len(data)+2 > maxPaired {
		return "", tooLongForCheckPair(data)
	}
	if at := Outside(data, Set82); at >= 0 {
		return "", notCset82(at)
	}
	pair := checkPair(data)
	return string(pair[:]), nil
}

// CheckedDigits finds fault with digits whose last is not their check digit.
func CheckedDigits(s string) *Flaw { return csum(s) }

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
