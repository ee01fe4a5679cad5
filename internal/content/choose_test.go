package content_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/content"
	"tagline/internal/product"
	"tagline/internal/rule"
)

const (
	gin = "09506000134352"
	rum = "09506000134369"
)

func now() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

func bottle() *product.Product {
	return &product.Product{GTIN: gin, Brand: "halden", Category: "gin", Model: "smart-bottle", Alcohol: true, ABV: 41.5, Name: product.Localized{"en": "Gin"}}
}

// tapped is an adult's genuine tap of a sealed bottle in Germany.
func tapped() content.Facts {
	return content.Facts{Product: bottle(), Seal: "sealed", Life: "sold", Result: "genuine", Tier: "3t", Channel: "nfc", Market: "DE",
		Locales: []string{"de-AT", "en"}, Age: content.OfAge}
}

func item(name string, set ...func(*content.Item)) content.Item {
	i := content.Item{Name: name, Placement: content.TapPage, Texts: map[string]content.Text{"en": {Title: "T " + name}}}
	for _, s := range set {
		s(&i)
	}
	return i
}

func when(c rule.Condition) func(*content.Item)   { return func(i *content.Item) { i.When = c } }
func is(fact, value string) rule.Condition        { return rule.Is(fact, rule.Text(value)) }
func priority(n int) func(*content.Item)          { return func(i *content.Item) { i.Priority = n } }
func group(g string) func(*content.Item)          { return func(i *content.Item) { i.Group = g } }
func about(gtins ...string) func(*content.Item)   { return func(i *content.Item) { i.Products = gtins } }
func change(f func(*content.Facts)) content.Facts { v := tapped(); f(&v); return v }
func days(n int) time.Time                        { return now().AddDate(0, 0, n) }
func names(c content.Choice) string               { return c.Ref() }
func all(names ...string) func(i *content.Item)   { return func(i *content.Item) { i.Brands = names } }
func category(names ...string) func(*content.Item) {
	return func(i *content.Item) { i.Categories = names }
}
func valid(from, until time.Time) func(*content.Item) {
	return func(i *content.Item) { i.ValidFrom, i.ValidUntil = from, until }
}

func TestWhyAnItemIsShownOrNot(t *testing.T) {
	for _, row := range []struct {
		name  string
		item  content.Item
		facts content.Facts
		code  content.Code
		words string
	}{
		{"nothing asked", item("a"), tapped(), content.IsChosen, "nothing is asked of it"},
		{"its condition holds", item("a", when(is("seal", "sealed"))), tapped(), content.IsChosen, "because the seal is sealed."},
		{"another placement", item("a", func(i *content.Item) { i.Placement = "e-mail" }), tapped(), content.OtherSlot, "placement e-mail"},
		{"about this product", item("a", about(rum, gin)), tapped(), content.IsChosen, ""},
		{"about another product", item("a", about(rum)), tapped(), content.OtherGoods, "other products"},
		{"about its brand", item("a", all("halden")), tapped(), content.IsChosen, ""},
		{"about another brand", item("a", all("other")), tapped(), content.OtherGoods, ""},
		{"about its category", item("a", category("gin")), tapped(), content.IsChosen, ""},
		{"about another product or its brand", item("a", about(rum), all("halden")), tapped(), content.IsChosen, ""},
		{"about a category, and the product has none", item("a", category("gin")), change(func(f *content.Facts) { f.Product.Category = "" }), content.OtherGoods, ""},
		{"not valid yet", item("a", valid(days(1), time.Time{})), tapped(), content.TooEarly, "from 2026-05-02"},
		{"valid from now on", item("a", valid(now(), time.Time{})), tapped(), content.IsChosen, ""},
		{"over", item("a", valid(time.Time{}, days(-1))), tapped(), content.Over, "until 2026-04-30"},
		{"over from now on", item("a", valid(time.Time{}, now())), tapped(), content.Over, ""},
		{"its condition does not hold", item("a", when(is("seal", "opened"))), tapped(), content.NoMatch, "when the seal is opened. Seen: the seal is opened: no, it is sealed."},
		{"its negation does not hold", item("a", when(rule.Not(is("seal", "sealed")))), tapped(), content.NoMatch, "Something must not be so, and is."},
		{"a fact is not known", item("a", when(is("market", "GB"))), change(func(f *content.Facts) { f.Market = "" }), content.NotTold, "cannot be told. Seen: the market is GB: unknown, the value is not known."},
		{"nor is its negation", item("a", when(rule.Not(is("seal", "opened")))), change(func(f *content.Facts) { f.Seal = "unknown" }), content.NotTold, ""},
		{"a repeat is as good as the tap", item("a", when(is("result", "genuine"))), change(func(f *content.Facts) { f.Result = "repeat" }), content.IsChosen, ""},
		{"a replay is not", item("a", when(is("result", "genuine"))), change(func(f *content.Facts) { f.Result = "replayed" }), content.NoMatch, ""},
		{"the evidence is a number", item("a", when(rule.Compare("tier", "above", rule.Number(2)))), tapped(), content.IsChosen, ""},
		{"the language of the first wish", item("a", when(is("language", "de"))), tapped(), content.IsChosen, ""},
		{"days since the opening", item("a", when(rule.Compare("days-open", "between", rule.Number(20), rule.Number(21)))), change(func(f *content.Facts) { f.Opened = days(-20) }), content.IsChosen, ""},
		{"not opened yet", item("a", when(rule.Compare("days-open", "below", rule.Number(5)))), tapped(), content.NotTold, ""},
		{"the time", item("a", when(rule.Compare("time", "before", rule.Time(days(1))))), tapped(), content.IsChosen, ""},
		{"the age is not known", item("a"), change(func(f *content.Facts) { f.Age = content.AgeUnknown }), content.AgeNotKnown, "age is not known"},
		{"too young", item("a"), change(func(f *content.Facts) { f.Age = content.UnderAge }), content.TooYoung, "for adults"},
		{"for all ages", item("a", func(i *content.Item) { i.AllAges = true }), change(func(f *content.Facts) { f.Age = content.UnderAge }), content.IsChosen, ""},
		{"no alcohol, no question", item("a"), change(func(f *content.Facts) { f.Age, f.Product.Alcohol = "", false }), content.IsChosen, ""},
		{"no alcohol, but for adults", item("a", func(i *content.Item) { i.AgeGated = true }), change(func(f *content.Facts) { f.Age, f.Product.Alcohol = "", false }), content.AgeNotKnown, ""},
		{"the age is not asked in vain", item("a", when(is("seal", "opened"))), change(func(f *content.Facts) { f.Age = "" }), content.NoMatch, ""},
		{"no product", item("a"), content.Facts{}, content.NoProduct, "unknown product"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := content.Choose(row.facts, []content.Item{row.item}, now())
			if len(c.Why) != 1 || c.Why[0].Code != row.code {
				t.Fatalf("told %+v", c.Why)
			}
			if words := c.Why[0].Words(); !strings.Contains(words, row.words) {
				t.Errorf("in words: %s", words)
			}
			if chosen := row.code == content.IsChosen; (len(c.Items) == 1) != chosen || c.Why[0].Chosen != chosen {
				t.Errorf("chosen %+v", c.Items)
			}
			if c.AskAge != (row.code == content.AgeNotKnown) {
				t.Errorf("ask for the age: %v", c.AskAge)
			}
		})
	}
}

func TestTheOrderOfThePage(t *testing.T) {
	items := []content.Item{
		item("z-any"), item("y-brand", all("halden")), item("x-category", category("gin")), item("w-product", about(gin)),
		item("b-first", priority(5)), item("a-first", priority(5)),
	}
	if got := names(content.Choose(tapped(), items, now())); got != "a-first b-first w-product x-category y-brand z-any" {
		t.Errorf("order %s", got)
	}
}

func TestOfAGroupOnlyTheFirstIsShown(t *testing.T) {
	c := content.Choose(tapped(), []content.Item{
		item("plain", group("offer")), item("summer", group("offer"), priority(5)), item("other", group("story")),
		item("held", group("offer"), priority(9), when(is("seal", "opened"))),
	}, now())
	if names(c) != "summer other" {
		t.Fatalf("shown: %s", names(c))
	}
	for _, r := range c.Why {
		if r.Name == "plain" && (r.Code != content.Outranked || r.Words() != "Of the group offer only one is shown, and summer comes first.") {
			t.Errorf("%s: %s", r.Code, r.Words())
		}
	}
}

func TestAPageHoldsSixItems(t *testing.T) {
	var items []content.Item
	for _, name := range strings.Split("abcdefgh", "") {
		items = append(items, item(name))
	}
	c := content.Choose(tapped(), items, now())
	if names(c) != "a b c d e f" || c.Why[6].Code != content.PageFull || c.Why[6].Name != "g" {
		t.Errorf("shown %s, then %+v", names(c), c.Why[6])
	}
}

func TestAnItemSpeaksTheReadersLanguage(t *testing.T) {
	i := item("a", func(i *content.Item) {
		i.Texts = map[string]content.Text{"de": {Title: "Guten Abend"}, "en": {Title: "Good evening"}, "ja": {Title: "こんばんは"}}
	})
	for _, row := range []struct{ name, wanted, want string }{
		{"a region of its language", "de-AT en", "Guten Abend"},
		{"the second wish", "tr ja", "こんばんは"},
		{"none of them", "tr", "Good evening"},
		{"no wish", "", "Good evening"},
	} {
		f := change(func(f *content.Facts) { f.Locales = strings.Fields(row.wanted) })
		c := content.Choose(f, []content.Item{i}, now())
		if c.Items[0].Text.Title != row.want || i.Texts[c.Items[0].Locale].Title != row.want {
			t.Errorf("%s: %+v", row.name, c.Items[0])
		}
	}
}

// The order of the items, and who asks how often, changes nothing; and every
// candidate is told.
func TestChooseIsPure(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	conditions := []rule.Condition{{}, is("seal", "sealed"), is("seal", "opened"), rule.Not(is("market", "DE")), rule.Any(is("life", "drained"), is("result", "genuine"))}
	for range 500 {
		var items []content.Item
		for n := range 1 + rng.IntN(12) {
			i := item(string(rune('a'+n)), priority(rng.IntN(3)), when(conditions[rng.IntN(len(conditions))]))
			if rng.IntN(3) == 0 {
				i.Group = "g"
			}
			if rng.IntN(3) == 0 {
				i.Products = []string{[]string{gin, rum}[rng.IntN(2)]}
			}
			i.AllAges = rng.IntN(4) == 0
			items = append(items, i)
		}
		f := change(func(f *content.Facts) {
			f.Seal = []string{"", "sealed", "opened"}[rng.IntN(3)]
			f.Market = []string{"", "DE", "GB"}[rng.IntN(3)]
			f.Age = []content.Age{content.AgeUnknown, content.OfAge, content.UnderAge}[rng.IntN(3)]
		})
		first := content.Choose(f, items, now())
		told := map[string]bool{}
		for n, r := range first.Why {
			told[r.Name] = true
			if r.Words() == "" || r.Chosen != (n < len(first.Items)) || r.Chosen && first.Items[n].Item.Name != r.Name {
				t.Fatalf("reason %d of %d: %+v", n, len(first.Items), r)
			}
		}
		if len(told) != len(items) || len(first.Why) != len(items) {
			t.Fatalf("%d of %d candidates are told", len(told), len(items))
		}
		shuffled := slices.Clone(items)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		second := content.Choose(f, shuffled, now())
		if !reflect.DeepEqual(outcome(first), outcome(second)) {
			t.Fatalf("in another order:\n%v\n%v", outcome(first), outcome(second))
		}
	}
}

func outcome(c content.Choice) (lines []string) {
	for _, r := range c.Why {
		lines = append(lines, r.Name+" "+r.Words())
	}
	return append(lines, c.Ref())
}

func TestLegalAges(t *testing.T) {
	for _, row := range []struct {
		country        string
		years          int
		allowed, known bool
	}{
		{"GB", 18, true, true}, {"DE", 18, true, true}, {"FR", 18, true, true}, {"US", 21, true, true}, {"JP", 20, true, true}, {"KR", 19, true, true},
		{"CA", 19, true, true}, {"IN", 25, true, true}, {"SE", 20, true, true}, {"LU", 18, true, true},
		{"SA", 25, false, true}, {"KW", 25, false, true},
		{"AQ", 25, true, false}, {"", 25, true, false}, {"de", 25, true, false}, {"D", 25, true, false}, {"E A", 25, true, false},
	} {
		years, allowed, known := content.LegalAge(row.country)
		if years != row.years || allowed != row.allowed || known != row.known {
			t.Errorf("%q: %d %v %v", row.country, years, allowed, known)
		}
	}
}

// Every country of ISO 3166-1 where people live stands in the table, once.
func TestTheTableOfAgesIsComplete(t *testing.T) {
	empty := "AQ BV GS HM IO TF UM"
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			_, _, known := content.LegalAge(code)
			if want := product.IsCountry(code) && !strings.Contains(empty, code); known != want {
				t.Errorf("%s: known %v", code, known)
			}
		}
	}
}

func TestOldEnoughCountsDays(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	noon := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 13, 0, 0, 0, time.UTC) }
	for _, row := range []struct {
		name       string
		birth, now time.Time
		country    string
		want       content.Age
	}{
		{"the eve of the birthday", day(2008, 5, 2), noon(2026, 5, 1), "GB", content.UnderAge},
		{"the birthday", day(2008, 5, 1), noon(2026, 5, 1), "GB", content.OfAge},
		{"the birthday has not begun everywhere", day(2008, 5, 1), noon(2026, 5, 1).Add(-2 * time.Hour), "GB", content.UnderAge},
		{"the same birthday in the United States", day(2008, 5, 1), noon(2026, 5, 1), "US", content.UnderAge},
		{"twenty in Japan", day(2006, 5, 1), noon(2026, 5, 1), "JP", content.OfAge},
		{"born on 29 February, 28 February", day(2008, 2, 29), noon(2026, 2, 28), "DE", content.UnderAge},
		{"born on 29 February, 1 March", day(2008, 2, 29), noon(2026, 3, 1), "DE", content.OfAge},
		{"born on 29 February, leap year", day(2004, 2, 29), noon(2028, 2, 29), "IN", content.UnderAge},
		{"a country that forbids it", day(1950, 1, 1), noon(2026, 5, 1), "SA", content.UnderAge},
		{"an unknown country is the strictest", day(2003, 1, 1), noon(2026, 5, 1), "", content.UnderAge},
		{"old enough for the strictest", day(2001, 5, 1), noon(2026, 5, 1), "", content.OfAge},
		{"not born yet", day(2030, 1, 1), noon(2026, 5, 1), "GB", content.UnderAge},
		{"nobody is that old", day(1900, 1, 1), noon(2026, 5, 1), "GB", content.UnderAge},
		{"no date", time.Time{}, noon(2026, 5, 1), "GB", content.UnderAge},
	} {
		if got := content.OldEnough(row.birth, row.now, row.country); got != row.want {
			t.Errorf("%s: %s", row.name, got)
		}
	}
}

func BenchmarkChoose(b *testing.B) {
	var items []content.Item
	for n := range 12 {
		i := item(string(rune('a'+n)), priority(n), when(rule.All(is("seal", []string{"sealed", "opened"}[n%2]), is("result", "genuine"))))
		i.Texts["de"] = content.Text{Title: "x"}
		items = append(items, i)
	}
	f := tapped()
	b.ReportAllocs()
	for b.Loop() {
		if len(content.Choose(f, items, now()).Items) != 6 {
			b.Fatal("not six")
		}
	}
}
