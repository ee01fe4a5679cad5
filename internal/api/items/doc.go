// Package items holds the operations of the API about single items: things and
// their stories, reported moments, key sets, chips, personalisation batches,
// diagnosis, and the virtual bottles of the phone frame.
//
// It translates between package wire and the packages thing, tag, keyset, story
// and personalise, and decides nothing. No key and no whole UID passes it.
package items
