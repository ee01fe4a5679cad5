// Package habit finds the weekly rhythm of uses: when in the day and the week, how
// regular, and whether it changed. It is pure: times of uses in, figures and words out.
//
// It knows hours and days of one time zone. It does not know what a use is or whose:
// whoever asks has made sure that it may be looked at.
//
//	evening   17 to 23 o'clock
//	regularity  1 minus the entropy of the uses over the 24 hours of the day, divided by
//	          that of an even spread over as many hours as uses allow: 0 even, 1 always
//	          the same hour
//	usual hour  the direction of the mean of the hours as points on a circle, with the
//	          circular standard deviation as its spread
//	changes   weeks from which on uses come at another rate: the split of the weekly
//	          counts that gains most in Poisson likelihood, again within each part, as
//	          long as it gains more than 3 ln(weeks)
//
// Invariants, each with a test:
//   - The order of the uses does not matter.
//   - With fewer than 14 uses, or of less than two weeks, no habit is claimed.
//   - A planted rhythm is found; an even spread is called no habit.
//
// Sources: Mardia and Jupp, Directional Statistics (circular mean and deviation);
// Shannon entropy; binary segmentation with a BIC-like penalty.
package habit
