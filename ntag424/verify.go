package ntag424

import (
	"crypto/subtle"
	"strings"
	"sync"

	"tagline/ntag424/internal/sdm"
	"tagline/ntag424/sun"
)

// Verifier checks taps of one key set and template. It is safe for concurrent use
// and remembers the ciphers of recent tags, never more than a few thousand.
type Verifier struct {
	set    *KeySet // a pointer, so that printing a Verifier prints no key
	t      *Template
	meta   [2]*sdm.Key // by lane: AES, LRP
	master *sdm.Key    // AN10922: ready, since most taps are of a bottle not seen lately
	names  []string    // of the variables
	recent recent
	pool   sync.Pool
}

// lane is 0 in AES mode, 1 in LRP mode.
func lane(mode Mode) int { return int(mode >> 1) }

// NewVerifier prepares a verifier. It fails with ErrKeySet.
func NewVerifier(ks KeySet, t *Template) (*Verifier, error) {
	meta, err := ks.MetaKey()
	if err != nil {
		return nil, err
	}
	v := &Verifier{set: &ks, t: t, names: t.Variables()}
	for _, mode := range []Mode{AES, LRP} {
		if ks.mode()&mode != 0 {
			v.meta[lane(mode)] = sdm.NewKey(meta, mode == LRP)
		}
	}
	if ks.Scheme == AN10922 {
		v.master = sdm.NewKey(ks.Master, false)
	}
	v.pool.New = func() any { return new(work) }
	return v, nil
}

// work is the memory of one verification.
type work struct {
	f     Fields
	s     sdm.Session
	picc  [24]byte
	mac   [8]byte
	input []byte
}

// Verify checks a full URL or a request URI. Only after the MAC holds is anything
// decrypted or believed; a wrong tag byte and a wrong MAC take the same way and time.
// It fails with ErrTemplateMismatch, ErrBadHex, ErrModeRefused, ErrPICC, ErrMAC,
// ErrRetiredKeySet or ErrExhausted; with the last the Tap is filled in all the same.
// Show the public one answer for all of them.
func (v *Verifier) Verify(rawURL string) (Tap, error) { return v.verify(rawURL, nil) }

// VerifyUID is Verify for templates that mirror only the counter: the UID, which the
// tag's key may depend on, comes from elsewhere. If the message carries a UID, it
// must be this one (else ErrMAC).
func (v *Verifier) VerifyUID(rawURL string, uid UID) (Tap, error) { return v.verify(rawURL, &uid) }

func (v *Verifier) verify(rawURL string, known *UID) (Tap, error) {
	if v.set.Retired {
		return Tap{}, fail(ErrRetiredKeySet, "", -1, "this key set is retired")
	}
	fields, err := v.t.Match(rawURL)
	if err != nil {
		return Tap{}, err
	}
	w := v.pool.Get().(*work)
	w.f = fields
	tap, err := v.check(w, known)
	w.f = Fields{} // do not keep the URL
	v.pool.Put(w)
	return tap, err
}

func (v *Verifier) check(w *work, known *UID) (Tap, error) {
	head, mode, refusal := v.head(w)
	if refusal != nil && refusal.Code == ErrModeRefused {
		return Tap{}, refusal
	}
	uid := UID(head.UID)
	switch {
	case !head.HasUID && known != nil:
		uid = *known
	case !head.HasUID && v.set.Scheme != Fixed && refusal == nil:
		refusal = fail(ErrPICC, "uid", -1, "the message carries no UID, which the tag's key depends on")
	case head.HasUID && known != nil && uid != *known && refusal == nil:
		refusal = fail(ErrMAC, "mac", -1, "the message is of another chip")
	}
	// From here a refused message goes the way of a good one, so that nobody learns
	// from the time which of the two keys was wrong.
	mode, err := v.authenticate(w, head, uid, mode)
	if refusal != nil {
		return Tap{}, refusal
	}
	if err != nil {
		return Tap{}, err
	}
	return v.tap(w, head, uid, mode)
}

// head reads who the message says it is of, and in which modes it may be.
func (v *Verifier) head(w *work) (head sdm.Head, modes Mode, refusal *Error) {
	modes = v.set.mode()
	if !v.t.Has(sun.PICC) {
		if v.t.Has(sun.UID) {
			head.HasUID = true
			w.f.AppendBytes(head.UID[:0], sun.UID)
		}
		if v.t.Has(sun.Counter) { // high byte first here, unlike anywhere else
			head.HasCounter = true
			b := w.f.AppendBytes(w.picc[:0], sun.Counter)
			head.Counter = uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
		}
		return head, modes, nil
	}
	mode := AES
	if len(w.f.Text(sun.PICC)) == 48 {
		mode = LRP
	}
	if modes&mode == 0 {
		return head, mode, fail(ErrModeRefused, "picc", w.f.Index(sun.PICC), "the key set does not accept "+mode.String()+" messages")
	}
	head, ok := w.s.Open(v.meta[lane(mode)], w.f.AppendBytes(w.picc[:0], sun.PICC))
	if v.t.Has(sun.Enc) && !(head.HasUID && head.HasCounter) {
		ok = false // no chip encrypts file data without both
	}
	if !ok {
		refusal = fail(ErrPICC, "picc", w.f.Index(sun.PICC), "not encrypted under this set's meta key, or damaged")
	}
	return head, mode, refusal
}

// authenticate checks the MAC in each of the modes, and answers with the one that
// holds; w.s is then the message's session.
func (v *Verifier) authenticate(w *work, head sdm.Head, uid UID, modes Mode) (Mode, error) {
	w.f.AppendBytes(w.mac[:0], sun.MAC)
	for mode := AES; mode <= LRP; mode <<= 1 {
		if modes&mode == 0 {
			continue
		}
		key, fresh, err := v.key(&w.s, uid, mode)
		if err != nil {
			return 0, err
		}
		w.s.Begin(key, head)
		if w.holds() {
			if fresh {
				v.recent.put(v.cacheID(uid, mode), key) // forged UIDs push nothing out
			}
			return mode, nil
		}
	}
	return 0, fail(ErrMAC, "mac", w.f.Index(sun.MAC), "the MAC does not hold")
}

// holds tries the digits in upper case, as chips send them, then as received: some
// encoders and simulators sign lower case.
func (w *work) holds() bool {
	var folded bool
	w.input, folded = w.f.AppendMACInput(w.input[:0], "", true)
	mac := w.s.MAC(w.input)
	ok := subtle.ConstantTimeCompare(mac[:], w.mac[:]) == 1
	if ok || !folded {
		return ok
	}
	w.input, _ = w.f.AppendMACInput(w.input[:0], "", false)
	mac = w.s.MAC(w.input)
	return subtle.ConstantTimeCompare(mac[:], w.mac[:]) == 1
}

// tap reads an authentic message.
func (v *Verifier) tap(w *work, head sdm.Head, uid UID, mode Mode) (Tap, error) {
	t := Tap{
		UID: uid, HasUID: head.HasUID || uid != UID{}, Counter: head.Counter, HasCounter: head.HasCounter,
		Mode: mode, names: v.names,
	}
	for i := range t.names {
		t.values[i] = w.f.Text(sun.Variable + sun.Part(i))
	}
	if v.t.Has(sun.Enc) {
		t.File = w.f.AppendBytes(make([]byte, 0, v.t.FileLen()), sun.Enc)
		w.s.Decrypt(t.File)
	}
	switch {
	case v.t.TamperAt() >= 0:
		at := v.t.TamperAt()
		t.Tamper = tamperOf(string(t.File[at : at+2]))
	case v.t.TamperCovered():
		t.Tamper = tamperOf(strings.ToUpper(w.f.Text(sun.TT)))
	case v.t.Tampers():
		t.Tamper = TamperUnsupported
	}
	t.Tier = TierNoReplay
	if t.HasUID && t.HasCounter {
		t.Tier = TierLive
		if t.Tamper.Known() {
			t.Tier = TierLiveTamper
		}
	}
	if t.HasCounter && t.Counter == 0xFFFFFF {
		return t, fail(ErrExhausted, "ctr", -1, "the counter is at its end: the chip is used up")
	}
	return t, nil
}

type cacheID struct {
	uid  UID
	mode Mode
}

func (v *Verifier) cacheID(uid UID, mode Mode) cacheID {
	if v.set.Scheme == Fixed {
		uid = UID{} // one key for all
	}
	return cacheID{uid, mode}
}

// key gives the file key of a chip, and whether it is not in the cache.
func (v *Verifier) key(s *sdm.Session, uid UID, mode Mode) (k *sdm.Key, fresh bool, err error) {
	if k := v.recent.get(v.cacheID(uid, mode)); k != nil {
		return k, false, nil
	}
	var key Key
	if v.master != nil {
		var in [32]byte
		key = s.Diversified(v.master, v.set.appendInput(in[:0], uid, v.set.FileSlot))
	} else if key, err = v.set.FileKey(uid); err != nil {
		return nil, false, err
	}
	return sdm.NewKey(key, mode == LRP), true, nil
}

// generation bounds the cache: at most two of them are kept.
const generation = 2048

// recent remembers keys in two generations: when the young one is full, the old one
// goes. The zero value is ready. (The ciphers are crypto/aes's own, which offers no
// way to overwrite them.)
type recent struct {
	mu         sync.RWMutex
	young, old map[cacheID]*sdm.Key
}

func (r *recent) get(id cacheID) *sdm.Key {
	r.mu.RLock()
	k := r.young[id]
	aged := false
	if k == nil {
		k = r.old[id]
		aged = k != nil
	}
	r.mu.RUnlock()
	if aged {
		r.put(id, k)
	}
	return k
}

func (r *recent) put(id cacheID, k *sdm.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= generation {
		clear(r.old)
		r.old, r.young = r.young, r.old
	}
	if r.young == nil {
		r.young = make(map[cacheID]*sdm.Key)
	}
	r.young[id] = k
}
