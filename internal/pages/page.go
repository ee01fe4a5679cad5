package pages

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"html/template"
	"strings"
)

// Page is a drawn page. It is immutable and may be served by many goroutines.
type Page struct {
	kind     Kind
	lang     string
	csp      string
	segments []segment
	size     int // bytes of the plain text without its slots
	packed   int // bytes of the deflated segments
}

// segment is a fixed part of a page and the slot that follows it.
type segment struct {
	plain    []byte
	deflated []byte // ends at a byte boundary; the last one ends the stream
	slot     slot   // noSlot on the last
}

type slot int

const (
	noSlot slot = iota
	slotPath
	slotSerial
	slotLot
	slotRead
	slotOpened
	slotAfter
	slots // how many
)

// A slot's mark stands in the drawn page where the value will go. It is made of
// letters only, so that html/template leaves it alone wherever it is allowed to
// stand: in text, in quoted attributes and in paths.
func (s slot) mark() string { return "zqTagline" + string(rune('A'+s)) + "Slotqz" }

// value is what goes into a slot, escaped for every place that a mark may take.
// A path is percent-encoded already; escaping it for HTML is still right.
func (s slot) value(u *Unit) string {
	switch s {
	case slotPath:
		return template.HTMLEscapeString(u.Path)
	case slotSerial:
		return template.HTMLEscapeString(u.Serial)
	case slotLot:
		return template.HTMLEscapeString(u.Lot)
	case slotRead:
		return template.HTMLEscapeString(u.Read)
	case slotOpened:
		return template.HTMLEscapeString(u.Opened)
	case slotAfter:
		return template.HTMLEscapeString(u.OpenedAfter)
	}
	return ""
}

// marked is the unit that a page is drawn with: a mark in each field that is filled.
func marked(u Unit) Unit {
	put := func(field *string, s slot) {
		if *field != "" {
			*field = s.mark()
		}
	}
	put(&u.Serial, slotSerial)
	put(&u.Lot, slotLot)
	put(&u.Read, slotRead)
	put(&u.Opened, slotOpened)
	put(&u.OpenedAfter, slotAfter)
	if u.Path != "" {
		u.Path = "/" + slotPath.mark()
	}
	return u
}

// cut splits a drawn page at its marks and compresses the parts.
func (p *Pages) cut(drawn string) ([]segment, error) {
	w := p.packers.Get().(*flate.Writer)
	defer p.packers.Put(w)
	// The path's mark carries a slash, so that it stands as a path; the value
	// brings its own.
	drawn = strings.ReplaceAll(drawn, "/"+slotPath.mark(), slotPath.mark())
	var all []segment
	for {
		at, which := len(drawn), noSlot
		for s := noSlot + 1; s < slots; s++ {
			if i := strings.Index(drawn[:at], s.mark()); i >= 0 {
				at, which = i, s
			}
		}
		seg := segment{plain: []byte(drawn[:at]), slot: which}
		if err := seg.deflate(w); err != nil {
			return nil, err
		}
		all = append(all, seg)
		if which == noSlot {
			return all, nil
		}
		drawn = drawn[at+len(which.mark()):]
	}
}

// deflate compresses a segment on its own: nothing in it refers to bytes before
// it, since a slot of any length may stand there. A flush ends it at a byte
// boundary (RFC 1951 3.2.4), the close of the last one ends the stream.
func (s *segment) deflate(w *flate.Writer) error {
	var out bytes.Buffer
	w.Reset(&out)
	_, err := w.Write(s.plain)
	if err != nil {
		return err
	}
	if s.slot == noSlot {
		err = w.Close()
	} else {
		err = w.Flush()
	}
	s.deflated = out.Bytes()
	return err
}

// Kind gives the kind of the page.
func (p *Page) Kind() Kind { return p.kind }

// Lang gives the language for Content-Language.
func (p *Page) Lang() string { return p.lang }

// Policy gives the Content-Security-Policy that lets exactly this page's look in.
func (p *Page) Policy() string { return p.csp }

// Fixed says whether the page has no slots: it is the same for everybody.
func (p *Page) Fixed() bool { return len(p.segments) == 1 }

// Append adds the page for a unit to dst, as plain HTML.
func (p *Page) Append(dst []byte, u *Unit) []byte {
	dst = grow(dst, p.size+256)
	for i := range p.segments {
		dst = append(dst, p.segments[i].plain...)
		dst = append(dst, p.segments[i].slot.value(u)...)
	}
	return dst
}

// AppendGzip adds the page for a unit to dst, compressed with gzip.
func (p *Page) AppendGzip(dst []byte, u *Unit) []byte {
	dst = grow(dst, p.packed+256)
	// RFC 1952 2.3: magic, deflate, no flags, no time, slowest algorithm, unknown system.
	dst = append(dst, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff)
	crc, size := uint32(0), 0
	for i := range p.segments {
		s := &p.segments[i]
		crc = crc32.Update(crc, crc32.IEEETable, s.plain)
		size += len(s.plain)
		dst = append(dst, s.deflated...)
		value := s.slot.value(u)
		size += len(value)
		for len(value) > 0 {
			block := value[:min(len(value), 0xffff)]
			value = value[len(block):]
			dst = append(dst, 0) // a stored block, not the last
			dst = binary.LittleEndian.AppendUint16(dst, uint16(len(block)))
			dst = binary.LittleEndian.AppendUint16(dst, ^uint16(len(block)))
			from := len(dst)
			dst = append(dst, block...)
			crc = crc32.Update(crc, crc32.IEEETable, dst[from:])
		}
	}
	dst = binary.LittleEndian.AppendUint32(dst, crc)
	return binary.LittleEndian.AppendUint32(dst, uint32(size))
}

func grow(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	return append(make([]byte, 0, len(dst)+n), dst...)
}
