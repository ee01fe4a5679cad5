// Command aigen writes the table of application identifiers and the code lists of
// package dictionary from the GS1 Barcode Syntax Dictionary as JSON, and with
// -compression the tables of package compression. It is run by go generate in the
// folders of these packages.
//
// The dictionary is not part of the repository: where it is absent, aigen says so,
// leaves the committed files as they are and succeeds. The same dictionary always
// gives the same bytes. It knows no rule of the dictionary beyond what its table
// can hold, and refuses one that says more.
package main
