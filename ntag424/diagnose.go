package ntag424

import (
	"errors"
	"strings"

	"tagline/ntag424/internal/sdm"
	"tagline/ntag424/sun"
)

// Diagnosis tells a tag maker what is wrong with a URL. It is for people who may
// know the key set, never for the public. It holds no key.
type Diagnosis struct {
	OK     bool    // the URL verifies as it should
	Step   Step    // the first step that failed, "" if none
	Err    error   // what Verify answers, nil if OK
	Tap    Tap     // what the message says, if it verified as it is or with Causes
	Causes []Cause // what is wrong; all of them together make the message verify if Tap is filled
}

// Cause is one deviation: {Name, Message, Fix}. The names are stable: mode, keys_swapped,
// slot, layout, master_as_tag_key, meta_as_tag_key, factory_keys, factory_meta_key,
// factory_tag_key, short_input_as_cmac, mac_input_NAME (text, path, query, picc, enc, uid,
// ctr, tt, mac), host, prefix_www, prefix_none, mac_first_half, mac_even_bytes,
// counter_order; and from the text placeholder_short, offset_early, offset_late,
// sdm_off, mac_not_mirrored, uid_not_mirrored, enc_not_mirrored, mac_before_picc;
// for a good tap of a wrong chip tt_invalid and tt_unsupported.
type Cause = sun.Cause

func because(name, message, fix string) Cause {
	return Cause{Name: name, Message: message, Fix: fix}
}

// Step is a step of Verify.
type Step string

// The steps in their order.
const (
	StepKeySet  Step = "keyset"
	StepMatch   Step = "match"
	StepMode    Step = "mode"
	StepPICC    Step = "picc"
	StepMAC     Step = "mac"
	StepCounter Step = "counter"
	StepTamper  Step = "tamper"
)

// Diagnose checks a URL, and if it fails tries the mistakes that are known from the
// field: swapped keys, the master or a factory key in the tag, the neighbouring key
// slot, other MAC inputs and truncations, placeholders and offsets that are off. It
// costs some hundred verifications.
func Diagnose(ks KeySet, t *Template, rawURL string) (d Diagnosis) {
	live := ks
	live.Retired = false
	v, err := NewVerifier(live, t)
	if err != nil {
		return Diagnosis{Step: StepKeySet, Err: err}
	}
	d.Tap, d.Err = v.Verify(rawURL)
	var e *Error
	if errors.As(d.Err, &e) {
		d.Step = map[Code]Step{
			ErrTemplateMismatch: StepMatch, ErrBadHex: StepMatch, ErrModeRefused: StepMode,
			ErrPICC: StepPICC, ErrMAC: StepMAC, ErrExhausted: StepCounter,
		}[e.Code]
	}
	switch d.Step {
	case "":
		if err := d.Tap.Tamper.Err(); errors.As(err, &e) {
			d.Step = StepTamper
			d.Causes = []Cause{because(string(e.Code), e.Message, "use TagTamper silicon, enable it (SetConfiguration option 07), and mirror the status into {enc}")}
		}
	case StepMatch:
		d.Causes = t.Explain(rawURL)
	case StepMode, StepPICC, StepMAC:
		d.Causes = t.Explain(rawURL)
		if fields, err := t.Match(rawURL); err == nil {
			s := search{v: v, url: rawURL, w: work{f: fields}}
			if s.run(); s.best != nil {
				d.Tap, d.Causes = s.tap, s.best
			}
		}
	}
	if ks.Retired && d.Err == nil {
		d.Step, d.Err = StepKeySet, fail(ErrRetiredKeySet, "", -1, "the message is good, but its key set is retired")
	}
	d.OK = d.Err == nil && d.Step == ""
	return d
}

// search tries combinations of deviations, and keeps the one with the fewest.
type search struct {
	v    *Verifier
	url  string
	w    work
	tap  Tap
	best []Cause
}

// guess is a way in which the keys of a tag may be other than the set says.
type guess struct {
	cause Cause
	meta  Key
	file  func(uid UID) (Key, error)
}

func (s *search) guesses(meta Key) []guess {
	ks := *s.v.set
	same := func(k Key) func(UID) (Key, error) { return func(UID) (Key, error) { return k, nil } }
	const rewrite = "write the keys of KeySet.SlotKey into the chip"
	list := []guess{
		{Cause{}, meta, ks.FileKey},
		{because("keys_swapped", "the meta key and the file key have changed places", "swap the keys in the chip, or the slots in the settings"), ks.Master, same(meta)},
		{because("master_as_tag_key", "the tag holds the master key itself", "derive the tag's key from its UID; consider the master key lost"), meta, same(ks.Master)},
		{because("meta_as_tag_key", "the tag signs with the meta key", "set file read to the slot of the file key"), meta, same(meta)},
		{because("factory_tag_key", "the file key is still the factory's zeros", rewrite), meta, same(Key{})},
		{because("factory_meta_key", "the meta key is still the factory's zeros", rewrite), Key{}, ks.FileKey},
		{because("factory_keys", "both keys are still the factory's zeros", rewrite), Key{}, same(Key{})},
	}
	for slot := range 5 {
		near, other := slot-ks.FileSlot, ks
		if other.FileSlot = slot; slot == ks.MetaSlot {
			other.MetaSlot = ks.FileSlot
		}
		if near == 0 || near*near > 1 && slot != 2 || other.Validate() != nil {
			continue
		}
		list = append(list, guess{because("slot", "the tag's key was derived for slot "+string(rune('0'+slot)), "use the file slot of the key set"),
			meta, other.FileKey})
	}
	if ks.Scheme == AN10922 {
		for _, layout := range []Layout{LayoutNTAG, LayoutDESFire, LayoutUID} {
			other := ks
			other.Layout = layout
			if layout != ks.Layout && other.Validate() == nil {
				list = append(list, guess{because("layout", "the tag's key was derived with another layout ("+string(layout)+")", "set the layout of the key set"), meta, other.FileKey})
			}
		}
		list = append(list, guess{because("short_input_as_cmac", "the encoder takes a plain CMAC for AN10922", "pad short inputs to 32 bytes, or lengthen them with a system id"),
			meta, func(uid UID) (Key, error) {
				return CMAC(ks.Master, ks.appendInput([]byte{0x01}, uid, ks.FileSlot)), nil
			}})
	}
	return list
}

// input is a way in which the chip may have composed what its MAC covers.
type input struct {
	cause Cause
	bytes []byte
}

func (s *search) inputs() []input {
	const fix = "set SDMMACInputOffset as the template says, or MACFrom as the chip does"
	f := &s.w.f
	var list []input
	add := func(c Cause, b []byte) { list = append(list, input{c, b}) }
	for _, from := range append([]string{""}, s.v.t.Starts()...) {
		c := Cause{}
		if from != "" {
			c = because("mac_input_"+from, "the MAC input starts at "+from, fix)
		}
		b, lower := f.AppendMACInput(nil, from, true)
		add(c, b)
		if lower {
			b, _ := f.AppendMACInput(nil, from, false)
			add(c, b)
		}
	}
	text, _ := f.AppendMACInput(nil, "text", true)
	if bare, ok := strings.CutPrefix(string(text), "www."); ok {
		add(because("prefix_www", "the encoder abbreviates www. too", "set Options.Prefix to https://www."), []byte(bare))
	}
	for _, scheme := range []string{"https://", "http://"} {
		add(because("prefix_none", "the encoder does not abbreviate the scheme", "set Options.Prefix to none"), append([]byte(scheme), text...))
	}
	if n := strings.Index(s.url, "://") + 3; n > 2 && n <= f.Index(sun.MAC) {
		add(because("host", "the chip holds another host or other static text", "compile the pattern that was encoded"), []byte(s.url[n:f.Index(sun.MAC)]))
	}
	return list
}

// cuts are the ways to shorten a MAC: by first byte and distance of the bytes.
var cuts = []struct {
	cause       Cause
	first, step int
}{
	{Cause{}, 1, 2},
	{because("mac_first_half", "the MAC is the first eight bytes of the CMAC", "send the bytes at odd places, as chips do"), 0, 1},
	{because("mac_even_bytes", "the MAC is the bytes at even places", "send the bytes at odd places, counted from 0"), 0, 2},
}

func (s *search) run() {
	meta, err := s.v.set.MetaKey()
	if err != nil {
		return
	}
	s.w.f.AppendBytes(s.w.mac[:0], sun.MAC)
	inputs := s.inputs()
	modes := Both // in the open, the message does not tell
	switch len(s.w.f.Text(sun.PICC)) {
	case 32:
		modes = AES
	case 48:
		modes = LRP
	}
	for _, g := range s.guesses(meta) {
		for mode := AES; mode <= LRP; mode <<= 1 {
			if modes&mode != 0 {
				s.try(g, mode, inputs)
			}
		}
	}
}

func (s *search) try(g guess, mode Mode, inputs []input) {
	w, t := &s.w, s.v.t
	set := *s.v.set
	set.Mode = Both
	other := Verifier{set: &set, t: t, names: s.v.names}
	other.meta[lane(mode)] = sdm.NewKey(g.meta, mode == LRP)
	head, _, refusal := other.head(w)
	if refusal != nil {
		return
	}
	uid := UID(head.UID)
	key, err := g.file(uid)
	if err != nil {
		return
	}
	ready := sdm.NewKey(key, mode == LRP)
	orders := []struct {
		cause   Cause
		counter uint32
	}{{Cause{}, head.Counter}}
	if c := head.Counter; t.Has(sun.Counter) && c>>16 != c&0xFF {
		orders = append(orders, struct {
			cause   Cause
			counter uint32
		}{because("counter_order", "the counter in the open has its low byte first", "mirror it high byte first, as chips do"), c>>16 | c&0xFF00 | c&0xFF<<16})
	}
	var modeCause Cause
	if s.v.set.mode()&mode == 0 {
		modeCause = because("mode", "the chip is in "+mode.String()+" mode", "allow it in the key set, or encode another chip")
	}
	for _, order := range orders {
		head.Counter = order.counter
		w.s.Begin(ready, head)
		for _, in := range inputs {
			full := w.s.Full(in.bytes)
			for _, cut := range cuts {
				if !matches(full, w.mac, cut.first, cut.step) {
					continue
				}
				causes := []Cause{}
				for _, c := range []Cause{modeCause, g.cause, order.cause, in.cause, cut.cause} {
					if c.Name != "" {
						causes = append(causes, c)
					}
				}
				if len(causes) > 0 && (s.best == nil || len(causes) < len(s.best)) {
					s.best = causes
					s.tap, _ = other.tap(w, head, uid, mode)
				}
			}
		}
	}
}

// matches needs no constant time: whoever may diagnose knows the key set.
func matches(full sdm.Block, mac [8]byte, first, step int) bool {
	for i, b := range mac {
		if full[first+i*step] != b {
			return false
		}
	}
	return true
}
