// Package xmldoc reads EPCIS documents in XML, 1.2 and 2.0, and writes 2.0.
package xmldoc
