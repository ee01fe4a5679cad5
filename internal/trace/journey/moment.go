package journey

import (
	"fmt"
	"strings"
	"time"

	"tagline/epcis/identifier"
	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/keyset"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
	"tagline/internal/trace/chain"
)

// source is the name under which moments are reported.
const source = "epcis"

// moments tells package thing what is newly true of an item, and what is true no
// more.
func (s *Service) moments(tx *sqldb.Tx, key string, before, after chain.State) error {
	ref, ok := item(key)
	if !ok {
		return nil
	}
	changes := []struct {
		moment        life.Moment
		before, after chain.Mark
	}{
		{life.MomentPurchased, before.Sold, after.Sold},
		{life.MomentOpened, before.Opened, after.Opened},
		{life.MomentDrained, before.Ended, after.Ended},
		{life.MomentRecalled, before.Recalled, after.Recalled},
	}
	born := after.Born.Is() && !before.Born.Is()
	changed := born
	for _, c := range changes {
		changed = changed || c.before.Row != c.after.Row
	}
	if !changed {
		return nil
	}
	if s.Sold != nil {
		ours, err := s.Sold(tx, ref.GTIN)
		if err != nil || !ours {
			return err
		}
	}
	if after.Born.Is() {
		if _, err := s.Things.Ensure(tx, []thing.Label{{Ref: ref, Lot: fitting(after.Lot)}}, ""); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.before.Row == c.after.Row {
			continue
		}
		if c.before.Is() {
			id, err := s.active(tx, name(c.moment, c.before.Row, key))
			if err != nil {
				return err
			}
			if err := s.Things.Retract(tx, source, id, "the event that said so is declared wrong, or what it said is no longer so"); err != nil {
				return err
			}
		}
		if !c.after.Is() {
			continue
		}
		id, err := s.active(tx, name(c.moment, c.after.Row, key))
		if err != nil {
			return err
		}
		_, err = s.Things.ReportIn(tx, thing.Report{
			Source: source, SourceID: id, GTIN: ref.GTIN, Serial: ref.Serial, Moment: c.moment,
			At: time.UnixMicro(c.after.At).UTC(), Kind: life.Measured, Revocable: true,
		})
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			// An item that was never commissioned, or a time that cannot be true: the
			// state keeps it, and rules ask about it.
		case err != nil:
			return err
		}
	}
	return nil
}

// name is the reporter's own id of a moment.
func name(m life.Moment, row int64, key string) string { return fmt.Sprintf("%s/%d/%s", m, row, key) }

// active gives the id under which a moment stands or is to be reported: one that was
// taken back and is true again, because what stood against it was declared wrong
// too, is reported anew.
func (s *Service) active(tx *sqldb.Tx, name string) (string, error) {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s/%d", name, n)
		_, gone, err := s.Ledger.Seen(tx, source, thing.RetractedID(id))
		if err != nil || !gone {
			return id, err
		}
	}
}

// item reads the key of a single trade item.
func item(key string) (keyset.Ref, bool) {
	if !strings.HasPrefix(key, "01/") || !strings.Contains(key, "/21/") {
		return keyset.Ref{}, false
	}
	link, err := gs1.ParseLinkPath("/"+key, "")
	if err != nil {
		return keyset.Ref{}, false
	}
	return keyset.Ref{GTIN: link.Key().Value, Serial: link.Value("21")}, link.Value("21") != ""
}

// keyOf is the canonical key of an item; "" for what cannot be one.
func keyOf(gtin, serial string) string {
	path, err := gs1.FormatLink("", []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}, {AI: gs1.AISerial, Value: serial}})
	if err != nil {
		return ""
	}
	return identifier.Key(gs1.CanonicalStem + path)
}

// fitting gives a lot that GS1 allows, or none.
func fitting(lot string) string {
	if gs1.CheckElement(gs1.Element{AI: "10", Value: lot}) != nil {
		return ""
	}
	return lot
}
