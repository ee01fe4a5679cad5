package inspect

import (
	"fmt"
	"strings"
)

// Tag is the shape of a tag's message in a URL.
type Tag struct {
	KeySet  string  `json:"keySet,omitempty"` // from a path that begins with /t/
	Mode    string  `json:"mode,omitempty"`   // aes or lrp, when the message tells
	Fields  []Field `json:"fields"`
	Summary string  `json:"summary"`

	problem *Problem
}

// Field is one part of a tag's message.
type Field struct {
	Role     string `json:"role"` // picc, enc, mac, uid, ctr or tamper
	Name     string `json:"name,omitempty"`
	Position int    `json:"position"` // byte offset in the input
	Length   int    `json:"length"`
}

// token is a path segment or a query value, with its place.
type token struct {
	name  string
	value string
	at    int
}

// roleOf knows the parameter names that are usual in the field.
func roleOf(name string) string {
	switch strings.ToLower(name) {
	case "p", "picc", "picc_data", "piccdata", "e_picc":
		return "picc"
	case "enc", "f", "file", "sdmenc":
		return "enc"
	case "m", "mac", "cmac", "sdmmac":
		return "mac"
	case "uid":
		return "uid"
	case "ctr", "counter", "cnt":
		return "ctr"
	case "tt", "tamper":
		return "tamper"
	}
	return ""
}

// readTag finds a tag's message. It reports false when nothing in the URL looks
// like one.
func readTag(input string) (*Tag, bool) {
	tokens := split(input)
	t := &Tag{KeySet: keySet(input)}
	var short *Problem
	hexes := 0
	for i, k := range tokens {
		role := roleOf(k.name)
		shape := roleByShape(k.value)
		switch {
		case shape == "" && role == "" && strings.EqualFold(k.name, "e"):
			role = "picc"
		case shape == "" && role == "" && strings.EqualFold(k.name, "c"):
			role = "mac"
		case role == "" && k.name != "" && shape == "block":
			// ?e=…&c=…: the first block is the chip's data, a second one the file's.
			role = "picc"
			if t.has("picc") {
				role = "enc"
			}
		case role == "" && shape == "mac" && i == len(tokens)-1:
			role = "mac"
		}
		if role == "" {
			continue
		}
		hexes++
		if p := check(role, k); p != nil && short == nil {
			short = p
		}
		if role == "picc" {
			switch len(k.value) {
			case 32:
				t.Mode = "aes"
			case 48:
				t.Mode = "lrp"
			}
		}
		t.Fields = append(t.Fields, Field{Role: role, Name: k.name, Position: k.at, Length: len(k.value)})
	}
	if hexes < 2 && (t.KeySet == "" || hexes == 0) {
		return nil, false
	}
	identity := t.has("picc") || t.has("uid") || t.has("ctr")
	if !t.has("mac") && !identity {
		return nil, false
	}
	t.problem = short
	switch {
	case t.problem != nil:
	case !t.has("mac"):
		t.problem = &Problem{Code: "template_mismatch", Field: "mac", Position: len(input), Message: "the MAC is missing",
			Fix: "A tag's message ends with a MAC of 16 hex digits; the URL may have been cut."}
	case !identity:
		t.problem = &Problem{Code: "template_mismatch", Field: "picc", Position: t.Fields[0].Position, Message: "there is a MAC, but no chip data before it",
			Fix: "Chip data have 32 hex digits (AES) or 48 (LRP); a plain mirror has a UID of 14 and a counter of 6."}
	}
	t.Summary = t.summary()
	return t, true
}

func (t *Tag) has(role string) bool {
	for _, f := range t.Fields {
		if f.Role == role {
			return true
		}
	}
	return false
}

func (t *Tag) summary() string {
	var parts []string
	switch {
	case t.has("picc") && t.Mode != "":
		parts = append(parts, "encrypted chip data in "+strings.ToUpper(t.Mode)+" mode")
	case t.has("picc"):
		parts = append(parts, "encrypted chip data")
	case t.has("uid"), t.has("ctr"):
		parts = append(parts, "chip data in the open")
	}
	if t.has("enc") {
		parts = append(parts, "encrypted file data, where the state of the seal may stand")
	}
	if t.has("mac") {
		parts = append(parts, "a MAC")
	}
	return strings.Join(parts, ", ")
}

// check tells what is wrong with the length or the digits of one field.
func check(role string, k token) *Problem {
	if role == "tamper" {
		return nil
	}
	for i := range len(k.value) {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(k.value[i])) {
			return &Problem{Code: "bad_hex", Field: role, Position: k.at + i,
				Message: fmt.Sprintf("character %d of the field %q is not a hex digit", i+1, nameOf(role, k)),
				Fix:     "The chip writes 0-9 and A-F only; something on the way changed or cut the URL."}
		}
	}
	want, ok := "", false
	n := len(k.value)
	switch role {
	case "picc":
		want, ok = "32 hex digits (AES) or 48 (LRP)", n == 32 || n == 48
	case "enc":
		want, ok = "a multiple of 32 hex digits", n > 0 && n%32 == 0
	case "mac":
		want, ok = "16 hex digits", n == 16
	case "uid":
		want, ok = "14 hex digits", n == 14
	case "ctr":
		want, ok = "6 hex digits", n == 6
	}
	if ok {
		return nil
	}
	return &Problem{Code: "template_mismatch", Field: role, Position: k.at + n,
		Message: fmt.Sprintf("the field %q has %d characters", nameOf(role, k), n),
		Fix:     "It must have " + want + "."}
}

func nameOf(role string, k token) string {
	if k.name != "" {
		return k.name
	}
	return role
}

// roleByShape tells what a bare value may be by its length: "block" for chip or
// file data, "mac", or "".
func roleByShape(s string) string {
	if s == "" || strings.Trim(s, "0123456789abcdefABCDEF") != "" {
		return ""
	}
	switch {
	case len(s) == 16:
		return "mac"
	case len(s) == 48, len(s)%32 == 0:
		return "block"
	}
	return ""
}

// split cuts a URL into path segments and query values, with their places.
func split(input string) []token {
	rest, at := input, 0
	if i := strings.Index(rest, "://"); i >= 0 {
		at = i + 3
		if j := strings.IndexAny(rest[at:], "/?"); j >= 0 {
			at += j
		} else {
			at = len(rest)
		}
	}
	rest = input[at:]
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	path, query, _ := strings.Cut(rest, "?")
	var list []token
	offset := at
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			list = append(list, token{value: segment, at: offset})
		}
		offset += len(segment) + 1
	}
	offset = at + len(path) + 1
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(pair, "="); found {
			list = append(list, token{name: name, value: value, at: offset + len(name) + 1})
		} else if pair != "" {
			list = append(list, token{value: pair, at: offset})
		}
		offset += len(pair) + 1
	}
	return list
}

// keySet gives the key set that a path of ours names: /t/{set}/…
func keySet(input string) string {
	_, path, found := strings.Cut(input, "://")
	if found {
		_, path, _ = strings.Cut(path, "/")
		path = "/" + path
	} else {
		path = input
	}
	rest, ok := strings.CutPrefix(path, "/t/")
	if !ok {
		return ""
	}
	set, _, _ := strings.Cut(rest, "/")
	set, _, _ = strings.Cut(set, "?")
	return set
}
