package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"ferry/internal/app"
	"ferry/internal/config"
)

// A File is the configuration that a new profile goes into.
type File struct {
	Path string // absolute
	// before is what it holds; nil: it is not there, or is to be overwritten.
	before *config.Source
	parsed *config.File // before
	// trusted says that the user trusts what it holds.
	trusted   bool
	workspace app.Workspace
}

// OpenFile reads the configuration that a profile is added to. Like all that use it, this
// needs the user's trust. With overwrite set the file is not read.
func OpenFile(w app.Workspace, overwrite bool) (*File, error) {
	f := &File{Path: w.ConfigFile, workspace: w}
	if f.Path == "" {
		f.Path = w.Absolute(config.FileName)
	}
	if _, err := os.Stat(filepath.Dir(f.Path)); errors.Is(err, fs.ErrNotExist) {
		return nil, app.Usage(fmt.Errorf("there is no directory %s for the configuration", filepath.Dir(f.Path)), "make it, or name another file with --config")
	}
	if _, err := os.Lstat(f.Path); overwrite || errors.Is(err, fs.ErrNotExist) {
		f.trusted = true
		return f, nil
	}
	var err error
	if f.parsed, err = w.Config(); err != nil {
		return nil, err
	}
	if f.before, err = config.ReadSource(f.Path); err != nil {
		return nil, app.Usage(err, config.Hint(err))
	}
	record, _, err := w.Trust().Lookup(f.Path)
	f.trusted = record.Sum == f.before.Sum()
	return f, err
}

// Has reports whether there is a profile of this name.
func (f *File) Has(name string) bool {
	return f.before != nil && slices.ContainsFunc(f.parsed.Profiles, func(p *config.Profile) bool { return p.Name == name })
}

// Free returns an error if the file has the pair, or another one of its name.
func (f *File) Free(p *app.Pair) error {
	if err := f.isNew(p); err != nil {
		return err
	}
	if f.Has(p.Name) {
		return app.Usage(fmt.Errorf("%s exists already, and has a profile %s", f.Path, p.Name), "give the new one another name with --name, or overwrite the file with --force")
	}
	return nil
}

// isNew returns an error if the file has a profile of the two directories.
func (f *File) isNew(p *app.Pair) error {
	if f.before == nil {
		return nil
	}
	for _, q := range f.parsed.Profiles {
		if q.Local == p.Local && q.Remote.String() == p.Remote.String() {
			return app.Usage(fmt.Errorf("%s exists already, and its profile %s is of these two directories", f.Path, q.Name), "change that by hand, or overwrite the file with --force")
		}
	}
	return nil
}

// TextWith returns the text of the file with one profile more. more are further settings of it.
func (f *File) TextWith(a Answer, more []config.Setting) (string, error) {
	p := a.Pair
	local := p.Local
	if rel, err := filepath.Rel(filepath.Dir(f.Path), local); err == nil && filepath.IsLocal(rel) {
		local = "./" + filepath.ToSlash(rel)
	}
	e := config.Example{Name: p.Name, Local: local, Remote: p.Remote, Direction: p.Direction, Password: a.Place, More: more}
	if a.Fingerprint != "" {
		e.More = append(e.More, config.Setting{Key: "fingerprint", Value: a.Fingerprint})
	}
	if f.before != nil {
		text, err := e.AddTo(f.Path, f.before.Text, f.workspace.Home)
		if err != nil {
			return "", app.Usage(err, config.Hint(err))
		}
		return text, nil
	}
	text, err := e.Text()
	if err != nil {
		return "", app.Usage(err, "give the profile another name with --name")
	}
	if _, err := config.Parse(f.Path, []byte(text), f.Path, f.workspace.Home); err != nil {
		return "", app.Usage(fmt.Errorf("this pair does not make a valid configuration: %w", err), "")
	}
	return text, nil
}

// Write writes the file, and reports whether it was there before. What the user trusted is
// trusted with the new profile.
func (f *File) Write(text string) (existed bool, err error) {
	if err := f.write(text); err != nil {
		return false, fmt.Errorf("writing the configuration %s: %w", f.Path, err)
	}
	if f.trusted {
		err = f.workspace.TrustText(f.Path, text)
	}
	return f.before != nil, err
}

// write writes the file. One that exists keeps its mode, and stays a link if it is one.
func (f *File) write(text string) error {
	if f.before == nil {
		return app.WritePrivate(f.Path, []byte(text))
	}
	path, err := filepath.EvalSymlinks(f.Path)
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
