package report

import (
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/ci"
	"ferry/internal/deploy"
	"ferry/manifest"
)

// TestDeployProgressLines holds that a deploy without a terminal tells every few seconds how
// far it is, if it is asked to, that nothing more comes after its end, and that it is silent
// otherwise.
func TestDeployProgressLines(t *testing.T) {
	const size = 1 << 20
	plan := &deploy.Plan{Stage: []int{0, 1}, Release: deploy.Release{Changes: []deploy.Change{
		{Kind: deploy.Put, Path: "a", Is: manifest.Entry{Kind: manifest.File, Size: size}},
		{Kind: deploy.Put, Path: "b", Is: manifest.Entry{Kind: manifest.File, Size: size}},
	}}}
	for _, c := range []struct {
		name  string
		lines bool
		want  string
	}{
		{"asked for", true, "ferry: staging: 0%, 0 of 2 steps, 0 B of 2.1 MB, 0 B/s\nferry: staging: 50%, 1 of 2 steps, 1.0 MB of 2.1 MB, 105 kB/s, 10s left\n"},
		{"not asked for", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out, talk lockedBuilder
				r := NewDeploy(DeployHead{}, Options{Out: &out, Talk: Talker{W: &talk}, Now: time.Now, Lines: c.lines}, new(ci.Log))
				r.Event(deploy.Planned{Plan: plan, Bytes: 2 * size})
				time.Sleep(LineEvery + time.Second)
				r.Event(deploy.Staged{Size: size})
				time.Sleep(LineEvery)
				r.Event(deploy.Committing{})
				time.Sleep(time.Minute)
				r.End(DeployResult{Result: deploy.Result{Plan: plan, Release: 1, BytesUp: 2 * size, Committed: true}})
				time.Sleep(time.Minute)
				if talk.String() != c.want {
					t.Errorf("got\n%swant\n%s", talk.String(), c.want)
				}
			})
		})
	}
}

// TestWaitLines holds that what is waited for outside of passes is told in lines, too.
func TestWaitLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var talk lockedBuilder
		w := NewWait(Options{Talk: Talker{W: &talk}, Now: time.Now, Lines: true}, "looking at the site")
		time.Sleep(LineEvery + time.Second)
		w.Close()
		time.Sleep(time.Minute)
		if want := "ferry: looking at the site, 5s\n"; talk.String() != want {
			t.Errorf("got %q, want %q", talk.String(), want)
		}
	})
}
