package deploy

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/deploy/pointer"
	"ferry/manifest"
)

// A SlotServer is a [Server] whose work directory stands beside the site, so that a whole
// directory can take the place of the site.
type SlotServer interface {
	Server
	// Slot returns a directory, of the site or the work directory, as a site of its own. Its
	// work directory is ferry's own one in it, which travels with it. The lock is that of this
	// Server, and Lock of the slot does nothing.
	Slot(at Place) Server
}

// ErrBeside means that nothing can be made beside the site.
var ErrBeside = errors.New("the work directory beside the site cannot be made")

// Names in the work directory of a site that is switched as a whole.
const (
	nextDir  = "next"  // the release that is being made
	spareDir = "spare" // one that was being made when somebody went back
	slotsDir = "r"     // r/<number>: the releases that were live
	leftDir  = "left"  // directories that hold what no deploy put there
)

// slot is the directory of a release that was live, or is pointed at. All names have one length,
// so that none is the beginning of another.
func (s *switching) slot(number int) Place {
	if s.Pointer != nil {
		return Place{Path: pointer.Slot(number)}
	}
	return Work(fmt.Sprintf("%s/%07d", slotsDir, number))
}

// at returns a directory as a site of its own.
func (s *switching) at(dir Place) Server {
	if s.Pointer != nil && dir == (Place{}) {
		return s.server // nothing points elsewhere yet
	}
	return s.server.Slot(dir)
}

// slotsPlace is the directory that holds the slots.
func (s *switching) slotsPlace() Place {
	if s.Pointer != nil {
		return Place{Path: pointer.Dir}
	}
	return Work(slotsDir)
}

// namesOfSlots lists the directories that stand with the slots.
func (s *switching) namesOfSlots(ctx context.Context) (names []string, err error) {
	if s.Pointer == nil {
		files, err := s.server.ListWork(ctx, slotsDir)
		if err != nil && !errors.Is(err, ErrMissing) {
			return nil, err
		}
		for _, f := range files {
			if f.Entry.IsDir() {
				names = append(names, f.Name)
			}
		}
		return names, nil
	}
	lists, err := s.server.List(ctx, []manifest.Path{pointer.Dir})
	if err != nil {
		return nil, err
	}
	l := lists[pointer.Dir]
	if l.Err != nil {
		return nil, fmt.Errorf("listing %q: %w", pointer.Dir, l.Err)
	}
	for name, look := range l.Entries {
		if look.Entry.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}
