package product

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"tagline/internal/manifest"
)

// Localized is a text in several languages, by BCP 47 tag.
type Localized map[string]string

// In gives the text that fits best and its locale: see Pick. Both are empty when
// there is no text at all.
func (l Localized) In(wanted ...string) (text, locale string) {
	locale, text, _ = Pick(l, wanted...)
	return text, locale
}

// Pick chooses among values by locale what a reader wants, best wish first: the
// tag itself or its nearest parent (RFC 4647 lookup), else the closest language
// that a reader of it is used to (CLDR), else English, else the first by name. It
// is false only when there is nothing to choose from.
func Pick[V any](m map[string]V, wanted ...string) (locale string, v V, ok bool) {
	for _, w := range wanted {
		for tag := w; tag != ""; tag = parent(tag) {
			if v, ok = m[tag]; ok {
				return tag, v, true
			}
		}
	}
	if len(m) == 0 {
		return "", v, false
	}
	have := make([]string, 0, len(m))
	for tag := range m {
		have = append(have, tag)
	}
	slices.Sort(have)
	locale = closest(have, wanted)
	return locale, m[locale], true
}

func parent(tag string) string {
	i := strings.LastIndexByte(tag, '-')
	if i < 0 {
		return ""
	}
	return tag[:i]
}

// closest asks the tables of CLDR, for what cutting tags short does not find:
// Norwegian under its three names, Chinese by script, one Portuguese for another.
func closest(have, wanted []string) string {
	tags := make([]language.Tag, len(have))
	for i, h := range have {
		tags[i] = language.Make(h)
	}
	var wish []language.Tag
	for _, w := range wanted {
		if t, err := language.Parse(w); err == nil {
			wish = append(wish, t)
		}
	}
	if len(wish) > 0 {
		if _, i, sure := language.NewMatcher(tags).Match(wish...); sure != language.No {
			return have[i]
		}
	}
	for _, h := range have {
		if h == "en" || strings.HasPrefix(h, "en-") {
			return h
		}
	}
	return have[0]
}

// maxWishes is the most locales that are taken from a request.
const maxWishes = 8

// Locales reads an Accept-Language header: canonical tags, best first, at most
// eight. What cannot be read is no wish.
func Locales(acceptLanguage string) []string {
	if len(acceptLanguage) > 500 {
		return nil
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return nil
	}
	var list []string
	for _, t := range tags {
		if s := t.String(); s != "und" && s != "mul" && !slices.Contains(list, s) && len(list) < maxWishes {
			list = append(list, s)
		}
	}
	return list
}

// CheckLocale reports a tag that is not BCP 47 in its canonical form.
func CheckLocale(ps *manifest.Problems, at manifest.Path, tag string) {
	t, err := language.Parse(tag)
	switch {
	case err != nil || tag == "" || strings.Contains(tag, "_"):
		ps.Add(at, quote(tag)+" is not a language", "Write a BCP 47 tag: en, de, pt-BR.")
	case t.String() != tag:
		ps.Add(at, quote(tag)+" is written in another form", "Write "+t.String()+".")
	}
}

// check wants one line in each language.
func (l Localized) check(ps *manifest.Problems, at manifest.Path, most int) {
	for tag, text := range l {
		CheckLocale(ps, at.With(tag), tag)
		ps.Line(at.With(tag), text, most)
	}
}

// need is check for a text that must be there.
func (l Localized) need(ps *manifest.Problems, at manifest.Path, most int) {
	if len(l) == 0 {
		ps.Add(at, "a text is needed here", "Write {en: …}.")
	}
	l.check(ps, at, most)
}

// checkText allows several lines.
func (l Localized) checkText(ps *manifest.Problems, at manifest.Path, most int) {
	for tag, text := range l {
		CheckLocale(ps, at.With(tag), tag)
		CheckText(ps, at.With(tag), text, most)
	}
}

// CheckText reports a text that is empty or too long.
func CheckText(ps *manifest.Problems, at manifest.Path, text string, most int) {
	if strings.TrimSpace(text) == "" {
		ps.Add(at, "the text is empty", "Write it, or leave the field out.")
	} else if n := len([]rune(text)); n > most {
		ps.Add(at, "the text has "+itoa(n)+" characters, at most "+itoa(most)+" are kept", "Shorten it.")
	}
}

// CheckLine reports a text that is empty, too long, or of several lines.
func CheckLine(ps *manifest.Problems, at manifest.Path, text string, most int) {
	ps.Line(at, text, most)
}
