package epc

// scheme says how a URN is made of a company prefix and a reference, and where its
// parts stand in a GS1 key.
type scheme struct {
	name      string
	class     bool   // urn:epc:class instead of urn:epc:id
	pattern   bool   // urn:epc:idpat with a star for the serial is the key alone
	key       string // the AI
	digits    int    // of prefix and reference; 0 if the reference is free text
	zero      bool   // a zero stands before the prefix in the key
	first     bool   // the first digit of the reference stands before the prefix
	check     bool   // a check digit stands behind the reference
	reference part
	between   []part // behind the check digit
	serial    part   // nothing, if its name is empty
	serialAI  string // empty: the serial stands at the end of the key
}

// part is a component of a URN behind the company prefix.
type part struct {
	name     string
	set      byte // N digits, X character set 82, Y character set 39
	min, max int
}

// The lengths of a company prefix.
const (
	minPrefix = 6
	maxPrefix = 12
)

// maxFree is the length of a key whose reference is free text.
const maxFree = 30

// schemes are those that have a GS1 key.
var schemes = [...]scheme{
	{name: "sgtin", pattern: true, key: "01", digits: 13, first: true, check: true, reference: part{"item reference", 'N', 1, 7}, serial: part{"serial number", 'X', 1, 20}, serialAI: "21"},
	{name: "lgtin", class: true, key: "01", digits: 13, first: true, check: true, reference: part{"item reference", 'N', 1, 7}, serial: part{"lot", 'X', 1, 20}, serialAI: "10"},
	{name: "upui", pattern: true, key: "01", digits: 13, first: true, check: true, reference: part{"item reference", 'N', 1, 7}, serial: part{"third-party extension", 'X', 1, 28}, serialAI: "235"},
	{name: "itip", pattern: true, key: "8006", digits: 13, first: true, check: true, reference: part{"item reference", 'N', 1, 7}, between: []part{{"piece", 'N', 2, 2}, {"total", 'N', 2, 2}}, serial: part{"serial number", 'X', 1, 20}, serialAI: "21"},
	{name: "sscc", key: "00", digits: 17, first: true, check: true, reference: part{"serial reference", 'N', 5, 11}},
	{name: "sgln", key: "414", digits: 12, check: true, reference: part{"location reference", 'N', 0, 6}, serial: part{"extension", 'X', 1, 20}, serialAI: "254"},
	{name: "pgln", key: "417", digits: 12, check: true, reference: part{"party reference", 'N', 0, 6}},
	{name: "grai", pattern: true, key: "8003", digits: 12, zero: true, check: true, reference: part{"asset type", 'N', 0, 6}, serial: part{"serial number", 'X', 1, 16}},
	{name: "giai", key: "8004", reference: part{"asset reference", 'X', 1, maxFree}},
	{name: "gdti", pattern: true, key: "253", digits: 12, check: true, reference: part{"document type", 'N', 0, 6}, serial: part{"serial number", 'X', 1, 17}},
	{name: "sgcn", pattern: true, key: "255", digits: 12, check: true, reference: part{"coupon reference", 'N', 0, 6}, serial: part{"serial number", 'N', 1, 12}},
	{name: "gsrn", key: "8018", digits: 17, check: true, reference: part{"service reference", 'N', 5, 11}},
	{name: "gsrnp", key: "8017", digits: 17, check: true, reference: part{"service reference", 'N', 5, 11}},
	{name: "gsin", key: "402", digits: 16, check: true, reference: part{"shipper reference", 'N', 4, 10}},
	{name: "ginc", key: "401", reference: part{"consignment reference", 'X', 1, maxFree}},
	{name: "cpi", pattern: true, key: "8010", reference: part{"component reference", 'Y', 1, maxFree}, serial: part{"serial number", 'N', 1, 12}, serialAI: "8011"},
}

// foreign are the schemes that have no GS1 key.
const foreign = " gid usdod adi bic imovn tid "

// noExtension stands in an sgln for a location without an extension.
const noExtension = "0"

// components are those of a URN, the company prefix first.
func (s *scheme) components() []part {
	all := append([]part{{"company prefix", 'N', minPrefix, maxPrefix}, s.reference}, s.between...)
	if s.serial.name != "" {
		all = append(all, s.serial)
	}
	return all
}

func schemeNamed(name string, class bool) *scheme {
	for i := range schemes {
		if schemes[i].name == name && schemes[i].class == class {
			return &schemes[i]
		}
	}
	return nil
}
