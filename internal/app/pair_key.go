package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferry/internal/canonical"
	"ferry/internal/config"
)

// What ferry remembers of a pair is in files that begin with the key of the pair. The key
// is made of the id of the profile, or else of the canonical path of the local directory.
// Memory from before it had that id, or before paths were canonical, is under another
// key. That key then stays in use, and a file says so: nothing is copied or renamed, so
// that all marks on both sides keep their owner and an older ferry finds its memory, too.

// A pairKey names a pair in the state directory.
type pairKey struct {
	name string // under which the memory is
	// own is the key that the id or the canonical path gives. It differs from name where
	// older memory is used.
	own string
	// rivals are keys with older memory, of which none is used because there are several.
	rivals []string
}

// StateKey names the pair in the state directory, wherever it is and however its path is
// written. It is a file name, and never changes while the pair is open.
func (p *Pair) StateKey() string {
	if p.key.name == "" { // in tests
		return findKey(p.stateDir, p.Profile).name
	}
	return p.key.name
}

// findKey finds out under which key the memory of a pair is kept.
func findKey(stateDir string, p *config.Profile) pairKey {
	keys := p.StateKeys(canonical.Path(p.Local))
	own, former := keys[0], keys[1:]
	if stateDir == "" {
		return pairKey{name: own, own: own}
	}
	has := func(key string) bool {
		_, err := os.Stat(recordPath(stateDir, key))
		return err == nil
	}
	return chooseKey(own, former, has, readKeyNotes(stateDir))
}

// chooseKey decides under which key the memory of a pair is kept. former are the keys that
// it may have had before, has says where memory is, and notes has the keys that were taken
// over, by the key that took them.
func chooseKey(own string, former []string, has func(key string) bool, notes map[string]string) pairKey {
	if has(own) {
		return pairKey{name: own, own: own}
	}
	if noted := notes[own]; noted != "" && has(noted) {
		return pairKey{name: noted, own: own}
	}
	taken := make(map[string]bool) // by another pair
	for by, key := range notes {
		taken[key] = taken[key] || !slices.Contains(former, by)
	}
	var found []string
	for _, key := range former {
		if noted := notes[key]; noted != "" && !has(key) {
			key = noted
		}
		if has(key) && !taken[key] && !slices.Contains(found, key) {
			found = append(found, key)
		}
	}
	switch len(found) {
	case 0:
		return pairKey{name: own, own: own}
	case 1:
		return pairKey{name: found[0], own: own}
	}
	return pairKey{name: own, own: own, rivals: found}
}

// keyNote is the end of the name of a file that says which older key a key has taken over.
const keyNote = ".key"

// readKeyNotes returns the keys that were taken over, by the key that took them.
func readKeyNotes(stateDir string) map[string]string {
	notes := make(map[string]string)
	dir := filepath.Join(stateDir, "pairs")
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		own, is := strings.CutSuffix(f.Name(), keyNote)
		if !is {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		key := strings.TrimSpace(string(text))
		if err == nil && key != "" && filepath.Base(key) == key {
			notes[own] = key
		}
	}
	return notes
}

// noteKey notes that the memory of a pair stays under an older key, before that is used
// for a pass, and tells the user what was found.
func (o *Opener) noteKey(p *Pair) error {
	k := p.key
	if len(k.rivals) > 0 {
		var files []string
		for _, key := range k.rivals {
			files = append(files, filepath.Base(recordPath(o.StateDir, key)))
		}
		o.Talk.Warn("%s in %s both belong to this pair, from before it had an id, so neither is used: this is a first pass, which never deletes; to go on with one of them, remove the other one and %s",
			strings.Join(files, " and "), filepath.Join(o.StateDir, "pairs"), filepath.Base(recordPath(o.StateDir, k.own)))
		p.key.rivals = nil
	}
	if k.name == k.own {
		return nil
	}
	file := filepath.Join(o.StateDir, "pairs", k.own+keyNote)
	if was, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(was)) == k.name {
		return nil
	}
	if err := WritePrivate(file, []byte(k.name+"\n")); err != nil {
		return fmt.Errorf("taking over what is remembered of the pair: %w", err)
	}
	o.Talk.Note("what ferry remembers of %s and %s under their former name is taken over", p.Local, p.Remote)
	return nil
}
