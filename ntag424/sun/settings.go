package sun

import "fmt"

// Access is one access condition of four bits: key number 0 to 4, Free or Never.
type Access uint8

// The two conditions that are no key.
const (
	Free  Access = 0xE
	Never Access = 0xF
)

func (a Access) legal() bool { return a <= 4 || a == Free || a == Never }

// Rights are the access rights of a file.
type Rights struct {
	Read      Access `json:"read"`
	Write     Access `json:"write"`
	ReadWrite Access `json:"read_write"`
	Change    Access `json:"change"`
}

// NoOffset stands in Settings.CounterOffset for a counter that counts, but is not
// mirrored.
const NoOffset = 0xFFFFFF

// FileSize is the size of file 02 of the chip, in bytes.
const FileSize = 256

// Settings are the file settings of file 02 (NT4H2421Gx 10.7.1). Offsets count bytes
// from the start of the file; those that the options switch off are zero.
type Settings struct {
	SDM            bool  // Secure Dynamic Messaging is on; without it the rest is zero
	Comm           uint8 // communication mode: 0 plain, 1 MAC, 3 full
	Rights         Rights
	UID            bool // in PICC data or in the open, by MetaRead
	Counter        bool // likewise
	Limited        bool
	Enc            bool
	Tamper         bool
	MetaRead       Access // a key: PICC data; Free: in the open; Never: neither UID nor counter
	FileRead       Access // a key: MAC, and encryption if Enc; Never: no MAC
	CounterRead    Access // who may ask for the counter
	UIDOffset      int
	CounterOffset  int
	PICCOffset     int
	TamperOffset   int
	MACInputOffset int
	EncOffset      int
	EncLength      int // of the placeholder: twice the plain text
	MACOffset      int
	CounterLimit   uint32
	FileSize       int // from a GetFileSettings answer, else 0
}

// field is one number of three bytes in the settings, present under a condition.
type field struct {
	name    string
	present bool
	value   *int
}

// fields lists the numbers in the order of the command. It is the one place that
// knows the order, for reading and writing.
func (s *Settings) fields(limit *int) []field {
	open, key, mac := s.MetaRead == Free, s.MetaRead <= 4, s.FileRead <= 4
	return []field{
		{"uid_offset", s.UID && open, &s.UIDOffset},
		{"counter_offset", s.Counter && open, &s.CounterOffset},
		{"picc_offset", key, &s.PICCOffset},
		{"tamper_offset", s.Tamper, &s.TamperOffset},
		{"mac_input_offset", mac, &s.MACInputOffset},
		{"enc_offset", mac && s.Enc, &s.EncOffset},
		{"enc_length", mac && s.Enc, &s.EncLength},
		{"mac_offset", mac, &s.MACOffset},
		{"counter_limit", s.Limited, limit},
	}
}

// Bytes gives the data of ChangeFileSettings (command 5F) after the file number.
func (s Settings) Bytes() []byte {
	bit := func(on bool, n int) byte {
		if on {
			return 1 << n
		}
		return 0
	}
	r := s.Rights
	b := []byte{bit(s.SDM, 6) | s.Comm&3, byte(r.ReadWrite<<4 | r.Change), byte(r.Read<<4 | r.Write)}
	if !s.SDM {
		return b
	}
	b = append(b, bit(s.UID, 7)|bit(s.Counter, 6)|bit(s.Limited, 5)|bit(s.Enc, 4)|bit(s.Tamper, 3)|1,
		0xF0|byte(s.CounterRead), byte(s.MetaRead<<4|s.FileRead))
	limit := int(s.CounterLimit)
	for _, f := range s.fields(&limit) {
		if f.present {
			b = append(b, byte(*f.value), byte(*f.value>>8), byte(*f.value>>16))
		}
	}
	return b
}

// ParseSettings reads the data of ChangeFileSettings (after the file number) or the
// answer of GetFileSettings. It checks the chip's own rules and fails with
// ErrSettings or ErrEncUncovered, with Rule, Field and the Offset in b.
func ParseSettings(b []byte) (Settings, error) {
	var s Settings
	at := 0
	bad := func(name, field string, offset int, message string) (Settings, error) {
		return Settings{}, &Error{Code: ErrSettings, Rule: name, Field: field, Offset: offset, Message: message}
	}
	// An answer of GetFileSettings starts with file type 00 and is longer than
	// settings without messaging, which are all that may start with 00 otherwise.
	answer := len(b) >= 7 && b[0] == 0x00
	if answer {
		s.FileSize = int(b[4]) | int(b[5])<<8 | int(b[6])<<16
		rest := append([]byte{}, b[1:4]...)
		b, at = append(rest, b[7:]...), 1
	}
	place := func(i int) int { // back to the caller's bytes
		if answer && i >= 3 {
			return i + 4
		}
		return i + at
	}
	if len(b) < 3 {
		return bad("length", "rights", place(len(b)), "settings have at least 3 bytes")
	}
	if b[0]&^0x43 != 0 || b[0]&3 == 2 {
		return bad("reserved", "file_option", place(0), "reserved bits are set")
	}
	s.SDM, s.Comm = b[0]&0x40 != 0, b[0]&3
	s.Rights = Rights{Read: Access(b[2] >> 4), Write: Access(b[2] & 15), ReadWrite: Access(b[1] >> 4), Change: Access(b[1] & 15)}
	for i, a := range []Access{s.Rights.ReadWrite, s.Rights.Change, s.Rights.Read, s.Rights.Write} {
		if !a.legal() {
			return bad("access", "rights", place(1+i/2), "an access condition is key 0 to 4, E or F")
		}
	}
	n := 3
	if s.SDM {
		if len(b) < 6 {
			return bad("length", "sdm_options", place(len(b)), "options and access rights of messaging are missing")
		}
		o := b[3]
		if o&0x07 != 1 {
			return bad("reserved", "sdm_options", place(3), "bit 0 (ASCII) is always set, bits 1 and 2 never")
		}
		s.UID, s.Counter, s.Limited, s.Enc, s.Tamper = o&0x80 != 0, o&0x40 != 0, o&0x20 != 0, o&0x10 != 0, o&0x08 != 0
		s.CounterRead, s.MetaRead, s.FileRead = Access(b[4]&15), Access(b[5]>>4), Access(b[5]&15)
		if b[4]>>4 != 0xF {
			return bad("reserved", "sdm_access", place(4), "the reserved access condition is F")
		}
		if !s.CounterRead.legal() {
			return bad("access", "counter_read", place(4), "an access condition is key 0 to 4, E or F")
		}
		if !s.MetaRead.legal() || !s.FileRead.legal() || s.FileRead == Free {
			return bad("access", "sdm_access", place(5), "meta read is key 0 to 4, E or F; file read is key 0 to 4 or F")
		}
		n = 6
		places := map[string]int{}
		var limit int
		for _, f := range s.fields(&limit) {
			if !f.present {
				continue
			}
			if len(b) < n+3 {
				return bad("length", f.name, place(len(b)), "three bytes are expected here")
			}
			*f.value = int(b[n]) | int(b[n+1])<<8 | int(b[n+2])<<16
			places[f.name] = n
			n += 3
		}
		s.CounterLimit = uint32(limit)
		if err := s.check(32); err != nil {
			i, known := places[err.Field]
			if !known {
				i = 3
			}
			err.Offset = place(i)
			return Settings{}, err
		}
	}
	if len(b) > n {
		return bad("length", "", place(n), "bytes follow the settings")
	}
	return s, nil
}

// check applies the chip's rules (it answers 9E to what breaks them). Field is the
// name of a field, Offset is left to the caller. piccLen is 32, in LRP mode 48.
func (s *Settings) check(piccLen int) *Error {
	bad := func(name, field, message string) *Error {
		return &Error{Code: ErrSettings, Rule: name, Field: field, Offset: -1, Message: message}
	}
	size := FileSize
	if s.FileSize > 0 {
		size = s.FileSize
	}
	mac := s.FileRead <= 4
	switch {
	case s.MetaRead != Never && !s.UID && !s.Counter:
		return bad("meta_needs_uid_or_counter", "sdm_access", "meta read is given, but neither UID nor counter is mirrored")
	case s.MetaRead == Never && (s.UID || s.Counter):
		return bad("meta_needs_uid_or_counter", "sdm_access", "UID or counter is mirrored, but meta read is F")
	case s.Enc && (!s.UID || !s.Counter):
		return bad("enc_needs_uid_and_counter", "enc_offset", "encrypted file data needs UID and counter")
	case s.Enc && !mac:
		return bad("enc_needs_file_read", "enc_offset", "encrypted file data needs a file read key")
	case s.Limited && !s.Counter:
		return bad("limit_needs_counter", "counter_limit", "a limit needs the counter")
	case s.Limited && s.CounterLimit == 0:
		return bad("limit_too_low", "counter_limit", "the limit must be above the counter, which starts at 0")
	case s.CounterRead != Never && !s.Counter:
		return bad("counter_read_needs_counter", "counter_read", "who may read the counter is F if there is none")
	case mac && s.MACInputOffset > s.MACOffset:
		return bad("mac_input_after_mac", "mac_input_offset", "the MAC input ends where the MAC starts")
	}
	if s.Enc {
		switch {
		case s.MACInputOffset > s.EncOffset:
			e := bad("mac_input_after_enc", "enc_offset", "the MAC input must start at or before the encrypted file data")
			e.Code = ErrEncUncovered
			return e
		case s.EncLength < 32 || s.EncLength%32 != 0:
			return bad("enc_length", "enc_length", "the length is a multiple of 32")
		case s.EncOffset+s.EncLength > s.MACOffset:
			return bad("enc_before_mac", "enc_offset", "encrypted file data ends before the MAC")
		}
	}
	type region struct {
		field    string
		on       bool
		from, to int
	}
	open := s.MetaRead == Free
	regions := []region{
		{"uid_offset", s.UID && open, s.UIDOffset, s.UIDOffset + 14},
		{"counter_offset", s.Counter && open && s.CounterOffset != NoOffset, s.CounterOffset, s.CounterOffset + 6},
		{"picc_offset", s.MetaRead <= 4, s.PICCOffset, s.PICCOffset + piccLen},
		{"enc_offset", s.Enc, s.EncOffset, s.EncOffset + s.EncLength},
		{"mac_offset", mac, s.MACOffset, s.MACOffset + 16},
		{"tamper_offset", s.Tamper, s.TamperOffset, s.TamperOffset + 2},
	}
	for i, a := range regions {
		if !a.on {
			continue
		}
		if a.to > size {
			return bad("file_size", a.field, fmt.Sprintf("this reaches byte %d of a file of %d", a.to, size))
		}
		for _, b := range regions[:i] {
			if !b.on || a.to <= b.from || b.to <= a.from {
				continue
			}
			if a.field == "tamper_offset" && b.field == "enc_offset" {
				if a.from >= b.from && a.to <= b.from+s.EncLength/2 {
					continue
				}
				return bad("tt_in_plain_half", a.field, "only the first half of the placeholder is plain text")
			}
			return bad("overlap", a.field, "this overlaps "+b.field)
		}
	}
	return nil
}
