package life_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// at is a time of the test's day, in minutes.
func at(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }

func event(id, typ string, minute int, body any) ledger.Event {
	return ledger.Event{ID: ident.Event(id), Type: typ, Thing: "thg_1", At: at(minute), Body: life.Body(body)}
}

func made() ledger.Event {
	return event("made", "made", 0, life.MadeBody{GTIN: "09506000134352", Serial: "A1", Market: "DE"})
}

// tap is a verified tap with tamper letters, named after its minute.
func tap(minute int, letters string) ledger.Event {
	return event(fmt.Sprint("tap@", minute), life.TypeTap, minute, life.TapBody{Tamper: letters, Counter: int64(minute), Market: "DE"})
}

func report(minute int, m life.Moment, k life.Kind) ledger.Event {
	return event(fmt.Sprintf("%s-%s@%d", k, m, minute), life.TypeReported, minute, life.ReportBody{Moment: m, Kind: k, Confidence: 1})
}

func fold(t testing.TB, events ...ledger.Event) life.Item {
	t.Helper()
	var it life.Item
	for _, e := range events {
		var err error
		if it, err = life.Fold(it, e); err != nil {
			t.Fatal(err)
		}
	}
	return it
}

func alarms(it life.Item) string {
	var out []string
	for _, a := range it.Alarms {
		out = append(out, string(a.Code))
	}
	return strings.Join(out, " ")
}

func TestSealAndAlarms(t *testing.T) {
	for _, c := range []struct {
		name, why string
		events    []ledger.Event
		seal      life.Seal
		stage     life.Stage
		alarms    string
	}{
		{"never tapped", "nothing was measured", nil, life.SealUnknown, life.StageMade, ""},
		{"closed", "CC: no opening seen", []ledger.Event{tap(1, "CC")}, life.Sealed, life.StageMade, ""},
		{"opened and open", "OO", []ledger.Event{tap(1, "CC"), tap(2, "OO")}, life.Opened, life.StageOpened, ""},
		{"opened and closed again", "OC: the chip remembers", []ledger.Event{tap(1, "CC"), tap(2, "OC")}, life.Opened, life.StageOpened, ""},
		{"open and not latched yet", "CO: measured now", []ledger.Event{tap(1, "CC"), tap(2, "CO")}, life.Opened, life.StageOpened, ""},
		{"feature off", "II says nothing of the seal", []ledger.Event{tap(1, "II")}, life.SealUnknown, life.StageMade, "tamper-off"},
		{"no loop, or no MAC over it", "letters that prove nothing are not recorded", []ledger.Event{tap(1, "")}, life.SealUnknown, life.StageMade, ""},
		{"closed after opened", "opened never goes back: a swapped or forged tag",
			[]ledger.Event{tap(1, "CC"), tap(2, "OO"), tap(3, "CC"), tap(4, "CC")}, life.Opened, life.StageOpened, "reclosed"},
		{"open at the first tap", "opened before anybody looked", []ledger.Event{tap(1, "OO")}, life.Opened, life.StageOpened, "opened-before-first-seen"},
		{"open at the second tap, the first told nothing", "somebody did look before", []ledger.Event{tap(1, ""), tap(2, "OO")}, life.Opened, life.StageOpened, ""},
		{"opened, then sold", "fraud or damage",
			[]ledger.Event{tap(1, "CC"), tap(2, "OO"), report(9, "purchased", life.Measured)}, life.Opened, life.StageOpened, "opened-before-sold"},
		{"sold, then opened, told in the wrong order", "the times decide, not the arrival",
			[]ledger.Event{tap(1, "CC"), tap(5, "OO"), report(3, "purchased", life.Measured)}, life.Opened, life.StageOpened, ""},
		{"the owner says opened", "a claim opens", []ledger.Event{tap(1, "CC"), report(2, "opened", life.Claimed)}, life.Opened, life.StageOpened, ""},
		{"the owner said opened, the chip says sealed", "opened stays, and people should look",
			[]ledger.Event{report(2, "opened", life.Claimed), tap(3, "CC")}, life.Opened, life.StageOpened, "claim-contradicted"},
		{"a sensor measured opened, the chip says sealed", "two measurements contradict",
			[]ledger.Event{report(2, "opened", life.Measured), tap(3, "CC")}, life.Opened, life.StageOpened, "reclosed"},
		{"drained by somebody's word", "", []ledger.Event{tap(1, "OO"), report(5, "drained", life.Claimed)}, life.Opened, life.StageDrained, "opened-before-first-seen"},
		{"drained by word, then measured sealed", "a word never overwrites a measurement",
			[]ledger.Event{report(2, "drained", life.Claimed), tap(3, "CC")}, life.Sealed, life.StageMade, "claim-contradicted"},
		{"that, and drained again later", "the later word is not refuted",
			[]ledger.Event{report(2, "drained", life.Claimed), tap(3, "CC"), report(9, "drained", life.Claimed)}, life.Sealed, life.StageDrained, ""},
		{"drained by a sensor", "a measurement stands", []ledger.Event{report(2, "drained", life.Measured), tap(3, "CC")}, life.Sealed, life.StageDrained, ""},
		{"a tag was blocked", "", []ledger.Event{event("b", life.TypeBlocked, 1, life.TagBody{Tag: "tag_1"})}, life.SealUnknown, life.StageMade, "tag-blocked"},
		{"blocked and freed", "", []ledger.Event{
			event("b", life.TypeBlocked, 1, life.TagBody{Tag: "tag_1"}), event("u", life.TypeUnblocked, 2, life.TagBody{Tag: "tag_1"}),
		}, life.SealUnknown, life.StageMade, ""},
		{"near the end of the counter", "the tag will fall silent",
			[]ledger.Event{event("t", life.TypeTap, 1, life.TapBody{Tamper: "CC", Near: true})}, life.Sealed, life.StageMade, "counter-limit"},
		{"refused and plain taps", "they change nothing",
			[]ledger.Event{event("r", life.TypeRefused, 1, life.TapBody{Tamper: "OO"}), event("p", life.TypePlain, 2, life.TapBody{})},
			life.SealUnknown, life.StageMade, ""},
		{"an event of a later version", "is passed over", []ledger.Event{event("x", "thing.teleported", 1, nil)}, life.SealUnknown, life.StageMade, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := fold(t, append([]ledger.Event{made()}, c.events...)...)
			if it.Seal != c.seal || it.Stage != c.stage || alarms(it) != c.alarms {
				t.Errorf("%s: seal %s, stage %s, alarms %q; want %s, %s, %q", c.why, it.Seal, it.Stage, alarms(it), c.seal, c.stage, c.alarms)
			}
		})
	}
}

func TestAnOpeningIsBoundedByTheSealedTapBeforeIt(t *testing.T) {
	it := fold(t, made(), tap(1, "CC"), tap(5, "CC"), tap(9, "OO"), tap(12, "OO"), tap(20, "CC"))
	o := it.Life.Opened
	if !o.NotBefore.Equal(at(5)) || !o.At.Equal(at(9)) || o.Cause != "tap@9" || o.Kind != life.Measured || o.Market != "DE" {
		t.Errorf("opened %+v", o)
	}
	if it.Taps != 5 || !it.FirstTap.Equal(at(1)) || !it.LastTap.Equal(at(20)) {
		t.Errorf("%d taps, %v to %v", it.Taps, it.FirstTap, it.LastTap)
	}
}

func TestAWeakerKindNeverReplacesAStronger(t *testing.T) {
	kinds := []life.Kind{life.Inferred, life.Claimed, life.Measured}
	for _, m := range []life.Moment{life.MomentPurchased, life.MomentOpened, life.MomentInUse, life.MomentDrained} {
		for i, weak := range kinds {
			for _, strong := range kinds[i+1:] {
				before := fold(t, made(), report(30, m, strong))
				after := fold(t, made(), report(30, m, strong), report(2, m, weak))
				if !reflect.DeepEqual(before.Life, after.Life) {
					t.Errorf("%s: an earlier %s replaced a %s", m, weak, strong)
				}
				if got := fold(t, made(), report(2, m, weak), report(30, m, strong)); got.Life.Mark(m).Kind != strong {
					t.Errorf("%s: %s stayed after %s came", m, weak, strong)
				}
			}
		}
	}
	sure, unsure := report(5, life.MomentDrained, life.Inferred), report(4, life.MomentDrained, life.Inferred)
	unsure.Body = life.Body(life.ReportBody{Moment: life.MomentDrained, Kind: life.Inferred, Confidence: 0.6})
	if got := fold(t, made(), unsure, sure); got.Life.Drained.Confidence != 1 {
		t.Errorf("the less confident inference stands: %+v", got.Life.Drained)
	}
}

func TestAnEpochBeginsWithEachOwner(t *testing.T) {
	it := fold(t, made(), event("e1", life.TypeEpoch, 1, nil), event("e2", life.TypeEpoch, 2, nil))
	if it.Epoch != 3 {
		t.Errorf("epoch %d after two changes of owner", it.Epoch)
	}
}

// history draws a life: what the chips measured, in the order of their counters,
// and what others reported.
func history(r *rand.Rand) (taps, reports []ledger.Event) {
	letters := []string{"CC", "CC", "CC", "OO", "OC", "CO", "II", ""}
	for i := range r.IntN(8) {
		taps = append(taps, tap(10*i+r.IntN(9), letters[r.IntN(len(letters))]))
	}
	moments := []life.Moment{life.MomentPurchased, life.MomentOpened, life.MomentInUse, life.MomentDrained}
	kinds := []life.Kind{life.Measured, life.Claimed, life.Inferred}
	for i := range r.IntN(7) {
		e := report(r.IntN(80), moments[r.IntN(4)], kinds[r.IntN(3)])
		if r.IntN(5) == 0 {
			e = event("epoch", life.TypeEpoch, r.IntN(80), nil)
		}
		e.ID = ident.Event(fmt.Sprint("report", i))
		reports = append(reports, e)
	}
	return taps, reports
}

// mix puts reports, in a random order, at random places among the taps.
func mix(r *rand.Rand, taps, reports []ledger.Event) []ledger.Event {
	out := slices.Clone(taps)
	for _, i := range r.Perm(len(reports)) {
		out = slices.Insert(out, r.IntN(len(out)+1), reports[i])
	}
	return append([]ledger.Event{made()}, out...)
}

func TestReportsGiveTheSameItemInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		taps, reports := history(r)
		first, second := mix(r, taps, reports), mix(r, taps, reports)
		if a, b := fold(t, first...), fold(t, second...); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s\ngives %+v\n%s\ngives %+v", ids(first), a, ids(second), b)
		}
	}
}

func ids(events []ledger.Event) (out []string) {
	for _, e := range events {
		out = append(out, string(e.ID)+string(e.Body))
	}
	return out
}

func TestOpenedNeverGoesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		taps, reports := history(r)
		var it life.Item
		opened := false
		for _, e := range mix(r, taps, reports) {
			it = step(t, it, e)
			if opened && it.Seal != life.Opened {
				t.Fatalf("%s closed an opened item", e.ID)
			}
			opened = opened || it.Seal == life.Opened
		}
	}
}

func step(t *testing.T, it life.Item, e ledger.Event) life.Item {
	t.Helper()
	it, err := life.Fold(it, e)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestARowKeepsTheWholeItem(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		taps, reports := history(r)
		it := fold(t, mix(r, taps, reports)...)
		back, err := it.Row().Item()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(it, back) {
			t.Fatalf("stored %+v\nread   %+v", it, back)
		}
		if !it.SameRecord(back) {
			t.Fatal("an item differs from itself")
		}
	}
}

func TestOnlyAnOrdinaryTapLeavesTheRecord(t *testing.T) {
	sealed := fold(t, made(), tap(1, "CC"))
	for _, c := range []struct {
		name  string
		event ledger.Event
		same  bool
	}{
		{"another sealed tap", tap(2, "CC"), true},
		{"a tap without tamper status", tap(2, ""), true},
		{"an opening", tap(2, "OO"), false},
		{"a fault of configuration", tap(2, "II"), false},
		{"a sale", report(2, life.MomentPurchased, life.Measured), false},
		{"a blocked tag", event("b", life.TypeBlocked, 2, life.TagBody{Tag: "tag_1"}), false},
		{"an owner", event("e", life.TypeEpoch, 2, nil), false},
	} {
		if got := sealed.SameRecord(step(t, sealed, c.event)); got != c.same {
			t.Errorf("%s: same record %t, want %t", c.name, got, c.same)
		}
	}
	refuted := fold(t, made(), tap(1, "CC"), report(2, life.MomentDrained, life.Claimed))
	if refuted.SameRecord(step(t, refuted, tap(3, "CC"))) {
		t.Error("a seal that refutes a claim changes what lists search by, and must be stored")
	}
}

func TestADamagedBodyIsNoState(t *testing.T) {
	for _, typ := range []string{"made", life.TypeTap, life.TypeReported, life.TypeBlocked} {
		e := event("x", typ, 1, nil)
		e.Body = []byte(`{"gtin": 7`)
		if _, err := life.Fold(life.Item{}, e); err == nil {
			t.Errorf("%s: a body that is no JSON was folded", typ)
		}
	}
}
