package identifier

import (
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/gs1/epc"
)

// Key gives the canonical key of an identifier: for GS1 keys the path of the
// canonical Digital Link without the slash before it, for all else the text
// without the blanks around it. A consumer product variant is left out, and a lot
// beside a serial number.
func Key(text string) string {
	text = strings.TrimSpace(text)
	switch {
	case epc.Is(text):
		link, err := epc.ToLink(text)
		if err != nil {
			return text
		}
		return keyOf(link, text)
	case isWeb(text):
		link, err := gs1.ParseLink(text)
		if err != nil {
			if link, err = parseOld(text); err != nil {
				return text
			}
		}
		return keyOf(link, text)
	}
	return text
}

// IsKey reports whether a key is that of a GS1 key, not a text of another kind.
func IsKey(key string) bool {
	ai, _, found := strings.Cut(key, "/")
	return found && len(ai) >= 2 && len(ai) <= 4 && ai[0] >= '0' && ai[0] <= '9' && ai[1] >= '0' && ai[1] <= '9'
}

func isWeb(text string) bool {
	return len(text) > 8 && (strings.EqualFold(text[:8], "https://") || strings.EqualFold(text[:7], "http://"))
}

// keyOf writes the key of a link, if it is one of those that name a thing, a class,
// a place, a party or a document (CBV 2.0, 8; reference hash rule 4).
func keyOf(link gs1.Link, text string) string {
	key := link.Key()
	qualifiers := link.Qualifiers()
	keep := ""
	for _, q := range qualifiers {
		switch q.AI {
		case "22":
		case "10":
			if keep == "" {
				keep = "10"
			}
		case "21":
			keep = "21"
		default:
			if keep != "" && keep != q.AI {
				return text
			}
			keep = q.AI
		}
	}
	if !slices.Contains(shapes(key.AI), keep) {
		return text
	}
	path := link.Path()[1:]
	if len(qualifiers) <= 1 && (keep != "" || len(qualifiers) == 0) {
		return path
	}
	// The path is the key followed by its qualifiers, two segments each: the key's
	// own two, then the one that stays.
	at := strings.IndexByte(path, '/') + 1
	end := strings.IndexByte(path[at:], '/')
	if end < 0 {
		return path
	}
	end += at
	head, rest := path[:end], path[end+1:]
	if keep == "" {
		return head
	}
	for rest != "" {
		ai, more, _ := strings.Cut(rest, "/")
		value, next, _ := strings.Cut(more, "/")
		if ai == keep {
			return head + "/" + ai + "/" + value
		}
		rest = next
	}
	return text
}

// shapes lists the qualifiers that a key may have alone, "" for none.
func shapes(ai string) []string {
	switch ai {
	case "00", "253", "255", "401", "402", "417", "8003", "8004", "8017", "8018":
		return []string{""}
	case "01":
		return []string{"", "21", "10", "235"}
	case "414":
		return []string{"", "254"}
	case "8006":
		return []string{"", "21", "10"}
	case "8010":
		return []string{"", "8011"}
	}
	return nil
}

// parseOld reads a Digital Link of the first release: short names for the keys, and
// a GTIN with 8, 12 or 13 digits.
func parseOld(text string) (gs1.Link, error) {
	_, path, _ := strings.Cut(text[strings.Index(text, "://")+3:], "/")
	if at := strings.IndexAny(path, "?#"); at >= 0 {
		path = path[:at]
	}
	segments := strings.Split(path, "/")
	begin := -1
	for i := 0; i+1 < len(segments); i++ {
		ai := shortName(segments[i])
		switch {
		case ai != "":
			segments[i] = ai
		case segments[i] != "01" || begin >= 0:
			continue
		}
		if begin < 0 {
			begin = i
		}
		if segments[i] == "01" {
			if n := len(segments[i+1]); n == 8 || n == 12 || n == 13 {
				segments[i+1] = strings.Repeat("0", 14-n) + segments[i+1]
			}
		}
		i++
	}
	if begin < 0 {
		return gs1.ParseLink(text)
	}
	return gs1.ParseLinkPath("/"+strings.Join(segments[begin:], "/"), "")
}

// shortName gives the AI of a name that stood for it once; "" for none.
func shortName(name string) string {
	switch name {
	case "gtin":
		return "01"
	case "itip":
		return "8006"
	case "cpid":
		return "8010"
	case "gmn":
		return "8013"
	case "gln":
		return "414"
	case "party":
		return "417"
	case "gsrnp":
		return "8017"
	case "gsrn":
		return "8018"
	case "gcn":
		return "255"
	case "sscc":
		return "00"
	case "gdti":
		return "253"
	case "ginc":
		return "401"
	case "gsin":
		return "402"
	case "grai":
		return "8003"
	case "giai":
		return "8004"
	case "cpv":
		return "22"
	case "lot":
		return "10"
	case "ser":
		return "21"
	}
	return ""
}

// Check tells what is wrong with an identifier that claims to be a GS1 key: an EPC
// as a URN, or a link to id.gs1.org. A link to another domain that does not read as
// a Digital Link is an address like any other. The error is a *gs1.Error or that of
// an identifier that is no URI.
func Check(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case epc.Is(text):
		if p, ok := ParsePattern(text); ok && len(p.ranges) > 0 {
			return nil
		}
		_, err := epc.Parse(text)
		if e, ok := err.(*gs1.Error); ok && (e.Code == "EPC_NO_KEY" || e.Code == "EPC_UNKNOWN_SCHEME") {
			return nil // gid, usdod and their like, and what a later standard brings
		}
		return err
	case isWeb(text):
		host, _, _ := strings.Cut(text[strings.Index(text, "://")+3:], "/")
		if !strings.EqualFold(host, "id.gs1.org") {
			return nil
		}
		_, err := gs1.ParseLink(text)
		if err != nil {
			_, old := parseOld(text)
			if old == nil {
				return nil
			}
		}
		return err
	}
	return nil
}
