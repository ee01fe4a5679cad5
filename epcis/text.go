package epcis

import (
	"strings"
	"time"
)

// IsURI tells whether a text is an absolute URI, or a name with a prefix, which
// looks the same (RFC 3986, without looking into the scheme's own rules).
func IsURI(text string) bool {
	colon := strings.IndexByte(text, ':')
	if colon <= 0 || colon == len(text)-1 {
		return false
	}
	for i := range colon {
		c := text[i] | 0x20
		if c >= 'a' && c <= 'z' || i > 0 && (text[i] >= '0' && text[i] <= '9' || text[i] == '+' || text[i] == '-' || text[i] == '.' || text[i] == '_') {
			continue
		}
		return false
	}
	for i := colon + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}':
			return false
		case c == '%' && (i+2 >= len(text) || !isHex(text[i+1:i+3])):
			return false
		}
	}
	return true
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'f') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

func isUOM(s string) bool {
	for i := range len(s) {
		if (s[i] < 'A' || s[i] > 'Z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return len(s) == 2 || len(s) == 3
}

// isDecimal keeps hexadecimal numbers, underscores, infinities and the like out.
func isDecimal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return s != ""
}

func isOffset(s string) bool {
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	for _, i := range []int{1, 2, 4, 5} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	hour, minute := int(s[1]-'0')*10+int(s[2]-'0'), int(s[4]-'0')*10+int(s[5]-'0')
	return hour < 14 && minute < 60 || hour == 14 && minute == 0
}

// ParseTime reads a date and time with a zone (XML Schema dateTimeStamp). Blanks
// around it are cut. It takes any number of fraction digits and the hour 24:00:00;
// false is for everything else, a time without zone above all.
func ParseTime(text string) (Time, bool) {
	text = strings.TrimSpace(text)
	s := text
	midnight := false
	if at := strings.Index(s, "T24:00:00"); at > 0 {
		s, midnight = s[:at]+"T00:00:00"+s[at+9:], true
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || strings.Contains(text, ",") {
		return Time{}, false
	}
	if midnight {
		at = at.AddDate(0, 0, 1)
	}
	return Time{Text: text, Micro: at.UnixMicro()}, true
}

// Nearest gives a hint, " (did you mean …?)", where one of the words is close to
// what was written; "" where none is.
func Nearest(text string, words []string) string {
	best, distance := "", len(text)/3+1
	for _, w := range words {
		if d := edits(strings.ToLower(text), strings.ToLower(w), distance); d < distance {
			best, distance = w, d
		}
	}
	if best == "" || len(text) > 60 {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// edits counts the letters to change, to add or to leave out; it stops at most.
func edits(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// IsNumber tells whether a text is a number as JSON writes it (RFC 8259, 6).
func IsNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if strings.HasPrefix(s, "0") && len(s) > 1 && s[1] >= '0' && s[1] <= '9' || !digits() {
		return false
	}
	if rest, ok := strings.CutPrefix(s, "."); ok {
		if s = rest; !digits() {
			return false
		}
	}
	if s != "" && s[0]|0x20 == 'e' {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		return digits() && s == ""
	}
	return s == ""
}

// FormatTime writes an instant as results have it: in UTC, with microseconds where
// there are some.
func FormatTime(micro int64) string {
	t := time.UnixMicro(micro).UTC()
	if micro%1000 != 0 {
		return t.Format("2006-01-02T15:04:05.000000Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
