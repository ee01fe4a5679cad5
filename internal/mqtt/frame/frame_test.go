package frame_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"tagline/internal/mqtt/frame"
)

const (
	connect4 = "101000044d51545404020000000461626364" // clean, client abcd
	connect5 = "101100044d5154540502000000000461626364"
)

func all(t *testing.T, stream string) (sizes []int, err error) {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(stream, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	g := &frame.Guard{Limits: frame.Default()}
	r := bufio.NewReader(bytes.NewReader(raw))
	for {
		p, err := g.Next(r)
		if err != nil {
			return sizes, err
		}
		sizes = append(sizes, len(p))
	}
}

func TestWholePacketsAreHandedOn(t *testing.T) {
	sizes, err := all(t, connect5+" 8209 0001 00 0003 612f62 01 c000 e000")
	if err != io.EOF || len(sizes) != 4 || sizes[0] != 19 || sizes[1] != 11 || sizes[2] != 2 {
		t.Errorf("%v %v", sizes, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		code         byte
		why          string
	}{
		{"the packet that stops the engine", connect5 + " 8205 0001 00 0000", frame.Malformed, "without its options"},
		{"the same without a filter", connect5 + " 8203 0001 00", frame.Protocol, "without a filter"},
		{"properties beyond the end", connect5 + " 8204 0001 7f 00", frame.Malformed, "properties"},
		{"properties without an end", connect5 + " 8207 0001 ffffffffff", frame.Malformed, "properties"},
		{"a filter beyond the end", connect4 + " 8205 0001 0009 61", frame.Malformed, "longer than its packet"},
		{"half a filter's length", connect4 + " 8203 0001 00", frame.Malformed, "longer than its packet"},
		{"an UNSUBSCRIBE beyond the end", connect4 + " a205 0001 0009 61", frame.Malformed, "longer than its packet"},
		{"an UNSUBSCRIBE of nothing", connect4 + " a202 0001", frame.Protocol, "without a filter"},
		{"flags of SUBSCRIBE", connect4 + " 8006 0001 0001 61 00", frame.Malformed, "flags"},
		{"not CONNECT first", "c000", frame.Protocol, "first packet"},
		{"CONNECT again", connect4 + connect4, frame.Protocol, "second CONNECT"},
		{"type 0", connect4 + " 0000", frame.Malformed, "type 0"},
		{"a length of five bytes", connect4 + " 30ffffffff01", frame.Malformed, "more than four bytes"},
		{"256 megabytes", connect4 + " 30ffffff7f", frame.TooLarge, "268435455 bytes"},
		{"a large CONNECT", "10ffff03", frame.TooLarge, "65535 bytes, 8192 are"},
		{"quality of service 3", connect4 + " 3603 0001 61", frame.Malformed, "of 3"},
		{"MQTT 3.1", "100e 0006 4d5149736470 03 02 0000 0000", 0x84, "not spoken"},
		{"HTTP", "474554202f20485454502f312e31", frame.Protocol, "first packet"},
	} {
		_, err := all(t, c.stream)
		var r *frame.Refusal
		if !errors.As(err, &r) || r.Code != c.code || !strings.Contains(r.Why, c.why) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := all(t, connect4+" 3005 0001"); err != io.ErrUnexpectedEOF {
		t.Errorf("torn: %v", err)
	}
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{connect4, connect5, connect5 + "8205000100 0000", connect5 + "82090001000003612f6201", connect4 + "a20500010001 61", connect4 + "30ffffff7f", "c000"} {
		raw, _ := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		g := &frame.Guard{Limits: frame.Default()}
		r := bufio.NewReader(bytes.NewReader(raw))
		read := 0
		for {
			p, err := g.Next(r)
			if err != nil {
				return
			}
			if !bytes.Equal(p, raw[read:read+len(p)]) {
				t.Fatal("the packet is not what was sent")
			}
			if read += len(p); read > len(raw) || p[0]>>4 == 1 && read != len(p) {
				t.Fatal("a packet that is none")
			}
		}
	})
}
