package resolver_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/keyset"
	"tagline/internal/life"
	"tagline/internal/resolver"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/visitor"
	"tagline/ntag424"
)

func TestATapIsGenuineOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle(gin)
		tap := b.url()
		mine := w.adult("Accept-Language", "en-GB")

		a := mine.get(tap)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != b.path() || len(a.body) != 0 {
			t.Fatalf("the tap is answered with %d to %q, %d bytes", a.StatusCode, a.Header.Get("Location"), len(a.main()))
		}
		cookie := a.Header.Get("Set-Cookie")
		for _, want := range []string{"tagline_tap=", "; Max-Age=1800;", "; HttpOnly;", "; SameSite=Lax"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("the cookie %q lacks %q", cookie, want)
			}
		}
		if c := a.Header.Get("Cache-Control"); !strings.Contains(c, "no-store") || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("a tap's answer may be kept (%q) or told on", c)
		}
		page := mine.get(b.path())
		if page.StatusCode != 200 || !page.has("Genuine and sealed", "How it is made", "For holders only", b.ref.Serial, "Taste it in the distillery") {
			t.Errorf("%d %s", page.StatusCode, page.main())
		}
		events := w.events("tap.verified")
		if len(events) != 1 || w.recorded(events[0], "market") != "GB" || w.recorded(events[0], "decision") != "before-purchase members-only" {
			t.Fatalf("recorded: %+v", events)
		}

		// Somebody else opens the same URL.
		other := w.adult()
		if page := other.follow(tap); !page.has("This was a live link") || page.has("Genuine") {
			t.Errorf("another phone is told: %s", title(page.main()))
		}
		// And whoever opens the clean link without a tap sees the product, no more.
		if page := w.adult().get(b.path()); page.StatusCode != 200 || page.has("Genuine") || page.has("For holders only") || page.has("How it is made") || page.has("Taste it") || !page.has("noindex") {
			t.Errorf("without a tap: %s", page.main())
		}
		if n := len(w.events("tap.verified")); n != 1 {
			t.Errorf("%d verified taps are recorded", n)
		}
	})
}

func TestAReloadInTheSessionIsTheSameTap(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	tap := b.url()
	p := w.adult()
	p.get(tap)
	for i := range 3 {
		w.clock.Advance(5 * time.Minute)
		a := p.get(tap)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Set-Cookie") != "" {
			t.Fatalf("reload %d: %d, cookie %q: a repeat must not make the session longer", i, a.StatusCode, a.Header.Get("Set-Cookie"))
		}
		if page := p.get(b.path()); !page.has("Genuine and sealed") {
			t.Fatalf("reload %d: %s", i, title(page.main()))
		}
	}
	if n := len(w.events("tap.verified")); n != 1 {
		t.Errorf("%d taps are recorded", n)
	}
	w.clock.Advance(15 * time.Minute) // half an hour after the tap
	if page := p.get(b.path()); page.has("Genuine") {
		t.Error("the session outlives its half hour")
	}
	if page := p.follow(tap); !page.has("This was a live link") {
		t.Errorf("after the session: %s", title(page.main()))
	}
	if page := p.follow(b.url()); !page.has("Genuine and sealed") {
		t.Errorf("a new tap: %s", title(page.main()))
	}
}

// An old link of the same bottle, opened in the browser that has just tapped it, is
// still an old link.
func TestAnOlderURLIsOldInTheSameBrowserToo(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	old, p := b.url(), w.adult()
	p.follow(old)
	if page := p.follow(b.url()); !page.has("Genuine and sealed") {
		t.Fatal(title(page.body))
	}
	if page := p.follow(old); !page.has("This was a live link") {
		t.Errorf("the old URL shows %s", title(page.main()))
	}
}

func TestExactlyOneOfManyPhonesGetsTheTap(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle(brush)
		for range 3 {
			tap := b.url()
			var wg sync.WaitGroup
			var mu sync.Mutex
			genuine := 0
			for range 8 {
				p := w.phone()
				wg.Go(func() {
					if page := p.follow(tap); page.has("Genuine") {
						mu.Lock()
						genuine++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			if genuine != 1 {
				t.Errorf("%d phones are told that the tap is genuine", genuine)
			}
		}
	})
}

// The example taps of NXP AN12196 (rev 1.8), sections 3.4.4.2 and 3.4.3: keys of zeros, PICCData
// encrypted, the MAC over nothing, and the MAC over encrypted file data.
func TestTheExamplesOfAN12196(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	zero := &keyset.Keys{Meta: strings.Repeat("0", 32), Master: strings.Repeat("0", 32)}
	slots := func(n int) *int { return &n }
	for _, row := range []struct {
		name, set, template, url, uid string
		options                       ntag424.Options
		keys                          *keyset.Keys
	}{
		{"the MAC over nothing", "an1", "https://choose.url.com/t/an1/ntag424?e={picc}&c={mac}", "/t/an1/ntag424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", "04DE5F1EACC040",
			ntag424.Options{MACFrom: "mac", Foreign: true}, zero},
		{"at the address that the chip was encoded with", "an3", "https://ntag.nxp.com/424?e={picc}&c={mac}", "/424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", "04DE5F1EACC040",
			ntag424.Options{MACFrom: "mac", Foreign: true}, zero},
		{"at the root", "an4", "https://www.my424dna.com/?picc_data={picc}&enc={enc}&cmac={mac}", "/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6", "04958CAA5C5E80",
			ntag424.Options{MACFrom: "enc", Foreign: true}, zero},
		{"encrypted file data", "an2", "https://www.my424dna.com/t/an2/?picc_data={picc}&enc={enc}&cmac={mac}", "/t/an2/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6", "04958CAA5C5E80",
			ntag424.Options{MACFrom: "enc", Foreign: true}, zero},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := w.sets.Create(t.Context(), keyset.NewSet{Name: row.set, Scheme: ntag424.Fixed, Mode: "aes", MetaSlot: slots(0), FileSlot: slots(0), Template: row.template, Options: &row.options, Test: true, Keys: row.keys})
			if err != nil {
				t.Fatal(err)
			}
			uid, err := ntag424.ParseUID(row.uid)
			if err != nil {
				t.Fatal(err)
			}
			ref := thing.Ref{GTIN: gin, Serial: strings.ToUpper(row.set)}
			w.register(row.set, 1, uid, ref)
			p := w.adult()
			a := p.get(row.url)
			if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/01/"+gin+"/21/"+ref.Serial {
				t.Fatalf("%d %q %s", a.StatusCode, a.Header.Get("Location"), w.log)
			}
			if page := p.get(a.Header.Get("Location")); !page.has("Genuine") {
				t.Errorf("the first time: %s", title(page.main()))
			}
			if page := w.adult().follow(row.url); !page.has("This was a live link") {
				t.Errorf("the second time: %s", title(page.main()))
			}
			events := w.events("tap.verified")
			if d := w.recorded(events[len(events)-1], "decision"); d != "members-only" {
				t.Errorf("the decision on a tag that names no product: %q", d)
			}
		})
	}
}

func TestOnePhoneAndManyBottles(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	a, b, p := w.bottle(gin), w.bottle(gin), w.adult()
	for i, one := range []*bottle{a, b, a} {
		w.clock.Advance(time.Minute)
		if page := p.follow(one.url()); !page.has("Genuine and sealed", one.ref.Serial) {
			t.Errorf("bottle %d: %s", i, title(page.body))
		}
	}
	w.clock.Advance(10 * time.Second)
	p.follow(a.url())
	events := w.events("tap.verified")
	if tier := w.recorded(events[len(events)-1], "tier"); tier != "4" {
		t.Errorf("two live taps within half a minute are of tier %s", tier)
	}
}

// Tapping other bottles in between does not make a tap last longer.
func TestASpentTapIsNotKeptAliveByOthers(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	a, p := w.bottle(gin), w.adult()
	tap := a.url()
	p.follow(tap)
	for minutes := 0; minutes < 40; minutes += 10 {
		w.clock.Advance(10 * time.Minute)
		p.follow(w.bottle(gin).url())
		page := p.follow(tap)
		if live := minutes < 20; page.has("Genuine") != live || page.has("This was a live link") == live {
			t.Errorf("after %d minutes: %s", minutes+10, title(page.body))
		}
	}
}

// The tag proves itself even if nobody has written down yet what it is on.
func TestAGenuineTapOfAProductThatNobodyDescribed(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(nobodys)
	p := w.phone()
	if page := p.follow(b.url()); page.StatusCode != 200 || !page.has("Genuine and sealed", nobodys) {
		t.Errorf("%d %s", page.StatusCode, page.main())
	}
	if a := w.phone().follow(b.url() + "&x=1"); !a.has("Genuine") {
		t.Errorf("%s", a.main())
	}
	if a := w.phone().get(b.path()); a.StatusCode != http.StatusNotFound || !a.has("We do not know this product") {
		t.Errorf("without a tap: %d %s", a.StatusCode, title(a.body))
	}
}

func TestLooksConsumeNothing(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	tap := b.url()
	for name, look := range map[string]func() answer{
		"HEAD":     func() answer { return w.phone().do("HEAD", tap, nil) },
		"WhatsApp": func() answer { return w.phone().get(tap, "User-Agent", "WhatsApp/2.24.20 A") },
		"prefetch": func() answer { return w.phone().get(tap, "Sec-Purpose", "prefetch") },
		"a bot":    func() answer { return w.phone().get(tap, "User-Agent", "Twitterbot/1.0") },
	} {
		a := look()
		if a.StatusCode != 200 || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s is answered with %d, cookie %q", name, a.StatusCode, a.Header.Get("Set-Cookie"))
		}
		if name == "HEAD" {
			if a.body != "" || a.ContentLength < 1000 {
				t.Errorf("HEAD has %d bytes and says %d", len(a.main()), a.ContentLength)
			}
		} else if !a.has(`property="og:title" content="Island Gin · Norrvik"`) || a.has(b.ref.Serial+`"`) || a.has("Genuine") {
			t.Errorf("%s sees %s", name, a.main())
		}
	}
	if all := w.events(); len(w.events("tap.verified"))+len(w.events("tap.plain"))+len(w.events("tap.refused")) != 0 {
		t.Errorf("a look was recorded: %v", all[len(all)-1])
	}
	if page := w.adult().follow(tap); !page.has("Genuine and sealed") {
		t.Errorf("after the looks the tap is spent: %s", title(page.main()))
	}
}

// Whatever is wrong with a message, the public sees one page. The console sees why.
func TestRefusedTapsLookAlike(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), func(c *resolver.Config) { c.Refused = visitor.Limit{PerSecond: 1000, Burst: 1000} })
	b := w.bottle(gin)
	path, query, _ := strings.Cut(b.url(), "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	p, e, m := v.Get("p"), v.Get("e"), v.Get("m")
	flip := func(s string) string {
		if s[0] == '0' {
			return "1" + s[1:]
		}
		return "0" + s[1:]
	}
	stranger, err := w.set().Chip(b.ref, ntag424.UID{4, 9, 9, 9, 9, 9, 9})
	if err != nil {
		t.Fatal(err)
	}
	unlisted, err := stranger.Tap()
	if err != nil {
		t.Fatal(err)
	}
	var want answer
	for i, row := range []struct{ name, url, code string }{
		{"another MAC", path + "?p=" + p + "&e=" + e + "&m=" + flip(m), "mac"},
		{"another PICCData", path + "?p=" + flip(p) + "&e=" + e + "&m=" + m, ""},
		{"another file", path + "?p=" + p + "&e=" + flip(e) + "&m=" + m, "mac"},
		{"no hex", path + "?p=" + p + "&e=" + e + "&m=Z" + m[1:], "bad_hex"},
		{"a short MAC", path + "?p=" + p + "&e=" + e + "&m=" + m[2:], "template_mismatch"},
		{"another bottle's number", strings.Replace(path, b.ref.Serial, "1", 1) + "?p=" + p + "&e=" + e + "&m=" + m, "mac"},
		{"a set that nobody made", strings.Replace(path, "/t/k1/", "/t/k9/", 1) + "?p=" + p + "&e=" + e + "&m=" + m, "unknown_keyset"},
		{"a chip that nobody registered", strings.TrimPrefix(unlisted, "https://id.example"), "unknown_tag"},
	} {
		a := w.phone().get(row.url)
		if a.StatusCode != http.StatusNotFound || !a.has("Not verified", "Island Gin") || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", row.name, a.StatusCode, title(a.main()))
		}
		if i == 0 {
			want = a
		} else if a.body != want.body || a.Header.Get("Content-Length") != want.Header.Get("Content-Length") || a.Header.Get("Cache-Control") != want.Header.Get("Cache-Control") {
			t.Errorf("%s can be told from a wrong MAC", row.name)
		}
		all := w.events("tap.refused")
		if len(all) != i+1 {
			t.Fatalf("%s: %d refused taps are recorded", row.name, len(all))
		}
		if code := w.recorded(all[i], "code"); row.code != "" && code != row.code {
			t.Errorf("%s is recorded as %q, want %q", row.name, code, row.code)
		}
	}
	if page := w.adult().follow(path + "?" + query); !page.has("Genuine and sealed") {
		t.Errorf("the refused ones spent the tap: %s", title(page.main()))
	}
}

func TestABlockedTagSaysSo(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	if _, err := w.things.Block(t.Context(), b.id, "stolen from a van"); err != nil {
		t.Fatal(err)
	}
	a := w.phone().get(b.url())
	if a.StatusCode != http.StatusNotFound || !a.has("Please do not rely on this tag") || a.has("stolen") {
		t.Errorf("%d %s", a.StatusCode, title(a.main()))
	}
}

func TestAnAddressThatKeepsBeingRefusedHasToWait(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), func(c *resolver.Config) {
		c.Refused, c.AddressHeader = visitor.Limit{PerSecond: 1, Burst: 3}, "X-Forwarded-For"
	})
	b := w.bottle(gin)
	bad := b.url()
	bad = bad[:len(bad)-16] + "0000000000000000"
	from := func(address string) *phone { return w.phone("X-Forwarded-For", address) }
	for i := range 3 {
		if a := from("192.0.2.1").get(bad); a.StatusCode != http.StatusNotFound {
			t.Fatalf("try %d: %d", i, a.StatusCode)
		}
	}
	a := from("192.0.2.1").get(bad)
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "2" || !a.has("A short pause") {
		t.Fatalf("over the limit: %d, Retry-After %q, %s", a.StatusCode, a.Header.Get("Retry-After"), title(a.main()))
	}
	if n := len(w.events("tap.refused")); n != 3 {
		t.Errorf("%d refused taps are recorded", n)
	}
	if a := from("192.0.2.2").get(bad); a.StatusCode != http.StatusNotFound {
		t.Errorf("a neighbour: %d", a.StatusCode)
	}
	// Behind the same address somebody holds a real bottle.
	if a := from("192.0.2.1").get(b.url()); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a genuine tap from there: %d", a.StatusCode)
	}
	if seen := w.things.Seen(); seen.Unrecorded != 1 || seen.Waiting != 0 || seen.Verdicts[thing.NotVerified] != 5 {
		t.Errorf("one of five was not recorded, and the neighbour's carries it: %+v", seen)
	}
	w.clock.Advance(2 * time.Second)
	if a := from("192.0.2.1").get(bad); a.StatusCode != http.StatusNotFound {
		t.Errorf("after the wait: %d", a.StatusCode)
	}
	// Nothing vanishes: what was over the limit stands in the next one of its kind.
	var all int64
	for _, e := range w.events("tap.refused") {
		entry, _ := life.DecodeTap(e)
		all += 1 + entry.Suppressed
	}
	if all != 6 {
		t.Errorf("the ledger tells of %d refused taps, there were 6", all)
	}
}

// The bytes of a tap's URL are signed; nothing on the way may clean them. Other
// parameters may come along.
func TestOtherParametersAndSlashesAreKept(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	for _, change := range []func(string) string{
		func(u string) string { return u + "&utm_source=shelf&x=%F0%9F%8D%B8" },
		func(u string) string { return strings.Replace(u, "?", "?fbclid=1&", 1) },
		strings.ToLower,
	} {
		tap := b.url()
		if path, query, _ := strings.Cut(tap, "?"); change(tap) == strings.ToLower(tap) {
			tap = path + "?" + strings.ToLower(query)
		} else {
			tap = change(tap)
		}
		if a := w.phone().get(tap); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", tap, a.StatusCode)
		}
	}
}

// A foreign set whose template fills the path must not claim every address.
func TestAForeignPathTemplateLeavesOtherAddressesAlone(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	zero := &keyset.Keys{Meta: strings.Repeat("0", 32), Master: strings.Repeat("0", 32)}
	_, err := w.sets.Create(t.Context(), keyset.NewSet{Name: "old", Scheme: ntag424.Fixed, Mode: "aes", Template: "https://sdm.example/{picc}/{enc}/{mac}",
		Options: &ntag424.Options{File: "{tt}--------------", MACFrom: "enc", Foreign: true}, Test: true, Keys: zero})
	if err != nil {
		t.Fatal(err)
	}
	p := w.adult()
	for _, address := range []string{"/about", "/about/us/here", "/?page=2"} {
		if a := p.get(address); a.StatusCode != http.StatusNotFound || len(w.events("tap.refused")) > 0 {
			t.Errorf("%s is answered with %d, and %d taps were refused", address, a.StatusCode, len(w.events("tap.refused")))
		}
	}
	if page := p.get("/" + strings.Repeat("0", 32) + "/" + strings.Repeat("0", 32) + "/" + strings.Repeat("0", 16)); page.StatusCode != http.StatusNotFound || len(w.events("tap.refused")) != 1 {
		t.Errorf("a made-up message is answered with %d, and %d taps were refused", page.StatusCode, len(w.events("tap.refused")))
	}
}

func TestWhatStandsBesideATagsMessageIsKept(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b, p := w.bottle(gin), w.adult()
	address := b.url() + "&utm_source=neck-tag&lang=de"
	for _, when := range []string{"live", "again in its session"} {
		a := p.get(address)
		if want := "/01/" + gin + "/21/" + b.ref.Serial + "?utm_source=neck-tag&lang=de"; a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", when, a.StatusCode, a.Header.Get("Location"), want)
		}
	}
	if a := w.adult().get(address); !strings.HasSuffix(a.Header.Get("Location"), "?utm_source=neck-tag&lang=de") {
		t.Errorf("replayed: to %q", a.Header.Get("Location"))
	}
	if page := p.get("/01/" + gin + "/21/" + b.ref.Serial + "?utm_source=neck-tag&lang=de"); !page.has(`lang="de"`) {
		t.Error("the language that was asked for is lost")
	}
}
