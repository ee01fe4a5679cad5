package ntag424

// Diagnosis tells a tag maker what is wrong with a URL. It is for people who may
// know the key set, never for the public.
type Diagnosis struct {
	OK     bool    // the URL verifies as it should
	Step   string  // the step that failed: "keyset", "match", "mode", "picc", "mac", "counter", "tamper"; "" if OK
	Err    error   // what Verify answers, nil if OK
	Tap    Tap     // what the message says, if some reading of it verified
	Causes []Cause // what would make it verify, most likely first
}

// Cause is one deviation that explains the failure.
type Cause struct {
	Name    string // stable: "keys_swapped", "slot", "mac_input_empty", "placeholder_short", ...
	Message string // what was found
	Fix     string // what to change
}

// Diagnose checks a URL, and if it fails tries the mistakes that are known from the
// field: swapped keys, the master or a factory key in the tag, the neighbouring key
// slot, other MAC inputs and truncations, placeholders and offsets that are off.
func Diagnose(ks KeySet, t *Template, rawURL string) Diagnosis { return Diagnosis{} }
