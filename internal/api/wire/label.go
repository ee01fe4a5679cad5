package wire

import (
	"tagline/gs1"
	"tagline/internal/label"
)

// Label says what a code will be, before it is printed. Lengths are millimetres.
type Label struct {
	Symbology  string   `json:"symbology" enum:"qr,datamatrix,gs1-datamatrix,gs1-qr"`
	Title      string   `json:"title" example:"QR code"`
	Identifier string   `json:"identifier" example:"]Q1" doc:"What a scanner sends before the payload, by ISO/IEC 15424"`
	Payload    string   `json:"payload" example:"https://id.example/01/09506000134352/21/A1B2C3" doc:"What a scanner sends; the character U+001D separates elements"`
	URI        string   `json:"uri,omitempty" doc:"The Digital Link; absent when the elements stand in none"`
	Elements   string   `json:"elements" example:"(01)09506000134352(21)A1B2C3"`
	SVG        string   `json:"svg" doc:"The drawing"`
	Modules    int      `json:"modules" doc:"Of a side, without the quiet zone"`
	QuietZone  int      `json:"quietZone" doc:"Modules on every side"`
	XDimension float64  `json:"xDimension" doc:"Width of a module"`
	WidthMM    float64  `json:"widthMm"`
	HeightMM   float64  `json:"heightMm"`
	Raster     Raster   `json:"raster"`
	Warnings   []string `json:"warnings" nullable:"false" doc:"Sentences; the code can be printed all the same"`
}

// Raster says how a code comes out as PNG.
type Raster struct {
	DPI        int     `json:"dpi"`
	Dots       int     `json:"dots" doc:"Of a module's side"`
	XDimension float64 `json:"xDimension" doc:"Millimetres that result"`
	Width      int     `json:"width" doc:"Dots"`
	Height     int     `json:"height" doc:"Dots"`
}

// LabelOf shapes a drawn label, all but its drawing.
func LabelOf(l *label.Label, d label.Data) Label {
	r := l.Raster()
	return Label{Symbology: string(l.Symbology), Title: l.Symbology.Title(), Identifier: l.Identifier, Payload: l.Payload, URI: d.URI(),
		Elements: gs1.FormatElements(d.Elements()), Modules: l.Modules.Size, QuietZone: l.QuietZone, XDimension: l.XDimension,
		WidthMM: l.Width, HeightMM: l.Height, Warnings: append([]string{}, l.Warnings...),
		Raster: Raster{DPI: r.DPI, Dots: r.Dots, XDimension: r.XDimension, Width: r.Width, Height: r.Height}}
}

// LabelsRequest asks for new things whose codes are to be printed.
type LabelsRequest struct {
	GTIN    string `json:"gtin" pattern:"^[0-9]{8,14}$" example:"09506000134352"`
	Count   int    `json:"count" minimum:"1" maximum:"10000"`
	Lot     string `json:"lot,omitempty" maxLength:"20" example:"L2406"`
	Market  string `json:"market,omitempty" example:"DE"`
	Serials string `json:"serials,omitempty" enum:"random,numbered" doc:"random when left out: nobody can guess one from another. Numbered ones are a prefix and a counter"`
	Length  int    `json:"length,omitempty" minimum:"8" maximum:"20" doc:"Characters of a random serial, five bits of chance each; 12 when left out"`
	Prefix  string `json:"prefix,omitempty" maxLength:"19" doc:"What stands before the number"`
	First   *int   `json:"first,omitempty" minimum:"0" maximum:"1000000000000" doc:"The number to begin with; 1 when left out"`
}

// LabelBatch is what was made for print.
type LabelBatch struct {
	Batches  []string `json:"batches" nullable:"false" doc:"Ids: give them as batch to get the list and the labels, now or later. One for every thousand things"`
	GTIN     string   `json:"gtin"`
	Lot      string   `json:"lot,omitempty"`
	Count    int      `json:"count"`
	First    string   `json:"first" doc:"The first serial"`
	Last     string   `json:"last" doc:"The last serial"`
	Warnings []string `json:"warnings" nullable:"false"`
}
