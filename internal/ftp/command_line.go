package ftp

import (
	"fmt"
	"strings"
)

// checkLine refuses what cannot be sent in a command: a line end would be a
// second command, NUL ends lines on some servers, and 0xFF is a Telnet command
// (RFC 854) to those that follow RFC 959 to the letter.
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

// forbidden returns where the first byte is that cannot be sent, or -1.
func forbidden(line string) int {
	for i := range len(line) {
		switch line[i] {
		case '\r', '\n', 0, 0xff:
			return i
		}
	}
	return -1
}

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return verb
}
