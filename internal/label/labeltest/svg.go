package labeltest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ReadSVG reads an SVG as package label writes it.
func ReadSVG(file []byte) (*Drawing, error) {
	var doc struct {
		Width  string `xml:"width,attr"`
		Height string `xml:"height,attr"`
		View   string `xml:"viewBox,attr"`
		Title  string `xml:"title"`
		Paths  []struct {
			D         string `xml:"d,attr"`
			Transform string `xml:"transform,attr"`
			Rule      string `xml:"fill-rule,attr"`
			Rendering string `xml:"shape-rendering,attr"`
		} `xml:"path"`
		Texts []struct {
			X      string `xml:"x,attr"`
			Y      string `xml:"y,attr"`
			Size   string `xml:"font-size,attr"`
			Length string `xml:"textLength,attr"`
			Text   string `xml:",chardata"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal(file, &doc); err != nil {
		return nil, err
	}
	d := &Drawing{}
	var err error
	if d.Width, err = strconv.ParseFloat(strings.TrimSuffix(doc.Width, "mm"), 64); err != nil {
		return nil, err
	}
	if d.Height, err = strconv.ParseFloat(strings.TrimSuffix(doc.Height, "mm"), 64); err != nil {
		return nil, err
	}
	if want := fmt.Sprintf("0 0 %s %s", strings.TrimSuffix(doc.Width, "mm"), strings.TrimSuffix(doc.Height, "mm")); doc.View != want {
		return nil, fmt.Errorf("viewBox %q, not %q: a unit is no millimetre", doc.View, want)
	}
	if len(doc.Paths) != 1 || doc.Paths[0].Rule != "evenodd" || doc.Paths[0].Rendering != "crispEdges" || doc.Title == "" {
		return nil, errors.New("not one crisp even-odd path with a title")
	}
	var left, top, scale float64
	if _, err := fmt.Sscanf(doc.Paths[0].Transform, "translate(%g %g) scale(%g)", &left, &top, &scale); err != nil {
		return nil, err
	}
	shape, err := readPath(doc.Paths[0].D)
	if err != nil {
		return nil, err
	}
	for _, polygon := range shape {
		for i, c := range polygon {
			polygon[i] = corner{left + scale*c.x, top + scale*c.y}
		}
	}
	d.shapes = append(d.shapes, shape)
	for _, t := range doc.Texts {
		var line Line
		var length float64
		if _, err := fmt.Sscan(t.X+" "+t.Y+" "+t.Size+" "+t.Length, &line.X, &line.Y, &line.Em, &length); err != nil {
			return nil, err
		}
		if line.Text = t.Text; length < 0.599*line.Em*float64(len([]rune(line.Text)))-0.001 {
			return nil, fmt.Errorf("the line %q is squeezed into %g mm", t.Text, length)
		}
		d.Lines = append(d.Lines, line)
	}
	return d, nil
}

// readPath reads M, h, v and z.
func readPath(text string) ([][]corner, error) {
	command := regexp.MustCompile(`M(\d+) (\d+)|([hv])(-?\d+)|z`)
	if rest := command.ReplaceAllString(text, ""); rest != "" {
		return nil, fmt.Errorf("the path has %q", rest)
	}
	var shape [][]corner
	var at corner
	for _, m := range command.FindAllStringSubmatch(text, -1) {
		number := func(i int) float64 {
			v, _ := strconv.Atoi(m[i]) // digits, by the pattern
			return float64(v)
		}
		switch {
		case m[0][0] == 'M':
			at = corner{number(1), number(2)}
			shape = append(shape, nil)
		case m[0] == "z":
			continue
		case m[3] == "h":
			at.x += number(4)
		default:
			at.y += number(4)
		}
		last := len(shape) - 1
		if last < 0 {
			return nil, errors.New("the path does not begin with M")
		}
		shape[last] = append(shape[last], at)
	}
	return shape, nil
}
