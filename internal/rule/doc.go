// Package rule is the one condition tree of Tagline: all, any and not over tests
// of named facts, the same in content, detectors, audiences and guard, in YAML,
// in JSON and in the console's builder.
//
//	all:
//	  - {fact: seal, is: opened}
//	  - {fact: market, in: [GB, DE]}
//	  - not: {fact: abv, above: 40}
//
// It knows trees and values, and no fact by name: whoever uses it brings a Schema
// of the facts there are, and Facts to ask. It reads no clock and no store.
//
// Invariants, each with a test:
//   - Three values: a fact that is unknown, or of another kind than the test
//     needs, makes its test Unknown; `not` of Unknown is Unknown; a condition
//     matches only on Yes. So nothing is ever said on a guess, in either direction.
//     Whether a fact is known is itself a test: {fact: market, exists: false}.
//   - The explanation names every leaf with the value it saw.
//   - Reading what MarshalJSON wrote gives the same tree, and equal trees give
//     equal bytes.
//   - Trees are bounded in depth, leaves and list lengths.
//
// A new kind of test is one more row in the table of tests.go; a new kind of
// subject (an event, a trait, an audience) one more word in Subjects. Tests of a
// change over time (becomes, rises-by, falls-by, for) are read, checked and put
// into words here; evaluating them needs readings over time, so Eval answers
// Unknown for them.
package rule
