package gs1

// What the vectors of the standard's tools test on its own.

// ParseElementsAlone reads an element string and does not check which AIs stand
// together.
func (d Dialect) ParseElementsAlone(s string) ([]Element, error) {
	var m marks
	elements, err := d.parseElements(s, &m)
	if err != nil {
		return nil, err
	}
	return elements, nil
}

// ParseLinkAlone reads a URI and does not check which AIs stand together.
func (d Dialect) ParseLinkAlone(text string) ([]Element, error) {
	begin, path, query, err := splitURI(text)
	if err != nil {
		return nil, err
	}
	p := linkParser{Dialect: d, path: path, query: query, begin: begin}
	if err := p.parseRules(); err != nil {
		return nil, err
	}
	return p.link.elements, nil
}

// CheckRule applies one rule about which AIs stand together to a bracketed element
// string that is valid otherwise.
func (d Dialect) CheckRule(name, bracketed string) error {
	var m marks
	elements, err := d.parseElements(bracketed, &m)
	if err != nil {
		return err
	}
	s := sorted{elements: elements, marks: &m}
	s.sort()
	switch name {
	case "mutex":
		err = s.exclusive()
	case "requisites":
		err = s.required()
	case "repeats":
		err = s.repeated()
	case "validateDigSigRequiresSerialisedKey":
		err = s.signed()
	default:
		panic("no rule is called " + name)
	}
	if err != nil {
		return err
	}
	return nil
}

// Lint runs a linter of the dictionary, or the check of a character set, by its
// name. It gives the code and the place of the flaw, or an empty code.
func Lint(name, s string) (code string, at, n int) {
	var f *flaw
	if set, ok := map[string]byte{"csetnumeric": 'N', "cset82": 'X', "cset39": 'Y', "cset64": 'Z'}[name]; ok {
		f = characters(s, set)
	} else {
		f = linters[name].check(s)
	}
	if f == nil {
		return "", 0, 0
	}
	return f.code, f.at, f.n
}

// HasLinter reports whether Lint knows a name.
func HasLinter(name string) bool {
	_, ok := linters[name]
	return ok || len(name) > 4 && name[:4] == "cset"
}

var linters = map[string]linter{
	"csum": lintCsum, "csumalpha": lintCsumalpha, "gcppos1": lintGcppos1, "gcppos2": lintGcppos2,
	"yymmd0": lintYymmd0, "yymmdd": lintYymmdd, "yyyymmd0": lintYyyymmd0, "yyyymmdd": lintYyyymmdd,
	"hh": lintHh, "mi": lintMi, "ss": lintSs, "hhmi": lintHhmi,
	"iso3166": lintIso3166, "iso3166999": lintIso3166999, "iso3166alpha2": lintIso3166alpha2,
	"iso4217": lintIso4217, "iso5218": lintIso5218, "iban": lintIban,
	"packagetype": lintPackagetype, "mediatype": lintMediatype, "latitude": lintLatitude, "longitude": lintLongitude,
	"pieceoftotal": lintPieceoftotal, "posinseqslash": lintPosinseqslash, "pcenc": lintPcenc, "yesno": lintYesno,
	"zero": lintZero, "nonzero": lintNonzero, "nozeroprefix": lintNozeroprefix, "winding": lintWinding,
	"hyphen": lintHyphen, "hasnondigit": lintHasnondigit, "importeridx": lintImporteridx,
	"couponcode": lintCouponcode, "couponposoffer": lintCouponposoffer,
}

// Unescape and Escape are what links do to the parts of a URI.
func Unescape(s string, query bool) string { return unescape(s, query) }
func Escape(s string, query bool) string   { return string(appendEscaped(nil, s, query)) }

// Class reports whether a byte is in a set, by its name.
func Class(name string, c byte) bool {
	return classes[c]&map[string]uint8{"digit": digit, "cset82": cset82, "cset39": cset39, "cset64": cset64, "uri": uri, "unreserved": unreserved, "notHost": notHost}[name] != 0
}
