package ftp

import (
	"context"
	"log/slog"
	"strings"
)

func (c *controlConn) logCommand(line string) {
	if c.opts.Log.Enabled(context.Background(), LevelDialogue) {
		c.opts.Log.Log(context.Background(), LevelDialogue, "> "+c.hide(line), slog.String("local", c.sock.LocalAddr().String()))
	}
}

func (c *controlConn) logReply(r Reply) {
	if c.opts.Log.Enabled(context.Background(), LevelDialogue) {
		c.opts.Log.Log(context.Background(), LevelDialogue, "< "+c.hide(r.String()), slog.String("local", c.sock.LocalAddr().String()))
	}
}

// hide returns a line of the dialogue without its secrets.
func (c *controlConn) hide(line string) string {
	switch strings.ToUpper(verbOf(line)) {
	case "PASS", "ACCT":
		return verbOf(line) + " ***"
	}
	if len(c.secret) > 3 {
		line = strings.ReplaceAll(line, c.secret, "***")
	}
	return line
}
