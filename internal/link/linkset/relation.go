package linkset

import (
	"net/url"
	"slices"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/manifest"
)

// Vocabulary is what GS1's link types begin with when they are written out.
const Vocabulary = "https://ref.gs1.org/voc/"

// Link types with a meaning of their own here.
const (
	DefaultLink      = "gs1:defaultLink"
	DefaultLinkMulti = "gs1:defaultLinkMulti"
	HandledBy        = "gs1:handledBy"
	RecallStatus     = "gs1:recallStatus"
)

// Types lists the link types of the GS1 Web Vocabulary 1.16, without "gs1:".
func Types() []string {
	return strings.Fields(`activityIdeas allergenInfo appDownload backgroundInfo brandHomepageClinical
		brandHomepagePatient careersInfo certificationInfo consumerHandlingStorageInfo defaultLink
		defaultLinkMulti dpp eifu epcis epil eventsInfo faqs handledBy hasRetailers homepage
		ingredientsInfo instructions jws leaveReview locationInfo logisticsInfo loyaltyProgram masterData
		menuInfo nutritionalInfo openingHoursInfo paymentLink pip productSustainabilityInfo promotion
		purchaseSuppliesOrAccessories quickStartGuide recallStatus recipeInfo registerProduct registryEntry
		relatedImage relatedVideo reportFound review safetyInfo scheduleTime serviceInfo smartLabel smpc
		socialMedia statisticInfo subscribe support sustainabilityInfo traceability tutorial userAgreement
		verificationService whatsInTheBox`)
}

// ParseType brings a link type into its one form: "gs1:pip" for GS1's, in any of
// their spellings; the name of a relation that is registered with IANA,
// "canonical"; or the address of one in a namespace of its own. It does not ask
// whether GS1 has such a type.
func ParseType(s string) (string, error) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "%") && len(s) < 600 {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	switch {
	case len(s) > 150:
	case strings.HasPrefix(s, "gs1:"):
		if isWord(s[4:]) {
			return s, nil
		}
	case strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "http://"):
		_, rest, _ := strings.Cut(s, "://")
		for _, voc := range [...]string{"ref.gs1.org/voc/", "gs1.org/voc/", "www.gs1.org/voc/"} {
			if name, ok := strings.CutPrefix(rest, voc); ok && isWord(name) {
				return "gs1:" + name, nil
			}
		}
		if isNamespace(rest) {
			return s, nil
		}
	case isRelation(s):
		return s, nil
	}
	return "", fault.New(fault.Invalid, "this is no link type: "+clip(s),
		"Write gs1:pip, the name of a relation of IANA such as canonical, or an address of letters, digits, dots and slashes.")
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) < 0
}

func isRelation(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) < 0
}

func isNamespace(s string) bool {
	return len(s) > 3 && s[0] != '/' && strings.Contains(s, "/") && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '/'
	}) < 0
}

// TypeURI writes a canonical link type as it stands in a linkset.
func TypeURI(t string) string {
	if name, ok := strings.CutPrefix(t, "gs1:"); ok {
		return Vocabulary + name
	}
	return t
}

// checkType reports a link type that a link may not have.
func checkType(ps *manifest.Problems, at manifest.Path, t string) {
	canonical, err := ParseType(t)
	if err != nil {
		f := fault.From(err)
		ps.Add(at, f.Message, f.Hint)
		return
	}
	known := Types()
	same := func(name string) (string, bool) {
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if i < 0 {
			return "", false
		}
		return "gs1:" + known[i], true
	}
	switch name, own := strings.CutPrefix(canonical, "gs1:"); {
	case canonical == DefaultLink || canonical == DefaultLinkMulti:
		ps.Add(at, t+" is not a type by itself", "Give the link a type that says what it leads to, and set default or multi.")
	case canonical == HandledBy:
		ps.Add(at, "another resolver is no link", "Write its address into handledBy of the entry.")
	case own && !slices.Contains(known, name):
		ps.Add(at, "GS1 has no link type "+clip(name), manifest.Known(name, known))
	case own:
	case slices.Contains([]string{"anchor", "all", "linkset"}, canonical):
		ps.Add(at, clip(canonical)+" has another meaning in linksets", "Choose another type.")
	default:
		if twin, ok := same(canonical[strings.LastIndexByte(canonical, '/')+1:]); ok {
			ps.Add(at, "the type repeats one of GS1's", "Write "+twin+".")
		} else if strings.Contains(canonical, "gs1.org/") {
			ps.Add(at, "GS1 has no such link type", "Types of your own stand under an address of your own.")
		}
	}
}

// clip shortens what somebody wrote to what fits a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "?")
}
