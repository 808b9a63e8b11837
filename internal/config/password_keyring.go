package config

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/keyring"
)

// KeyringTime is how long the keyring may take where a profile names it: a person may
// have to unlock it. keyringGlance is how long where none does.
const (
	KeyringTime   = 2 * time.Minute
	keyringGlance = 15 * time.Second
)

// fromKeyring looks for a password that nobody said is there. A keyring that cannot be
// used is only remarked on: the password may come from a person.
func (f Finder) fromKeyring(ctx context.Context, account string) (password string, found bool, err error) {
	if f.Keyring == nil {
		return "", false, nil
	}
	ring, cancel := context.WithTimeout(ctx, keyringGlance)
	defer cancel()
	password, err = f.Keyring.Get(ring, account)
	switch {
	case err == nil:
		return password, true, nil
	case ctx.Err() != nil:
		return "", false, context.Cause(ctx)
	case !errors.Is(err, keyring.ErrNotFound) && !errors.Is(err, keyring.ErrNone):
		f.warn("the keyring may have the password for %s, but cannot be used: %v", account, err)
	}
	return "", false, nil
}

// namedInKeyring returns the password that keyring: NAME stands for.
func (f Finder) namedInKeyring(ctx context.Context, name, noun string) (string, error) {
	if f.Keyring == nil {
		return "", withHint(keyring.ErrNone, keyringHint)
	}
	ctx, cancel := context.WithTimeout(ctx, KeyringTime)
	defer cancel()
	password, err := f.Keyring.Get(ctx, name)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		hint := "\"ferry login PROFILE\" asks for it and puts it there"
		if noun != "password" {
			hint = "put it there under the service \"" + keyring.Service + "\" and the user name \"" + name + "\""
		}
		return "", withHint(fmt.Errorf("there is no %s of the name %q in the keyring", noun, name), hint)
	case errors.Is(err, keyring.ErrNone):
		return "", withHint(err, keyringHint)
	case err != nil:
		return "", withHint(err, "unlock the keyring, or use env: NAME, file: PATH or command: CMD")
	}
	return password, nil
}

// keyringHint is the way out where there is no keyring, and the profile names it.
const keyringHint = "write password: {file: PATH} (or env, command) into the profile instead, or leave it out and add the host to ~/.netrc"

// KeyringName returns the name under which the keyring has the password of the profile
// p for user. ok is false where the profile takes its password from elsewhere.
func (p *Profile) KeyringName(user string) (name string, ok bool) {
	if p.Password.IsZero() {
		return p.Remote.Account(user), true
	}
	h := p.Password.reveal()
	if h.kind != secretKeyring {
		return "", false
	}
	return h.text, true
}
