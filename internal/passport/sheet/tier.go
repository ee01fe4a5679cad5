package sheet

// Tier says who may see something. Each tier sees all of the one before it.
type Tier string

// The tiers, from the lowest.
const (
	Public     Tier = "public"     // everybody
	Legitimate Tier = "legitimate" // holders of a legitimate interest: repairers, recyclers, second owners
	Authority  Tier = "authority"  // market surveillance, notified bodies, customs
)

// Tiers lists the tiers from the lowest.
func Tiers() []Tier { return []Tier{Public, Legitimate, Authority} }

// rank orders the tiers; an unknown word lies above them all, so that nobody sees
// what is marked with it and whoever holds it sees nothing more.
func (t Tier) rank() int {
	for i, known := range Tiers() {
		if t == known {
			return i
		}
	}
	return len(Tiers())
}

// sees says whether a reader of tier t may see what is of a tier.
func (t Tier) sees(of Tier) bool {
	return t.rank() < len(Tiers()) && of.rank() <= t.rank()
}

// valid says whether the word is a tier.
func (t Tier) valid() bool { return t.rank() < len(Tiers()) }
