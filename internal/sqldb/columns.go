package sqldb

import (
	"strconv"
	"strings"
	"time"
)

// Micros gives a time as the engines keep it: whole microseconds since 1970, UTC.
// The zero time gives 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the way back from Micros; 0 gives the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// In writes n placeholders from $first on, for an IN list: In(3, 2) is
// "$2,$3,$4". In of no values is NULL, which is in no list.
func In(n, first int) string {
	if n <= 0 {
		return "NULL"
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}
