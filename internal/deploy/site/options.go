package site

import (
	"context"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// Options say which directory of which server is a site, and how to reach it. Apart from
// Host, every field has a usable zero value.
type Options struct {
	ftp.Options

	// Path is the path of the site, relative to the login directory. With Absolute set it
	// starts at the server's root.
	Path     string
	Absolute bool
	// Work is the path of the work directory, relative to the site, where it may lie
	// outside; "": ferry's own directory in the site. One that begins with a slash starts
	// at the server's root.
	Work string
	// Slots says that the site is switched as a whole: each slot has a state, and the work
	// directory itself has none.
	Slots bool

	// Owner, Boot and Machine stand for who takes the lock, see [lock.Options]. If Owner is
	// empty, no lock can be taken.
	Owner, Boot, Machine string
	// Wait waits for a lock that somebody else holds and keeps alive.
	Wait bool
	// WaitUntil is when waiting ends; the zero time: never.
	WaitUntil time.Time
	// Temps remembers which locks that broke off were seen; nil: nobody does.
	Temps *manifest.TempJournal
}

// findRoot returns the absolute path of the site, without a slash at the end.
func findRoot(ctx context.Context, s *ftp.Session, o Options) (string, error) {
	login := ""
	if !o.Absolute {
		var err error
		if login, err = s.WorkingDirectory(ctx); err != nil {
			return "", err
		}
	}
	return joinPath(login, o.Path, false)
}

// joinPath appends path to an absolute one. Empty components and single dots are left out.
// ".." is refused, because servers do not agree on what it means, unless up is set: then
// it takes the last component away.
func joinPath(abs, path string, up bool) (string, error) {
	var names []string
	for name := range strings.SplitSeq(abs+"/"+path, "/") {
		switch {
		case name == "" || name == ".":
			continue
		case name == ".." && up && len(names) > 0:
			names = names[:len(names)-1]
			continue
		}
		if err := manifest.CheckName(name); err != nil {
			return "", &ftp.Error{Op: "opening", Path: path, Class: ftp.Server, Err: err}
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "", nil
	}
	return "/" + strings.Join(names, "/"), nil
}

// findWork returns the absolute path of the work directory that path names, "" where that is
// ferry's own directory in the site.
func findWork(root, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	if strings.HasPrefix(path, "/") {
		root = ""
	}
	work, err := joinPath(root, path, true)
	if err == nil && (work == "" || work == root || strings.HasPrefix(root+"/", work+"/")) {
		err = &ftp.Error{Op: "opening", Path: path, Class: ftp.Server, Hint: "`work:` names a directory of its own, such as .ferry or ../.ferry-site",
			Err: errNoDirectoryOfItsOwn}
	}
	return work, err
}
