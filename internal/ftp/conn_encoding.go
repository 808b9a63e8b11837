package ftp

import (
	"context"
	"strings"
)

// Names are turned into the encoding of the server where lines leave for the control
// connection, and back where replies and the lines of listings come in. Everywhere else
// they are UTF-8.

// iac is the byte that begins a Telnet command (RFC 854). RFC 959, section 2.2, lets the
// control connection follow Telnet, where two of them stand for one. Most servers do not
// follow it and take the byte for a letter: in windows-1251 it is "я".
const iac = "\xff"

// encode returns a line as it is sent. It fails as [CheckLine] does, and where the encoding
// of the server lacks a character.
func (c *controlConn) encode(line string) (string, error) {
	if err := CheckLine(line); err != nil {
		return "", err
	}
	if !c.opts.Charset.Converts() {
		return line, nil
	}
	sent, err := c.opts.Charset.Encode(line)
	if err != nil {
		verb, arg, _ := strings.Cut(line, " ")
		return "", &Error{Op: verb, Path: arg, Class: File, Err: err}
	}
	if strings.ContainsAny(sent, "\r\n\x00") {
		return "", CheckLine(sent)
	}
	if c.features != nil && c.features.Has(FollowsTelnet) {
		sent = strings.ReplaceAll(sent, iac, iac+iac)
	}
	return sent, nil
}

// decode returns the text of a reply. What is not in the encoding of the server is only
// fit to be shown.
func (c *controlConn) decode(text string) string {
	if !c.opts.Charset.Converts() {
		return text
	}
	// Some servers send two for one in replies only.
	text, _ = c.opts.Charset.Decode(strings.ReplaceAll(text, iac+iac, iac))
	return text
}

// telnetProbes name the login directory for a server that follows Telnet, which takes a
// data mark (0xFF, 0xF2) for nothing, or that drops 0xFF. Others have no such directory.
// noSuchDir is one for no server; those that enter it enter everything.
var (
	telnetProbes = []string{"CWD ." + strings.Repeat(iac+"\xf2", 3), "CWD ." + strings.Repeat(iac, 3) + "/"}
	noSuchDir    = "CWD ." + strings.Repeat("\xf2", 3)
)

// learnTelnet finds out whether the server follows Telnet, where names can hold its byte.
func (s *Session) learnTelnet(ctx context.Context) error {
	if _, known := s.features.Known(FollowsTelnet); known || !s.c.opts.Charset.Converts() {
		return nil
	}
	if _, exact := s.c.opts.Charset.Decode(telnetProbes[0]); !exact {
		return nil // no character has this byte
	}
	follows := false
	for i, probe := range append([]string{noSuchDir}, telnetProbes...) {
		line, _ := s.c.opts.Charset.Decode(probe)
		r, err := s.Command(ctx, line)
		if err != nil {
			return err
		}
		if i == 0 && r.OK() {
			break
		}
		follows = follows || r.OK()
	}
	s.features.Observe(FollowsTelnet, follows)
	return nil
}
