package ftp

import "ferry/internal/ftp/wire"

// A Reply is a reply of the server to one command (RFC 959, section 4.2).
type Reply = wire.Reply

// errProtocol means that the server sent something else than the FTP reply that was due.
// Nothing that follows on the connection can be believed.
var errProtocol = wire.ErrProtocol

// Printable returns text on one line, with "?" in place of characters that a terminal
// might interpret.
func Printable(text string) string { return wire.Printable(text) }
