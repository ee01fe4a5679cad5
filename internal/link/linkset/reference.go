package linkset

import "strings"

// Ref names a choice in few words, for the record of a scan. It says which level
// answered, not with which values: a lot or a serial is not in it.
type Ref struct {
	Level string // identifiers of the anchor, "01+10"; "8003*" for a prefix
	Type  string // link type; gs1:handledBy for another resolver
	ID    string // of the link; "" when several were equal, and for another resolver
}

// Reference gives the words for a choice, at most 200 bytes, or "" when nothing
// was found.
func Reference(c Choice) string {
	r := Ref{}
	switch c.Outcome {
	case One:
		r.Type, r.ID = c.One.LinkType, c.One.ID
	case Several:
		r.Type = c.Several[0].LinkType
	case HandedOver:
		r.Type = HandledBy
	default:
		return ""
	}
	r.Level = c.at.level
	return r.String()
}

// String gives "link:01+10:gs1:pip:k3f9aa", which ParseReference reads.
func (r Ref) String() string { return "link:" + r.Level + ":" + r.Type + ":" + r.ID }

// ParseReference reads what Reference wrote; false for anything else.
func ParseReference(s string) (Ref, bool) {
	rest, ok := strings.CutPrefix(s, "link:")
	level, rest, more := strings.Cut(rest, ":")
	i := strings.LastIndexByte(rest, ':')
	if !ok || !more || i < 1 || level == "" || len(s) > 200 {
		return Ref{}, false
	}
	r := Ref{Level: level, Type: rest[:i], ID: rest[i+1:]}
	if t, err := ParseType(r.Type); err != nil || t != r.Type || r.ID != "" && !idForm.MatchString(r.ID) {
		return Ref{}, false
	}
	if strings.Trim(level, "0123456789+*") != "" {
		return Ref{}, false
	}
	return r, true
}
