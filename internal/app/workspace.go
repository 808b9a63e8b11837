package app

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"ferry/internal/config"
	"ferry/internal/hooks"
	"ferry/internal/localpath"
	"ferry/internal/reserved"
	"ferry/manifest"
)

// A Workspace is where names and relative paths are looked up.
type Workspace struct {
	Dir  string // the working directory, absolute
	Home string // the home directory; "": not known
	// ConfigFile is the configuration to read; "": the nearest ferry.yaml.
	ConfigFile string
	// StateOption is the state directory that an option names; "": none does.
	StateOption string
	// LogFile is the absolute path of a file that this run writes messages to; "": there is
	// none.
	LogFile string
	// Getenv reads a variable of the environment; nil: there are none.
	Getenv func(name string) string
	// Confirm asks a person a question, and reports whether the answer is yes; nil:
	// there is nobody to ask.
	Confirm func(question string) (bool, error)
	// Talk is told what the user should know; nil: nothing is said.
	Talk Talker
}

func (w Workspace) getenv(name string) string {
	if w.Getenv == nil {
		return ""
	}
	return w.Getenv(name)
}

// Absolute returns path as seen from the working directory.
func (w Workspace) Absolute(path string) string { return localpath.Join(w.Dir, path) }

// StateDir returns the absolute path of the directory in which ferry remembers
// things: that of the option, FERRY_STATE_DIR, or the user's own as the XDG
// base directory specification has it.
func (w Workspace) StateDir() string {
	for _, dir := range []string{w.StateOption, w.getenv("FERRY_STATE_DIR")} {
		if dir != "" {
			return w.Absolute(dir)
		}
	}
	if dir := w.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ferry")
	}
	if dir := w.getenv("LocalAppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "ferry")
	}
	return filepath.Join(w.Home, ".local", "state", "ferry")
}

// Pairs returns what args name: LOCAL URL, or profiles of ferry.yaml, all of them
// where there are no args. Their ignore rules are not read yet.
func (w Workspace) Pairs(args []string) ([]*Pair, error) { return w.pairs(args, w.Config) }

// pairs is Pairs with what reads the configuration.
func (w Workspace) pairs(args []string, read func() (*config.File, error)) ([]*Pair, error) {
	if slices.ContainsFunc(args, config.IsURL) {
		p, err := w.DirectPair(args)
		if err != nil {
			return nil, err
		}
		return []*Pair{p}, nil
	}
	file, err := read()
	if errors.Is(err, config.ErrNoFile) {
		return nil, noProfile(args, err)
	}
	if err != nil {
		return nil, err
	}
	profiles, err := file.Select(args)
	if err != nil {
		return nil, noProfile(args, err)
	}
	if len(profiles) == 0 {
		return nil, Usage(fmt.Errorf("%s has no profiles", file.Path), "\"ferry init LOCAL URL\" shows what one looks like")
	}
	var pairs []*Pair
	trusted := ""
	if _, needsTrust, err := w.locate(); err == nil && needsTrust {
		trusted = w.Trust().File(file.Path)
	}
	obeyed, secrets, finder := w.obeyedFiles(file), secretVariables(file), new(reserved.Finder)
	for _, p := range profiles {
		pairs = append(pairs, &Pair{Profile: p, key: findKey(w.StateDir(), p), stateDir: w.StateDir(), obeyed: obeyed, finder: finder, trusted: trusted, secrets: secrets, configFile: w.ConfigFile})
	}
	return pairs, nil
}

// DirectPair returns the pair that LOCAL URL name.
func (w Workspace) DirectPair(args []string) (*Pair, error) {
	if len(args) != 2 {
		return nil, Usage(errors.New("a pair is one local directory and one URL"), "as in: ferry sync ./public ftpes://user@host/path; two URLs are for \"ferry copy\", \"ferry status\" and \"ferry check\"")
	}
	p, err := config.Pair(args[0], args[1], w.Dir, w.Home)
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	return &Pair{Profile: p, Direct: true, key: findKey(w.StateDir(), p), stateDir: w.StateDir(), obeyed: w.obeyedFiles(&config.File{})}, nil
}

// noProfile explains why args name nothing; one that looks like a directory was
// most likely meant to have a URL behind it.
func noProfile(args []string, err error) error {
	for _, arg := range args {
		if strings.Contains(arg, "@") {
			return Usage(err, "a server is written as a URL: ftp://user@host/path, or ftpes:// for TLS")
		}
		if strings.ContainsAny(arg, `/\`) || strings.HasPrefix(arg, ".") {
			return Usage(err, "a directory needs the URL that it is kept in sync with, as in: ferry sync "+arg+" ftpes://user@host/path")
		}
	}
	return Usage(err, config.Hint(err))
}

// locate returns the path of the configuration that is read, absolute, and whether it
// needs to be trusted: the one that an option names and the one in the user's
// configuration directory do not.
func (w Workspace) locate() (path string, needsTrust bool, err error) {
	if w.ConfigFile != "" {
		return w.Absolute(w.ConfigFile), false, nil
	}
	found, own, err := config.Find(w.Dir, w.Home, w.getenv)
	if err != nil {
		return "", false, Usage(err, config.Hint(err))
	}
	return w.Absolute(found), !own, nil
}

// ConfigPath returns the absolute path of the configuration that is read.
func (w Workspace) ConfigPath() (string, error) {
	path, _, err := w.locate()
	return path, err
}

// Config reads the configuration. One that was found by searching must belong to the
// user, and the user must trust what it contains: nothing in it is acted on before.
func (w Workspace) Config() (*config.File, error) {
	path, needsTrust, err := w.locate()
	if err != nil {
		return nil, err
	}
	read := config.ReadFound
	if w.ConfigFile != "" {
		read = config.ReadSource
	}
	source, err := read(path)
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	file, err := source.Parse(w.Home)
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	if needsTrust {
		err = w.requireTrust(source, file)
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

// ProfileNames returns the names of the profiles in the configuration. They are only
// names, so nobody needs to trust it.
func (w Workspace) ProfileNames() ([]string, error) {
	path, _, err := w.locate()
	if err != nil {
		return nil, err
	}
	file, err := config.Read(path, w.Home)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range file.Profiles {
		names = append(names, p.Name)
	}
	return names, nil
}

// obeyedFiles returns the absolute paths of the files that ferry obeys under a
// configuration, whichever of its pairs is at work: the configuration itself, what its
// profiles name, and where a configuration would be found and trusted unasked.
func (w Workspace) obeyedFiles(file *config.File) []string {
	files := config.UserFiles(w.Home, w.getenv)
	for _, path := range []string{file.Path, w.ConfigFile, w.LogFile} {
		if path != "" {
			files = append(files, path)
		}
	}
	files = append(files, config.NetrcFiles(w.Home, w.getenv)...)
	for _, p := range file.Profiles {
		files = append(files, filepath.Join(p.Local, ignoreFileName))
		named := []string{p.IgnoreFile, p.CA}
		for _, secret := range p.Secrets() {
			named = append(named, secret.File())
		}
		for _, path := range named {
			if path != "" {
				files = append(files, path)
			}
		}
		files = append(files, reserved.Programs(filepath.Dir(p.File), commandsOf(p))...)
	}
	return files
}

// commandsOf returns the commands that a profile has run here.
func commandsOf(p *config.Profile) []string {
	commands := append(p.Hooks.All(), p.MergeTool)
	for _, secret := range p.Secrets() {
		commands = append(commands, secret.Command())
	}
	return slices.DeleteFunc(commands, hooks.IsURL)
}

// secretVariables returns the variables of the environment from which a profile of file
// reads a secret.
func secretVariables(file *config.File) []string {
	var names []string
	for _, p := range file.Profiles {
		for _, secret := range p.Secrets() {
			if name := secret.Variable(); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// PathIn reads a path as people type it: relative to the root of the pair, or the
// name of a file below the local root. known reports whether a path is one that is
// looked for.
func (w Workspace) PathIn(p *Pair, typed string, known func(manifest.Path) bool) (manifest.Path, error) {
	path, err := parsePath(strings.Trim(strings.TrimPrefix(filepath.ToSlash(typed), "./"), "/"))
	if err == nil && known(path) {
		return path, nil
	}
	if rel, rerr := filepath.Rel(p.Local, w.Absolute(typed)); rerr == nil && filepath.IsLocal(rel) {
		if below, perr := manifest.ParsePath(filepath.ToSlash(rel)); perr == nil && known(below) {
			return below, nil
		}
	}
	return path, err
}

// Only reads the paths that a pass is about; none of them means everything.
func (w Workspace) Only(p *Pair, typed []string) (paths []manifest.Path, err error) {
	for _, one := range typed {
		path, err := w.onlyOne(p, one)
		switch {
		case err != nil:
			return nil, err
		case path == manifest.Root:
			return nil, nil // everything
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// onlyOne is [Workspace.PathBelow] for --only. A path that begins with "./" or "../",
// and an absolute one, is one of this machine where that lies below the local root.
func (w Workspace) onlyOne(p *Pair, typed string) (manifest.Path, error) {
	clean, absolute := path.Clean(filepath.ToSlash(typed)), localpath.IsAbs(typed)
	first, _, _ := strings.Cut(filepath.ToSlash(typed), "/")
	if typed == "" || clean == "/" {
		return manifest.Root, Usage(fmt.Errorf("--only %q: this is no path below the root", typed), "is a variable of the shell empty? For the whole pair, leave --only out")
	}
	at := func(rel string) bool { return exists(filepath.Join(p.Local, filepath.FromSlash(rel))) }
	here, err := filepath.Rel(p.Local, w.Absolute(typed))
	below := err == nil && filepath.IsLocal(here)
	switch {
	case below && (absolute || first == "." || first == "..") && (at(here) || !at(clean)):
		clean = filepath.ToSlash(here)
	case absolute && !below && !at(clean) && exists(typed):
		return manifest.Root, Usage(fmt.Errorf("--only %s: this is not below %s", typed, p.Local), "--only takes paths below the root, as css/ or index.html")
	}
	if clean == "." {
		return manifest.Root, nil
	}
	return w.PathBelow(p, clean)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// PathBelow is [Workspace.PathIn] for paths of which the local directory has some.
func (w Workspace) PathBelow(p *Pair, typed string) (manifest.Path, error) {
	return w.PathIn(p, typed, func(path manifest.Path) bool {
		return exists(filepath.Join(p.Local, filepath.FromSlash(string(path))))
	})
}

func parsePath(s string) (manifest.Path, error) {
	path, err := manifest.ParsePath(filepath.ToSlash(s))
	if err != nil {
		return manifest.Root, Usage(err, "a path is relative to the root of the pair, with slashes, as css/new.css")
	}
	return path, nil
}
