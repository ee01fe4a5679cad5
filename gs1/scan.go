package gs1

import (
	"strconv"
	"strings"

	"tagline/gs1/internal/dictionary"
)

// Symbology names a kind of bar code.
type Symbology string

// The symbologies whose transmissions are understood. Where several transmit
// alike, a scan tells the first of them.
const (
	QRCode          Symbology = "QR"
	DataMatrix      Symbology = "DM"
	DotCode         Symbology = "DotCode"
	GS1128          Symbology = "GS1_128_CCA"
	GS1128CCC       Symbology = "GS1_128_CCC"
	DataBarExpanded Symbology = "DataBarExpanded"
	DataBarOmni     Symbology = "DataBarOmni"
	DataBarTrunc    Symbology = "DataBarTruncated"
	DataBarStacked  Symbology = "DataBarStacked"
	DataBarStOmni   Symbology = "DataBarStackedOmni"
	DataBarLimited  Symbology = "DataBarLimited"
	EAN13           Symbology = "EAN13"
	EAN8            Symbology = "EAN8"
	UPCA            Symbology = "UPCA"
	UPCE            Symbology = "UPCE"
)

// Scan is what a scanner has read.
type Scan struct {
	Symbology Symbology
	// Text is what stood in a symbol without GS1 data: the digits of an EAN or
	// UPC, or plain data.
	Text string
	// Link is the Digital Link that Text is; the zero Link if it is none.
	Link Link
	// Elements are the GS1 data, those of a composite component included; the
	// GTIN of an EAN or UPC; the elements of the link.
	Elements []Element
}

// ParseScan reads what a scanner transmits, with the symbology identifier of
// ISO/IEC 15424 before it: "]d2" and an element string with the byte 1D for FNC1,
// "]Q1" and a Digital Link, "]E0" and thirteen digits. Plain data that begins with
// http:// or https:// must be a valid Digital Link.
func ParseScan(transmission string) (Scan, error) {
	switch {
	case len(transmission) > MaxLength:
		return Scan{}, tooLong()
	case len(transmission) < 3 || transmission[0] != ']':
		return Scan{}, &Error{Code: "MISSING_SYMBOLOGY_IDENTIFIER", Message: "Missing symbology identifier", Position: 0}
	}
	data := transmission[3:]
	switch transmission[1:3] {
	case "Q1":
		return scanText(QRCode, data)
	case "d1":
		return scanText(DataMatrix, data)
	case "J0":
		return scanText(DotCode, data)
	case "Q3":
		return scanElements(Scan{Symbology: QRCode}, &label{}, data, 3)
	case "d2":
		return scanElements(Scan{Symbology: DataMatrix}, &label{}, data, 3)
	case "J1":
		return scanElements(Scan{Symbology: DotCode}, &label{}, data, 3)
	case "C1":
		return scanElements(Scan{Symbology: GS1128}, &label{}, data, 3)
	case "e0":
		return scanElements(Scan{Symbology: DataBarExpanded}, &label{}, data, 3)
	case "E0":
		return scanGTIN(Scan{Symbology: EAN13}, data, 13)
	case "E4":
		return scanGTIN(Scan{Symbology: EAN8}, data, 8)
	}
	return Scan{}, &Error{Code: "UNSUPPORTED_SYMBOLOGY_IDENTIFIER", Message: "Unsupported symbology identifier", Position: 0}
}

// scanText reads plain data.
func scanText(sym Symbology, data string) (Scan, error) {
	s := Scan{Symbology: sym, Text: data}
	if scheme, _, ok := strings.Cut(data, "://"); !ok || scheme != "https" && scheme != "HTTPS" && scheme != "http" && scheme != "HTTP" {
		return s, nil
	}
	l, err := ParseLink(data)
	if err != nil {
		e := *err.(*Error)
		if e.Position >= 0 {
			e.Position += 3
		}
		return Scan{}, &e
	}
	s.Link, s.Elements = l, l.Elements()
	return s, nil
}

// label gathers the elements of all parts of a symbol: which of them stand together
// is a question to the whole.
type label struct {
	elements []Element
	marks    marks
}

// add takes up an element string with its first FNC1, which stands at a place of
// the input, or would.
func (l *label) add(s string, fnc1 byte, begin int) *Error {
	var m marks
	elements, err := Dialect{}.parseSeparated(s, fnc1, &m)
	if err != nil {
		err.Position += begin
		return err
	}
	if len(l.elements)+len(elements) > maxElements {
		return tooMany(begin)
	}
	for i := range elements {
		m[i].at += uint16(begin)
	}
	copy(l.marks[len(l.elements):], m[:len(elements)])
	l.elements = append(l.elements, elements...)
	return nil
}

// addGTIN takes up the GTIN that the digits of a linear symbol are.
func (l *label) addGTIN(digits string, begin int) {
	padded, _ := padGTIN(digits)
	l.marks[len(l.elements)] = mark{dictionary.Lookup(AIGTIN), uint16(begin)}
	l.elements = append(l.elements, Element{AIGTIN, padded})
}

// scanElements reads GS1 data that begin at a place of the transmission.
func scanElements(s Scan, l *label, data string, begin int) (Scan, error) {
	if at := strings.IndexByte(data, '^'); at >= 0 {
		return Scan{}, &Error{Code: "SCAN_DATA_CONTAINS_ILLEGAL_CARAT", Message: "Scan data contains illegal ^ character", Position: begin + at}
	}
	if err := l.add(string(rune(groupSeparator))+data, groupSeparator, begin-1); err != nil {
		return Scan{}, err
	}
	if err := checkAssociations(l.elements, &l.marks); err != nil {
		return Scan{}, err
	}
	s.Elements = l.elements
	return s, nil
}

// composite is what stands before the second message of an EAN or UPC.
const composite = "|]e0"

// scanGTIN reads the digits of an EAN or UPC and the composite component that may
// follow.
func scanGTIN(s Scan, data string, digits int) (Scan, error) {
	if len(data) < digits {
		return Scan{}, &Error{Code: "PRIMARY_SCAN_DATA_IS_TOO_SHORT", Message: "Primary scan data is too short", Position: len(data) + 3}
	}
	rest, isComposite := strings.CutPrefix(data[digits:], composite)
	if rest != "" && !isComposite {
		return Scan{}, &Error{Code: "PRIMARY_MESSAGE_IS_TOO_LONG", Message: "Primary message is too long", Position: digits + 3}
	}
	s.Text = data[:digits]
	if at := dictionary.Outside(s.Text, dictionary.Digits); at >= 0 {
		return Scan{}, &Error{Code: "PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS", Message: "Primary message may only contain digits", Position: at + 3}
	}
	if dictionary.CheckedDigits(s.Text) != nil {
		return Scan{}, &Error{Code: "PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT", Message: "Primary message check digit is incorrect", Position: digits + 2}
	}
	var l label
	l.addGTIN(s.Text, 3)
	if !isComposite {
		s.Elements = l.elements
		return s, nil
	}
	return scanElements(s, &l, rest, 3+digits+len(composite))
}

// FormatScan writes what a scanner would transmit of a symbol. The content of the
// symbol is an element string with ^ for FNC1, for the smaller linear symbols also
// the digits alone, for the matrix symbols also plain data; behind a bar in a
// linear symbol stands the element string of its composite component.
//
// Plain data that begin with backslashes and ^ have one backslash more than what
// is transmitted, which tells them from GS1 data.
func FormatScan(sym Symbology, content string) (string, error) {
	if len(content) > MaxLength {
		return "", tooLong()
	}
	s, err := formatScan(sym, content)
	if err != nil {
		return "", err
	}
	return s, nil
}

func formatScan(sym Symbology, content string) (string, *Error) {
	switch sym {
	case QRCode:
		return formatMatrix("]Q1", "]Q3", content)
	case DataMatrix:
		return formatMatrix("]d1", "]d2", content)
	case DotCode:
		return formatMatrix("]J0", "]J1", content)
	case GS1128, GS1128CCC:
		return formatLinear("]C1", content)
	case DataBarExpanded:
		return formatLinear("]e0", content)
	case EAN13:
		return formatGTIN("]E0", content, 13, composite)
	case EAN8:
		return formatGTIN("]E4", content, 8, composite)
	case UPCA, UPCE:
		return formatGTIN("]E00", content, 12, composite)
	case DataBarLimited:
		// The symbol holds GTINs whose first digit is 0 or 1.
		if strings.TrimPrefix(content, "^01") >= "2" {
			return "", &Error{Code: "PRIMARY_DATA_IS_TOO_LARGE", Message: "Primary data item value is too large", Position: -1}
		}
		fallthrough
	case DataBarOmni, DataBarTrunc, DataBarStacked, DataBarStOmni:
		return formatGTIN("]e001", content, 14, "")
	}
	return "", &Error{Code: "UNKNOWN_SYMBOLOGY", Message: "Unknown symbology", Position: -1}
}

// transmitted is an element string without its first FNC1 and with the byte that a
// scanner sends for the others.
func transmitted(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(s, "^"), "^", string(rune(groupSeparator)))
}

// addContent takes up an element string with ^ for FNC1.
func (l *label) addContent(s string, begin int) *Error {
	if !strings.HasPrefix(s, "^") {
		return &Error{Code: "MISSING_FNC1_IN_FIRST_POSITION", Message: "Missing FNC1 in first position", Position: begin}
	}
	return l.add(s, '^', begin)
}

// formatMatrix writes a symbol that carries plain or GS1 data.
func formatMatrix(plain, gs1Data, content string) (string, *Error) {
	if strings.HasPrefix(content, "^") {
		var l label
		if err := l.addContent(content, 0); err != nil {
			return "", err
		}
		return gs1Data + transmitted(content), checkAssociations(l.elements, &l.marks)
	}
	if strings.HasPrefix(strings.TrimLeft(content, `\`), "^") {
		content = content[1:]
	}
	return plain + content, nil
}

// formatLinear writes a symbol that carries GS1 data only. With a composite
// component both are transmitted as one.
func formatLinear(id, content string) (string, *Error) {
	var l label
	linear, component, isComposite := strings.Cut(content, "|")
	if err := l.addContent(linear, 0); err != nil {
		return "", err
	}
	s := id + transmitted(linear)
	if isComposite {
		s = "]e0" + transmitted(linear)
		if separated(l.elements[len(l.elements)-1].AI) {
			s += string(rune(groupSeparator))
		}
		s += transmitted(component)
		if err := l.addContent(component, len(linear)+1); err != nil {
			return "", err
		}
	}
	return s, checkAssociations(l.elements, &l.marks)
}

// formatGTIN writes a symbol whose linear part is so many digits, given as they are
// or as AI 01. The composite component is a message of its own after a mark, or
// follows at once.
func formatGTIN(id, content string, digits int, mark string) (string, *Error) {
	linear, component, isComposite := strings.Cut(content, "|")
	linear = strings.TrimPrefix(linear, "^01"+"000000"[:14-digits])
	switch {
	case len(linear) != digits:
		return "", &Error{Code: "PRIMARY_DATA_MUST_BE_N_DIGITS", Message: "Primary data must be " + strconv.Itoa(digits) + " digits", Position: -1}
	case dictionary.Outside(linear, dictionary.Digits) >= 0:
		return "", &Error{Code: "PRIMARY_DATA_MUST_BE_ALL_DIGITS", Message: "Primary data must be all digits", Position: -1}
	case dictionary.CheckedDigits(linear) != nil:
		return "", &Error{Code: "PRIMARY_DATA_CHECK_DIGIT_IS_INCORRECT", Message: "Primary data check digit is incorrect", Position: -1}
	case !isComposite:
		return id + linear, nil
	}
	var l label
	l.addGTIN(linear, 0)
	if err := l.addContent(component, strings.IndexByte(content, '|')+1); err != nil {
		return "", err
	}
	return id + linear + mark + transmitted(component), checkAssociations(l.elements, &l.marks)
}
