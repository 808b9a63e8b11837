package keyring

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// TestSystem goes through the life of an entry, with a keyring in memory.
func TestSystem(t *testing.T) {
	keyring.MockInit()
	life(t, &system{missing: func() string { return "" }})
}

// life puts a password in, reads it, and takes it out.
func life(t *testing.T, k Keyring) {
	t.Helper()
	ctx := t.Context()
	if _, err := k.Get(ctx, "ann@nas"); !errors.Is(err, ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	for _, password := range []string{"one", "two, with ünïcode and \"quotes\""} {
		if err := k.Set(ctx, "ann@nas", password); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Get(ctx, "ann@nas"); got != password || err != nil {
			t.Errorf("%q, %v, want %q", got, err, password)
		}
	}
	if _, err := k.Get(ctx, "bob@nas"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another name: %v", err)
	}
	if err := k.Delete(ctx, "ann@nas"); err != nil {
		t.Error(err)
	}
	if _, err := k.Get(ctx, "ann@nas"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after: %v", err)
	}
	if err := k.Delete(ctx, "ann@nas"); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

// TestSilent: a keyring that does not answer is given up, and not asked again. An interruption is told as such.
func TestSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan bool)
		defer close(hang)
		s := &system{missing: func() string { return "" }}
		wait := func() (string, error) { <-hang; return "", nil }

		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("enough")) })
		if _, err := s.call(ctx, wait); err == nil || err.Error() != "enough" {
			t.Errorf("interrupted: %v", err)
		}

		s = &system{missing: func() string { return "" }}
		begin := time.Now()
		limited, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := s.call(limited, wait); !errors.Is(err, errSilent) || time.Since(begin) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if _, err := s.call(t.Context(), wait); !errors.Is(err, errSilent) {
			t.Errorf("asked again: %v", err)
		}
	})
}

// TestMissing: where there is no keyring the library is not asked.
func TestMissing(t *testing.T) {
	s := &system{missing: func() string { return "no session" }}
	_, err := s.call(t.Context(), func() (string, error) { t.Error("asked"); return "", nil })
	if !errors.Is(err, ErrNone) || err.Error() != "there is no keyring here: no session" {
		t.Error(err)
	}
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		says string
		none bool
		want string
	}{
		{"The name org.freedesktop.secrets was not provided by any .service files", true, "no Secret Service runs"},
		{"failed to unlock correct collection '/org/freedesktop/secrets/collection/login'", false, "the keyring is locked"},
		{"No such object path '/org/freedesktop/secrets/aliases/default'", true, "no default collection"},
		{"disk full", false, "the keyring says: disk full"},
	} {
		err := explain(errors.New(c.says))
		if errors.Is(err, ErrNone) != c.none || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}
