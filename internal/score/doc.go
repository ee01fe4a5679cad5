// Package score says how well a thing is cared for, and what its owner needs, by the
// formulas of its model. It is pure: the numbers of sessions in, scores and reasons out.
//
// It knows model.Score: parts that add up to 100 points, bands, needs. A formula is an
// expression over the numbers of a session and the score's inputs, with the functions
// near, clamp, min, max, abs, sqrt and log, and nothing else: no text, no lists, no
// loops. It knows no store, no clock and no product beyond what a Candidate says.
//
//	near(x, low, high)  1 inside low..high; outside it falls in a straight line, to 0 at
//	                    a distance of the range's own width (of 1 when that is 0)
//
// Trend: a mean in which a session weighs half after the half-life; the slope is that
// of a weighted least-squares line, with the interval of 1.645 standard errors.
//
// Invariants, each with a test:
//   - The contributions of a score add up to it, to the last bit.
//   - A formula that names what there is not, or is too long, is refused when it is
//     compiled; none takes more than a bounded number of steps.
//   - The same sessions give the same score, trend, needs and recommendations.
//   - Nothing is recommended without a need and a reason that names it.
package score
