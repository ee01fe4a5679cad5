package product

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"tagline/internal/manifest"
)

// MaxImageBytes is the most that a picture may weigh: a phone in a shop waits for it.
const MaxImageBytes = 200 << 10

// Image describes a picture of the brand. Its file is read by ImageData.
type Image struct {
	Name   string `json:"name"`   // "images/gin.svg", as products name it
	Type   string `json:"type"`   // image/svg+xml, image/png or image/jpeg
	Hash   string `json:"hash"`   // of the file: 32 hexadecimal digits of its SHA-256
	Width  int    `json:"width"`  // pixels
	Height int    `json:"height"` //
	Bytes  int    `json:"bytes"`  //
}

// ReadImage finds out what a picture is and refuses one that cannot be shown
// safely: an SVG may hold shapes, gradients and text, and nothing that runs, loads
// or links. Problems have no path; the file is the caller's to name.
func ReadImage(name string, data []byte) (Image, manifest.Problems) {
	sum := sha256.Sum256(data)
	img := Image{Name: name, Hash: hex.EncodeToString(sum[:16]), Bytes: len(data)}
	var ps manifest.Problems
	if !imageForm.MatchString(name) || len(name) > 200 {
		ps.Add(nil, "the picture's name is not one of letters, digits, dots, dashes and slashes", "Name it images/gin.svg, for example.")
		return img, ps
	}
	if len(data) > MaxImageBytes {
		ps.Add(nil, "the picture has "+itoa(len(data))+" bytes, at most "+itoa(MaxImageBytes)+" are kept", "Save it smaller.")
		return img, ps
	}
	switch path.Ext(name) {
	case ".svg":
		img.Type = "image/svg+xml"
		w, h, wrong := readSVG(data)
		if wrong != "" {
			ps.Add(nil, "the picture cannot be shown safely: "+wrong, "Save it as plain SVG, with shapes, gradients and text only.")
		}
		img.Width, img.Height = w, h
	case ".png":
		img.Type = "image/png"
		if c, err := png.DecodeConfig(bytes.NewReader(data)); err == nil {
			img.Width, img.Height = c.Width, c.Height
		}
	default:
		img.Type = "image/jpeg"
		if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err == nil {
			img.Width, img.Height = c.Width, c.Height
		}
	}
	if len(ps) == 0 && (img.Width < 1 || img.Height < 1 || img.Width > 10000 || img.Height > 10000) {
		ps.Add(nil, "this is not a picture of the kind that its name says", "Check that the file is whole; an SVG needs a viewBox.")
	}
	return img, ps
}

// What an SVG may consist of. Elements that run, load, link or embed are not here.
const svgElements = " svg g path rect circle ellipse line polyline polygon text tspan title desc defs clipPath mask use symbol linearGradient radialGradient stop "

var (
	svgLocal = regexp.MustCompile(`^#[A-Za-z][\w-]*$`)
	svgURL   = regexp.MustCompile(`(?i)url\s*\(\s*(['"]?)([^)]*?)['"]?\s*\)`)
	svgSpace = map[string]bool{"": true, "http://www.w3.org/2000/svg": true}
)

// readSVG gives the size of an SVG, or says what in it is not allowed.
func readSVG(data []byte) (width, height int, wrong string) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	depth := 0
	for {
		token, err := dec.Token()
		if err == io.EOF {
			if depth != 0 || width == 0 {
				return 0, 0, "it is no whole SVG with a viewBox"
			}
			return width, height, ""
		}
		if err != nil {
			return 0, 0, "it is not well-formed XML"
		}
		switch t := token.(type) {
		case xml.Directive:
			return 0, 0, "it declares a document type"
		case xml.ProcInst:
			if t.Target != "xml" {
				return 0, 0, "it holds a processing instruction"
			}
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > 50 {
				return 0, 0, "its elements are nested too deep"
			}
			if !svgSpace[t.Name.Space] || !strings.Contains(svgElements, " "+t.Name.Local+" ") {
				return 0, 0, "it holds the element " + quote(t.Name.Local)
			}
			if depth == 1 {
				if t.Name.Local != "svg" {
					return 0, 0, "it does not begin with svg"
				}
				width, height = svgSize(t)
			}
			if wrong := checkAttributes(t); wrong != "" {
				return 0, 0, wrong
			}
		}
	}
}

func checkAttributes(t xml.StartElement) string {
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		switch {
		case a.Name.Space == "xmlns" || name == "xmlns":
		case strings.HasPrefix(name, "on"):
			return "it holds the attribute " + quote(a.Name.Local)
		case name == "href" || name == "src":
			if !svgLocal.MatchString(a.Value) {
				return "it links to something outside itself"
			}
		case strings.Contains(a.Value, "\\") || strings.Contains(strings.ToLower(a.Value), "@import"):
			return "a style in it is written in a way that could hide an address"
		default:
			if strings.Contains(strings.ToLower(a.Value), "url") {
				rest := svgURL.ReplaceAllStringFunc(a.Value, func(found string) string {
					if svgLocal.MatchString(svgURL.FindStringSubmatch(found)[2]) {
						return ""
					}
					return found
				})
				if strings.Contains(strings.ToLower(rest), "url") {
					return "it loads something from outside itself"
				}
			}
		}
	}
	return ""
}

// svgSize takes the size of the viewBox.
func svgSize(svg xml.StartElement) (int, int) {
	for _, a := range svg.Attr {
		if a.Name.Local != "viewBox" {
			continue
		}
		f := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' })
		if len(f) != 4 {
			return 0, 0
		}
		w, err1 := strconv.ParseFloat(f[2], 64)
		h, err2 := strconv.ParseFloat(f[3], 64)
		if err1 != nil || err2 != nil || !(w > 0 && h > 0 && w <= 10000 && h <= 10000) {
			return 0, 0
		}
		return int(math.Ceil(w)), int(math.Ceil(h))
	}
	return 0, 0
}
