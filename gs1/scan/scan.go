package scan

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"tagline/gs1"
	"tagline/gs1/internal/dictionary"
)

// Symbology names a kind of bar code.
type Symbology string

// The symbologies whose transmissions are understood. Where several transmit
// alike, a reading tells the first of them.
const (
	QRCode             Symbology = "QR"
	DataMatrix         Symbology = "DM"
	DotCode            Symbology = "DotCode"
	GS1128             Symbology = "GS1_128_CCA"
	GS1128CCC          Symbology = "GS1_128_CCC"
	DataBarExpanded    Symbology = "DataBarExpanded"
	DataBarOmni        Symbology = "DataBarOmni"
	DataBarTruncated   Symbology = "DataBarTruncated"
	DataBarStacked     Symbology = "DataBarStacked"
	DataBarStackedOmni Symbology = "DataBarStackedOmni"
	DataBarLimited     Symbology = "DataBarLimited"
	EAN13              Symbology = "EAN13"
	EAN8               Symbology = "EAN8"
	UPCA               Symbology = "UPCA"
	UPCE               Symbology = "UPCE"
)

// fnc1 stands for FNC1 between the values of GS1 data on the wire.
const fnc1 = "\x1d"

// composite begins the second message, that of a composite component.
const composite = "|]e0"

// Reading is what a scanner has read.
type Reading struct {
	Symbology Symbology
	// Text is what stood in a symbol without GS1 data: the digits of an EAN or
	// UPC, or plain data.
	Text string
	// Link is the Digital Link that Text is; the zero Link if it is none.
	Link gs1.Link
	// Elements are the GS1 data, those of a composite component included; the
	// GTIN of an EAN or UPC; the elements of the link.
	Elements []gs1.Element
}

// Parse reads what a scanner transmits: "]d2" and an element string with the byte
// 1D for FNC1, "]Q1" and a Digital Link, "]E0" and thirteen digits. Plain data that
// begin with http:// or https:// must be a valid Digital Link.
func Parse(transmission string) (Reading, error) {
	if len(transmission) > gs1.MaxLength {
		return Reading{}, fail("DATA_TOO_LONG", "Maximum data length is 8191 characters", gs1.MaxLength)
	}
	if len(transmission) < 3 || transmission[0] != ']' {
		return Reading{}, fail("MISSING_SYMBOLOGY_IDENTIFIER", "Missing symbology identifier", 0)
	}
	data := transmission[3:]
	switch transmission[1:3] {
	case "Q1":
		return parseText(QRCode, data)
	case "d1":
		return parseText(DataMatrix, data)
	case "J0":
		return parseText(DotCode, data)
	case "Q3":
		return parseData(QRCode, data)
	case "d2":
		return parseData(DataMatrix, data)
	case "J1":
		return parseData(DotCode, data)
	case "C1":
		return parseData(GS1128, data)
	case "e0":
		return parseData(DataBarExpanded, data)
	case "E0":
		return parseGTIN(EAN13, data, 13)
	case "E4":
		return parseGTIN(EAN8, data, 8)
	}
	return Reading{}, fail("UNSUPPORTED_SYMBOLOGY_IDENTIFIER", "Unsupported symbology identifier", 0)
}

func fail(code, message string, at int) *gs1.Error {
	return &gs1.Error{Code: code, Message: message, Position: at}
}

// shift moves the position of an error of package gs1 by so many bytes.
func shift(err error, by int) error {
	var e *gs1.Error
	if !errors.As(err, &e) || e.Position < 0 {
		return err
	}
	moved := *e
	moved.Position += by
	return &moved
}

// parseText reads plain data.
func parseText(sym Symbology, data string) (Reading, error) {
	r := Reading{Symbology: sym, Text: data}
	scheme, _, ok := strings.Cut(data, "://")
	if !ok || !slices.Contains([]string{"https", "HTTPS", "http", "HTTP"}, scheme) {
		return r, nil
	}
	link, err := gs1.ParseLink(data)
	if err != nil {
		return Reading{}, shift(err, 3)
	}
	r.Link, r.Elements = link, link.Elements()
	return r, nil
}

// parseData reads GS1 data.
func parseData(sym Symbology, data string) (Reading, error) {
	elements, err := parseSeparated(gs1.Dialect{}, data, 3)
	if err != nil {
		return Reading{}, err
	}
	return Reading{Symbology: sym, Elements: elements}, nil
}

// parseSeparated reads an element string that begins, without FNC1, at a place of
// the transmission.
func parseSeparated(d gs1.Dialect, data string, begin int) ([]gs1.Element, error) {
	if at := strings.IndexByte(data, '^'); at >= 0 {
		return nil, fail("SCAN_DATA_CONTAINS_ILLEGAL_CARAT", "Scan data contains illegal ^ character", begin+at)
	}
	elements, err := d.ParseElements(fnc1 + data)
	return elements, shift(err, begin-1)
}

// parseGTIN reads the digits of an EAN or UPC and the composite component that may
// follow.
func parseGTIN(sym Symbology, data string, digits int) (Reading, error) {
	if len(data) < digits {
		return Reading{}, fail("PRIMARY_SCAN_DATA_IS_TOO_SHORT", "Primary scan data is too short", len(data)+3)
	}
	component, isComposite := strings.CutPrefix(data[digits:], composite)
	if component != "" && !isComposite {
		return Reading{}, fail("PRIMARY_MESSAGE_IS_TOO_LONG", "Primary message is too long", digits+3)
	}
	r := Reading{Symbology: sym, Text: data[:digits]}
	if at := dictionary.Outside(r.Text, dictionary.Digits); at >= 0 {
		return Reading{}, fail("PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS", "Primary message may only contain digits", at+3)
	}
	gtin, err := gs1.NormalizeGTIN(r.Text)
	if err != nil {
		return Reading{}, fail("PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT", "Primary message check digit is incorrect", digits+2)
	}
	r.Elements = []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}}
	if !isComposite {
		return r, nil
	}
	elements, err := parseSeparated(gs1.Dialect{Part: true}, component, 3+digits+len(composite))
	if err != nil {
		return Reading{}, err
	}
	r.Elements = append(r.Elements, elements...)
	if err := checkWhole(r.Elements); err != nil {
		return Reading{}, err
	}
	return r, nil
}

// checkWhole checks which elements of all parts of a symbol stand together. They
// are valid one by one.
func checkWhole(elements []gs1.Element) error {
	_, err := gs1.ParseElements(gs1.FormatElements(elements))
	var e *gs1.Error
	if errors.As(err, &e) {
		e.Position = -1 // it counts in what was written just now
	}
	return err
}

// Format writes what a scanner would transmit of a symbol. The content of the
// symbol is an element string with ^ for FNC1, for the smaller linear symbols also
// the digits alone, for the matrix symbols also plain data; behind a bar in a
// linear symbol stands the element string of its composite component.
//
// Plain data that begin with backslashes and ^ have one backslash more than what
// is transmitted, which tells them from GS1 data.
func Format(sym Symbology, content string) (string, error) {
	s, err := format(sym, content)
	if err != nil {
		return "", err
	}
	return s, nil
}

func format(sym Symbology, content string) (string, error) {
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
			return "", fail("PRIMARY_DATA_IS_TOO_LARGE", "Primary data item value is too large", -1)
		}
		fallthrough
	case DataBarOmni, DataBarTruncated, DataBarStacked, DataBarStackedOmni:
		return formatGTIN("]e001", content, 14, "")
	}
	return "", fail("UNKNOWN_SYMBOLOGY", "Unknown symbology", -1)
}

// parseContent reads an element string with ^ for FNC1 that begins at a place of
// the content.
func parseContent(d gs1.Dialect, s string, begin int) ([]gs1.Element, error) {
	if !strings.HasPrefix(s, "^") {
		return nil, fail("MISSING_FNC1_IN_FIRST_POSITION", "Missing FNC1 in first position", begin)
	}
	elements, err := d.ParseElements(s)
	return elements, shift(err, begin)
}

// transmitted is an element string as it comes over the wire, without its first
// FNC1.
func transmitted(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(s, "^"), "^", fnc1)
}

// formatMatrix writes a symbol that carries plain or GS1 data.
func formatMatrix(plain, data, content string) (string, error) {
	if strings.HasPrefix(content, "^") {
		_, err := parseContent(gs1.Dialect{}, content, 0)
		return data + transmitted(content), err
	}
	if strings.HasPrefix(strings.TrimLeft(content, `\`), "^") {
		content = content[1:]
	}
	return plain + content, nil
}

// formatLinear writes a symbol that carries GS1 data only. With a composite
// component both are transmitted as one.
func formatLinear(id, content string) (string, error) {
	linear, component, isComposite := strings.Cut(content, "|")
	if !isComposite {
		_, err := parseContent(gs1.Dialect{}, linear, 0)
		return id + transmitted(linear), err
	}
	a, err := parseContent(gs1.Dialect{Part: true}, linear, 0)
	if err != nil {
		return "", err
	}
	b, err := parseContent(gs1.Dialect{Part: true}, component, len(linear)+1)
	if err != nil {
		return "", err
	}
	if last, ok := gs1.Lookup(a[len(a)-1].AI); ok && last.Separated && !strings.HasSuffix(linear, "^") {
		linear += "^"
	}
	return "]e0" + transmitted(linear) + transmitted(component), checkWhole(append(a, b...))
}

// formatGTIN writes a symbol whose linear part is so many digits, given as they are
// or as AI 01. The composite component is a message of its own behind a mark, or
// follows at once.
func formatGTIN(id, content string, digits int, mark string) (string, error) {
	linear, component, isComposite := strings.Cut(content, "|")
	number := strings.TrimPrefix(linear, "^01"+"000000"[:14-digits])
	if len(number) != digits {
		return "", fail("PRIMARY_DATA_MUST_BE_N_DIGITS", "Primary data must be "+strconv.Itoa(digits)+" digits", -1)
	}
	if dictionary.Outside(number, dictionary.Digits) >= 0 {
		return "", fail("PRIMARY_DATA_MUST_BE_ALL_DIGITS", "Primary data must be all digits", -1)
	}
	gtin, err := gs1.NormalizeGTIN(number)
	if err != nil {
		return "", fail("PRIMARY_DATA_CHECK_DIGIT_IS_INCORRECT", "Primary data check digit is incorrect", -1)
	}
	if !isComposite {
		return id + number, nil
	}
	elements, err := parseContent(gs1.Dialect{Part: true}, component, len(linear)+1)
	if err != nil {
		return "", err
	}
	all := append([]gs1.Element{{AI: gs1.AIGTIN, Value: gtin}}, elements...)
	return id + number + mark + transmitted(component), checkWhole(all)
}
