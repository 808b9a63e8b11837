// Package remote is the side of a pair that lies on an FTP server.
//
// A [Directory] is the side itself. It borrows sessions from a pool: each is one
// control connection of github.com/jlaffaye/ftp over a connection of ours, which
// chooses data modes, does the TLS, and carries batches of commands.
//
//	Directory ── scan, put, read, gone ──> pool ──> session ──> control ──> data connections
//
// What a server says is believed as far as it was seen to be true of real ones,
// and no further: a listing is complete or its directory is unknown, an upload
// counts when the server holds its bytes, a name is gone when the server says so
// of that name alone.
package remote
