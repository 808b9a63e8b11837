package deploy

import (
	"errors"
	"fmt"

	"ferry/sync"
)

// checkLinks stops a deploy that would delete a file of the site because a link stands in its
// place here: what the link points to is not read, so nobody knows that the file is gone.
func (r *run) checkLinks() error {
	if r.Links == nil || r.state == nil {
		return nil
	}
	for _, link := range r.Links() {
		for _, f := range r.state.Files {
			if f.Gone.IsZero() && f.Path.Within(link) {
				return &sync.UnsafeError{
					What: fmt.Sprintf("%q is a link or a special file here, and %q of the site would be deleted", link, f.Path),
					Hint: "follow-links: true deploys what a link inside the directory points to; if the file was meant to go, remove the link or name it in ignore:",
				}
			}
		}
	}
	return nil
}

// unknown returns an error where something would change in a directory that cannot be listed.
func (p *Plan) unknown() error {
	if len(p.Unknown) == 0 {
		return nil
	}
	dir, why := first(p.Unknown)
	return fmt.Errorf("%q on the server cannot be listed, so nothing was deployed: %w", dir, why)
}

// Errors of deploys that are not wanted any more.
var (
	// ErrSuperseded means that a newer release of the same source is live.
	ErrSuperseded = errors.New("superseded")
	// ErrHeld means that somebody went back to an older release, and that this one is
	// not to be deployed by itself.
	ErrHeld = errors.New("held")
)

// admit refuses a deploy of another source, and one that is out of date.
func (r *run) admit() error {
	now := r.state
	switch {
	case now == nil || r.Force:
	case now.Source != "" && r.From != "" && now.Source != r.From:
		return &sync.UnsafeError{What: fmt.Sprintf("the site was deployed from %s, and this is %s", now.Source, r.From),
			Hint: "look whether this is the right server and directory; --force deploys from here from now on"}
	case r.Sequence == 0:
	case now.Sequence > r.Sequence:
		return fmt.Errorf("%w by run %d%s, deployed %s", ErrSuperseded, now.Sequence, inParentheses(now.Revision), now.Time.Format("2006-01-02 15:04:05"))
	case now.Held >= r.Sequence:
		return fmt.Errorf("%w: somebody went back to release %d; runs up to %d are not deployed", ErrHeld, now.Back, now.Held)
	}
	return nil
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s[:min(12, len(s))] + ")"
}
