// Package jsondoc reads and writes EPCIS documents and events in JSON-LD.
package jsondoc
