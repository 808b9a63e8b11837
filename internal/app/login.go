package app

import (
	"context"

	"ferry/internal/config"
)

// finder finds secrets.
func (o *Opener) finder() config.Finder {
	return config.Finder{
		Getenv: o.Getenv,
		Home:   o.Home,
		Prompt: o.AskPassword,
		Warn: func(text string) {
			if o.once.news(text) {
				o.Talk.Warn("%s", text)
			}
		},
		Stderr: o.Stderr,
	}
}

// login finds the user and the password for the server of p. A person is asked only
// where nothing else has a password.
func (o *Opener) login(ctx context.Context, p *Pair) (user, password string, err error) {
	finder := o.finder()
	user, err = finder.User(p.Profile)
	if err != nil {
		return "", "", Usage(err, config.Hint(err))
	}
	password, err = finder.Password(ctx, p.Profile, user)
	switch {
	case ctx.Err() != nil:
		return "", "", context.Cause(ctx)
	case err != nil:
		return "", "", Usage(err, config.Hint(err))
	}
	if o.Dialing != nil {
		o.Dialing()
	}
	return user, password, nil
}
