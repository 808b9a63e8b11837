package cli

import (
	"context"

	"ferry/internal/config"
)

// login finds the user and the password for the server of p, in the order of
// the contract. It asks on a terminal where nothing else has one.
func (a *app) login(ctx context.Context, p *pair) (user, password string, err error) {
	finder := config.Finder{
		Getenv: a.env.Getenv,
		Home:   a.env.Home,
		Prompt: a.env.ReadPassword,
		Warn: func(text string) {
			if a.onceOnly(text) {
				a.talk().warn("%s", text)
			}
		},
		Stderr: a.stderr,
	}
	user, err = finder.User(p.Profile)
	if err != nil {
		return "", "", usage(err, config.Hint(err))
	}
	password, err = finder.Password(ctx, p.Profile, user)
	switch {
	case ctx.Err() != nil:
		return "", "", context.Cause(ctx)
	case err != nil:
		return "", "", usage(err, config.Hint(err))
	}
	return user, password, nil
}
