package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
	"log/slog"
	"strings"
)

// logCommand logs a command at [LevelDialogue], without secrets.
func (c *controlConn) logCommand(line string) {
	if c.opts.Log.Enabled(context.Background(), LevelDialogue) {
		c.opts.Log.Log(context.Background(), LevelDialogue, "> "+c.hide(line), slog.String("local", c.sock.LocalAddr().String()))
	}
}

// logReply logs a reply at [LevelDialogue], without secrets.
func (c *controlConn) logReply(r Reply) {
	if c.opts.Log.Enabled(context.Background(), LevelDialogue) {
		c.opts.Log.Log(context.Background(), LevelDialogue, "< "+c.hide(r.String()), slog.String("local", c.sock.LocalAddr().String()))
	}
}

// hide returns a line of the dialogue with the password replaced. A password of three
// bytes or less is not looked for outside PASS: it would match by accident.
func (c *controlConn) hide(line string) string {
	switch strings.ToUpper(wire.Verb(line)) {
	case "PASS", "ACCT":
		return wire.Verb(line) + " ***"
	}
	if len(c.secret) > 3 {
		line = strings.ReplaceAll(line, c.secret, "***")
	}
	return line
}
