package setup

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/keyring"
	"ferry/internal/prompt"
)

// A lockedKeyring can be looked at, and takes nothing.
type lockedKeyring struct{ keyring.Keyring }

func (lockedKeyring) Get(context.Context, string) (string, error) { return "", keyring.ErrNotFound }

func (lockedKeyring) Set(context.Context, string, string) error {
	return errors.New("the keyring is locked")
}

// TestKeyringRefuses holds that a keyring which refuses the password costs none of the answers:
// the question is asked again.
func TestKeyringRefuses(t *testing.T) {
	dir := t.TempDir()
	profile, err := config.Pair(".", "ftp://ann@nas/a", dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	typed := []string{"keyring", "file", "pw"}
	var failed []error
	q := &Questions{
		Ask: prompt.Asker{
			ReadLine: func(context.Context, string) (line string, err error) {
				line, typed = typed[0], typed[1:]
				return line, nil
			},
			Wrong: func(err error) { t.Error(err) },
		},
		Keyring: lockedKeyring{}, Workspace: app.Workspace{Dir: dir, Home: dir, Getenv: func(string) string { return "" }},
		Fail: func(err error) { failed = append(failed, err) },
		pair: &app.Pair{Profile: profile}, user: "ann", password: "geheim",
	}
	a, err := q.answer(t.Context())
	want := config.Place{Key: "file", Value: filepath.Join(dir, "pw")}
	if err != nil || len(failed) != 1 || a.Place != want {
		t.Errorf("%+v, %v; failed: %v", a.Place, err, failed)
	}
}
