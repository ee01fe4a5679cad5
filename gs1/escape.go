package gs1

import (
	"strings"

	"tagline/gs1/internal/dictionary"
)

const hexDigits = "0123456789ABCDEF"

// escapedAt reports whether s has a percent sign with two hexadecimal digits at i.
// Other percent signs stand for themselves.
func escapedAt(s string, i int) bool {
	return s[i] == '%' && i+2 < len(s) && dictionary.HexValue(s[i+1]) >= 0 && dictionary.HexValue(s[i+2]) >= 0
}

// unescape reverses percent-encoding and, in a query, takes + for a space. It gives
// s itself where there is nothing to do.
func unescape(s string, query bool) string {
	if strings.IndexByte(s, '%') < 0 && (!query || strings.IndexByte(s, '+') < 0) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case escapedAt(s, i):
			b = append(b, byte(dictionary.HexValue(s[i+1])<<4|dictionary.HexValue(s[i+2])))
			i += 2
		case query && s[i] == '+':
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// rawOffset gives the place in s of what is the n-th byte when it is unescaped.
func rawOffset(s string, n int) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if escapedAt(s, i) {
			i += 2
		}
		i++
	}
	return i
}

// appendEscaped writes s as part of a path or, with + for a space, of a query.
func appendEscaped(b []byte, s string, query bool) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case dictionary.Is(c, dictionary.Unreserved):
			b = append(b, c)
		case query && c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return b
}
