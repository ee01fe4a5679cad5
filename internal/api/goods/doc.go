// Package goods holds the operations of the API about a brand as data: brands,
// models, products and content, the preview of a choice, and whole brands as files.
//
// It translates between package wire and the packages product, content and brand,
// and decides nothing. All four kinds of resource go through one generic set of
// operations, so that conditions, versions and error places are alike.
package goods
