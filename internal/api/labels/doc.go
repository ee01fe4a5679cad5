// Package labels holds the operations of the API about codes for print: one code as
// SVG, PNG or PDF with what a scanner will tell of it, batches of items with serials
// of their own, and the list and the labels of a batch or a lot.
//
// It translates between package wire and the packages label, label/batch and thing,
// and decides nothing. It keeps nothing: the serials of a batch are the items that
// were made, so its list and its labels can be drawn again at any time, the same
// for the same request. What is not a thing's own (an expiry date, the look) stands
// in the request.
//
// Invariants, each with a test:
//   - List and labels of a batch say the same serials in the same order.
//   - The serials of a batch are items before they are answered, and none of them
//     was an item before.
//   - A code without a stated stem leads to this server.
package labels
