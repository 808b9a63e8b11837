// Package daemon lets other processes talk to a ferry that keeps running: commands
// of the user through a socket, service managers through sd_notify.
//
// Every watched pair has three files in a directory of the user's state:
//
//	KEY.lock    locked while the pair is watched
//	KEY.json    the process ID, and the path of the socket
//	HASH.sock   the socket, unless its path would be too long
//
// A client sends requests, each a JSON object on one line, and gets one line as the
// answer to each. A pair that was handed over to a client is taken back when the
// client closes its connection. A client that follows a pair gets a line for every change.
package daemon
