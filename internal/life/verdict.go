package life

// Verdict is what a tap is worth.
type Verdict string

// The verdicts. The public sees a calm page for each; Code and Step of the result
// are for the console.
const (
	Genuine     Verdict = "genuine"      // the MAC holds, and the counter was fresh
	Repeat      Verdict = "repeat"       // the same visitor loads the same tap again: answer as then
	Replay      Verdict = "replay"       // the MAC holds, the counter was spent
	OutOfOrder  Verdict = "out-of-order" // the MAC holds, later counters were spent
	NotVerified Verdict = "not-verified" // broken, forged, or of a retired epoch
	Unknown     Verdict = "unknown"      // the MAC holds and the chip is not registered, or a plain link names no item
	Blocked     Verdict = "blocked"      // the chip was blocked
	Plain       Verdict = "plain"        // a link to an item, with no live proof
)

// Result is the verdict as lists show it.
type Result string

// The results.
const (
	ResultGenuine  Result = "genuine"
	ResultRepeat   Result = "repeat"
	ResultReplayed Result = "replayed"
	ResultRefused  Result = "refused"
	ResultPlain    Result = "plain"
)

// Result gives the verdict as lists show it.
func (v Verdict) Result() Result {
	switch v {
	case Genuine:
		return ResultGenuine
	case Repeat:
		return ResultRepeat
	case Replay, OutOfOrder:
		return ResultReplayed
	case Plain:
		return ResultPlain
	}
	return ResultRefused
}

// Live reports whether the visitor holds the item, as far as a tag can tell:
// what is only for a tap may be shown.
func (v Verdict) Live() bool { return v == Genuine || v == Repeat }
