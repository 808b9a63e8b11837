package names

import (
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// A Place is a name in a directory of the server. The zero Place is none.
type Place struct {
	Dir  string // absolute, without a slash at the end: "" is the server's own root
	Name string
}

// Split makes a place of an absolute path.
func Split(abs string) Place {
	i := strings.LastIndexByte(abs, '/')
	return Place{abs[:i], abs[i+1:]}
}

// String returns the absolute path.
func (at Place) String() string { return at.Dir + "/" + at.Name }

// Parent returns the absolute path of the directory, which may be "/".
func (at Place) Parent() string {
	if at.Dir == "" {
		return "/"
	}
	return at.Dir
}

// Check refuses a place whose name no file can have, or whose path cannot be sent.
func (at Place) Check() error {
	if err := manifest.CheckName(at.Name); err != nil {
		return err
	}
	return CheckPath(at.String())
}

// CheckPath refuses a path that no command can hold (RFC 959, section 4.1.3).
func CheckPath(abs string) error {
	if ftp.CheckLine(abs) == nil {
		return nil
	}
	return &ftp.Error{Op: "naming", Path: abs, Class: ftp.File, Err: manifest.ErrName}
}
