package jsondoc

import (
	"bufio"
	"io"

	"tagline/epcis"
)

// stream walks over a document byte by byte without understanding it, so that
// values can be skipped or cut out whole.
type stream struct {
	r     *bufio.Reader
	at    int64 // of the next byte
	line  int
	limit int // bytes of one value that is cut out
	depth int
}

func newStream(r io.Reader, at int64, line, limit, depth int) *stream {
	return &stream{r: bufio.NewReaderSize(r, 64<<10), at: at, line: line, limit: limit, depth: depth}
}

func (s *stream) fail(rule, detail string) error {
	return epcis.Problem{Line: s.line, Rule: rule, Detail: detail}
}

func (s *stream) end() error {
	return s.fail("syntax", "the document ends too early")
}

// next reads one byte.
func (s *stream) next() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		if err == io.EOF {
			return 0, s.end()
		}
		return 0, err
	}
	s.at++
	if c == '\n' {
		s.line++
	}
	return c, nil
}

// peek gives the next byte that is not blank, and leaves it there.
func (s *stream) peek() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			if err == io.EOF {
				return 0, s.end()
			}
			return 0, err
		}
		switch c {
		case '\n':
			s.line++
			s.at++
		case ' ', '\t', '\r':
			s.at++
		default:
			return c, s.r.UnreadByte()
		}
	}
}

// take reads the byte that is due.
func (s *stream) take(want byte, what string) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return s.fail("syntax", what)
	}
	_, err = s.next()
	return err
}

// value cuts out the next value; with keep false it is only passed over. Its
// syntax is looked at no closer than needed to find its end.
func (s *stream) value(keep bool) (raw []byte, err error) {
	first, err := s.peek()
	if err != nil {
		return nil, err
	}
	depth, inText, escaped := 0, false, false
	n := 0
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			if err == io.EOF && depth == 0 && first != '"' && first != '{' && first != '[' && n > 0 {
				return raw, nil
			}
			if err == io.EOF {
				return nil, s.end()
			}
			return nil, err
		}
		if depth == 0 && !inText && n > 0 && first != '"' && (c == ',' || c == '}' || c == ']' || c <= ' ') {
			return raw, s.r.UnreadByte() // a number or a word ends before what follows
		}
		s.at++
		n++
		if c == '\n' {
			s.line++
		}
		if keep {
			if n > s.limit {
				return nil, s.fail("too-large", "this part of the document is larger than is read at a time")
			}
			raw = append(raw, c)
		}
		switch {
		case escaped:
			escaped = false
		case inText:
			switch c {
			case '\\':
				escaped = true
			case '"':
				inText = false
				if depth == 0 {
					return raw, nil
				}
			}
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			if depth++; depth > s.depth {
				return nil, s.fail("depth", "the JSON is nested too deep")
			}
		case c == '}' || c == ']':
			if depth--; depth <= 0 {
				return raw, nil
			}
		}
	}
}

// members walks over an object: each is called with a name, and must take the value.
func (s *stream) members(each func(name string) error) error {
	if err := s.take('{', "an object is needed here"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c == '}' && len(seen) == 0 {
			_, err := s.next()
			return err
		}
		if c != '"' {
			return s.fail("syntax", "a name in quotation marks is needed here")
		}
		line := s.line
		raw, err := s.value(true)
		if err != nil {
			return err
		}
		name, err := parse(raw, line, 1)
		if err != nil {
			return err
		}
		if seen[name.text] {
			return s.fail("duplicate-name", `"`+clip(name.text)+`" stands twice in one object`)
		}
		seen[name.text] = true
		if len(seen) > maxMembers {
			return s.fail("too-many", "the object has too many members")
		}
		if err := s.take(':', "a colon is needed behind the name"); err != nil {
			return err
		}
		if err := each(name.text); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		if _, err := s.next(); err != nil {
			return err
		}
		switch c {
		case ',':
		case '}':
			return nil
		default:
			return s.fail("syntax", "a comma or the end of the object is needed here")
		}
	}
}
