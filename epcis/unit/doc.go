// Package unit turns values with a unit of UN/CEFACT Recommendation 20 into the
// canonical unit of their dimension, so that they can be compared.
package unit
