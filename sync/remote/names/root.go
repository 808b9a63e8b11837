package names

import (
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// JoinRoot appends path to the login directory. Empty components and single dots
// are left out. ".." is refused, because servers do not agree on what it means.
func JoinRoot(login, path string) (string, error) {
	root := ""
	for name := range strings.SplitSeq(login+"/"+path, "/") {
		if name == "" || name == "." {
			continue
		}
		if err := manifest.CheckName(name); err != nil {
			return "", &ftp.Error{Op: "opening", Path: path, Class: ftp.Server, Err: err}
		}
		root += "/" + name
	}
	return root, nil
}
