package label

import (
	"fmt"
	"math"
	"strings"

	"tagline/internal/fault"
)

// Symbology is a kind of symbol.
type Symbology string

// The symbologies that are written.
const (
	QR            Symbology = "qr"             // a Digital Link in a plain QR code, ]Q1
	DataMatrix    Symbology = "datamatrix"     // a Digital Link in a plain Data Matrix, ]d1
	GS1DataMatrix Symbology = "gs1-datamatrix" // an element string in a GS1 DataMatrix, ]d2
	GS1QR         Symbology = "gs1-qr"         // an element string in a GS1 QR code, ]Q3
)

// Symbologies lists them, for menus and help.
func Symbologies() []Symbology { return []Symbology{QR, DataMatrix, GS1DataMatrix, GS1QR} }

// ParseSymbology reads the name of a symbology.
func ParseSymbology(s string) (Symbology, error) {
	name := Symbology(strings.ToLower(s))
	switch name {
	case QR, DataMatrix, GS1DataMatrix, GS1QR:
		return name, nil
	}
	return "", fault.Newf(fault.Invalid, "there is no symbology %q", s).WithHint("Take qr, datamatrix, gs1-datamatrix or gs1-qr.")
}

// Identifier is the symbology identifier that a scanner sends before the data,
// by ISO/IEC 15424.
func (s Symbology) Identifier() string {
	switch s {
	case QR:
		return "]Q1"
	case DataMatrix:
		return "]d1"
	case GS1DataMatrix:
		return "]d2"
	case GS1QR:
		return "]Q3"
	}
	return ""
}

// Title is the name for people.
func (s Symbology) Title() string {
	switch s {
	case QR:
		return "QR code"
	case DataMatrix:
		return "Data Matrix"
	case GS1DataMatrix:
		return "GS1 DataMatrix"
	case GS1QR:
		return "GS1 QR code"
	}
	return string(s)
}

// QuietZone is the least width of the empty frame round the symbol, in modules.
func (s Symbology) QuietZone() int {
	if s.qr() {
		return 4
	}
	return 1
}

func (s Symbology) qr() bool { return s == QR || s == GS1QR }

// elements reports whether the symbol carries an element string and no link.
func (s Symbology) elements() bool { return s == GS1DataMatrix || s == GS1QR }

// Level is how much of a QR code may be damaged: L 7 %, M 15 %, Q 25 %, H 30 %.
type Level string

// The levels of error correction.
const (
	L Level = "L"
	M Level = "M"
	Q Level = "Q"
	H Level = "H"
)

// The bounds and defaults of sizes.
const (
	MinXDimension     = 0.1   // mm
	MaxXDimension     = 5.0   // mm
	DefaultXDimension = 0.495 // mm, GS1's target at the point of sale
	RetailMinimum     = 0.396 // mm, GS1's least at the point of sale
	DefaultDPI        = 600   // of a PNG for which no resolution was stated
	MinDPI            = 72
	MaxDPI            = 4800
	MaxQuietZone      = 40  // modules
	MaxText           = 200 // characters of free text
)

// Spec says what to draw. The zero values of all but Symbology and Data have good
// meanings.
type Spec struct {
	Symbology  Symbology
	Data       Data
	XDimension float64 // width of a module in mm, 0.1 to 5; 0 = DefaultXDimension
	DPI        int     // the printer's dots per inch: modules become whole dots; 0 = any printer, and 600 in a PNG
	QuietZone  int     // modules; 0 = the symbology's, which may be widened and never narrowed
	HRI        bool    // write "(01) 09506000164908" below the symbol, one line for each element
	Text       string  // one line of free text below; broken at words if it is long
	Level      Level   // of a QR code; empty = M
	Compact    bool    // capital letters in scheme and host, for a smaller QR code; see Data.Compact
	MaxWidth   float64 // mm that the label may be wide; 0 = as wide as its lines need
}

// check fills in the defaults and refuses what cannot be drawn.
func (s Spec) check() (Spec, error) {
	if s.Symbology == "" {
		return s, fault.New(fault.Invalid, "no symbology is named", "Take qr, datamatrix, gs1-datamatrix or gs1-qr.").At("symbology", "is missing")
	}
	name, err := ParseSymbology(string(s.Symbology))
	if err != nil {
		return s, err
	}
	s.Symbology = name
	if s.XDimension == 0 {
		s.XDimension = DefaultXDimension
	}
	if !(s.XDimension >= MinXDimension && s.XDimension <= MaxXDimension) { // NaN is refused too
		return s, fault.Newf(fault.Invalid, "an X-dimension of %s mm is out of bounds", mm(s.XDimension)).
			WithHint("Take %s to %s mm; retail wants at least %s.", mm(MinXDimension), mm(MaxXDimension), mm(RetailMinimum)).At("xDimension", "is out of bounds")
	}
	if s.DPI != 0 && (s.DPI < MinDPI || s.DPI > MaxDPI) {
		return s, fault.Newf(fault.Invalid, "a resolution of %d dpi is out of bounds", s.DPI).
			WithHint("Take the printer's own, %d to %d dpi, such as 203, 300 or 600.", MinDPI, MaxDPI).At("dpi", "is out of bounds")
	}
	least := s.Symbology.QuietZone()
	if s.QuietZone == 0 {
		s.QuietZone = least
	}
	if s.QuietZone < least || s.QuietZone > MaxQuietZone {
		return s, fault.Newf(fault.Invalid, "a quiet zone of %d modules is out of bounds: a %s needs %d", s.QuietZone, s.Symbology.Title(), least).
			WithHint("Take %d to %d modules, or leave it out.", least, MaxQuietZone).At("quietZone", "is out of bounds")
	}
	if s.Level == "" {
		s.Level = M
	}
	s.Level = Level(strings.ToUpper(string(s.Level)))
	switch s.Level {
	case L, M, Q, H:
	default:
		return s, fault.Newf(fault.Invalid, "there is no error correction level %q", s.Level).WithHint("Take L, M, Q or H; M is usual.").At("level", "is unknown")
	}
	if s.MaxWidth < 0 || math.IsNaN(s.MaxWidth) || math.IsInf(s.MaxWidth, 0) {
		return s, fault.New(fault.Invalid, "the width of the label is no length", "Give millimetres, or 0 for as wide as needed.").At("maxWidth", "is no length")
	}
	return s, s.checkData()
}

// checkData looks at what the symbol and the lines below it say.
func (s Spec) checkData() error {
	if len(s.Data.elements) == 0 {
		return fault.New(fault.Invalid, "there are no data to print", "Give a Digital Link URI or an element string.").At("data", "are missing")
	}
	if !s.Symbology.elements() && s.Data.uri == "" {
		return fault.Newf(fault.Invalid, "a %s carries a Digital Link, and there is no domain for it", s.Symbology.Title()).
			WithHint("Give a domain such as https://id.example, or print the element string as gs1-datamatrix.").At("domain", "is missing")
	}
	count := 0
	for _, r := range s.Text {
		count++
		if r < ' ' || r == 0x7f || r >= 0xfffd && r <= 0xffff || r >= 0x80 && r < 0xa0 {
			return fault.New(fault.Invalid, "the text holds a control character, a line break or a broken one", "A label carries one line of plain text.").At("text", "is no plain line")
		}
	}
	if count > MaxText {
		return fault.Newf(fault.Invalid, "the text has %d characters", count).WithHint("A label carries %d at most.", MaxText).At("text", "is too long")
	}
	return nil
}

// mm writes a length without needless digits.
func mm(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.4f", v), "0"), ".")
}
