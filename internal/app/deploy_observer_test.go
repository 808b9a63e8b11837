package app

import (
	stdsync "sync"
	"testing"

	"ferry/internal/deploy"
)

// Events come one at a time, whoever tells them; the race detector sees where they do not.
func TestOneEventAtATime(t *testing.T) {
	n := 0
	observer := oneAtATime(func(deploy.Event) { n++ })
	var wg stdsync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				observer(deploy.Noticed{})
			}
		})
	}
	if wg.Wait(); n != 400 {
		t.Errorf("%d events", n)
	}
}

// A key for a site that is not encrypted is wrong usage, and the hint says what to do.
func TestNotEncryptedIsUsage(t *testing.T) {
	d := new(Deployment)
	if err := d.explain(deploy.ErrNotEncrypted); ExitCode(err) != ExitUsage || Hint(err) == "" {
		t.Errorf("%d %q", ExitCode(err), Hint(err))
	}
}
