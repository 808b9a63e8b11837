package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/manifest"
	"ferry/sync"
)

// mostActions is how many actions a plan shows at most.
const mostActions = 1000

// A Planned is what a pass would do.
type Planned struct {
	Actions   []Action    `json:"actions"`
	More      int         `json:"more,omitempty"` // actions that are not shown
	Deletions int         `json:"deletions"`      // among all actions
	Summary   app.Summary `json:"summary"`
	// Refused says why the pass is not made; "": it would be.
	Refused string `json:"refused,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Sum names the deletions; "": the plan cannot be allowed, since it is not the number of
	// deletions that stops it.
	Sum string `json:"sum,omitempty"`
}

// An Action is one thing that a pass would do.
type Action struct {
	Op   app.Op `json:"op"`
	Side string `json:"side"`
	Path []byte `json:"path"`
	From []byte `json:"from,omitempty"`
	Size int64  `json:"size"`
	Why  string `json:"why"`
}

// An Allowing lets the deletions of a plan through that was shown, and says how many they are.
type Allowing struct {
	Sum       string `json:"sum"`
	Deletions int    `json:"deletions"`
}

// plan makes a pass that changes nothing. Deletions come first in what is shown.
func plan(ctx context.Context, a *app.Acting) (*Planned, error) {
	found := &Planned{}
	var all *sync.Plan
	// A push looks at its whole target, as "ferry status" does.
	a.Pair.Verify = true
	observer := func(ev sync.Event) {
		if planned, ok := ev.(sync.Planned); ok {
			all = planned.Plan
		}
	}
	pass := a.DryRun(observer)
	err := pass.Run(ctx).Err
	if all == nil || err != nil && app.ExitCode(err) != app.ExitUnsafe {
		if err == nil {
			err = errors.New("there is no plan")
		}
		return nil, err
	}
	sum, n := deletions(all)
	found.Deletions, found.Summary = n, all.Summary()
	if err != nil {
		found.Refused, found.Hint = err.Error(), app.HintFor(err, a.Pair)
		if tooMany(err) {
			found.Sum = sum
		}
	}
	for _, deleting := range []bool{true, false} {
		for _, act := range all.Actions.All() {
			switch {
			case !act.Visible() || deletes(act) != deleting:
			case len(found.Actions) == mostActions:
				found.More++
			default:
				found.Actions = append(found.Actions, Action{act.Op, act.Side.String(), []byte(act.Path), []byte(act.From), act.Size, act.Why})
			}
		}
	}
	return found, nil
}

func deletes(a *sync.Action) bool { return a.Op == app.OpDelete || a.Op == app.OpRmdir }

// deletions returns a name for the deletions of a plan, and their number.
func deletions(p *sync.Plan) (sum string, n int) {
	h := sha256.New()
	for _, a := range p.Actions.All() {
		if deletes(a) {
			n++
			fmt.Fprintf(h, "%s %s %q\n", a.Op, a.Side, a.Path)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), n
}

// allow makes one pass that may delete what was shown, and nothing else. Only the limit on the
// number of deletions is another one: AllowDeletes would lift other rails as well.
func allow(ctx context.Context, a *app.Acting, w Allowing) (*Done, error) {
	if w.Deletions <= 0 {
		return nil, &app.Error{Code: app.ExitUnsafe, Err: errors.New("there are no deletions to let through: nothing was done"), Hint: "look at the plan again"}
	}
	a.Pair.Verify = true
	a.Pair.Limits.MaxDeletes, a.Pair.Limits.MaxDeletePercent = w.Deletions, -1
	pass := app.Pass{Opener: a.Opener, Pair: a.Pair, Options: app.PassOptions{Confirm: sameDeletions(w.Sum)}}
	result := pass.Run(ctx)
	switch err := result.Error(); {
	case tooMany(err): // there are more by now
		return nil, errOthers("nothing was done")
	case err != nil:
		return nil, err
	}
	s := result.Summary
	return &Done{[]string{fmt.Sprintf("made a pass that deleted %d here and %d on the server, sent %d and fetched %d",
		s.DeletedLocal, s.DeletedRemote, s.Uploaded, s.Downloaded)}}, nil
}

// tooMany reports whether a pass was stopped by the number of its deletions: only the hint of
// that rail names the limit.
func tooMany(err error) bool { return strings.Contains(app.Hint(err), "--max-delete") }

func errOthers(done string) error {
	return &app.Error{Code: app.ExitUnsafe, Err: errors.New("other files would be deleted than were shown: " + done), Hint: "look at the plan again"}
}

// sameDeletions refuses plans that delete something else than was shown. A pass may make more
// plans: after it waited for a lock everything is looked at again, and the second half of a pass
// deletes what the first could not rename.
func sameDeletions(sum string) func(*sync.Plan) error {
	type place struct {
		side app.Side
		path manifest.Path
	}
	var gone, renamed map[place]bool // by the first plan
	return func(p *sync.Plan) error {
		if gone == nil {
			if now, n := deletions(p); n > 0 && now != sum {
				return errOthers("nothing was done")
			}
			gone, renamed = make(map[place]bool), make(map[place]bool)
			for _, a := range p.Actions.All() {
				if deletes(a) {
					gone[place{a.Side, a.Path}] = true
				} else if a.Op == app.OpMove {
					renamed[place{a.Side, a.From}] = true
				}
			}
			return nil
		}
		for _, a := range p.Actions.All() {
			foreseen := !deletes(a) || gone[place{a.Side, a.Path}]
			for dir := a.Path; !foreseen && dir != manifest.Root; dir = dir.Parent() {
				foreseen = renamed[place{a.Side, dir}]
			}
			if !foreseen {
				return errOthers("the rest was not done")
			}
		}
		return nil
	}
}
