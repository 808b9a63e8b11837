package deploy

import (
	"context"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// saveChanged makes a step back fit what stands in the site now. What is not as the release
// left it goes aside, as what somebody else has made.
func (r *run) saveChanged(ctx context.Context) error {
	next := &r.plan.Release
	places := make([]Place, len(next.Changes))
	for i, c := range next.Changes {
		places[i] = Live(c.Path, c.Was)
	}
	looks, err := r.Server.Look(ctx, places, true)
	if err != nil {
		return err
	}
	way := removals(next.Changes)
	var changes []Change
	for i, c := range next.Changes {
		there := looks[i].Entry
		switch {
		case looks[i].Err != nil:
			return fmt.Errorf("looking at %q: %w", c.Path, looks[i].Err)
		case asPlanned(&c, there, way):
		case c.Kind == Chmod, c.Kind == Remove && (c.Was.IsDir() || !there.IsFile()):
			continue // the file that it was for is gone
		case there.IsFile():
			c.Was, c.Aside, c.Drift = named(there, c.Was.Name), fmt.Sprintf("stage/drift/%07d", i+1), true
		case !there.Exists():
			c.Was, c.Aside = manifest.Entry{Name: c.Was.Name}, ""
		default:
			return &sync.UnsafeError{
				What: fmt.Sprintf("%q is a directory or a link now, and a file must come back there", c.Path),
				Hint: "move it away on the server",
			}
		}
		changes = append(changes, c)
	}
	next.Changes = changes
	r.plan.MakeDirs, r.plan.RemoveDirs = Needed(changes), Emptied(next)
	return nil
}
