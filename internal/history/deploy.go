package history

import (
	"fmt"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// deployed is what is known of a deploy under way: its changes, by path.
type deployed map[manifest.Path]deploy.Change

// Deploy takes the events of a deploy. What a release changed is written when it is live.
func (r *Recorder) Deploy(ev deploy.Event) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch ev := ev.(type) {
	case deploy.Planned:
		r.plan = make(deployed, len(ev.Plan.Release.Changes))
		for _, c := range ev.Plan.Release.Changes {
			r.plan[c.Path] = c
		}
	case deploy.WentLive:
		why := fmt.Sprintf("release %d", ev.Release.Number)
		if ev.Release.Back != 0 {
			why = fmt.Sprintf("back to release %d", ev.Release.Back)
		}
		for i := range ev.Release.Changes {
			r.action(changeAction(&ev.Release.Changes[i], why), nil)
		}
	case deploy.Failed:
		c, ok := r.plan[ev.Path]
		if !ok {
			c = deploy.Change{Path: ev.Path}
		}
		r.action(changeAction(&c, "deploy"), ev.Err)
	}
}

func changeAction(c *deploy.Change, why string) Action {
	op := sync.Upload
	switch c.Kind {
	case deploy.Remove:
		op = sync.Delete
		if c.Was.IsDir() {
			op = sync.Rmdir
		}
	case deploy.Chmod:
		op = Chmod
	}
	a := NewAction(op, sync.Remote, c.Path)
	if op == sync.Upload {
		a.Size = c.Is.Size
	}
	if a.Why = why; c.Drift {
		a.Why += ", over what somebody else had done to it"
		a.RemoteChange = sync.Changed
	}
	return a
}
