package ftp

import (
	"fmt"
	"strings"

	"ferry/internal/ftp/wire"
)

// CheckLine returns an [Error] of class File where line holds a byte that cannot be
// sent in a command: a line end would begin a second command, NUL ends the line for
// some servers, and 0xFF begins a Telnet command (RFC 854) for servers that follow
// RFC 959 to the letter.
func CheckLine(line string) error {
	i := wire.Forbidden(line)
	if i < 0 {
		return nil
	}
	verb, arg, _ := strings.Cut(line, " ")
	if i < len(verb) {
		verb, arg = "sending a command", line
	}
	return &Error{Op: verb, Path: arg, Class: File,
		Err: fmt.Errorf("a name with the byte %#02x cannot be sent over FTP", line[i])}
}
