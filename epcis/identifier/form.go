package identifier

import (
	"strings"

	"tagline/gs1"
	"tagline/gs1/epc"
)

// Form is how identifiers of GS1 keys are spelled in an answer (EPCIS 2.0, header
// GS1-EPC-Format).
type Form uint8

// The forms.
const (
	Link     Form = iota // Digital Link under id.gs1.org, what nobody asked otherwise gets
	URN                  // EPC URN where the length of the company prefix is known
	Captured             // as it was captured
)

// Translate spells an identifier in a form. A Digital Link becomes a URN only where
// prefix knows the length of the company prefix; what cannot be spelled so stays as
// it is.
func Translate(text string, form Form, prefix epc.PrefixLength) string {
	switch form {
	case Link:
		if !epc.Is(text) {
			return text // a link of whatever domain is one already
		}
		if key := Key(text); IsKey(key) {
			return gs1.CanonicalStem + "/" + key
		}
	case URN:
		if epc.Is(text) {
			return text
		}
		key := Key(text)
		if key == text || !IsKey(key) {
			return text
		}
		link, err := gs1.ParseLinkPath("/"+key, "")
		if err != nil {
			return text
		}
		if urn, err := epc.FromLink(link, prefix); err == nil {
			return urn
		}
	}
	return text
}

// CompanyPrefix gives the company prefix of an EPC URN, as somebody who wrote it
// knows it; "" for other texts.
func CompanyPrefix(text string) string {
	if !epc.Is(text) {
		return ""
	}
	parts := strings.SplitN(text, ":", 5)
	if len(parts) != 5 {
		return ""
	}
	if _, ok := shapeOf(strings.ToLower(parts[3])); !ok {
		return ""
	}
	prefix, _, _ := strings.Cut(parts[4], ".")
	if len(prefix) < 6 || len(prefix) > 12 || !digits(prefix) {
		return ""
	}
	return prefix
}
