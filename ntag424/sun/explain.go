package sun

import (
	"slices"
	"strings"
)

// Cause is one deviation that explains why a message does not verify.
type Cause struct {
	Name    string // stable, for machines
	Message string // what was found
	Fix     string // what to change
}

// Explain finds the mistakes of encoding that show in the text of a URL: placeholders
// too short, offsets that are off by one, mirroring that never took place.
func (t *Template) Explain(rawURL string) (causes []Cause) {
	if len(rawURL) > maxURL {
		return nil
	}
	for i, p := range t.pieces {
		if p.part == literal || p.part == TT || p.part >= Variable {
			continue
		}
		before, after := t.neighbour(i-1), t.neighbour(i+1)
		if j := strings.LastIndexAny(before, "/?&"); j > 0 {
			before = before[j:] // a re-ordered parameter has another one before it
		}
		before = strings.TrimLeft(before, "?&")
		if before == "" {
			continue
		}
		if c, ok := t.shifted(rawURL, p.part, before, after); ok {
			causes = append(causes, c)
		}
	}
	f := Fields{t: t, url: rawURL}
	if err := f.match(); err != nil && err.Code != ErrBadHex {
		return causes
	}
	blank := func(p Part) bool { return t.Has(p) && strings.Trim(f.Text(p), "0") == "" }
	identity := !t.Has(PICC) && !t.Has(UID) || blank(PICC) || blank(UID)
	switch {
	case blank(MAC) && identity:
		causes = append(causes, Cause{"sdm_off", "all placeholders still hold zeros: the chip mirrors nothing",
			"send ChangeFileSettings with messaging on (file option 40), after writing the file"})
	case blank(MAC):
		causes = append(causes, Cause{"mac_not_mirrored", "the MAC still holds zeros", "set file read to the slot of the file key"})
	case blank(PICC) || blank(UID):
		causes = append(causes, Cause{"uid_not_mirrored", "the MAC is there, but the UID still holds zeros", "check the offset and meta read"})
	}
	if t.Has(Enc) && f.Text(Enc)[:len(t.file)] == string(t.file) {
		causes = append(causes, Cause{"enc_not_mirrored", "the file data stands in the open", "set bit 4 of the messaging options, offset and length of the file data"})
	}
	if t.Has(PICC) && f.Index(MAC) < f.Index(PICC) {
		causes = append(causes, Cause{"mac_before_picc", "the MAC stands before the encrypted UID, unlike in the template",
			"encode the order of the template; if an app re-orders parameters, this is harmless"})
	}
	return causes
}

// neighbour is the static text at a place of the pattern, "" if there is none.
func (t *Template) neighbour(i int) string {
	if i < 0 || i >= len(t.pieces) || t.pieces[i].part != literal {
		return ""
	}
	return t.pieces[i].text
}

// shifted looks for a mirror that was written at a wrong place, over its neighbours.
func (t *Template) shifted(url string, p Part, before, after string) (Cause, bool) {
	name := "{" + t.name(p) + "}"
	early, last := before[:len(before)-1], before[len(before)-1:]
	for _, n := range t.sizes(p) {
		for at := range len(url) {
			if rest, ok := strings.CutPrefix(url[at:], before); ok {
				if tail, ok := cutHex(rest, n); ok && after != "" && !strings.HasPrefix(tail, after) {
					for k := 1; k < min(len(after), 5); k++ {
						if strings.HasPrefix(tail, after[k:]) {
							return Cause{"placeholder_short", "the chip has written " + name + " over the text behind it: its placeholder has too few zeros",
								"give the placeholder all its characters, and set the offsets again"}, true
						}
					}
				}
				if tail, ok := cutHex(strings.TrimPrefix(rest, "0"), n); ok && rest[0] == '0' && len(after) > 1 && strings.HasPrefix(tail, after[1:]) {
					return Cause{"offset_late", name + " starts one character late", "subtract one from its offset"}, true
				}
			}
			if early == "" {
				continue
			}
			if rest, ok := strings.CutPrefix(url[at:], early); ok && !strings.HasPrefix(rest, last) {
				if tail, ok := cutHex(rest, n); ok && strings.HasPrefix(tail, "0") && strings.HasPrefix(tail[1:], after) {
					return Cause{"offset_early", "the offset of " + name + " points at the character before it (\"" + last + "\")",
						"add one to the offset: it counts from the first digit"}, true
				}
			}
		}
	}
	return Cause{}, false
}

// sizes lists the lengths that a part may have.
func (t *Template) sizes(p Part) []int {
	return slices.Compact([]int{t.size(p, AES), t.size(p, LRP)})
}

// cutHex cuts n hex digits off, if they are there.
func cutHex(s string, n int) (rest string, ok bool) {
	if len(s) < n {
		return "", false
	}
	for i := range n {
		if hexValue[s[i]]&noHex != 0 {
			return "", false
		}
	}
	return s[n:], true
}

// Starts lists the names that Options.MACFrom may have for this pattern.
func (t *Template) Starts() (names []string) {
	for _, name := range append([]string{"text", "path", "query"}, strings.Fields(placeholders)...) {
		if s, ok := t.startAt(name); ok && s.piece <= t.mac {
			names = append(names, name)
		}
	}
	return names
}
