package remote

import (
	stdsync "sync"

	"ferry/manifest"
)

// specials remembers which names the listings showed as links, devices and the
// like. Asked for such a name alone, servers speak of what it leads to. Its
// methods may be called from several goroutines.
type specials struct {
	mu    stdsync.Mutex
	names map[string]map[string]bool // by directory, as place.dir
}

// learn takes what a listing of dir showed in place of what was known of it.
func (k *specials) learn(dir string, l *dirListing) {
	found := make(map[string]bool)
	for _, one := range l.entries {
		if one.entry.Kind == manifest.Other {
			found[one.name] = true
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.names, dir)
	if len(found) == 0 {
		return
	}
	if k.names == nil {
		k.names = make(map[string]map[string]bool)
	}
	k.names[dir] = found
}

func (k *specials) has(at place) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.names[at.dir][at.name]
}
