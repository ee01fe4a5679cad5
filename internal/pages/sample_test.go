package pages_test

import (
	"testing"
	"time"

	"tagline/internal/pages"
)

// newPages parses everything once for a test.
func newPages(t testing.TB) *pages.Pages {
	t.Helper()
	p, err := pages.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sample is a view of a kind as the resolver would fill it, with the longest texts
// that a brand would write.
func sample(p *pages.Pages, kind pages.Kind, lang string) pages.View {
	v := pages.View{
		Kind: kind, Lang: lang, Host: "https://id.example", Canonical: "/01/09506000134352",
		Product: pages.Product{
			GTIN: "09506000134352", Name: "Norrvik Single Malt 12", Kicker: "Single malt whisky",
			Tagline:     "Salt air, birch smoke, and twelve quiet winters.",
			Description: "Distilled twice in copper on the last island before the open sea, and left to rest in bourbon and aquavit casks until the harbour bell has rung in twelve new years. Honey first, then pear, then a thread of smoke that stays.",
			Brand:       pages.Brand{Name: "Norrvik", Country: "Gotland, Sweden", Homepage: "https://www.norrvik.example/", Accent: "#8A3B1E"},
			Volume:      "70 cl", ABV: 46.3, Alcohol: true, Bottle: true,
			Image: pages.Image{Src: "/brand/norrvik/malt-12.svg", Alt: "A slim clear bottle with a cork and a cream label", Width: 300, Height: 800},
			Facts: []pages.Fact{{"Barley", "Gotland, harvest of 2012"}, {"Water", "Spring below Torsburgen"}, {"Casks", "First-fill bourbon, finished in aquavit"}, {"Bottled", "14 September 2025, cask strength reduced"}, {"Bottle maker", "Limmared, glass from 1740 on"}},
		},
	}
	switch kind {
	case pages.RateLimited, pages.Degraded, pages.NotFound, pages.BadRequest, pages.NotAllowed, pages.TooLarge, pages.Unknown:
		v.Product, v.Canonical = pages.Product{}, ""
		if kind == pages.Degraded {
			v.Action.Href = "?"
		}
		return v
	case pages.AgeQuestion:
		v.Age = pages.Age{Verdict: pages.Sealed}
		v.Unit.Path = "/01/09506000134352/21/K7Q2M9"
		return v
	case pages.UnderAge:
		v.Product = pages.Product{Alcohol: true, Brand: pages.Brand{Name: "Norrvik"}}
		return v
	}
	v.Unit = pages.Unit{Path: "/01/09506000134352/21/K7Q2M9", Serial: "K7Q2M9", Lot: "L2509", Read: p.Date(lang, time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC))}
	switch kind {
	case pages.Sealed, pages.Genuine, pages.OpenedBefore:
		v.Tapped = true
		v.Action = pages.Action{Label: "Reserve a place at the autumn tasting", Href: "https://www.norrvik.example/tasting"}
		v.Stories = []pages.Story{{
			Kicker: "Before you choose", Title: "What twelve winters do", Lead: "The island is cold, so the angels take little.",
			Blocks: []pages.Block{{Text: "A cask on Gotland loses one part in a hundred each year, half of what it would lose further south. What stays is slower, rounder and saltier: the warehouse doors face the sea and are open from May to October."},
				{Heading: "In the glass", Facts: []pages.Fact{{"Nose", "Heather honey, wet slate"}, {"Palate", "Poached pear, malt, a little smoke"}, {"Finish", "Long, dry, faintly salt"}}}},
			Action: pages.Action{Label: "Find a shop near you", Href: "https://www.norrvik.example/shops"},
		}}
	case pages.Opened:
		v.Tapped, v.AskEmpty = true, true
		v.Unit.Opened = p.Date(lang, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
		v.Unit.OpenedAfter = p.Date(lang, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
		v.Action = pages.Action{Label: "See all serves", Href: "https://www.norrvik.example/serves"}
		v.Stories = []pages.Story{
			{Kicker: "Recipe", Title: "Harbour Highball", Lead: "Tall, cold, and ready before the fire is lit.", Blocks: []pages.Block{
				{Heading: "You need", Items: []string{"5 cl Norrvik Single Malt 12", "12 cl chilled soda water", "1 strip of lemon peel", "1 small sprig of rosemary", "One large, clear piece of ice"}},
				{Heading: "So it goes", Steps: []string{"Chill a tall glass for five minutes in the freezer, or fill it with ice and pour the melt water away.", "Put the ice in, pour the whisky over it and stir ten times.", "Fill up with soda along the back of a spoon, so that the bubbles stay.", "Twist the lemon peel over the glass, rub the rim with it, and drop it in beside the rosemary."}}}},
			{Kicker: "How to serve", Title: "Neat, with three drops", Lead: "Water opens it.", Blocks: []pages.Block{{Text: "Pour two centilitres into a tulip glass. Wait as long as the whisky is old: a minute for every year is too long, but the thought is right. Then three drops of still water, no more."}}, Action: pages.Action{Label: "The right glass", Href: "https://www.norrvik.example/glass"}},
			{Kicker: "Recipe", Title: "Smoked Plum Sour", Lead: "For the first evening that is dark at five.", Blocks: []pages.Block{
				{Heading: "You need", Items: []string{"5 cl Norrvik Single Malt 12", "2 cl lemon juice", "2 cl plum syrup", "1 egg white", "2 dashes of bitters"}},
				{Heading: "So it goes", Steps: []string{"Shake everything without ice until it foams.", "Add ice and shake again, hard and short.", "Strain into a small, cold glass and let the bitters fall on the foam."}}}},
		}
	case pages.Drained:
		v.Tapped = true
		v.Action = pages.Action{Label: "Bring the bottle back, drink coffee on us", Href: "https://www.norrvik.example/return"}
		v.Next = pages.Next{Name: "Norrvik Cask No. 7", Tagline: "The same island, a darker winter.", Href: "/01/09506000164908", Image: pages.Image{Src: "/brand/norrvik/cask-7.svg", Alt: "A squat amber bottle", Width: 300, Height: 800}}
	case pages.Plain:
		v.Unit = pages.Unit{Path: v.Unit.Path}
	case pages.Replayed, pages.NotVerified, pages.Blocked, pages.Recalled:
		v.Product.Description, v.Product.Tagline, v.Product.Facts, v.Product.Image = "", "", nil, pages.Image{}
		v.Unit = pages.Unit{}
		v.Action = pages.Action{Href: "/01/09506000134352"}
	}
	return v
}

func render(t testing.TB, p *pages.Pages, v pages.View) string {
	t.Helper()
	page, err := p.Render(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(page.Append(nil, &v.Unit))
}
