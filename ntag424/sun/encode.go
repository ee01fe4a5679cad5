package sun

import (
	"slices"
	"strings"
)

// Encoding is what an encoder writes to one chip.
type Encoding struct {
	File     []byte   // file 02: the NDEF message with zeros in the placeholders
	Settings Settings // for ChangeFileSettings
	URL      string   // the URL in File
}

// TextOffset is where the text starts in the file: after the length (2 bytes), the
// record header (4) and the prefix code.
const TextOffset = 7

// Slots are the key numbers of the two keys in a chip, 0 to 4.
type Slots struct{ Meta, File Access }

// Encode binds the variables and lays out one chip's file. The values must be fit to
// stand in a URL as they are (percent-encoded by the caller). mode is AES or LRP.
// It fails with ErrTemplate.
func (t *Template) Encode(s Slots, mode Mode, vars map[string]string) (Encoding, error) {
	if s.Meta > 4 || s.File > 4 || mode != AES && mode != LRP {
		return Encoding{}, rule("slots", "", -1, "a chip has the key slots 0 to 4, and one mode")
	}
	for _, name := range t.vars {
		if err := t.checkValue(name, vars[name]); err != nil {
			return Encoding{}, err
		}
	}
	e, err := t.layout(mode, s, func(name string) string { return vars[name] })
	if err != nil {
		return Encoding{}, err
	}
	return e, nil
}

// checkValue refuses what would not come back from Match as it is.
func (t *Template) checkValue(name, value string) *Error {
	at := t.pieces[t.has[int(Variable)+slices.Index(t.vars, name)]].at
	if value == "" {
		return rule("variable_value", name, at, "a variable needs a value")
	}
	for i := range len(value) {
		c := value[i]
		if c <= ' ' || c >= 0x7F || strings.IndexByte("/?#&\"<>\\^`|{}", c) >= 0 {
			return rule("variable_value", name, at, "the value has a character that must be percent-encoded")
		}
	}
	if value == "." || value == ".." {
		return rule("variable_value", name, at, "phones resolve dots in a path")
	}
	return nil
}

// layout makes file and settings; it is the chip's rules applied to a template.
func (t *Template) layout(mode Mode, slots Slots, value func(name string) string) (Encoding, *Error) {
	s := Settings{SDM: true, Rights: t.options.Rights, FileRead: slots.File, CounterRead: Never, MetaRead: Free}
	var text strings.Builder
	var at [numParts]int
	start := 0
	for i, p := range t.pieces {
		if i == t.start.piece {
			start = TextOffset + text.Len() + t.start.skip
		}
		if p.part == literal {
			text.WriteString(p.text)
			continue
		}
		at[p.part] = TextOffset + text.Len()
		switch n := t.size(p.part, mode); {
		case p.part >= Variable:
			text.WriteString(value(t.name(p.part)))
		case p.part == Enc: // plain text, then as much again that nobody reads
			text.Write(t.file)
			text.WriteString(strings.Repeat("0", n-len(t.file)))
		case p.part == TT:
			text.WriteString("--") // stays, if the chip has no loop
		default:
			text.WriteString(strings.Repeat("0", n))
		}
	}
	s.MACInputOffset, s.MACOffset = start, at[MAC]
	if t.has[PICC] >= 0 {
		s.MetaRead, s.PICCOffset, s.UID, s.Counter = slots.Meta, at[PICC], true, true
	}
	if t.has[UID] >= 0 {
		s.UID, s.UIDOffset = true, at[UID]
	}
	if t.has[Counter] >= 0 {
		s.Counter, s.CounterOffset = true, at[Counter]
	}
	if s.Counter {
		s.CounterRead = t.options.CounterKey
	}
	if t.has[Enc] >= 0 {
		s.Enc, s.EncOffset, s.EncLength = true, at[Enc], 2*len(t.file)
	}
	if t.Tampers() {
		s.Tamper, s.TamperOffset = true, at[TT]
		if t.ttAt >= 0 {
			s.TamperOffset = at[Enc] + t.ttAt
		}
	}
	if t.options.Limit != 0 {
		s.Limited, s.CounterLimit = true, t.options.Limit
	}
	n := TextOffset + text.Len()
	if n > FileSize {
		return Encoding{}, rule("file_size", "", len(t.pattern), "the URL is too long for a file of 256 bytes")
	}
	if t.options.Limit > 0xFFFFFF {
		return Encoding{}, rule("limit_too_high", "limit", -1, "the counter has 24 bits")
	}
	if err := s.check(t.size(PICC, mode)); err != nil {
		return Encoding{}, t.inPattern(err)
	}
	b := append(make([]byte, 0, n), 0, byte(n-2), 0xD1, 0x01, byte(n-6), 'U', t.code)
	return Encoding{File: append(b, text.String()...), Settings: s, URL: t.prefix + text.String()}, nil
}

// inPattern turns an error of the settings into one of the template.
func (t *Template) inPattern(err *Error) *Error {
	if err.Code == ErrSettings {
		err.Code = ErrTemplate
	}
	of := []string{"picc_offset", "enc_offset", "mac_offset", "uid_offset", "counter_offset", "tamper_offset"}
	if part := Part(slices.Index(of, err.Field)); part >= 0 && t.has[part] >= 0 {
		err.Field, err.Offset = t.name(part), t.pieces[t.has[part]].at
	}
	return err
}

// size is the number of characters of a placeholder.
func (t *Template) size(part Part, mode Mode) int {
	switch part {
	case PICC:
		if mode == LRP {
			return 48
		}
		return 32
	case Enc:
		return 2 * len(t.file)
	case MAC:
		return 16
	case UID:
		return 14
	case Counter:
		return 6
	case TT:
		return 2
	}
	return 0
}

// checkChip lays the template out at its shortest, to refuse what no chip accepts.
func (t *Template) checkChip() *Error {
	for _, a := range []Access{t.options.CounterKey, t.options.Rights.Read, t.options.Rights.Write, t.options.Rights.ReadWrite, t.options.Rights.Change} {
		if !a.legal() {
			return rule("access", "rights", -1, "an access condition is key 0 to 4, E or F")
		}
	}
	_, err := t.layout(AES, Slots{1, 2}, func(string) string { return "0" })
	return err
}
