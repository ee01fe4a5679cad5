package thing

import (
	"tagline/internal/keyset"
	"tagline/internal/life"
)

// The words of package life, under which everybody knows them.
type (
	Item    = life.Item
	Mark    = life.Mark
	Seal    = life.Seal
	Stage   = life.Stage
	Kind    = life.Kind
	Moment  = life.Moment
	Verdict = life.Verdict
	Ref     = keyset.Ref // an item as it is named on labels
)

// See package life.
const (
	SealUnknown = life.SealUnknown
	Sealed      = life.Sealed
	Opened      = life.Opened

	StageMade, StageSold, StageOpened, StageInUse, StageDrained = life.StageMade, life.StageSold, life.StageOpened, life.StageInUse, life.StageDrained

	Measured, Claimed, Inferred = life.Measured, life.Claimed, life.Inferred

	MomentMade      = life.MomentMade
	MomentPurchased = life.MomentPurchased
	MomentOpened    = life.MomentOpened
	MomentInUse     = life.MomentInUse
	MomentDrained   = life.MomentDrained
	MomentRecalled  = life.MomentRecalled

	Genuine     = life.Genuine
	Repeat      = life.Repeat
	Replay      = life.Replay
	OutOfOrder  = life.OutOfOrder
	NotVerified = life.NotVerified
	Unknown     = life.Unknown
	Blocked     = life.Blocked
	Plain       = life.Plain
)
