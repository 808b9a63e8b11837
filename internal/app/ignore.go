package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"ferry/internal/config"
	"ferry/internal/deploy/sensitive"
	"ferry/internal/gitignore"
	"ferry/internal/reserved"
	"ferry/manifest"
	"ferry/sync"
)

// ignoreFileName is the file at the local root that patterns are read from.
const ignoreFileName = ".ferryignore"

// ReadRules reads what the pair ignores, and finds what never travels. Later rules win
// over earlier ones: the built-in ones, those of the profile, the ignore file, and
// patterns. But the ignore file can only leave out more: it takes back nothing that the
// built-in rules or the profile leave out. file is the absolute path of the ignore file;
// "": the one that the profile names, or .ferryignore at the local root, which need not
// be there.
func (p *Pair) ReadRules(file string, patterns []string) error {
	path, must := p.rulesPath(file)
	text, err := os.ReadFile(path)
	if err != nil && (must || !missing(err)) {
		return Usage(fmt.Errorf("reading the ignore file: %w", err), "without its patterns files could be sent that should stay here")
	}
	rules, err := gitignore.Text(text)
	if err != nil {
		return Usage(fmt.Errorf("reading the ignore file %s: %w", path, err), "save it as UTF-8: without its patterns files could be sent that should stay here")
	}
	p.RulesFile = path
	p.Rules = gitignore.Default().
		Append(p.builtInRules()).
		Append(gitignore.Parse(p.Ignore).From("ignore: of the profile")).
		Narrow(gitignore.Parse(rules).From(path)).
		Append(gitignore.Parse(strings.Join(patterns, "\n")).From("--exclude and --include"))
	if patternsFoldCase(runtime.GOOS) {
		p.Rules = p.Rules.FoldCase()
	}
	obeyed := append([]string{path, filepath.Join(p.Local, ignoreFileName)}, p.obeyed...)
	if p.CA != "" {
		obeyed = append(obeyed, p.CA)
	}
	finder := cmp.Or(p.finder, new(reserved.Finder))
	p.finder = nil // what it has seen may be another thing next time
	p.Reserved, err = finder.Find(p.Local, p.stateDir, obeyed, p.FollowLinks)
	if err != nil {
		return Usage(err, "choose another local directory, or another --state-dir")
	}
	return nil
}

// patternsFoldCase reports whether patterns match without regard to upper and lower case: on
// the systems on which git does so, because most of their disks take README and readme for
// one name.
func patternsFoldCase(system string) bool { return system == "windows" || system == "darwin" }

// builtInRules are the rules that only some directions have. A push leaves out
// configurations that are not in use: what it sends is most often published.
func (p *Pair) builtInRules() *gitignore.Rules {
	if p.deploys || p.Deploy != nil {
		return sensitive.LeftOut()
	}
	if p.Direction == sync.Push {
		return gitignore.Parse(config.FileName)
	}
	return nil
}

// ignored reports whether path never travels, or the rules of the pair leave it out.
func (p *Pair) ignored(path manifest.Path, dir bool) bool {
	return p.Reserved.Match(path) || p.Rules.Match(string(path), dir)
}

// leftOut reports whether a plan names the ignored path: people may expect it to travel.
func (p *Pair) leftOut(path manifest.Path) bool {
	if path == manifest.Own {
		return false
	}
	return p.Reserved.Match(path) || path.Base() == config.FileName && p.Direction == sync.Push
}

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
