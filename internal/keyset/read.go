package keyset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/ntag424"
)

// NotATag is the code of a reading whose URL carries no tag message at all: a
// plain Digital Link, from a printed code or a shared page.
const NotATag = "not_a_tag"

// MaxURL bounds what is looked at, in bytes; a chip's file has 256 bytes.
const MaxURL = 4096

// Reading is what a tag's URL says once its MAC held, or why it did not. It says
// nothing yet about the counter being fresh.
type Reading struct {
	Code    string // empty: the MAC held. Otherwise stable, for the console only
	Step    string // the step that failed: match, keyset, mode, picc, mac, counter
	Hint    string // what an engineer should look at
	Set     string
	Epoch   int64
	Test    bool // a test set: nothing it says is proof
	Mode    ntag424.Mode
	Counter int64
	Counted bool // the message carries a counter; without one it can be copied
	Near    bool // the chip nears the end of its counter
	Tier    ntag424.Tier
	Tamper  ntag424.Tamper
	Path    Ref    // the item that the URL's path names; both or none
	Others  string // parameters that the chip did not fill, as received: "utm_source=x&lang=de"

	uid ntag424.UID
}

// OK reports whether the MAC held.
func (r Reading) OK() bool { return r.Code == "" }

// UID gives the chip's number, for package tag to look it up.
func (r Reading) UID() ntag424.UID { return r.uid }

// Refused gives the reading with a failure in it.
func (r Reading) Refused(code ntag424.Code, step, hint string) Reading {
	r.Code, r.Step, r.Hint = string(code), step, hint
	return r
}

// Message is a URL taken apart as far as is possible without any key.
type Message struct {
	Set   string // of /t/{set}/…
	InSet bool   // the path begins with /t/
	Item  Ref    // of /01/…/21/…, both or none
	Path  string // as received, from its first slash
	Query string // as received

	raw string
}

// ParseURL takes apart a request URI exactly as it was received, or a whole URL.
// It never fails: what is not there stays empty.
func ParseURL(rawURL string) Message {
	m := Message{raw: rawURL}
	if len(rawURL) > MaxURL {
		return m
	}
	path, query := Split(rawURL)
	m.Path, m.Query = path, query
	if rest, ok := strings.CutPrefix(path, "/t/"); ok {
		m.Set, _, _ = strings.Cut(rest, "/")
		m.InSet = true
	}
	m.Item = PathItem(path)
	return m
}

// Try verifies the message with each epoch in turn, and keeps the most telling
// failure. uid is asked only of templates that do not mirror it.
func (m Message) Try(epochs []*Epoch, uid ntag424.UID) Reading {
	r := Reading{Path: m.Item}
	if len(m.raw) > MaxURL {
		return r.Refused(ntag424.ErrTemplateMismatch, "match", "The URL is longer than any chip can send.")
	}
	best, rank := r.Refused(NotATag, "", ""), -1
	for _, e := range epochs {
		var (
			tap ntag424.Tap
			err error
		)
		if e.mirrorsUID {
			tap, err = e.verifier.Verify(m.raw)
		} else {
			tap, err = e.verifier.VerifyUID(m.raw, uid)
		}
		if err == nil || errors.Is(err, ntag424.ErrExhausted) {
			return r.accept(m, e, tap, err)
		}
		out := r.Refused(Explain(err))
		out.Set, out.Epoch = e.Name, e.KeySet.Epoch
		if out.Code == string(ntag424.ErrTemplateMismatch) && e.silent(m.Query) {
			out = r.Refused(NotATag, "", "")
		}
		if n := telling(out.Code); n > rank {
			best, rank = out, n
		}
	}
	return best
}

func (r Reading) accept(m Message, e *Epoch, tap ntag424.Tap, err error) Reading {
	r.Set, r.Epoch, r.Test = e.Name, e.KeySet.Epoch, e.Test
	r.Mode, r.Tier, r.Tamper = tap.Mode, tap.Tier, tap.Tamper
	r.Counter, r.Counted = int64(tap.Counter), tap.HasCounter
	r.Near = r.Counted && r.Counter >= e.limit-e.limit/10
	r.uid = tap.UID
	r.Others = others(m.Query, e.params)
	if err != nil {
		return r.Refused(Explain(err))
	}
	if e.State == Retired {
		return r.Refused(ntag424.ErrRetiredKeySet, "keyset",
			fmt.Sprintf("The message is right, but epoch %d of key set %q is retired.", r.Epoch, r.Set))
	}
	return r
}

// others gives the parameters of a query that are none of the chip's.
func others(query string, chips []string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, named := strings.Cut(part, "="); named && !slices.Contains(chips, name) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// silent reports whether a query holds none of the parameters that the chip
// fills: then it is a plain link to the item, not a broken message.
func (e *Epoch) silent(query string) bool {
	for _, p := range e.params {
		for part := range strings.SplitSeq(query, "&") {
			if name, _, _ := strings.Cut(part, "="); name == p {
				return false
			}
		}
	}
	return len(e.params) > 0
}

// telling ranks failures: the further a message came, the more it says.
func telling(code string) int {
	switch ntag424.Code(code) {
	case NotATag:
		return 0
	case ntag424.ErrTemplateMismatch:
		return 1
	case ntag424.ErrBadHex:
		return 2
	case ntag424.ErrRetiredKeySet:
		return 3
	case ntag424.ErrModeRefused:
		return 4
	case ntag424.ErrPICC:
		return 5
	}
	return 6
}

// Explain gives code, step and hint of a failure of the protocol package.
func Explain(err error) (code ntag424.Code, step, hint string) {
	var e *ntag424.Error
	if !errors.As(err, &e) {
		return ntag424.ErrTemplateMismatch, "match", "The message could not be read."
	}
	switch e.Code {
	case ntag424.ErrTemplateMismatch, ntag424.ErrBadHex:
		step = "match"
	case ntag424.ErrRetiredKeySet, ntag424.ErrUnknownKeySet:
		step = "keyset"
	case ntag424.ErrModeRefused:
		step = "mode"
	case ntag424.ErrPICC:
		step = "picc"
	case ntag424.ErrExhausted:
		step = "counter"
	default:
		step = "mac"
	}
	return e.Code, step, e.Message
}

// Split cuts a URL or request URI into its path and its query, as received.
func Split(rawURL string) (path, query string) {
	if i := strings.IndexByte(rawURL, '#'); i >= 0 {
		rawURL = rawURL[:i]
	}
	path, query, _ = strings.Cut(rawURL, "?")
	if i := strings.Index(path, "://"); i >= 0 {
		rest := path[i+3:]
		if j := strings.IndexByte(rest, '/'); j >= 0 {
			return rest[j:], query
		}
		return "", query
	}
	return path, query
}

// Ref names an item as it is named on labels.
type Ref struct {
	GTIN   string // 14 digits
	Serial string
}

// Path gives the item's Digital Link path. It fails with a fault.Invalid.
func (r Ref) Path() (string, error) {
	if plainGTIN(r.GTIN) && plainSerial(r.Serial) {
		return "/01/" + r.GTIN + "/21/" + r.Serial, nil
	}
	l, err := gs1.NewLink([]gs1.Element{{AI: gs1.AIGTIN, Value: r.GTIN}, {AI: gs1.AISerial, Value: r.Serial}})
	if err != nil || r.Serial == "" {
		return "", errNoItem
	}
	return l.Path(), nil
}

// PathItem gives the item that a GS1 path names, below whatever stem; the zero
// Ref if it names none. Most paths are /01/{14 digits}/21/{plain serial}: those
// are read without the full parser.
func PathItem(path string) Ref {
	i := strings.Index(path, "/01/")
	if i < 0 {
		return Ref{}
	}
	rest := strings.TrimSuffix(path[i+4:], "/")
	if len(rest) > 18 && rest[14:18] == "/21/" && plainGTIN(rest[:14]) && plainSerial(rest[18:]) {
		return Ref{rest[:14], rest[18:]}
	}
	l, err := gs1.ParseLinkPath(strings.TrimSuffix(path, "/"), "")
	if err != nil || l.Value(gs1.AISerial) == "" || l.Value(gs1.AIGTIN) == "" {
		return Ref{}
	}
	return Ref{l.Value(gs1.AIGTIN), l.Value(gs1.AISerial)}
}

func plainGTIN(s string) bool {
	if len(s) != 14 {
		return false
	}
	for i := range 14 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	check, err := gs1.CheckDigit(s[:13])
	return err == nil && check == s[13]
}

// plainSerial reports whether a serial is valid and needs no escaping.
func plainSerial(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 20
}
