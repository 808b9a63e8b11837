// Package keyring keeps passwords in the keyring of the user: the Secret Service of a Linux or FreeBSD desktop
// (GNOME Keyring, KWallet), the Keychain of macOS, or the Credential Manager of Windows.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/zalando/go-keyring"
)

// Service is the name of the program under which all entries are kept. An entry of another program is never read.
const Service = "ferry"

// ErrNotFound is wrapped by the error about an entry that is not there, and ErrNone by that of a machine or session
// without a keyring.
var (
	ErrNotFound = errors.New("it is not in the keyring")
	ErrNone     = errors.New("there is no keyring here")
)

// A Keyring keeps passwords by name. Errors wrap [ErrNotFound] and [ErrNone], and never contain a password. A keyring
// that does not answer is given up when ctx ends.
type Keyring interface {
	Get(ctx context.Context, name string) (password string, err error)
	Set(ctx context.Context, name, password string) error
	// Delete returns an error if there is no such entry.
	Delete(ctx context.Context, name string) error
}

// System returns the keyring of this user. Its methods may be called from several goroutines.
func System() Keyring { return &system{missing: missing} }

type system struct {
	missing func() string // says why there is no keyring, or ""
	// stuck says that a call was given up. Others would wait behind it, so none is made.
	stuck atomic.Bool
}

func (s *system) Get(ctx context.Context, name string) (password string, err error) {
	return s.call(ctx, func() (string, error) { return keyring.Get(Service, name) })
}

func (s *system) Set(ctx context.Context, name, password string) error {
	_, err := s.call(ctx, func() (string, error) { return "", keyring.Set(Service, name, password) })
	return err
}

func (s *system) Delete(ctx context.Context, name string) error {
	_, err := s.call(ctx, func() (string, error) { return "", keyring.Delete(Service, name) })
	return err
}

// call calls the keyring. The library has no way to give up, so a call that does not return until ctx ends goes on in
// the background.
func (s *system) call(ctx context.Context, do func() (string, error)) (string, error) {
	if why := s.missing(); why != "" {
		return "", fmt.Errorf("%w: %s", ErrNone, why)
	}
	if s.stuck.Load() {
		return "", errSilent
	}
	type answer struct {
		password string
		err      error
	}
	done := make(chan answer, 1)
	go func() {
		password, err := do()
		done <- answer{password, err}
	}()
	select {
	case a := <-done:
		return a.password, explain(a.err)
	case <-ctx.Done():
		s.stuck.Store(true)
		if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
			return "", cause
		}
		return "", errSilent
	}
}

var errSilent = errors.New("the keyring does not answer; is it waiting to be unlocked?")

// explain puts an error of the library into plain words.
func explain(err error) error {
	if err == nil {
		return nil
	}
	switch text := err.Error(); {
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return fmt.Errorf("%w: this program was built without one for this system", ErrNone)
	case strings.Contains(text, "org.freedesktop.secrets"), strings.Contains(text, "ServiceUnknown"):
		return fmt.Errorf("%w: no Secret Service runs in this session (gnome-keyring or KWallet)", ErrNone)
	case strings.Contains(text, "failed to unlock"):
		return errors.New("the keyring is locked")
	case strings.Contains(text, "aliases/default"), strings.Contains(text, "No such object path"):
		return fmt.Errorf("%w: it has no default collection yet; the settings of the desktop make one", ErrNone)
	}
	return fmt.Errorf("the keyring says: %w", err)
}
