package label

import (
	"io"
	"strings"

	"tagline/internal/fault"
)

// Format is a file format.
type Format string

// The formats.
const (
	SVG Format = "svg"
	PNG Format = "png"
	PDF Format = "pdf"
)

// Formats lists them, for menus and help.
func Formats() []Format { return []Format{SVG, PNG, PDF} }

// ParseFormat reads the name of a format, or the ending of a file's name.
func ParseFormat(s string) (Format, error) {
	f := Format(strings.TrimPrefix(strings.ToLower(s), "."))
	switch f {
	case SVG, PNG, PDF:
		return f, nil
	}
	return "", fault.Newf(fault.Unsupported, "labels are not written as %q", s).WithHint("Take svg, png or pdf.")
}

// ContentType is the media type.
func (f Format) ContentType() string {
	switch f {
	case SVG:
		return "image/svg+xml"
	case PNG:
		return "image/png"
	case PDF:
		return "application/pdf"
	}
	return "application/octet-stream"
}

// Write writes the label as a file of that format.
func (l *Label) Write(w io.Writer, f Format) error {
	switch f {
	case SVG:
		return l.writeSVG(w)
	case PNG:
		return l.writePNG(w)
	case PDF:
		return l.writePDF(w)
	}
	_, err := ParseFormat(string(f))
	return err
}
