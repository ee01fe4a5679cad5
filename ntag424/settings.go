package ntag424

// Access is one access condition of four bits: key number 0 to 4, Free or Never.
type Access uint8

// The two conditions that are no key.
const (
	Free  Access = 0xE
	Never Access = 0xF
)

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

// Settings are the file settings of file 02 (NT4H2421Gx 10.7.1). Offsets count bytes
// from the start of the file; those that the options switch off are zero.
type Settings struct {
	SDM            bool
	Comm           uint8 // communication mode: 0 plain, 1 MAC, 3 full
	Rights         Rights
	UID            bool
	Counter        bool
	Limited        bool
	Enc            bool
	Tamper         bool
	MetaRead       Access
	FileRead       Access
	CounterRead    Access
	UIDOffset      int
	CounterOffset  int
	PICCOffset     int
	TamperOffset   int
	MACInputOffset int
	EncOffset      int
	EncLength      int
	MACOffset      int
	CounterLimit   uint32
	FileSize       int // of a GetFileSettings answer, else 0
}

// ParseSettings reads the data of ChangeFileSettings (after the file number) or the
// answer of GetFileSettings. It checks the chip's own rules and fails with
// ErrSettings, with Rule, Field and the Offset in b.
func ParseSettings(b []byte) (Settings, error) { return Settings{}, nil }

// Bytes gives the data of ChangeFileSettings (command 5F) after the file number.
func (s Settings) Bytes() []byte { return nil }
