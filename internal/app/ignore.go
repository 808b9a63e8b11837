package app

import (
	"errors"
	"ferry/internal/gitignore"
	"ferry/manifest"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ignoreFileName is the file at the local root that patterns are read from.
const ignoreFileName = ".ferryignore"

// ReadRules reads what the pair ignores. Later rules win over earlier ones: the
// built-in ones, those of the profile, the ignore file, and patterns. file is the
// absolute path of the ignore file; "": the one that the profile names, or
// .ferryignore at the local root, which need not be there.
func (p *Pair) ReadRules(file string, patterns []string) error {
	path, must := p.rulesPath(file)
	text, err := os.ReadFile(path)
	if err != nil && (must || !missing(err)) {
		return Usage(fmt.Errorf("reading the ignore file: %w", err), "without its patterns files could be sent that should stay here")
	}
	p.RulesFile = path
	p.Rules = gitignore.Default().
		Append(gitignore.Parse(p.Ignore)).
		Append(gitignore.Parse(string(text))).
		Append(gitignore.Parse(strings.Join(patterns, "\n")))
	return nil
}

// ignored reports whether the rules of the pair leave out path.
func (p *Pair) ignored(path manifest.Path, dir bool) bool { return p.Rules.Match(string(path), dir) }

// rulesPath returns the ignore file, and whether it must be there.
func (p *Pair) rulesPath(file string) (path string, must bool) {
	switch {
	case file != "":
		return file, true
	case p.IgnoreFile != "":
		return p.IgnoreFile, true
	}
	return filepath.Join(p.Local, ignoreFileName), false
}

// missing reports whether err says that a file, or the directory that it would be
// in, is not there.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
