package inspect

import (
	"fmt"
	"strings"
)

// note adds sentences to the words; empty ones count for nothing.
func (r *Report) note(sentences ...string) {
	for _, s := range sentences {
		if s != "" {
			r.notes = append(r.notes, s)
		}
	}
}

// inWords writes the report in a few plain sentences.
func (r *Report) inWords() string {
	var all []string
	if r.Symbology != nil {
		all = append(all, "It was read from "+article(r.Symbology.Name)+" symbol ("+r.Symbology.Identifier+").")
	}
	all = append(all, r.opening())
	all = append(all, r.notes...)
	if n := len(r.Others); n == 1 {
		all = append(all, "One parameter is not GS1's.")
	} else if n > 1 {
		all = append(all, fmt.Sprintf("%d parameters are not GS1's.", n))
	}
	if r.Tag != nil && r.Tag.problem == nil && r.Error == nil {
		all = append(all, "A tag has written into it: "+r.Tag.Summary+".", "Only a server that holds the tag's keys can say whether it is genuine.")
	}
	if r.Error != nil && r.Kind != OtherURL {
		all = append(all, r.Error.sentences(len(r.Input))...)
	}
	return strings.Join(all, " ")
}

// opening says what the code is, and what it names.
func (r *Report) opening() string {
	if !r.Valid {
		return map[Kind]string{
			DigitalLink:   "This was meant as a GS1 Digital Link, but it is not valid.",
			Compressed:    "This was meant as a compressed GS1 Digital Link, but it is not valid.",
			ElementString: "This was meant as a GS1 element string, but it is not valid.",
			TradeItem:     "This looks like a trade item number, but it is not valid.",
			LogisticUnit:  "This looks like the number of a logistic unit, but it is not valid.",
			EPC:           "This was meant as an EPC, but it is not valid.",
			TagURL:        "This is the address that a tag has written, but its message is damaged.",
			OtherURL:      "This is a web address, but no GS1 Digital Link: there is no GS1 key in its path.",
			Unknown:       "This cannot be read.",
		}[r.Kind]
	}
	means := make([]string, len(r.Elements))
	for i, e := range r.Elements {
		means[i] = e.Means
	}
	named := strings.Join(means, ", ")
	switch r.Kind {
	case DigitalLink:
		return "This is a GS1 Digital Link for " + named + "."
	case Compressed:
		return "This is a compressed GS1 Digital Link for " + named + "."
	case ElementString:
		return "This is a GS1 element string: " + named + "."
	case TradeItem:
		return "This is a trade item number (GTIN) with a right check digit; in 14 digits it is " + r.Elements[0].Value + "."
	case LogisticUnit:
		return "This is the number of a " + named + ", with a right check digit."
	case EPC:
		return "This is an EPC (" + r.URN.Scheme + ") for " + named + "."
	case TagURL:
		return "This is a web address."
	}
	return "This is plain text. It names no product."
}

// sentences say what is wrong, where, and what to do.
func (p *Problem) sentences(length int) []string {
	all := []string{sentence(p.Message)}
	switch {
	case p.Position == 0:
		all = append(all, "The fault is at the beginning.")
	case p.Position >= length:
		all = append(all, "The fault is at the end.")
	case p.Position > 0:
		all = append(all, fmt.Sprintf("The fault is at character %d.", p.Position+1))
	}
	if p.Fix != "" {
		all = append(all, sentence(p.Fix))
	}
	return all
}

// sentence gives a text a capital and a full stop.
func sentence(s string) string {
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.ContainsRune(".?!", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

// article puts a or an before a name.
func article(name string) string {
	if strings.ContainsRune("AEIO", rune(strings.ToUpper(name[:1])[0])) {
		return "an " + name
	}
	return "a " + name
}
