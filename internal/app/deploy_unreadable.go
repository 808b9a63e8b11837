package app

import (
	"fmt"
	"slices"
	stdsync "sync"

	"ferry/internal/text"
	"ferry/manifest"
)

// mostUnreadable is how many local names that cannot be read an error names.
const mostUnreadable = 10

// unreadable collects the local names that cannot be read, and why. It may be used from several
// goroutines.
type unreadable struct {
	mu    stdsync.Mutex
	names []unreadableName
}

type unreadableName struct {
	path manifest.Path
	why  error
}

func (u *unreadable) add(p manifest.Path, why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.names = append(u.names, unreadableName{p, why})
}

// err returns an error that names them, nil where there are none.
func (u *unreadable) err() error {
	slices.SortFunc(u.names, func(a, b unreadableName) int { return a.path.Compare(b.path) })
	switch len(u.names) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s cannot be read, so nothing was deployed: %w", text.Clean(string(u.names[0].path)), u.names[0].why)
	}
	var all []string
	for _, n := range u.names {
		all = append(all, fmt.Sprintf("%s (%s)", text.Clean(string(n.path)), text.Clean(n.why.Error())))
	}
	return fmt.Errorf("%s cannot be read, so nothing was deployed: %s", text.Count(len(all), "name"), text.Some(all, mostUnreadable))
}
