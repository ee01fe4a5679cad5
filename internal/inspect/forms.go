package inspect

import (
	"strings"

	"tagline/gs1"
	"tagline/gs1/compression"
	"tagline/gs1/epc"
	"tagline/gs1/scan"
)

// URN is an EPC taken apart.
type URN struct {
	Kind       string      `json:"kind"`   // id, class or idpat
	Scheme     string      `json:"scheme"` // sgtin
	Components []Component `json:"components"`
}

// Component is what stands between two dots.
type Component struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Symbology is what a scanner says of the symbol that it has read.
type Symbology struct {
	Identifier string `json:"identifier"` // "]d2"
	Name       string `json:"name"`
}

// readCompressed takes the URL for a compressed link, if it is one. One whose bits
// add up but say nothing valid is one, too.
func (r *Report) readCompressed() bool {
	read := compression.ParseLink
	if strings.HasPrefix(r.Input, "/") {
		read = func(input string) (gs1.Link, compression.Form, error) {
			path, query, _ := strings.Cut(input, "?")
			return compression.ParseLinkPath(path, query)
		}
	}
	link, form, err := read(r.Input)
	if form != compression.Compressed {
		return false
	}
	r.Kind = Compressed
	if err != nil {
		r.Error = problemOf(err)
		r.Says = "Meant as a compressed GS1 Digital Link, but not valid: " + r.Error.Message + "."
		return true
	}
	r.Valid = true
	r.Canonical = link.Canonical()
	r.describe(link)
	r.Says = "A compressed GS1 Digital Link to " + subject(link) + "."
	r.note("Uncompressed it is " + link.URI(link.Stem()) + ".")
	return true
}

// explainURN reads an EPC.
func explainURN(r Report) Report {
	r.Kind = EPC
	u, err := epc.Parse(r.Input)
	if err != nil {
		r.Error = problemOf(err)
		r.Says = "Meant as an EPC, but not valid: " + r.Error.Message + "."
		return r
	}
	r.URN = &URN{Kind: string(u.Kind), Scheme: u.Scheme}
	for i, name := range u.Names() {
		r.URN.Components = append(r.URN.Components, Component{name, u.Components[i]})
	}
	link, err := u.Link()
	if err != nil {
		r.Error = problemOf(err)
		r.Says = "Meant as an EPC, but not valid: " + r.Error.Message + "."
		return r
	}
	r.Valid = true
	r.Canonical = link.Canonical()
	r.describe(link)
	r.Says = "An EPC (" + u.Scheme + ") for " + subject(link) + "."
	switch u.Kind {
	case epc.Class:
		r.note("It names all items of the lot.")
	case epc.Pattern:
		r.note("It names all items, whatever their serial number.")
	}
	r.note("Its company prefix is " + u.Components[0] + ". As a Digital Link it is " + r.Canonical + ".")
	return r
}

// ssccLength is the number of digits of the number of a logistic unit.
const ssccLength = 18

// explainSSCC reads the bare number of a logistic unit.
func explainSSCC(r Report) Report {
	link, err := gs1.NewLink([]gs1.Element{{AI: gs1.AISSCC, Value: r.Input}})
	r.Kind = LogisticUnit
	if err != nil {
		r.Error = problemOf(err)
		r.Error.Position = len(r.Input) - 1
		if digit, e := gs1.CheckDigit(r.Input[:len(r.Input)-1]); e == nil {
			r.Error.Fix = "With the digits before it, the check digit is " + string(digit) + "."
		}
		r.Says = "Looks like the number of a logistic unit, but " + r.Error.Message + "."
		return r
	}
	r.Valid = true
	r.Canonical = link.Canonical()
	r.Elements = elementsOf("", link.Elements()...)
	r.Says = "The number of a logistic unit (SSCC) with a right check digit."
	return r
}

// identifierLength is that of a symbology identifier, "]d2".
const identifierLength = 3

// explainScan reads what a scanner transmits: a symbology identifier (ISO/IEC 15424)
// and data. GS1 data are read as such; all else as if the identifier were not there.
func explainScan(r Report) Report {
	name := ""
	if len(r.Input) >= identifierLength {
		name = symbology(r.Input[1:identifierLength])
	}
	if name == "" {
		return r.refuse("unknown_symbology", 0, "this begins with ] but with no symbology identifier",
			"A scanner sends ], a letter and a digit before the data, such as ]d2 for GS1 DataMatrix.")
	}
	r.Symbology = &Symbology{r.Input[:identifierLength], name}
	switch r.Input[1:identifierLength] {
	case "Q3", "d2", "J1", "C1", "e0", "E0", "E4":
		return explainTransmission(r)
	}
	data := r.Input[identifierLength:]
	inner := Report{Kind: Unknown}
	if data != "" && data[0] != ']' {
		inner = explain(data)
	}
	if inner.Kind == Unknown {
		r.Kind, r.Valid = PlainText, true
		r.Says = "Plain text from a " + name + " symbol, which names no product."
		return r
	}
	inner.Input, inner.Symbology = r.Input, r.Symbology
	if inner.Error != nil && inner.Error.Position >= 0 {
		moved := *inner.Error
		moved.Position += identifierLength
		inner.Error = &moved
	}
	if inner.Tag != nil {
		for i := range inner.Tag.Fields {
			inner.Tag.Fields[i].Position += identifierLength
		}
	}
	return inner
}

// explainTransmission reads GS1 data or the digits of an EAN or UPC.
func explainTransmission(r Report) Report {
	r.Kind = ElementString
	reading, err := scan.Parse(r.Input)
	if err != nil {
		r.Error = problemOf(err)
		r.Says = "Meant as GS1 data from a " + r.Symbology.Name + " symbol, but not valid: " + r.Error.Message + "."
		return r
	}
	r.hold(reading.Elements)
	if reading.Text != "" && len(reading.Elements) == 1 {
		gtin := reading.Elements[0].Value
		r.Kind = TradeItem
		r.Says = "A trade item number with a right check digit; in 14 digits it is " + gtin + "."
		r.note(restricted(gtin))
	}
	return r
}

// symbology names the symbol for an identifier without its bracket, or nothing if
// there is no such identifier.
func symbology(id string) string {
	switch id {
	case "Q3":
		return "GS1 QR Code"
	case "d2":
		return "GS1 DataMatrix"
	case "J1":
		return "GS1 DotCode"
	case "C1":
		return "GS1-128"
	case "e0":
		return "GS1 DataBar"
	case "E0":
		return "EAN-13 or UPC"
	case "E4":
		return "EAN-8"
	}
	if id[1] < '0' || id[1] > '9' && id[1] < 'A' || id[1] > 'Z' {
		return ""
	}
	switch id[0] {
	case 'A':
		return "Code 39"
	case 'C':
		return "Code 128"
	case 'E':
		return "EAN or UPC"
	case 'F':
		return "Codabar"
	case 'G':
		return "Code 93"
	case 'H':
		return "Code 11"
	case 'I':
		return "Interleaved 2 of 5"
	case 'J':
		return "DotCode"
	case 'L':
		return "PDF417"
	case 'Q':
		return "QR Code"
	case 'U':
		return "MaxiCode"
	case 'X':
		return "other"
	case 'd':
		return "Data Matrix"
	case 'e':
		return "GS1 DataBar"
	case 'h':
		return "Han Xin Code"
	case 'z':
		return "Aztec Code"
	}
	return ""
}
