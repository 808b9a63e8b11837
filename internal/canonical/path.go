// Package canonical finds the one form that all spellings of a path of this machine share.
package canonical

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Path returns the one form that all spellings of an absolute path share: links
// are followed, and names are in lower case where their directory takes both cases for
// one name. What is not there yet is taken to be an ordinary directory, and what cannot be
// looked at stays as it is written.
func Path(path string) string { return pathOn(path, foldsCase) }

// pathOn is [Path] on a file system of which folds says whether a directory takes a name in both
// cases for one.
func pathOn(path string, folds func(dir, name string) bool) string {
	rest := ""
	for at := path; ; {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			return foldPath(real, rest, folds)
		}
		parent := filepath.Dir(at)
		if parent == at || !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		rest = filepath.Join(filepath.Base(at), rest)
		at = parent
	}
}

// foldPath joins real, which is there, and rest, which is not, with the names in lower
// case where case makes no difference. For rest the last name that can tell decides.
func foldPath(real, rest string, folds func(dir, name string) bool) string {
	volume := filepath.VolumeName(real)
	root := volume + string(filepath.Separator)
	dir, folded, folding := root, foldName(volume), volume != ""
	for name := range strings.SplitSeq(strings.Trim(real[len(volume):], string(filepath.Separator)), string(filepath.Separator)) {
		if name == "" {
			continue
		}
		if otherCase(name) != name {
			folding = folds(dir, name)
		}
		dir = filepath.Join(dir, name)
		if folding {
			name = foldName(name)
		}
		folded += string(filepath.Separator) + name
	}
	if folded == foldName(volume) {
		folded += string(filepath.Separator)
	}
	if folding {
		rest = foldName(rest)
	}
	return filepath.Join(folded, rest)
}

func foldName(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// foldsCase reports whether a directory takes a name that is there and the same one in
// the other case for one name.
func foldsCase(dir, name string) bool {
	this, err := os.Lstat(filepath.Join(dir, name))
	if err != nil {
		return false
	}
	that, err := os.Lstat(filepath.Join(dir, otherCase(name)))
	return err == nil && os.SameFile(this, that)
}

// otherCase returns a name with small letters for capitals and the other way round; the
// name itself where it has no letters.
func otherCase(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, name)
}
