package tag

import (
	"context"
	"slices"
	"strconv"

	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// Diagnosis tells a tag maker, step by step, what is wrong with a URL. It is for
// signed-in people; the public sees one answer for all of it.
type Diagnosis struct {
	OK       bool
	Code     ntag424.Code
	Set      string
	Epoch    int64
	Steps    []Step
	Findings []Finding
	Read     *Found // nil if no reading of the message verified
}

// Step is one step of the check, in its order.
type Step struct {
	Step string // keyset, match, mode, picc, mac, counter, tamper, tag
	OK   bool
	Code ntag424.Code
	Text string
}

// Finding is a deviation that explains the failure, or a warning.
type Finding struct{ Code, Text, Hint string }

// Found is what the message says.
type Found struct {
	Counter int64
	Tamper  ntag424.Tamper
	Tier    ntag424.Tier
	Mode    ntag424.Mode
	UID     string    // masked
	Chip    ident.Tag // empty if it is not registered
}

// texts of the steps that went well, in the order of the check.
var stepTexts = []struct{ step, text string }{
	{"keyset", "The URL names a key set that is active."},
	{"match", "Every field is in its place and has its length."},
	{"mode", "The message is of a kind that the set accepts."},
	{"picc", "The first block opens with the set's meta key."},
	{"mac", "The MAC holds."},
	{"counter", "The counter is fit to be claimed."},
	{"tamper", "The tamper status can be believed."},
	{"tag", "The chip is registered and not blocked."},
}

// Diagnose checks a URL as a tap would, without spending its counter, and looks
// for the mistakes that are known from the field. set is empty to find the key
// set by the URL's path. The error means that the database failed.
func (s *Service) Diagnose(ctx context.Context, set, rawURL string) (Diagnosis, error) {
	var d Diagnosis
	stop := func(step string, code ntag424.Code, text string) Diagnosis {
		d.Code = code
		for _, t := range stepTexts {
			if t.step == step {
				break
			}
			d.Steps = append(d.Steps, Step{t.step, true, "", t.text})
		}
		d.Steps = append(d.Steps, Step{step, false, code, text})
		return d
	}
	if len(rawURL) > keyset.MaxURL {
		return stop("match", ntag424.ErrTemplateMismatch, "The URL is longer than any chip can send."), nil
	}
	ring, err := s.sets.Ring(ctx, keyset.Fresh)
	if err != nil {
		return d, err
	}
	epochs, err := s.suspects(ctx, ring, set, rawURL)
	if err != nil {
		return d, err
	}
	if len(epochs) == 0 {
		return stop("keyset", ntag424.ErrUnknownKeySet, "No key set is known by that name, nor by the item in the path."), nil
	}
	// The epoch that brings the message furthest is the one that it was made for.
	var best ntag424.Diagnosis
	e := epochs[0]
	for i, c := range epochs {
		got := c.Diagnose(rawURL)
		if i == 0 || got.OK && !best.OK || !best.OK && progress(string(got.Step)) > progress(string(best.Step)) {
			best, e = got, c
		}
		if best.OK {
			break
		}
	}
	d.Set, d.Epoch = e.Name, e.KeySet.Epoch
	for _, c := range best.Causes {
		d.Findings = append(d.Findings, Finding{c.Name, c.Message, c.Fix})
	}
	for _, f := range e.Findings() {
		d.Findings = append(d.Findings, Finding{"template_" + f.Rule, f.Message, "Change the template with the next epoch."})
	}
	if best.Tap.HasUID {
		d.Read = &Found{
			Counter: int64(best.Tap.Counter), Tamper: best.Tap.Tamper, Tier: best.Tap.Tier, Mode: best.Tap.Mode,
			UID: mask(best.Tap.UID.Hex()),
		}
	}
	if !best.OK {
		code, _, text := keyset.Explain(best.Err)
		step := best.Step
		if step == "" {
			step = "mac"
		}
		return stop(string(step), code, text), nil
	}
	return s.diagnoseChip(ctx, d, e, best.Tap, stop)
}

// diagnoseChip looks at what the database says of a message that verifies.
func (s *Service) diagnoseChip(ctx context.Context, d Diagnosis, e *keyset.Epoch, tap ntag424.Tap, stop func(step string, code ntag424.Code, text string) Diagnosis) (Diagnosis, error) {
	var (
		chip  Chip
		known bool
	)
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		chip, known, err = findChip(tx, e.Name, e.KeySet.Epoch, tap.UID.Hex())
		return err
	})
	if err != nil {
		return d, err
	}
	switch {
	case !known:
		return stop("tag", ntag424.ErrUnknownTag, "The message is genuine, but no chip with its UID was imported for this epoch."), nil
	case chip.Status == Blocked:
		d.Read.Chip = chip.ID
		return stop("tag", ntag424.ErrBlockedTag, "The chip was blocked."), nil
	case tap.HasCounter && int64(tap.Counter) <= chip.LastCounter:
		d.Read.Chip = chip.ID
		code := ntag424.ErrOutOfOrder
		if int64(tap.Counter) == chip.LastCounter {
			code = ntag424.ErrReplay
		}
		return stop("counter", code, "This URL was live once: the last counter of the chip is "+strconv.FormatInt(chip.LastCounter, 10)+"."), nil
	}
	d.Read.Chip = chip.ID
	d.OK = true
	for _, t := range stepTexts {
		d.Steps = append(d.Steps, Step{t.step, true, "", t.text})
	}
	return d, nil
}

// progress is how far a message came that failed at a step.
func progress(step string) int {
	return slices.IndexFunc(stepTexts, func(t struct{ step, text string }) bool { return t.step == step })
}

// suspects are the epochs that a URL may have been made for.
func (s *Service) suspects(ctx context.Context, ring *keyset.Ring, set, rawURL string) ([]*keyset.Epoch, error) {
	m := keyset.ParseURL(rawURL)
	if set == "" {
		set = m.Set
	}
	if set != "" {
		return ring.Epochs(set), nil
	}
	if m.Item == (Ref{}) {
		return nil, nil
	}
	var worn []wear
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		worn, err = readWorn(tx, m.Item)
		return err
	})
	var out []*keyset.Epoch
	for _, w := range worn {
		if e := ring.Epoch(w.set, w.epoch); e != nil {
			out = append(out, e)
		}
	}
	return out, err
}
