package digital

import (
	"strings"

	"tagline/gs1"
	"tagline/gs1/compression"
)

// Request is a Digital Link as it was asked for.
type Request struct {
	Link       gs1.Link
	Path       string // canonical: the key and its qualifiers, uncompressed
	Compressed bool

	GTIN, Serial, Lot string // of a GTIN
	Own               bool   // the product's page itself is asked for, not the resolver
}

// OwnPage stands before the path of a product's page on this server. The resolver
// answers at the Digital Link; this is where it can send somebody to.
const OwnPage = "/p"

// leastCompressed is the length of the shortest segment that can hold a key.
const leastCompressed = 10

// Parse reads the escaped path and the raw query of a request, compressed or not.
// One trailing slash is forgiven (GS1-Conformant Resolver, trailingSlash).
//
// Errors: those of package gs1; Looks tells a broken link from no link.
func Parse(path, query string) (r Request, err error) {
	path = trim(path)
	if rest, is := strings.CutPrefix(path, OwnPage+"/"); is {
		r.Own, path = true, "/"+rest
	}
	var form compression.Form
	if r.Link, form, err = compression.ParseLinkPath(path, query); err != nil {
		return r, err
	}
	r.Path, r.Compressed = r.Link.Path(), form == compression.Compressed
	if key := r.Link.Key(); key.AI == gs1.AIGTIN {
		r.GTIN, r.Serial, r.Lot = key.Value, r.Link.Value(gs1.AISerial), r.Link.Value(gs1.AIBatch)
	}
	return r, nil
}

func trim(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}

// Looks reports whether a path tries to be a Digital Link, so that it is broken
// (400) and not just nowhere (404): it LooksPlain, or the whole is one segment
// that is long enough for a compressed key.
func Looks(path string) bool {
	return LooksPlain(path) || looksCompressed(trim(path))
}

// LooksPlain reports whether some segment of a path is the application identifier
// of a primary key.
func LooksPlain(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "00", "01", "253", "255", "401", "402", "414", "415", "417", "8003", "8004", "8006", "8010", "8013", "8017", "8018":
			return true
		}
	}
	return false
}

func looksCompressed(path string) bool {
	s := strings.TrimPrefix(path, "/")
	if len(s) < leastCompressed {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
