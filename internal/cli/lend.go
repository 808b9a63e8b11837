package cli

import (
	"context"
	"fmt"
	"os"

	"ferry/internal/daemon"
)

func pid() int { return os.Getpid() }

// watchedHint says who watches a pair.
func (a *app) watchedHint(p *pair) string {
	peer, err := daemon.Find(context.Background(), a.watchDir(), p.StateKey())
	if err != nil {
		return ""
	}
	defer peer.Close()
	return fmt.Sprintf("\"ferry watch\" (process %d) keeps this pair in step: \"ferry status\" shows what it is doing", peer.PID())
}
