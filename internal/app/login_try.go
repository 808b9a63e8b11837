package app

import (
	"context"

	"ferry/internal/config"
	"ferry/internal/ftp"
	"ferry/internal/ftp/trust"
)

// Greet connects to the server of p and checks its certificate, without logging in.
func (o *Opener) Greet(ctx context.Context, p *Pair) error {
	server, err := o.connectOptions(p)
	if err != nil {
		return err
	}
	return connecting(p, ftp.Greet(ctx, server.Options))
}

// RefusedCertificate returns the fingerprint of the certificate that err refuses, as
// "sha256:" and hex digits, "" if err is about something else.
func RefusedCertificate(err error) string { return trust.Refused(err) }

// User returns the user who logs in to the server of p, "" for nobody in particular.
func (o *Opener) User(p *Pair) (string, error) {
	user, err := o.finder().User(p.Profile)
	if err != nil {
		return "", Usage(err, config.Hint(err))
	}
	return user, nil
}

// FindPassword returns the password for the server of p, and for people where it is from.
// Nobody is asked: the error wraps [config.ErrNoPassword] if only a person can know it.
func (o *Opener) FindPassword(ctx context.Context, p *Pair) (password, from string, err error) {
	user, err := o.User(p)
	if err != nil {
		return "", "", err
	}
	password, from, err = o.finder().Password(ctx, p.Profile, user)
	if err != nil {
		return "", "", Usage(err, config.Hint(err))
	}
	return password, from, nil
}

// WithPassword returns p with a password that a person has typed.
func (p *Pair) WithPassword(password string) *Pair {
	pair, profile := *p, *p.Profile
	profile.Password = config.Literal(password)
	pair.Profile = &profile
	return &pair
}

// WithTLS returns p with TLS that begins with AUTH TLS, on the same port.
func (p *Pair) WithTLS() *Pair {
	pair, profile := *p, *p.Profile
	profile.Remote.Security = ftp.Explicit
	pair.Profile = &profile
	return &pair
}
