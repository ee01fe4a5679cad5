package pages

// Kind is which page it is.
type Kind string

// The pages.
const (
	Sealed       Kind = "sealed"        // genuine, no opening seen
	Opened       Kind = "opened"        // genuine, the seal has been opened
	Drained      Kind = "drained"       // genuine, and empty
	Genuine      Kind = "genuine"       // genuine; the tag cannot tell the seal
	OpenedBefore Kind = "opened-before" // genuine, but open at the first reading
	Plain        Kind = "plain"         // the public product page: a code, a link, a preview
	Replayed     Kind = "replayed"      // a link that was used before
	NotVerified  Kind = "not-verified"  // forged, damaged, not registered: all alike
	Blocked      Kind = "blocked"       // the maker blocked this tag
	Recalled     Kind = "recalled"      // the maker recalled this item
	Unknown      Kind = "unknown"       // no such product here
	AgeQuestion  Kind = "age"           // country and birth date, please
	UnderAge     Kind = "under-age"     // not yet
	RateLimited  Kind = "rate-limited"  // too many refused taps from one address
	Degraded     Kind = "degraded"      // the server cannot check right now
	NotFound     Kind = "not-found"     // no such address
	BadRequest   Kind = "bad-request"   // an address that cannot be read
	NotAllowed   Kind = "not-allowed"   // a method that is not spoken here
	TooLarge     Kind = "too-large"     // a form that no form of ours sends
)

// kindOf is what the code must know of a kind; the words stand in the catalogue.
type kindOf struct {
	status int
	layout string // the template of the page's middle
	tone   string // good, warn, bad, calm: a class, always beside icon and word
	icon   string
}

func (k Kind) of() (kindOf, bool) {
	switch k {
	case Sealed:
		return kindOf{200, "product", "good", "seal"}, true
	case Opened:
		return kindOf{200, "product", "good", "open"}, true
	case Drained:
		return kindOf{200, "product", "good", "empty"}, true
	case Genuine:
		return kindOf{200, "product", "good", "check"}, true
	case OpenedBefore:
		return kindOf{200, "product", "warn", "alert"}, true
	case Plain:
		return kindOf{200, "product", "", ""}, true
	case Replayed:
		return kindOf{200, "notice", "calm", "tap"}, true
	case NotVerified:
		return kindOf{404, "notice", "warn", "question"}, true
	case Blocked:
		return kindOf{404, "notice", "bad", "alert"}, true
	case Recalled:
		return kindOf{200, "notice", "bad", "alert"}, true
	case Unknown:
		return kindOf{404, "notice", "calm", "question"}, true
	case AgeQuestion:
		return kindOf{200, "age", "", ""}, true
	case UnderAge:
		return kindOf{200, "notice", "calm", "pause"}, true
	case RateLimited:
		return kindOf{429, "notice", "calm", "pause"}, true
	case Degraded:
		return kindOf{503, "notice", "calm", "pause"}, true
	case NotFound:
		return kindOf{404, "notice", "calm", "question"}, true
	case BadRequest:
		return kindOf{400, "notice", "calm", "question"}, true
	case NotAllowed:
		return kindOf{405, "notice", "calm", "question"}, true
	case TooLarge:
		return kindOf{413, "notice", "calm", "question"}, true
	}
	return kindOf{}, false
}

// Kinds lists every kind, for documentation and tests.
func Kinds() []Kind {
	return []Kind{Sealed, Opened, Drained, Genuine, OpenedBefore, Plain, Replayed, NotVerified, Blocked, Recalled, Unknown,
		AgeQuestion, UnderAge, RateLimited, Degraded, NotFound, BadRequest, NotAllowed, TooLarge}
}

// Status is the HTTP status that the page goes out with. An age question that is
// asked again goes out with 422, which only the resolver can know.
func (k Kind) Status() int {
	of, ok := k.of()
	if !ok {
		return 500
	}
	return of.status
}
