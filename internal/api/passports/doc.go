// Package passports holds the operations of the API about digital product passports:
// drafts and their documents, versions, grants of access, the access log, and the
// independent copy.
//
// It translates between package wire and package passport, and decides nothing. The
// public reads passports at /passport, not here.
package passports
