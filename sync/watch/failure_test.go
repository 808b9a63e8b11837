package watch

import (
	"errors"
	"fmt"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

func TestClassify(t *testing.T) {
	needsHuman := errors.New("no such host key")
	o := Options{
		LoginRefused: func(err error) bool { return errors.Is(err, errLogin) },
		Halts:        func(err error) bool { return errors.Is(err, needsHuman) || errors.Is(err, errLogin) },
		Explain: func(err error) (string, string) {
			if errors.Is(err, errGone) {
				return "the server is away", "wait"
			}
			return "", ""
		},
	}
	for _, test := range []struct {
		err   error
		kind  failureKind
		halts bool
		hint  bool
	}{
		{errGone, unreachable, false, true},
		{fmt.Errorf("opening: %w", errLogin), loginRefused, true, true},
		{fmt.Errorf("hook: %w", needsHuman), unsafePass, true, false},
		{fmt.Errorf("pass: %w", errEmptied), unsafePass, true, true},
		{fmt.Errorf("pass: %w", sync.ErrHeld), locked, false, false},
		{manifest.ErrLocked, locked, false, false},
		{errors.New("anything"), unreachable, false, false},
	} {
		got := o.classify(test.err)
		if got.kind != test.kind || got.halted != test.halts || got.reason == "" || (got.hint != "") != test.hint {
			t.Errorf("%v: %+v", test.err, got)
		}
	}
	if got := o.classify(errGone); got.reason != "the server is away" || got.hint != "wait" {
		t.Errorf("explained: %+v", got)
	}
}
