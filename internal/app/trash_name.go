package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/app/retention"
	"ferry/internal/history"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// trashName returns the name of the trash of a pair on its server. It is drawn when the
// first old version goes there, and kept in the state directory. Without that memory
// another one is drawn, and the versions in both can be listed and restored.
//
// It may be called from any goroutine.
func (o *Opener) trashName(p *Pair) (string, error) {
	file := filepath.Join(o.StateDir, "pairs", p.StateKey()+".trash")
	text, err := os.ReadFile(file)
	if name := strings.TrimSpace(string(text)); err == nil && name != "" && trashbin.IsName(name) {
		return name, nil
	}
	name := trashbin.NewName()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("keeping the name of the trash: %w", err)
	}
	if err := os.WriteFile(file, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keeping the name of the trash: %w", err)
	}
	o.warnPublishedTrash(p)
	return name, nil
}

// retention returns what keeps the trash of a pair small. record may be nil.
func (o *Opener) retention(p *Pair, record *history.Recorder) *retention.Trash {
	return &retention.Trash{
		Keep: p.TrashKeep, Size: p.TrashSize, Kept: p.Policy().Trash, Pulls: p.Direction == sync.Pull,
		File: filepath.Join(o.StateDir, "pairs", p.StateKey()+".trimmed"), Now: o.Now, Log: o.Log, Talk: o.Talk, Verbose: o.Verbose,
		News: o.once.news, Record: record,
	}
}
