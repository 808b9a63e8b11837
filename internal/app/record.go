package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"ferry/internal/owner"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// openRecord opens what is remembered of a pair.
func (o *Opener) openRecord(ctx context.Context, p *Pair, opts PassOptions) (*manifest.Store, error) {
	path := recordPath(o.StateDir, p.StateKey())
	if !opts.DryRun {
		if err := o.noteKey(p); err != nil {
			return nil, err
		}
	}
	store, err := manifest.OpenStore(path, manifest.StoreOptions{ReadOnly: opts.DryRun, Wait: opts.Wait, WaitUntil: opts.waitUntil, Context: ctx})
	switch {
	case errors.Is(err, manifest.ErrLocked):
		return nil, &Error{Code: ExitLocked, Err: manifest.ErrLocked, Hint: lockHint(path, waitHint)}
	case errors.Is(err, syscall.ENOTDIR):
		return nil, Usage(fmt.Errorf("opening the record of the pair: %w", err), "--state-dir DIR and FERRY_STATE_DIR name a directory for what ferry remembers")
	case err != nil:
		return nil, fmt.Errorf("opening the record of the pair: %w", err)
	}
	if damage := store.Damage(); damage != "" {
		o.Talk.Warn("%s; this is a first pass again, which never deletes", damage)
	}
	if err := o.useEncoding(store, p); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if !opts.DryRun {
		writePID(path)
		noteConfig(path, p)
	}
	return store, nil
}

// useEncoding has the record forget what it knows under names that the server shows in
// another way under another encoding. Those files are compared anew, as in a first pass.
func (o *Opener) useEncoding(store *manifest.Store, p *Pair) error {
	name := ""
	if p.Charset().Converts() {
		name = p.Encoding
	}
	forgotten, err := store.UseEncoding(name)
	if forgotten > 0 {
		o.Talk.Note("the encoding of the server's names has changed: %s with letters beyond ASCII are compared anew, and nothing is deleted for that",
			text.Count(forgotten, "name"))
	}
	return err
}

// recordPath returns where a state directory keeps the record of the pair with a key.
func recordPath(stateDir, key string) string {
	return filepath.Join(stateDir, "pairs", key+".db")
}

// writePID leaves the number of this process beside the record, for whoever finds it
// locked. Nothing depends on it.
func writePID(record string) {
	_ = os.WriteFile(pidFile(record), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

func pidFile(record string) string { return strings.TrimSuffix(record, ".db") + ".pid" }

// lockHint says who most likely holds a record, and the way out.
func lockHint(record, way string) string {
	text, err := os.ReadFile(pidFile(record))
	if pid, perr := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && perr == nil {
		return fmt.Sprintf("it is most likely process %d; %s", pid, way)
	}
	return way
}

// ownership returns the marks of this machine for a pair.
func (o *Opener) ownership(p *Pair, dryRun bool) owner.Marks {
	return owner.Of(o.StateDir, p.StateKey(), dryRun)
}

// temps returns the journal of the temporary files on one side of a pair; nil in a dry
// run, which writes none.
func (o *Opener) temps(p *Pair, side sync.Side, dryRun bool) *manifest.TempJournal {
	if dryRun {
		return nil
	}
	return manifest.OpenTempJournal(filepath.Join(o.StateDir, "pairs", p.StateKey()+"."+side.String()+".temps"))
}
