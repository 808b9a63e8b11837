package remote

import (
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// A place is a name in a directory of the server. The zero place is none.
type place struct {
	dir  string // absolute, without a slash at the end: "" is the server's own root
	name string
}

// splitPath makes a place of an absolute path.
func splitPath(abs string) place {
	i := strings.LastIndexByte(abs, '/')
	return place{abs[:i], abs[i+1:]}
}

// String returns the absolute path.
func (at place) String() string { return at.dir + "/" + at.name }

// parent returns the absolute path of the directory, which may be "/".
func (at place) parent() string {
	if at.dir == "" {
		return "/"
	}
	return at.dir
}

// checkPlace refuses a place whose name no file can have, or whose path cannot be
// sent.
func checkPlace(at place) error {
	if err := manifest.CheckName(at.name); err != nil {
		return err
	}
	return checkPath(at.String())
}

// checkPath refuses a path that no command can hold (RFC 959, section 4.1.3).
func checkPath(abs string) error {
	if ftp.CheckLine(abs) == nil {
		return nil
	}
	return &ftp.Error{Op: "naming", Path: abs, Class: ftp.File, Err: manifest.ErrName}
}
