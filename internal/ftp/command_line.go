package ftp

import (
	"fmt"
	"strings"
)

// CheckLine returns an [Error] of class File where line holds a byte that cannot be
// sent in a command: a line end would begin a second command, NUL ends the line for
// some servers, and 0xFF begins a Telnet command (RFC 854) for servers that follow
// RFC 959 to the letter.
func CheckLine(line string) error {
	i := forbidden(line)
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

// forbidden returns the index of the first byte that cannot be sent, or -1.
func forbidden(line string) int {
	for i := range len(line) {
		switch line[i] {
		case '\r', '\n', 0, 0xff:
			return i
		}
	}
	return -1
}

// verbOf returns the first word of a command.
func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return verb
}
