// Package trashbin is about what a pass has put into the trash of a side: names, times and places.
package trashbin

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferry/manifest"
)

// Dir is where the local side keeps its trash, below its root, and where earlier
// versions of ferry kept that on a server. It contains directories named after the UTC
// time at which files were put there, like 20060102-150405, followed by "-2" and so on
// if that name was taken. In them every file has the path that it had.
//
// On a server the trash has a name that nobody can guess, see [NewName].
const Dir = manifest.Own + "/" + plainTrash

const plainTrash = "trash"

var secretTrash = regexp.MustCompile(`^` + plainTrash + `-[0-9a-f]{32}$`)

// NewName draws a name for a trash on a server, in the directory [manifest.Own]:
// a web server that serves the root must not show old versions to whoever guesses
// their address.
func NewName() string {
	var secret [16]byte
	rand.Read(secret[:]) // never fails
	return fmt.Sprintf("%s-%x", plainTrash, secret)
}

// IsName reports whether name is that of a trash in the directory [manifest.Own].
func IsName(name string) bool { return name == plainTrash || secretTrash.MatchString(name) }

// trashTime is the layout of the names of the directories in the trash.
const trashTime = "20060102-150405"

// A Trashed is a file or an empty directory in the trash of a side.
type Trashed struct {
	// Path is where it was. ID identifies it in the trash that holds it: its path there,
	// as the side spells it.
	Path manifest.Path
	ID   string
	// Trash is the name of that trash, see [IsName], or "" for the one in
	// [Dir]. A server has one for each machine that put something there.
	Trash string
	// Own is the directory of ferry's own that holds that trash: [manifest.OwnPlain], or ""
	// for [manifest.Own].
	Own string
	// When is the time at which it was put there, in UTC, by the clock of the machine
	// that did it.
	When time.Time
	// Entry is a file or an empty directory.
	Entry manifest.Entry
}

// A Bin is a [sync.Replica] with a trash. Its methods may run at the same time as those of
// the replica, but not at the same time as one another.
type Bin interface {
	// Trashed lists what was put into the trash before a time, or everything if the
	// time is zero, the latest first. Either the list is complete or there is an error.
	// A missing trash is no error. What can be neither restored nor removed (links,
	// invalid names) is left out.
	Trashed(ctx context.Context, before time.Time) ([]Trashed, error)
	// Restore renames t from the trash to t.Path and makes the directories above it.
	// If something is there already, or t is not in the trash any more, the error wraps
	// [sync.ErrChanged], and nothing was changed except that directories may have been made.
	Restore(ctx context.Context, t Trashed) error
	// Discard removes things from the trash for good, and the directories of the trash
	// that are empty afterwards. It returns the number of bytes that it freed. It
	// continues after a failure. What is gone already is no error.
	Discard(ctx context.Context, things []Trashed) (bytes int64, err error)
}

var trashStamp = regexp.MustCompile(`^(\d{8}-\d{6})(?:-([1-9]\d{0,4}))?$`)

// Stamp returns the name of the directory in the trash for a time, without a number
// after it.
func Stamp(at time.Time) string { return at.UTC().Format(trashTime) }

// ParseStamp reads the name of a directory in the trash: the time and the
// number after it, which is 1 if there is none.
func ParseStamp(name string) (when time.Time, n int, ok bool) {
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

// Home is the path of the trash that holds t, below the root of its side.
func (t Trashed) Home() string {
	return cmp.Or(t.Own, manifest.Own) + "/" + cmp.Or(t.Trash, plainTrash)
}

// Inside splits the ID of t into the directory of the trash and the path in it. It
// returns an error for an ID that no Bin can have given, so that no ID leads out of
// the trash.
func (t Trashed) Inside() (stamp, below string, err error) {
	if t.Trash != "" && !IsName(t.Trash) || t.Own != "" && t.Own != manifest.OwnPlain {
		return "", "", fmt.Errorf("%q is no trash", t.Trash)
	}
	stamp, below, _ = strings.Cut(t.ID, "/")
	if _, _, ok := ParseStamp(stamp); !ok {
		return "", "", fmt.Errorf("%q is not in the trash", t.ID)
	}
	for name := range strings.SplitSeq(below, "/") {
		if err := manifest.CheckName(name); err != nil {
			return "", "", fmt.Errorf("%q is not in the trash: %w", t.ID, err)
		}
	}
	return stamp, below, nil
}

// Spelled returns t.Path as its side spells it, if the ID tells. If t is to be
// restored to another path, that is returned as it is.
func (t Trashed) Spelled() string {
	if _, below, err := t.Inside(); err == nil {
		if p, err := manifest.ParsePath(below); err == nil && p == t.Path {
			return below
		}
	}
	return string(t.Path)
}

// CheckTarget returns why nothing can be restored to t.Path on any side, or nil.
func (t Trashed) CheckTarget() error {
	p, err := manifest.ParsePath(string(t.Path))
	switch {
	case err != nil:
		return err
	case p != t.Path || p == manifest.Root:
		return fmt.Errorf("%q is not the path of a file", string(t.Path))
	case p.Within(manifest.Own), p.Within(manifest.OwnPlain):
		return fmt.Errorf("%s belongs to ferry", p)
	}
	return nil
}

// Sort sorts by time, the latest first, and then by path.
func Sort(things []Trashed) {
	slices.SortFunc(things, func(a, b Trashed) int {
		return cmp.Or(b.When.Compare(a.When), a.Path.Compare(b.Path), cmp.Compare(b.turn(), a.turn()), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Trash, b.Trash), cmp.Compare(a.Own, b.Own))
	})
}

// turn is the number after the time.
func (t Trashed) turn() int {
	stamp, _, _ := strings.Cut(t.ID, "/")
	_, n, _ := ParseStamp(stamp)
	return n
}

// Excess returns what is to go of things, which are the latest first: what was
// put there before cutoff, and the oldest of the rest until at most size bytes
// are left. A zero cutoff and size are no limits.
func Excess(things []Trashed, cutoff time.Time, size int64) []Trashed {
	var gone []Trashed
	var held int64
	for _, t := range things {
		if held += t.Entry.Size; t.When.Before(cutoff) || size > 0 && held > size {
			gone = append(gone, t)
		}
	}
	return gone
}
