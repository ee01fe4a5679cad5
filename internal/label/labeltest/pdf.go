package labeltest

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// PDF is a file whose objects were found by its cross-reference table.
type PDF struct {
	objects map[int][]byte
	pages   []int
}

// ReadPDF reads the table, the objects and the page tree.
func ReadPDF(file []byte) (*PDF, error) {
	m := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(file)
	if m == nil || !bytes.HasPrefix(file, []byte("%PDF-1.")) {
		return nil, errors.New("neither head nor end of a PDF")
	}
	at, _ := strconv.Atoi(string(m[1]))
	if at >= len(file) {
		return nil, errors.New("the table lies outside of the file")
	}
	var count int
	if _, err := fmt.Sscanf(string(file[at:min(len(file), at+40)]), "xref\n0 %d\n", &count); err != nil {
		return nil, fmt.Errorf("no table: %w", err)
	}
	rows := file[at+len(fmt.Sprintf("xref\n0 %d\n", count)):]
	p := &PDF{objects: map[int][]byte{}}
	for i := 1; i < count; i++ {
		row := string(rows[20*i : 20*i+20])
		place, err := strconv.Atoi(row[:10])
		if err != nil || row[10:] != " 00000 n \n" {
			return nil, fmt.Errorf("row %d of the table is %q", i, row)
		}
		head := fmt.Sprintf("%d 0 obj\n", i)
		if place >= len(file) || !bytes.HasPrefix(file[place:], []byte(head)) {
			return nil, fmt.Errorf("object %d is not at %d", i, place)
		}
		body := file[place+len(head):]
		end := bytes.Index(body, []byte("\nendobj\n"))
		if length := regexp.MustCompile(`^<< /Length (\d+)`).FindSubmatch(body); length != nil {
			n, _ := strconv.Atoi(string(length[1]))
			end = bytes.Index(body, []byte("stream\n")) + len("stream\n") + n + len("\nendstream")
		}
		if end < 0 || !bytes.HasPrefix(body[end:], []byte("\nendobj\n")) {
			return nil, fmt.Errorf("object %d has no end", i)
		}
		p.objects[i] = body[:end]
	}
	trailer := regexp.MustCompile(`trailer\n<< /Size (\d+) /Root (\d+) 0 R /Info (\d+) 0 R >>`).FindSubmatch(rows)
	if trailer == nil || string(trailer[1]) != strconv.Itoa(count) {
		return nil, errors.New("no trailer of that size")
	}
	root, _ := strconv.Atoi(string(trailer[2]))
	for _, n := range references(p.objects[root], "Pages") {
		if err := p.walk(n, 0); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// walk collects the pages below a node and checks its count and its parents.
func (p *PDF) walk(node, parent int) error {
	object := p.objects[node]
	if up := references(object, "Parent"); parent != 0 && (len(up) != 1 || up[0] != parent) {
		return fmt.Errorf("object %d does not name its parent", node)
	}
	if bytes.Contains(object, []byte("/Type /Page ")) {
		p.pages = append(p.pages, node)
		return nil
	}
	before := len(p.pages)
	for _, kid := range references(object, "Kids") {
		if err := p.walk(kid, node); err != nil {
			return err
		}
	}
	if want := fmt.Sprintf("/Count %d ", len(p.pages)-before); !bytes.Contains(object, []byte(want)) {
		return fmt.Errorf("node %d has not %s", node, want)
	}
	return nil
}

// references are the objects behind a key.
func references(object []byte, key string) []int {
	m := regexp.MustCompile(`/` + key + ` \[?((?:\d+ 0 R ?)+)`).FindSubmatch(object)
	if m == nil {
		return nil
	}
	var out []int
	for _, f := range strings.Split(strings.TrimSpace(string(m[1])), " 0 R") {
		if n, err := strconv.Atoi(strings.TrimSpace(f)); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// Pages is the number of pages.
func (p *PDF) Pages() int { return len(p.pages) }

// Content is the inflated content of a page, counted from 0.
func (p *PDF) Content(page int) (string, error) {
	stream := references(p.objects[p.pages[page]], "Contents")
	if len(stream) != 1 {
		return "", errors.New("the page has no content")
	}
	_, packed, _ := bytes.Cut(p.objects[stream[0]], []byte("stream\n"))
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// Page draws a page, counted from 0.
func (p *PDF) Page(page int) (*Drawing, error) {
	text, err := p.Content(page)
	if err != nil {
		return nil, err
	}
	const point = 72 / 25.4
	d := &Drawing{}
	var w, h float64
	box := regexp.MustCompile(`/MediaBox \[(.*?)\]`).FindSubmatch(p.objects[p.pages[page]])
	if box == nil {
		return nil, errors.New("the page has no size")
	}
	if _, err := fmt.Sscanf(string(box[1]), "0 0 %g %g", &w, &h); err != nil {
		return nil, err
	}
	d.Width, d.Height = w/point, h/point
	return d, (&machine{d: d, m: matrix{1, 0, 0, 1, 0, 0}, height: h}).run(text)
}

type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3], m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5]}
}

// machine runs the operators of a content stream.
type machine struct {
	d      *Drawing
	m      matrix
	stack  []matrix
	height float64
	shape  [][]corner
	width  float64
	em     float64
	text   matrix
}

// at is a place on the page in millimetres, y downwards.
func (s *machine) at(x, y float64) corner {
	const point = 72 / 25.4
	// Rounded, so that upright edges are upright after the way to points and back.
	return corner{math.Round(1e6*(x*s.m[0]+y*s.m[2]+s.m[4])/point) / 1e6, math.Round(1e6*(s.height-(x*s.m[1]+y*s.m[3]+s.m[5]))/point) / 1e6}
}

func (s *machine) run(text string) error {
	token := regexp.MustCompile(`\((?:[^()\\]|\\.)*\)|[^\s()]+`)
	var args []string
	for _, t := range token.FindAllString(text, -1) {
		if strings.ContainsRune("(/-.0123456789", rune(t[0])) {
			args = append(args, t)
			continue
		}
		if err := s.do(t, args); err != nil {
			return err
		}
		args = args[:0]
	}
	if len(s.stack) != 0 {
		return errors.New("q without Q")
	}
	return nil
}

func (s *machine) do(operator string, args []string) error {
	v := make([]float64, len(args))
	for i, a := range args {
		v[i], _ = strconv.ParseFloat(a, 64)
	}
	if want := map[string]int{"cm": 6, "m": 2, "l": 2, "w": 1, "Tf": 2, "Tm": 6, "Tj": 1}[operator]; want != len(args) {
		return fmt.Errorf("%s with %d operands", operator, len(args))
	}
	switch operator {
	case "q":
		s.stack = append(s.stack, s.m)
	case "Q":
		if len(s.stack) == 0 {
			return errors.New("a Q without q")
		}
		s.m, s.stack = s.stack[len(s.stack)-1], s.stack[:len(s.stack)-1]
	case "cm":
		s.m = matrix(v).times(s.m)
	case "m":
		s.shape = append(s.shape, []corner{s.at(v[0], v[1])})
	case "l":
		last := len(s.shape) - 1
		s.shape[last] = append(s.shape[last], s.at(v[0], v[1]))
	case "h", "BT", "ET":
	case "f*":
		s.d.shapes = append(s.d.shapes, s.shape)
		s.shape = nil
	case "w":
		s.width = v[0]
	case "S":
		for _, l := range s.shape {
			a, b := l[0], l[1]
			s.d.shapes = append(s.d.shapes, [][]corner{box(min(a.x, b.x)-s.width/2, min(a.y, b.y)-s.width/2,
				max(a.x, b.x)-min(a.x, b.x)+s.width, max(a.y, b.y)-min(a.y, b.y)+s.width)})
		}
		s.shape = nil
	case "Tf":
		s.em = v[1]
	case "Tm":
		s.text = matrix(v)
	case "Tj":
		if s.text[0] != 1 || s.text[3] != -1 {
			return errors.New("text is not upright")
		}
		line, err := literal(args[0])
		c := s.at(s.text[4], s.text[5])
		s.d.Lines = append(s.d.Lines, Line{line, c.x, c.y, s.em})
		return err
	default:
		return fmt.Errorf("the operator %s is unknown here", operator)
	}
	return nil
}

// literal reads a string in WinAnsiEncoding.
func literal(s string) (string, error) {
	var out []byte
	for i := 1; i < len(s)-1; i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		if s[i] >= '0' && s[i] <= '7' {
			n, err := strconv.ParseUint(s[i:i+3], 8, 8)
			if err != nil {
				return "", err
			}
			out = append(out, byte(n))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(out)
	return string(text), err
}
