package linkset

import "slices"

// Promotes reports whether links of a type invite to buy, use or spread the
// product, or ask its owner for something first. While a recall is in force they
// are withheld, and who asks for them is told of the recall.
//
// Where to buy (hasRetailers) is among them: a list of shops beside a recall reads
// as if the product were for sale, and the page of the recall is what says where to
// take it back. So are recipes and ideas for using it, because what is recalled
// must not be used. Support, safety and instructions stay: owners need them now.
func Promotes(linkType string) bool {
	switch linkType {
	case "gs1:promotion", "gs1:loyaltyProgram", "gs1:purchaseSuppliesOrAccessories", "gs1:hasRetailers", "gs1:paymentLink",
		"gs1:leaveReview", "gs1:review", "gs1:subscribe", "gs1:socialMedia", "gs1:registerProduct",
		"gs1:recipeInfo", "gs1:activityIdeas", "gs1:eventsInfo", "payment":
		return true
	}
	return false
}

// applyRecall lets the narrowest recall in force take over: it is the default of
// its level; narrower levels have none of their own, so that they inherit it; the
// levels above keep theirs, because their anchors are about more than what is
// recalled.
func (f *Levels) applyRecall() {
	f.recall = slices.IndexFunc(f.list, func(v level) bool { return v.recalled != nil })
	if f.recall < 0 {
		return
	}
	for i := range f.list {
		v := &f.list[i]
		v.multi = false
		switch {
		case i < f.recall:
			v.byLevel = nil
		case i == f.recall:
			v.byLevel = v.recalled
		case v.byLevel != nil && Promotes(v.byLevel.LinkType):
			v.byLevel = nil
		}
		if slices.ContainsFunc(v.links, func(l *Link) bool { return Promotes(l.LinkType) }) {
			kept := make([]*Link, 0, len(v.links))
			for _, l := range v.links {
				if !Promotes(l.LinkType) {
					kept = append(kept, l)
				}
			}
			v.links = kept
		}
	}
}
