// Package clock hands out time, so that every rule, timer and test can be given
// its own. It is the only package, beside app, that may call time.Now.
//
// It knows nothing of domains. Wall time of the System clock is UTC, cut to
// microseconds, the resolution that both database engines keep.
package clock
