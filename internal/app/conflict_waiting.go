package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// waitingConflicts returns the conflict copies that earlier passes over a pair have
// met. They are kept beside its record, one quoted path a line. Without that file a
// copy is found again by the next pass that looks where it is.
func (o *Opener) waitingConflicts(p *Pair) *sync.Waiting {
	file := filepath.Join(o.StateDir, "pairs", p.StateKey()+".conflicts")
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.Log.Warn("the conflicts that wait could not be read", "error", err)
	}
	var copies []manifest.Path
	for line := range strings.Lines(string(text)) {
		name, err := strconv.Unquote(strings.TrimSpace(line))
		if path, perr := manifest.ParsePath(name); err == nil && perr == nil {
			copies = append(copies, path)
		}
	}
	waiting := sync.NewWaiting(copies)
	waiting.Save = func(copies []manifest.Path) error { return saveWaiting(file, copies) }
	return waiting
}

func saveWaiting(file string, copies []manifest.Path) error {
	var b strings.Builder
	for _, path := range copies {
		b.WriteString(strconv.Quote(string(path)) + "\n")
	}
	return WritePrivate(file, []byte(b.String()))
}
