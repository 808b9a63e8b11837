package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/setup"
	"ferry/internal/text"
)

// An initFile is the configuration that init writes.
type initFile struct {
	path string // absolute
	// before is what it holds; nil: it is not there, or is to be overwritten.
	before *config.Source
	parsed *config.File // before
	// trusted says that the user trusts what it holds.
	trusted bool
}

// initFileFor reads the configuration that a profile is added to. Like all that use it, this
// needs the user's trust.
func (prog *program) initFileFor(flags *initFlags) (*initFile, error) {
	w := prog.workspace()
	f := &initFile{path: w.ConfigFile}
	if f.path == "" {
		f.path = w.Absolute(config.FileName)
	}
	if _, err := os.Lstat(f.path); flags.force || errors.Is(err, fs.ErrNotExist) {
		f.trusted = true
		return f, nil
	}
	var err error
	if f.parsed, err = w.Config(); err != nil {
		return nil, err
	}
	if f.before, err = config.ReadSource(f.path); err != nil {
		return nil, app.Usage(err, config.Hint(err))
	}
	record, _, err := w.Trust().Lookup(f.path)
	f.trusted = record.Sum == f.before.Sum()
	return f, err
}

// has reports whether there is a profile of this name.
func (f *initFile) has(name string) bool {
	if f.before == nil {
		return false
	}
	for _, p := range f.parsed.Profiles {
		if p.Name == name {
			return true
		}
	}
	return false
}

// free returns an error if the file has the pair, or another one of its name.
func (f *initFile) free(p *app.Pair) error {
	if f.before == nil {
		return nil
	}
	for _, q := range f.parsed.Profiles {
		if q.Local == p.Local && q.Remote.String() == p.Remote.String() {
			return app.Usage(fmt.Errorf("%s exists already, and its profile %s is of these two directories", f.path, q.Name), "change that by hand, or overwrite the file with --force")
		}
	}
	if f.has(p.Name) {
		return app.Usage(fmt.Errorf("%s exists already, and has a profile %s", f.path, p.Name), "give the new one another name with --name, or overwrite the file with --force")
	}
	return nil
}

// textWith returns the text of the file with one profile more.
func (f *initFile) textWith(a setup.Answer, flags *initFlags, home string) (string, error) {
	p := a.Pair
	local := p.Local
	if rel, err := filepath.Rel(filepath.Dir(f.path), local); err == nil && filepath.IsLocal(rel) {
		local = "./" + filepath.ToSlash(rel)
	}
	e := config.Example{Name: p.Name, Local: local, Remote: p.Remote, Direction: p.Direction, Password: a.Place, More: flags.settings(p.CA)}
	if a.Fingerprint != "" {
		e.More = append(e.More, config.Setting{Key: "fingerprint", Value: a.Fingerprint})
	}
	if f.before != nil {
		text, err := e.AddTo(f.path, f.before.Text, home)
		if err != nil {
			return "", app.Usage(err, config.Hint(err))
		}
		return text, nil
	}
	text, err := e.Text()
	if err != nil {
		return "", app.Usage(err, "give the profile another name with --name")
	}
	if _, err := config.Parse(f.path, []byte(text), f.path, home); err != nil {
		return "", app.Usage(fmt.Errorf("this pair does not make a valid configuration: %w", err), "")
	}
	return text, nil
}

// write writes the file. One that exists keeps its mode, and stays a link if it is one.
func (f *initFile) write(text string) error {
	if f.before == nil {
		return app.WritePrivate(f.path, []byte(text))
	}
	path, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	now, err := config.ReadSource(path)
	switch {
	case err != nil:
		return err
	case now.Sum() != f.before.Sum():
		return errors.New("it has changed in the meantime")
	}
	if err := app.WritePrivate(path, []byte(text)); err != nil {
		return err
	}
	return os.Chmod(path, info.Mode().Perm())
}

// writeInit writes the configuration, and says what to type next.
func (prog *program) writeInit(f *initFile, a setup.Answer, flags *initFlags) error {
	content, err := f.textWith(a, flags, prog.env.Home)
	if err != nil {
		return err
	}
	if prog.common.dryRun {
		_, err := fmt.Fprint(prog.env.Stdout, content)
		return err
	}
	if err := f.write(content); err != nil {
		return fmt.Errorf("writing the configuration %s: %w", f.path, err)
	}
	if f.trusted {
		if err := prog.workspace().TrustText(f.path, content); err != nil {
			return err
		}
	}
	say := prog.talk().Note
	if f.before != nil {
		say("added the profile %s to %s", text.Clean(a.Pair.Name), text.Clean(f.path))
	} else {
		say("wrote %s", text.Clean(f.path))
		say("it ignores *.tmp and node_modules/: change \"ignore:\" there if those are to be carried over")
	}
	if a.Then != "" {
		say("first %s", a.Then)
	}
	rest := a.Pair.Name
	if prog.common.config != "" {
		rest += " --config " + text.ShellWord(prog.common.config)
	}
	say("next: ferry status %s    shows what the first pass would do", rest)
	say("then: ferry %s %s", map[app.Direction]string{app.Both: "sync", app.Push: "push", app.Pull: "pull"}[a.Pair.Direction], rest)
	return nil
}
