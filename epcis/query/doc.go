// Package query reads the parameters of a SimpleEventQuery and tells whether an
// event meets them.
package query
