package labels

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/label"
	"tagline/internal/thing"
)

const group = "Codes"

// Desk answers the operations about codes.
type Desk struct {
	Things  *thing.Service
	Chance  io.Reader // for serials
	BaseURL string    // without a slash at the end; where links lead when nothing else is stated

	sheets turn
}

// Look is the part of a request that says how a code looks.
type Look struct {
	Symbology  string  `query:"symbology" enum:"qr,datamatrix,gs1-datamatrix,gs1-qr" default:"qr" doc:"qr and datamatrix carry a Digital Link, the others an element string"`
	Stem       string  `query:"stem" maxLength:"500" example:"https://id.example" doc:"Where the links lead; this server's address when left out"`
	XDimension float64 `query:"xDimension" minimum:"0.1" maximum:"5" default:"0.495" doc:"Width of a module in mm: retail wants at least 0.396, the target is 0.495"`
	DPI        int     `query:"dpi" minimum:"72" maximum:"4800" doc:"The printer's: modules become whole dots. When left out: any printer, and 600 in a PNG"`
	QuietZone  int     `query:"quietZone" minimum:"1" maximum:"40" doc:"Modules; when left out the symbology's, which is the least"`
	HRI        bool    `query:"hri" default:"true" doc:"Write the human readable interpretation below"`
	Text       string  `query:"text" maxLength:"200" doc:"One line of free text below"`
	Level      string  `query:"level" enum:"L,M,Q,H" default:"M" doc:"Error correction of a QR code: 7, 15, 25 or 30 %"`
	Compact    bool    `query:"compact" doc:"Scheme and host in capital letters, for a smaller QR code"`
	MaxWidth   float64 `query:"maxWidth" minimum:"0" maximum:"2000" doc:"Width of the label in mm; when left out as wide as its lines need"`
}

type drawIn struct {
	Look
	Data string `query:"data" required:"true" minLength:"1" maxLength:"2000" example:"(01)09506000134352(21)A1B2C3" doc:"An element string, or a whole Digital Link, which is printed as it stands"`
}

// file is a download with what is to be said about it.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
	Warnings    []string `header:"Label-Warning" doc:"Sentences about the codes; they can be printed all the same"`
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "describe-label", Method: http.MethodGet, Path: "/label", Action: access.ProductRead, Group: group,
		Summary: "What a code will be", Words: "The drawing as SVG, its size, what a scanner will tell of it, and what speaks against it."},
		func(_ context.Context, _ access.Actor, in *drawIn) (*frame.Answer[wire.Label], error) {
			l, data, warnings, err := d.draw(in)
			if err != nil {
				return nil, err
			}
			shape := wire.LabelOf(l, data)
			shape.Warnings = warnings
			var svg bytes.Buffer
			err = l.Write(&svg, label.SVG)
			shape.SVG = svg.String()
			return frame.Say(shape, below(err))
		})
	for _, format := range label.Formats() {
		name := string(format)
		frame.Handle(f, frame.Op{ID: "draw-label-" + name, Method: http.MethodGet, Path: "/label." + name, Action: access.ProductRead, Group: group,
			Summary: "A code as " + strings.ToUpper(name), Answers: format.ContentType(), Words: "What speaks against it stands in the header Label-Warning, one line for each."},
			func(_ context.Context, _ access.Actor, in *drawIn) (*file, error) {
				l, data, warnings, err := d.draw(in)
				if err != nil {
					return nil, err
				}
				var out bytes.Buffer
				if err := l.Write(&out, format); err != nil {
					return nil, below(err)
				}
				return download(nameOf(data)+"."+name, format.ContentType(), out.Bytes(), warnings), nil
			})
	}
	d.sheets = make(turn, 1)
	d.batches(f)
}

// draw draws what a request asks for.
func (d *Desk) draw(in *drawIn) (*label.Label, label.Data, []string, error) {
	spec := in.spec()
	stem, err := d.stem(in.Stem)
	if err != nil {
		return nil, label.Data{}, nil, err
	}
	given := in.Data
	if isURI(given) {
		stem = in.Stem // which is refused: a URI has its own
	}
	data, err := label.ParseData(given, stem)
	if err != nil && in.Stem == "" && elements(spec.Symbology) {
		data, err = label.ParseData(given, "") // some elements stand in no link
	}
	if err != nil {
		return nil, data, nil, wire.Below("query", placed(err, "data"))
	}
	spec.Data = data
	l, err := label.New(spec)
	if err != nil {
		return nil, data, nil, below(err)
	}
	warnings := append([]string{}, l.Warnings...)
	if !elements(spec.Symbology) {
		warnings = append(warnings, reach(data.URI())...)
	}
	return l, data, warnings, nil
}

func (l *Look) spec() label.Spec {
	return label.Spec{Symbology: label.Symbology(l.Symbology), XDimension: l.XDimension, DPI: l.DPI, QuietZone: l.QuietZone, HRI: l.HRI,
		Text: l.Text, Level: label.Level(l.Level), Compact: l.Compact, MaxWidth: l.MaxWidth}
}

// stem is where links lead: what was stated, or this server.
func (d *Desk) stem(stated string) (string, error) {
	if stated == "" {
		return d.BaseURL, nil
	}
	stated = strings.TrimSuffix(stated, "/")
	// Tried on a link that is right, so that what is wrong is the stem.
	uri, err := gs1.FormatLink(stated, []gs1.Element{{AI: gs1.AIGTIN, Value: "09506000134352"}})
	if err == nil {
		_, err = gs1.ParseLink(uri)
	}
	if err != nil || !isURI(stated) {
		return "", fault.Wrap(fault.Invalid, err, "the stem is no web address", "Give scheme and host, and perhaps a path: https://id.example").At("query.stem", "is no web address")
	}
	return stated, nil
}

func isURI(data string) bool {
	lower := strings.ToLower(strings.TrimSpace(data))
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// elements reports whether a symbology carries an element string and no link.
func elements(s label.Symbology) bool { return s == label.GS1DataMatrix || s == label.GS1QR }

// below puts the places of a fault where the caller wrote them.
func below(err error) error { return wire.Below("query", err) }

// placed gives a fault without a place one.
func placed(err error, place string) error {
	if f := fault.From(err); f.Code == fault.Invalid && len(f.Fields) == 0 {
		return fault.Wrap(f.Code, err, f.Message, f.Hint).At(place, "is not valid")
	}
	return err
}

func download(name, contentType string, body []byte, warnings []string) *file {
	return &file{ContentType: contentType, Disposition: "attachment; filename=" + strconv.Quote(name), Body: body, Warnings: warnings}
}

// longestName is the most characters of a file's name before its ending.
const longestName = 80

// nameOf makes a file's name of the values of a code.
func nameOf(d label.Data) string {
	var values []string
	for _, e := range d.Elements() {
		values = append(values, e.Value)
	}
	return fileName(values...)
}

func fileName(values ...string) string {
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' {
			return r
		}
		return '_'
	}, strings.Join(values, "-"))
	return "code-" + name[:min(len(name), longestName)]
}

// more reads what all items carry besides.
func more(also string) ([]gs1.Element, error) {
	if also == "" {
		return nil, nil
	}
	out, err := gs1.Dialect{Part: true}.ParseElements(also)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "what all labels carry besides is no element string: "+strings.TrimSuffix(err.Error(), "."),
			"Write AIs in brackets: (17)271231 is the expiry date 31 December 2027.").At("query.also", "is no element string")
	}
	return out, nil
}
