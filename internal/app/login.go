package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/config"
	"ferry/internal/ftp"
)

// finder finds secrets.
func (o *Opener) finder() config.Finder {
	return config.Finder{
		Getenv:  o.Getenv,
		Home:    o.Home,
		Keyring: o.Keyring,
		Warn: func(text string) {
			if o.once.news(text) {
				o.Talk.Warn("%s", text)
			}
		},
		Stderr: o.Stderr,
	}
}

// login finds the user and the password for the server of p, which options describe. A
// person is asked only where nothing else has a password, and only when the server and
// its certificate have been looked at.
func (o *Opener) login(ctx context.Context, p *Pair, options ftp.Options) (user, password string, err error) {
	finder := o.finder()
	user, err = finder.User(p.Profile)
	if err != nil {
		return "", "", Usage(err, config.Hint(err))
	}
	password, p.passwordFrom, err = finder.Password(ctx, p.Profile, user)
	if errors.Is(err, config.ErrNoPassword) && o.AskPassword != nil {
		options.User = user
		password, err = o.typed.answer(p.Remote.Account(user), func() (string, error) { return o.ask(ctx, p, user, options) })
		p.passwordFrom = "your answer"
		if err == nil && o.Dialing != nil {
			o.Dialing()
		}
		return user, password, err
	}
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

// ask asks a person for the password of user on the server of p.
func (o *Opener) ask(ctx context.Context, p *Pair, user string, options ftp.Options) (string, error) {
	if err := ftp.Greet(ctx, options); err != nil {
		return "", connecting(p, err)
	}
	account := p.Remote.Account(user)
	password, err := o.AskPassword(ctx, "Password for "+account+": ")
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", Usage(fmt.Errorf("asking for the password of %s: %w", account, err), "")
	}
	return password, config.CheckPassword(password)
}

// connecting marks an error of opening the server's side: whatever the reason, we did
// not get in. Where the server refuses the password, the hint says where that is from.
func connecting(p *Pair, err error) error {
	switch {
	case p.passwordFrom != "" && PasswordRefused(err):
		hint, join := Hint(err), "; the"
		if strings.HasSuffix(hint, "?") {
			join = " The"
		}
		return &Error{Code: ExitCode(err), Err: err, Hint: hint + join + " password is from " + p.passwordFrom}
	case err == nil || ExitCode(err) != ExitFailed:
		return err
	}
	return &Error{Code: ExitConnect, Err: err}
}

// PasswordRefused reports whether err says that the server does not let this user in with
// this password.
func PasswordRefused(err error) bool {
	var server *ftp.Error
	return errors.As(err, &server) && server.Class == ftp.Login && server.Op == "login" && server.Code != 0
}
