package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
)

const template = "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}"

// keyset makes the test key set k1.
func (s *server) keyset(t *testing.T) {
	t.Helper()
	s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "k1", Template: template, Test: true}}).into(t, 201, nil)
}

// tap opens a URL as a phone would, through the domain: the consumer pages are not
// part of this package.
func (s *server) tap(t *testing.T, url, market string) thing.TapResult {
	t.Helper()
	reading, err := s.back.Tags.Verify(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.back.Things.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: ident.System().Operation(), Market: market})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAVirtualBottleFromTheFactoryToTheLastDrop(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		s.do(t, call{method: "POST", path: "/virtual", body: wire.VirtualRequest{GTIN: gtin}}).problem(t, 409, "conflict") // no test key set yet
		s.keyset(t)
		var b wire.VirtualBottle
		s.do(t, call{method: "POST", path: "/virtual", body: wire.VirtualRequest{GTIN: gtin, Market: "DE"}}).into(t, 201, &b)
		if b.Product.Name != "Halden Gin" || b.Loop != "closed" || b.Set != "k1" || b.Thing.GTIN != gtin {
			t.Fatalf("%+v", b)
		}
		var tapped wire.VirtualTap
		s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tap"}).into(t, 200, &tapped)
		if !strings.HasPrefix(tapped.URL, "/t/k1/01/"+gtin) || tapped.Bottle.Counter != 1 || tapped.Bottle.LastURL != tapped.URL {
			t.Fatalf("%+v", tapped)
		}
		if got := s.tap(t, tapped.URL, "DE"); !got.Verdict.Live() {
			t.Fatalf("%+v", got)
		}
		s.tap(t, tapped.URL, "FR") // shared: a replay
		s.do(t, call{method: "POST", path: "/moments", body: wire.MomentReport{Source: "till", SourceID: "1", Thing: b.Thing.ID, Moment: "sold"}}).into(t, 201, nil)
		s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tear"}).into(t, 200, &b)
		if b.Loop != "open" || b.Seal != "sealed" {
			t.Errorf("the server knows of the seal before the next tap: %+v", b)
		}
		s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tap"}).into(t, 200, &tapped)
		s.tap(t, tapped.URL, "DE")

		var it wire.Thing
		s.do(t, call{path: "/things/" + b.Thing.ID}).into(t, 200, &it)
		if it.Seal != "opened" || it.Life != "opened" || it.SoldAt == nil || it.OpenedAt == nil || it.OpenedAfter == nil || it.Taps != 2 || len(it.Chips) != 1 ||
			it.DigitalLink != "https://tagline.example/01/"+gtin+"/21/"+it.Serial {
			t.Errorf("%+v", it)
		}
		var same wire.Thing
		s.do(t, call{path: "/things/" + gtin + "." + it.Serial}).into(t, 200, &same)
		if same.ID != it.ID {
			t.Errorf("gtin.serial gives %s", same.ID)
		}

		var told frame.Page[wire.StoryEntry]
		s.do(t, call{path: "/things/" + it.ID + "/story?limit=2"}).into(t, 200, &told)
		last := told.Items[1].Seq
		if len(told.Items) != 2 || told.Next == "" || told.Items[0].Title == "" {
			t.Fatalf("%+v", told)
		}
		s.do(t, call{path: "/things/" + it.ID + "/story?cursor=" + told.Next}).into(t, 200, &told)
		if len(told.Items) < 4 || told.Items[0].Seq >= last {
			t.Errorf("%+v", told)
		}

		var taps frame.Page[wire.Tap]
		s.do(t, call{path: "/taps"}).into(t, 200, &taps)
		if len(taps.Items) != 3 || taps.Items[0].Seal != "opened" || taps.Items[0].Product.Name != "Halden Gin" || taps.Items[0].Thing.ID != it.ID {
			t.Fatalf("%+v", taps)
		}
		s.do(t, call{path: "/taps?result=replayed"}).into(t, 200, &taps)
		if len(taps.Items) != 1 || taps.Items[0].Code != "replay" || taps.Items[0].Hint == "" || taps.Items[0].Country != "FR" {
			t.Errorf("%+v", taps)
		}

		old := b
		s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/reset"}).into(t, 200, &b)
		if b.Chip == old.Chip || b.Thing.Serial == old.Thing.Serial || b.Loop != "closed" {
			t.Errorf("%+v", b)
		}
		var all frame.Page[wire.VirtualBottle]
		s.do(t, call{path: "/virtual"}).into(t, 200, &all)
		if len(all.Items) != 1 || all.Items[0].Chip != b.Chip {
			t.Errorf("%+v", all)
		}
		forgot := s.do(t, call{method: "POST", path: "/phone/forget"})
		forgot.into(t, 204, nil)
		if got := strings.Join(forgot.header.Values("Set-Cookie"), " "); !strings.Contains(got, "tagline_tap=;") || !strings.Contains(got, "tagline_age=;") {
			t.Errorf("%s", got)
		}
	})
}

func TestAReportCountsOnce(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		var made wire.Things
		s.do(t, call{method: "POST", path: "/things", body: wire.ThingsRequest{GTIN: gtin, Serials: []string{"A1", "A2"}, Lot: "L1", Market: "NO"}}).into(t, 201, &made)
		if len(made.Items) != 2 || made.Items[0].Life != "made" {
			t.Fatalf("%+v", made)
		}
		sold := call{method: "POST", path: "/moments", body: wire.MomentReport{Source: "till", SourceID: "receipt-1", GTIN: "9506000134352", Serial: "A1", Moment: "sold"}}
		var first, again wire.MomentReported
		s.do(t, sold).into(t, 201, &first)
		s.do(t, sold).into(t, 200, &again)
		if first.Repeated || !again.Repeated || first.Event != again.Event || again.Thing.Life != "sold" {
			t.Fatalf("%+v %+v", first, again)
		}
		var list frame.Page[wire.Thing]
		for query, want := range map[string]int{"?reached=sold": 1, "?reached=made": 2, "?life=made": 1, "?lot=L1&market=NO": 2, "?q=A2": 1, "?gtin=9506000134352&serial=A1": 1, "?alarm=true": 0} {
			s.do(t, call{path: "/things" + query}).into(t, 200, &list)
			if len(list.Items) != want {
				t.Errorf("%s finds %d, want %d", query, len(list.Items), want)
			}
		}
		s.do(t, call{method: "POST", path: "/things", body: wire.ThingsRequest{GTIN: gtin, Serials: []string{"A1"}}}).problem(t, 409, "conflict")
		s.do(t, call{method: "POST", path: "/moments", body: wire.MomentReport{Source: "till", SourceID: "2", Moment: "sold"}}).problem(t, 400, "invalid")
		s.do(t, call{method: "POST", path: "/moments", body: wire.MomentReport{Source: "till", SourceID: "3", GTIN: gtin, Serial: "none", Moment: "sold"}}).problem(t, 404, "not-found")
		s.do(t, call{path: "/things/" + gtin + ".none"}).problem(t, 404, "not-found")
		s.do(t, call{path: "/things/nonsense"}).problem(t, 400, "invalid")
	})
}

var keyForm = regexp.MustCompile(`[0-9A-Fa-f]{32}`)

func TestKeySetsGiveNoKeyAway(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		meta, master := "7B1F0C93D2E84A56B0C7F11E934D2A68", "9A3E5D7C1B4F60829D0E7A6C3F518B24"
		made := s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "prod", Template: strings.Replace(template, "k1", "prod", 1), Keys: &wire.Keys{Meta: meta, Master: master}},
			header: idem("prod")})
		var k wire.KeySet
		made.into(t, 201, &k)
		if k.Scheme != "an10922" || len(k.Checks.Meta) != 6 || k.Epoch != 1 || k.State != "active" {
			t.Errorf("%+v", k)
		}
		next := s.do(t, call{method: "POST", path: "/keysets/prod/epochs", body: wire.EpochRequest{}})
		next.into(t, 201, &k)
		history := s.do(t, call{path: "/keysets/prod"})
		var h wire.KeySetHistory
		history.into(t, 200, &h)
		if k.Epoch != 2 || len(h.Epochs) != 2 || h.Current.Epoch != 2 {
			t.Errorf("%+v %+v", k, h)
		}
		s.do(t, call{method: "POST", path: "/keysets/prod/retire", body: wire.RetireRequest{Epoch: 1}}).into(t, 200, &k)
		if k.State != "retired" || k.Epoch != 1 {
			t.Errorf("%+v", k)
		}
		list := s.do(t, call{path: "/keysets"})
		for name, r := range map[string]reply{"made": made, "next": next, "history": history, "list": list} {
			if found := keyForm.Find(r.body); found != nil || strings.Contains(strings.ToUpper(string(r.body)), master) {
				t.Errorf("%s answers something like a key: %s", name, found)
			}
		}
		var e wire.Encoding
		s.do(t, call{path: "/keysets/prod/encoding"}).into(t, 200, &e)
		if e.NDEF == "" || e.Settings == "" || len(e.Offsets) == 0 {
			t.Errorf("%+v", e)
		}
		// Example keys are for test sets only, and the refusal does not repeat them.
		weak := s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "weak", Template: strings.Replace(template, "k1", "weak", 1), Keys: &wire.Keys{Meta: strings.Repeat("0", 32), Master: strings.Repeat("0", 32)}}})
		p := weak.problem(t, 400, "invalid")
		if p.Hint == "" || keyForm.Match(weak.body) {
			t.Errorf("%s", weak.body)
		}
		bad := s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "bad", Template: "https://id.example/?x={mac}"}}).problem(t, 400, "invalid")
		if bad.Hint == "" {
			t.Errorf("%+v", bad)
		}
		s.do(t, call{path: "/keysets/none"}).problem(t, 404, "not-found")
	})
}

func TestABatchIsTriedBeforeItIsImported(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		s.keyset(t)
		csv := map[string]string{"Content-Type": "text/csv"}
		good := "uid,gtin,serial\n04AABBCCDDEE80,9506000134352,S1\n04AABBCCDDEE81,9506000134352,S2\n"
		bad := good + "04AABB,9506000134352,S3\n04AABBCCDDEE83,123,S4\n"
		var r wire.ImportReport
		s.do(t, call{method: "POST", path: "/chips/import?set=k1&dryRun=true", body: bad, header: csv}).into(t, 200, &r)
		if !r.DryRun || r.Rows != 4 || r.Created != 2 || r.Refused != 2 || len(r.Errors) != 2 || r.Errors[0].Row != 4 || r.Errors[0].Column != "uid" {
			t.Errorf("%+v", r)
		}
		refused := s.do(t, call{method: "POST", path: "/chips/import?set=k1", body: bad, header: csv})
		p := refused.problem(t, 400, "invalid")
		if len(p.Errors) != 2 || strings.Contains(string(refused.body), "04AABB") || p.Errors[0].Location != "row 4, column uid" {
			t.Errorf("%s", refused.body)
		}
		var chips frame.Page[wire.Chip]
		s.do(t, call{path: "/chips"}).into(t, 200, &chips)
		if len(chips.Items) != 0 {
			t.Fatalf("a refused file left %d chips", len(chips.Items))
		}
		s.do(t, call{method: "POST", path: "/chips/import?set=k1", body: good, header: csv}).into(t, 200, &r)
		list := s.do(t, call{path: "/chips?set=k1"})
		list.into(t, 200, &chips)
		if r.Created != 2 || r.Batch == "" || len(chips.Items) != 2 || chips.Items[0].Thing == nil || chips.Items[0].Batch != r.Batch || strings.Contains(string(list.body), "04AABBCC") {
			t.Errorf("%+v %s", r, list.body)
		}
		id := chips.Items[0].ID
		var c wire.Chip
		s.do(t, call{method: "POST", path: "/chips/" + id + "/block", body: wire.BlockRequest{Reason: "lost"}}).into(t, 200, &c)
		if c.Status != "blocked" {
			t.Errorf("%+v", c)
		}
		s.do(t, call{method: "POST", path: "/chips/" + id + "/unblock", body: wire.BlockRequest{}}).into(t, 200, &c)
		s.do(t, call{path: "/chips/" + id}).into(t, 200, &c)
		if c.Status != "registered" || c.LastCounter != nil {
			t.Errorf("%+v", c)
		}
		s.do(t, call{method: "POST", path: "/chips/import?set=k1", body: "{}"}).problem(t, 415, "unsupported")
		// Bytes that are no text are named by row and column, as every wrong cell is.
		broken := s.do(t, call{method: "POST", path: "/chips/import?set=k1", body: "uid,gtin,serial\n04AABBCCDDEE80,09506000134352,S\xe9\n", header: csv}).problem(t, 400, "invalid")
		if len(broken.Errors) != 1 || broken.Errors[0].Location != "row 2, column serial" || !strings.Contains(broken.Errors[0].Message, "UTF-8") {
			t.Errorf("%+v", broken)
		}
		s.do(t, call{method: "POST", path: "/chips/import?set=k1&dryRun=true", body: "uid,gtin,serial,market\n04AABBCCDDEE80,09506000164908,R1,NO\n", header: csv}).into(t, 200, &r)
		if len(r.Warnings) != 1 || r.Warnings[0].Row != 2 || r.Warnings[0].Column != "gtin" {
			t.Errorf("%+v", r)
		}

		s.do(t, call{method: "POST", path: "/things", body: wire.ThingsRequest{GTIN: gtin, Serials: []string{"BARE"}}}).into(t, 201, nil)
		out := s.do(t, call{path: "/chips/encode.csv?set=k1"})
		if out.status != 200 || !strings.HasPrefix(out.header.Get("Content-Type"), "text/csv") || !strings.Contains(out.header.Get("Content-Disposition"), "attachment") ||
			!strings.Contains(string(out.body), "BARE") || strings.Contains(string(out.body), "/S1") {
			t.Errorf("%d %v %s", out.status, out.header, out.body)
		}
		s.do(t, call{path: "/chips/encode.csv"}).problem(t, 400, "invalid")
	})
}

func TestADiagnosisNamesTheStepAndSpendsNothing(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	s.keyset(t)
	var b wire.VirtualBottle
	s.do(t, call{method: "POST", path: "/virtual", body: wire.VirtualRequest{GTIN: gtin}}).into(t, 201, &b)
	var tapped wire.VirtualTap
	s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tap"}).into(t, 200, &tapped)
	var d wire.Diagnosis
	s.do(t, call{method: "POST", path: "/diagnose", body: wire.DiagnoseRequest{URL: "https://id.example" + tapped.URL}}).into(t, 200, &d)
	if d.Verdict != "genuine" || d.Read == nil || d.Read.Seal != "sealed" || d.Read.Chip != b.Chip || !strings.Contains(d.Read.UID, "•") {
		t.Errorf("%+v", d)
	}
	if got := s.tap(t, tapped.URL, ""); !got.Verdict.Live() {
		t.Errorf("the diagnosis spent the tap: %+v", got)
	}
	u, err := url.Parse(tapped.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("m", "0000000000000000")
	u.RawQuery = q.Encode()
	s.do(t, call{method: http.MethodPost, path: "/diagnose", body: wire.DiagnoseRequest{URL: u.String()}}).into(t, 200, &d)
	if d.Verdict != "refused" || d.Code != "mac" || len(d.Steps) == 0 || d.Steps[len(d.Steps)-1].OK {
		t.Errorf("%+v", d)
	}
}

func TestAThingOfNoProductIsRefused(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.stock(t)
		s.keyset(t)
		const rum = "09506000164908"
		for path, body := range map[string]any{"/things": wire.ThingsRequest{GTIN: rum, Serials: []string{"A1"}}, "/virtual": wire.VirtualRequest{GTIN: rum}} {
			p := s.do(t, call{method: "POST", path: path, body: body}).problem(t, 400, "invalid")
			if !strings.Contains(p.Detail, rum) || !strings.Contains(p.Hint, "tagline apply") || len(p.Errors) != 1 || p.Errors[0].Location != "body.gtin" {
				t.Errorf("%s: %+v", path, p)
			}
		}
		var list frame.Page[wire.Thing]
		s.do(t, call{path: "/things"}).into(t, 200, &list)
		if len(list.Items) != 0 {
			t.Errorf("%+v", list.Items)
		}
		for path, body := range map[string]any{
			"/virtual": wire.VirtualRequest{GTIN: gtin, Market: "Germany"},
			"/moments": wire.MomentReport{Source: "till", SourceID: "1", GTIN: gtin, Serial: "A1", Moment: "sold", Market: "de"},
		} {
			if p := s.do(t, call{method: "POST", path: path, body: body}).problem(t, 400, "invalid"); len(p.Errors) != 1 || p.Errors[0].Location != "body.market" {
				t.Errorf("%s: %+v", path, p)
			}
		}
	})
}

func TestATimeThatIsNoneIsAnsweredInWords(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	for _, c := range []struct {
		call
		location string
	}{
		{call{path: "/taps?from=banana"}, "query.from"},
		{call{path: "/taps?to=2026-11-26"}, "query.to"},
		{call{method: "POST", path: "/moments", body: map[string]any{"source": "till", "sourceId": "1", "gtin": gtin, "serial": "A1", "moment": "sold", "at": "yesterday"}}, "body.at"},
	} {
		p := s.do(t, c.call).problem(t, 400, "invalid")
		_, name, _ := strings.Cut(c.location, ".")
		if p.Detail != name+" is no time; write 2026-11-26T09:00:00Z" || strings.Contains(p.Detail+p.Errors[0].Message, "2006") || p.Errors[0].Location != c.location {
			t.Errorf("%s: %+v", c.path, p)
		}
	}
	s.do(t, call{path: "/taps?from=2026-11-26T09:00:00Z&to=2026-11-26T10:00:00%2B01:00"}).into(t, 200, nil)
}

// Without a mirrored tamper status no tap can tell of the seal: a console must not
// offer to tear it.
func TestABottleSaysWhetherItsTapsTellOfTheSeal(t *testing.T) {
	for _, c := range []struct {
		template string
		tells    bool
	}{{template, true}, {"https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&m={mac}", false}} {
		s := start(t, sqldbtest.SQLite(t))
		s.stock(t)
		s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "k1", Template: c.template, Test: true}}).into(t, 201, nil)
		var b wire.VirtualBottle
		s.do(t, call{method: "POST", path: "/virtual", body: wire.VirtualRequest{GTIN: gtin}}).into(t, 201, &b)
		var all frame.Page[wire.VirtualBottle]
		s.do(t, call{path: "/virtual"}).into(t, 200, &all)
		if b.Tells != c.tells || len(all.Items) != 1 || all.Items[0].Tells != c.tells {
			t.Errorf("%s: %v, in the list %+v", c.template, b.Tells, all.Items)
		}
	}
}
