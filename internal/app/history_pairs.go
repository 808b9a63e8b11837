package app

import (
	"time"

	"ferry/internal/config"
	"ferry/internal/history"
	"ferry/sync"
)

// ListedPairs is [Workspace.Pairs] for commands that only show what ferry remembers, so that
// nobody needs to trust the configuration.
func (w Workspace) ListedPairs(args []string) ([]*Pair, error) {
	return w.pairs(args, func() (*config.File, error) {
		path, _, err := w.locate()
		if err != nil {
			return nil, err
		}
		file, err := config.Read(path, w.Home)
		if err != nil {
			return nil, Usage(err, config.Hint(err))
		}
		return file, nil
	})
}

// RememberedPairs returns the pairs that have a history, with no more than their names, their
// directories and their keys.
func (w Workspace) RememberedPairs() ([]*Pair, error) {
	keys, err := history.Keys(w.StateDir())
	var pairs []*Pair
	for _, key := range keys {
		for l := range history.Open(w.StateDir(), key, 0).Lines(time.Time{}) {
			if l.Sides == nil {
				continue
			}
			p := &Pair{Profile: config.NewProfile(l.Profile), Direct: l.Profile == "", key: pairKey{name: key, own: key}, stateDir: w.StateDir()}
			p.Local = l.Local
			pairs = append(pairs, p)
			break
		}
	}
	return pairs, err
}

// History returns what was done on a pair.
func (w Workspace) History(p *Pair) history.Book {
	return history.Open(w.StateDir(), p.StateKey(), 0)
}

// Pushed reports whether the last pass of a pair was a push, as far as its history tells.
func (w Workspace) Pushed(p *Pair) bool {
	for l := range w.History(p).Lines(time.Time{}) {
		if l.Sides != nil {
			return l.Direction == sync.Push.String()
		}
	}
	return false
}

// TrustWord says in a few words whether the configuration that is read may be obeyed.
func (w Workspace) TrustWord() string {
	path, needsTrust, err := w.locate()
	if err != nil || !needsTrust {
		return "not needed"
	}
	source, err := config.ReadFound(path)
	if err != nil {
		return "refused: " + err.Error()
	}
	record, known, err := w.Trust().Lookup(source.Path)
	if err != nil {
		return "not known: " + err.Error()
	}
	return map[trustVerdict]string{
		trustNever: "not trusted yet", trustRevoked: "not trusted", trustChanged: "changed since it was trusted", trustGiven: "trusted",
	}[judgeTrust(record, known, source.Sum(), false)]
}
