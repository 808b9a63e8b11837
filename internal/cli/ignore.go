package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"ferry/internal/gitignore"
	"ferry/manifest"
)

// ignoreFileName is the file at the local root that patterns are read from.
const ignoreFileName = ".ferryignore"

// ignoreRules returns the patterns that hold for a pair, the later over the
// earlier: the built-in ones, those of the profile, the ignore file, and the
// options in their order.
func (a *app) ignoreRules(p *pair, flags *passFlags) (*gitignore.Rules, error) {
	path, must := a.ignorePath(p, flags)
	text, err := os.ReadFile(path)
	if err != nil && (must || !missing(err)) {
		return nil, usage(fmt.Errorf("reading the ignore file: %w", err), "without its patterns files could be sent that should stay here")
	}
	return gitignore.Default().
		Append(gitignore.Parse(p.Ignore)).
		Append(gitignore.Parse(string(text))).
		Append(gitignore.Parse(strings.Join(flags.patterns, "\n"))), nil
}

// ignored reports whether the patterns of the pair leave out path.
func (p *pair) ignored(path manifest.Path, dir bool) bool { return p.ignore.Match(string(path), dir) }

// ignorePath returns the ignore file of a pair, and whether it must be there.
func (a *app) ignorePath(p *pair, flags *passFlags) (path string, must bool) {
	switch {
	case flags.ignoreFile.set:
		return a.absolute(flags.ignoreFile.v), true
	case p.IgnoreFile != "":
		return p.IgnoreFile, true
	}
	return filepath.Join(p.Local, ignoreFileName), false
}

// missing reports whether err says that a file, or the directory that it would
// be in, is not there.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
