// Package setup asks a person for a new pair, and tests each answer as it comes.
package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/keyring"
	"ferry/internal/prompt"
)

// Questions are those about one new pair.
type Questions struct {
	Ask prompt.Asker
	// AskPassword asks without an echo.
	AskPassword func(ctx context.Context, question string) (string, error)
	Opener      *app.Opener
	Workspace   app.Workspace
	Keyring     keyring.Keyring // nil: there is none
	// Change puts what was given as options over a pair. It is an error if that makes no
	// pair.
	Change func(*app.Pair) error
	File   *File // that the new profile goes into
	// DryRun leaves the disk and the keyring as they are.
	DryRun bool
	Note   func(format string, args ...any)
	Fail   func(err error)

	pair     *app.Pair
	pinned   string // the fingerprint that a person has accepted
	user     string
	password string // "": none is needed
	from     string // where the password was found; "": it was typed
}

// An Answer is what the questions came to.
type Answer struct {
	Pair        *app.Pair
	Place       config.Place // of the password
	Fingerprint string       // to pin; "": none
	Then        string       // what is left to do by hand; may be empty
}

// Run asks for what is missing: local and url are "" where they were not given. Where the
// name or the direction is chosen it asks for neither.
func (q *Questions) Run(ctx context.Context, local, url string, named, directed bool) (Answer, error) {
	if err := q.server(ctx, url); err != nil {
		return Answer{}, err
	}
	if err := q.local(ctx, local); err != nil {
		return Answer{}, err
	}
	if err := q.File.isNew(q.pair); err != nil {
		return Answer{}, err
	}
	if !directed {
		way, err := q.Ask.Choose(ctx, "Which way changes go: both ways, push to the server, or pull from it", "both", "both", "push", "pull")
		if err == nil {
			err = q.pair.Direction.UnmarshalText([]byte(way))
		}
		if err != nil {
			return Answer{}, err
		}
	}
	if !named {
		name, err := q.Ask.Ask(ctx, "Name of the profile", q.pair.Name, q.checkName)
		if err != nil {
			return Answer{}, err
		}
		q.pair.Name = name
	}
	return q.answer(ctx)
}

// Given tests a pair that is named as a whole. It asks only about TLS, the certificate, and a
// password that is found nowhere.
func (q *Questions) Given(ctx context.Context, p *app.Pair) (Answer, error) {
	q.pair = p
	err := q.greet(ctx)
	if err == nil {
		q.user, err = q.Opener.User(q.pair)
	}
	if err == nil {
		err = q.login(ctx)
	}
	if err != nil {
		return Answer{}, err
	}
	return q.answer(ctx)
}

// answer asks where the password is kept, and returns what the questions came to.
func (q *Questions) answer(ctx context.Context) (Answer, error) {
	a := Answer{Pair: q.pair, Fingerprint: q.pinned}
	if q.password == "" || q.from != "" {
		return a, nil // it is kept already
	}
	for {
		err := q.keep(ctx, &a)
		if err == nil || ctx.Err() != nil || errors.Is(err, prompt.ErrEnded) {
			return a, err
		}
		q.Fail(err)
	}
}

func (q *Questions) checkName(name string) error {
	if err := config.CheckName(name); err != nil {
		return err
	}
	if q.File.Has(name) {
		return fmt.Errorf("there is a profile %s already", name)
	}
	return nil
}

// local asks for the directory here.
func (q *Questions) local(ctx context.Context, given string) error {
	check := func(answer string) error {
		path, err := config.LocalPath(answer, q.Workspace.Dir, q.Workspace.Home)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("%s is a file, and a directory is needed", path)
		case err != nil && !errors.Is(err, os.ErrNotExist):
			return err
		}
		if err != nil {
			q.Note("%s does not exist yet", path)
			yes, err := q.Ask.Yes(ctx, "Make it?", true)
			if err != nil {
				return err
			}
			if !yes {
				return errors.New("then name another directory")
			}
			if !q.DryRun {
				if err := os.MkdirAll(path, 0o755); err != nil {
					return err
				}
			}
		}
		q.pair.Local = path
		return nil
	}
	if given != "" {
		err := check(given)
		if err == nil {
			return q.rename(given)
		}
		if ctx.Err() != nil || errors.Is(err, prompt.ErrEnded) {
			return err
		}
		q.Fail(err)
	}
	answer, err := q.Ask.Ask(ctx, "Local directory", ".", check)
	if err != nil {
		return err
	}
	return q.rename(answer)
}

// rename gives the pair the name that goes with its directory, unless an option names it.
func (q *Questions) rename(local string) error {
	p, err := config.Pair(local, q.pair.Remote.String(), q.Workspace.Dir, q.Workspace.Home)
	if err != nil {
		return err
	}
	q.pair.Name = p.Name
	return q.Change(q.pair)
}

// keep asks where the password is kept, and puts it there.
func (q *Questions) keep(ctx context.Context, a *Answer) error {
	words, question := []string{"variable", "file", "ask"}, "Where the password is kept: an environment variable, a file, or nowhere (ask each time)"
	usual := "ask"
	if q.keyringWorks(ctx) {
		question = "Where the password is kept: keyring, an environment variable, a file, or nowhere (ask each time)"
		words, usual = append([]string{"keyring"}, words...), "keyring"
	}
	where, err := q.Ask.Choose(ctx, question, usual, words...)
	if err != nil {
		return err
	}
	switch where {
	case "keyring":
		name := q.pair.Remote.Account(q.user)
		if err := q.keepInKeyring(ctx, name); err != nil {
			return err
		}
		a.Place = config.Place{Key: "keyring", Value: name}
	case "variable":
		name, err := q.Ask.Ask(ctx, "Name of the variable", variableFor(q.pair.Name), checkVariable)
		if err != nil {
			return err
		}
		a.Place, a.Then = config.Place{Key: "env", Value: name}, "set the variable "+name+" to the password"
	case "file":
		return q.keepInFile(ctx, a)
	}
	return nil
}

// keyringWorks reports whether there is a keyring that can be read.
func (q *Questions) keyringWorks(ctx context.Context) bool {
	if q.Keyring == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, config.KeyringTime)
	defer cancel()
	_, err := q.Keyring.Get(ctx, q.pair.Remote.Account(q.user))
	return err == nil || errors.Is(err, keyring.ErrNotFound)
}

func (q *Questions) keepInKeyring(ctx context.Context, name string) error {
	if q.DryRun {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, config.KeyringTime)
	defer cancel()
	return q.Keyring.Set(ctx, name, q.password)
}

// keepInFile writes the password to a new file that only the user can read.
func (q *Questions) keepInFile(ctx context.Context, a *Answer) error {
	usual := q.pair.Name + ".password"
	if files := config.UserFiles(q.Workspace.Home, q.Workspace.Getenv); len(files) > 0 {
		usual = filepath.Join(filepath.Dir(files[0]), usual)
	}
	path := ""
	_, err := q.Ask.Ask(ctx, "File for the password", usual, func(answer string) (err error) {
		if path, err = config.LocalPath(answer, q.Workspace.Dir, q.Workspace.Home); err != nil {
			return err
		}
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s exists already", path)
		}
		if q.DryRun {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return app.WritePrivate(path, []byte(q.password+"\n"))
	})
	a.Place = config.Place{Key: "file", Value: path}
	return err
}
