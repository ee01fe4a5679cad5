package dictionary

// Lint runs a linter of the dictionary, or the check of a character set, by its
// name. It gives the code and the place of the flaw, or an empty code.
func Lint(name, s string) (code string, at, n int) {
	var f *Flaw
	if set, ok := map[string]byte{"csetnumeric": 'N', "cset82": 'X', "cset39": 'Y', "cset64": 'Z'}[name]; ok {
		f = characters(s, set)
	} else {
		f = linters[name].check(s)
	}
	if f == nil {
		return "", 0, 0
	}
	return f.Code, f.At, f.N
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

// InSet reports whether a byte is in a set, by its name.
func InSet(name string, c byte) bool {
	return Is(c, map[string]uint8{"digits": Digits, "cset82": Set82, "cset39": Set39, "cset64": Set64, "uri": InURI, "unreserved": Unreserved, "notHost": NotHost}[name])
}

// LinterNames lists what Lint knows.
func LinterNames() []string {
	names := []string{"csetnumeric", "cset82", "cset39", "cset64"}
	for name := range linters {
		names = append(names, name)
	}
	return names
}
