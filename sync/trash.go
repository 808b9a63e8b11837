package sync

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferry/manifest"
)

// TrashDir is where a side keeps its trash, below its root. In it are
// directories named after the UTC time at which things were put there, as
// 20060102-150405, with "-2" and so on behind it where that time was taken; in
// those everything stands under the path that it had.
const TrashDir = manifest.Own + "/trash"

// trashTime is the layout of the names of directories in the trash.
const trashTime = "20060102-150405"

// A Trashed is something that a side keeps in its trash.
type Trashed struct {
	// Path is where it was, and ID names it within its side's trash: the path
	// below [TrashDir], as the side spells it.
	Path manifest.Path
	ID   string
	// When it was put there, in UTC, by the clock of the machine that did it.
	When time.Time
	// Entry is a file, or a directory that holds nothing.
	Entry manifest.Entry
}

// A Bin is a [Replica] with a trash. Its methods may run beside those of the
// replica, but not beside one another.
type Bin interface {
	// Trashed lists what was put into the trash before a time, all of it where
	// that is zero, the latest first. The list is complete, or there is an error;
	// that there is no trash is none. What is in the trash but can be neither
	// restored nor removed (links, names that are none) is left out.
	Trashed(ctx context.Context, before time.Time) ([]Trashed, error)
	// Restore renames what t says to t.Path, making the directories above it.
	// Where something is there already, or t is not in the trash any more, the
	// error wraps [ErrChanged], and nothing was changed but for directories that
	// were made.
	Restore(ctx context.Context, t Trashed) error
	// Discard removes these things from the trash for good, and the directories
	// of the trash that hold nothing then. It returns how many bytes that freed.
	// It goes on past what it cannot remove; what is gone already is no error.
	Discard(ctx context.Context, things []Trashed) (bytes int64, err error)
}

var trashStamp = regexp.MustCompile(`^(\d{8}-\d{6})(?:-([1-9]\d{0,4}))?$`)

// ParseTrashStamp reads the name of a directory in the trash: the time, and the
// number behind it, 1 where there is none.
func ParseTrashStamp(name string) (when time.Time, n int, ok bool) {
	m := trashStamp.FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, 0, false
	}
	when, err := time.Parse(trashTime, m[1])
	if n = 1; m[2] != "" {
		n, _ = strconv.Atoi(m[2])
	}
	return when, n, err == nil
}

// Inside takes the ID of t apart: the directory of the trash, and the path in
// it. The error says why it is none that a Bin can have given: no ID leads out of
// the trash.
func (t Trashed) Inside() (stamp, below string, err error) {
	stamp, below, _ = strings.Cut(t.ID, "/")
	if _, _, ok := ParseTrashStamp(stamp); !ok {
		return "", "", fmt.Errorf("%q is not in the trash", t.ID)
	}
	for name := range strings.SplitSeq(below, "/") {
		if err := manifest.CheckName(name); err != nil {
			return "", "", fmt.Errorf("%q is not in the trash: %w", t.ID, err)
		}
	}
	return stamp, below, nil
}

// Spelled returns t.Path as its side spells it, as far as the ID tells: where t
// is to be restored to another path, that is taken as it is.
func (t Trashed) Spelled() string {
	if _, below, err := t.Inside(); err == nil {
		if p, err := manifest.ParsePath(below); err == nil && p == t.Path {
			return below
		}
	}
	return string(t.Path)
}

// CheckTarget reports why nothing can be restored to t.Path on any side, or nil.
func (t Trashed) CheckTarget() error {
	p, err := manifest.ParsePath(string(t.Path))
	switch {
	case err != nil:
		return err
	case p != t.Path || p == manifest.Root:
		return fmt.Errorf("%q is no path of a file", string(t.Path))
	case p.Within(manifest.Own):
		return fmt.Errorf("%s is ferry's own", manifest.Own)
	}
	return nil
}

// SortTrashed puts the latest first, and what came at one time in the order of
// paths.
func SortTrashed(things []Trashed) {
	slices.SortFunc(things, func(a, b Trashed) int {
		return cmp.Or(b.When.Compare(a.When), a.Path.Compare(b.Path), cmp.Compare(b.turn(), a.turn()), cmp.Compare(a.ID, b.ID))
	})
}

// turn is the number behind the time.
func (t Trashed) turn() int {
	stamp, _, _ := strings.Cut(t.ID, "/")
	_, n, _ := ParseTrashStamp(stamp)
	return n
}
