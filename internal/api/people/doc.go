// Package people holds the operations of the API about who signs in: sessions, the
// own account, members, roles and API keys.
//
// It translates between package wire and package access and decides nothing. A
// token leaves it twice only: in the cookie of a new session, and in the fragment
// of a sign-in link, which browsers do not send.
package people
