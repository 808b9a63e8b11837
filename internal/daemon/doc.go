// Package daemon is how other processes talk with a ferry that stays: users by a
// socket of the pair, service managers by notifications.
//
// Every watched pair has a lock, a socket and an address in a directory of the
// user's state:
//
//	KEY.lock    held while the pair is watched
//	KEY.json    the process, and where its socket is
//	HASH.sock   the socket, unless its path would be too long for one
//
// Whoever connects sends requests, one JSON object a line, and gets an answer a
// line. A pair that was lent is given back when the connection is closed.
package daemon
