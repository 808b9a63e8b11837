package config

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"ferry/internal/keyring"
	"ferry/internal/keyring/keyringtest"
)

// TestKeyringThatCannotBeUsed: where the profile names it that is an error with a way out; otherwise the password is
// looked for elsewhere, and a keyring that is there is remarked on. Nothing waits without end.
func TestKeyringThatCannotBeUsed(t *testing.T) {
	none := fmt.Errorf("%w: no session", keyring.ErrNone)
	for _, c := range []struct {
		name   string
		ring   keyring.Keyring
		named  string // a part of the error of a profile that names the keyring
		hint   string
		warned bool // of a profile that does not
	}{
		{"no keyring at all", nil, "there is no keyring here", "write password: {file: PATH}", false},
		{"no keyring in this session", keyringtest.Broken{Err: none}, "there is no keyring here: no session", "write password: {file: PATH}", false},
		{"a locked keyring", keyringtest.Broken{Err: errors.New("the keyring is locked")}, "the keyring is locked", "unlock the keyring", true},
		{"a keyring that does not answer", keyringtest.Broken{}, "deadline exceeded", "unlock the keyring", true},
		{"an empty keyring", keyringtest.Keyring{}, "there is no password of the name \"n\" in the keyring", "ferry login", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			var said []string
			finder := Finder{Keyring: c.ring, Warn: func(text string) { said = append(said, text) }}
			_, _, err := finder.Password(t.Context(), profileWith(place(secretKeyring, "n", "")), "u")
			if err == nil || !strings.Contains(err.Error(), c.named) || !strings.Contains(Hint(err), c.hint) || len(said) > 0 {
				t.Errorf("%s, named: %v, hint %q, said %q", c.name, err, Hint(err), said)
			}
			_, _, err = finder.Password(t.Context(), profileWith(Secret{}), "u")
			if !errors.Is(err, ErrNoPassword) || (len(said) > 0) != c.warned {
				t.Errorf("%s, not named: %v, said %q", c.name, err, said)
			}
		})
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	_, _, err := Finder{Keyring: keyringtest.Broken{}}.Password(ctx, profileWith(Secret{}), "u")
	if err == nil || err.Error() != "enough" {
		t.Errorf("interrupted: %v", err)
	}
}

// TestKeyringName: only a profile that does not take its password from elsewhere has a name in the keyring.
func TestKeyringName(t *testing.T) {
	for _, c := range []struct {
		password Secret
		want     string
		ok       bool
	}{
		{Secret{}, "ann@h", true},
		{place(secretKeyring, "nas", ""), "nas", true},
		{place(secretEnv, "PW", ""), "PW", false},
		{place(secretFile, "/pw", ""), "/pw", false},
		{Literal("x"), "x", false},
	} {
		if name, ok := profileWith(c.password).KeyringName("ann"); ok != c.ok || ok && name != c.want {
			t.Errorf("%v: %q, %v", c.password, name, ok)
		}
	}
}
