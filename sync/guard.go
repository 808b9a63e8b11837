package sync

import (
	"fmt"

	"ferry/manifest"
)

// Check returns an [*UnsafeError] if the plan breaks the rails and must not be
// carried out. files is the number of files in the base. Moves do not count as
// deletions.
func (p *Plan) Check(limits Limits, files int, local, remote *manifest.Tree) error {
	return p.check(limits, files, [2]int{}, [2]bool{local.Len() == 0, remote.Len() == 0})
}

// check is Check with the number of files that passes with a scope have deleted on
// each side before; they count with the deletions of this plan. empty says which sides
// have nothing at all.
func (p *Plan) check(limits Limits, files int, lost [2]int, empty [2]bool) error {
	for _, s := range [...]Side{Local, Remote} {
		deletes := p.deletes(s)
		if err := checkEmptied(limits, deletes, files, s, empty[s.Other()]); err != nil {
			return err
		}
		if deletes == 0 {
			continue
		}
		if err := checkDeletes(limits, deletes, lost[s], files, s, empty[s.Other()]); err != nil {
			return err
		}
	}
	return nil
}

// checkEmptied stops a pass in which a side that had several files shows none at
// all, as a disk does that is not mounted.
func checkEmptied(limits Limits, deletes, files int, s Side, empty bool) error {
	if limits.AcceptEmpty || deletes == 0 || files < 2 || !empty {
		return nil
	}
	return &UnsafeError{
		What: fmt.Sprintf("the %s side is empty, though it held %s: %s would be deleted on the %s side",
			s.Other(), plural(files, "file"), plural(deletes, "file"), s),
		Hint: "if everything was meant to go, run again with --accept-empty; otherwise look whether the right disk or directory is there",
	}
}

// checkDeletes compares the deletions of a plan, and those that passes with a scope
// have made before it, with the limits.
func checkDeletes(limits Limits, deletes, lost, files int, s Side, sourceEmpty bool) error {
	if limits.AllowDeletes || limits.AcceptEmpty && sourceEmpty {
		return nil
	}
	before := ""
	if lost > 0 {
		deletes, files = deletes+lost, files+lost
		before = fmt.Sprintf(", with the %d that went since everything was last looked at", lost)
	}
	if !limits.exceeded(deletes, files) {
		return nil
	}
	return &UnsafeError{
		What: fmt.Sprintf("%s of %d would be deleted on the %s side%s, which is more than %s",
			plural(deletes, "file"), max(files, deletes), s, before, limits),
		Hint: "look at the plan with \"ferry status\"; if it is right, run again with --allow-deletes, or raise --max-delete",
	}
}

// String describes the limit on deletions.
func (l Limits) String() string {
	switch {
	case l.MaxDeletes >= 0 && l.MaxDeletePercent >= 0:
		return fmt.Sprintf("%d %% of the files and more than %d", l.MaxDeletePercent, l.MaxDeletes)
	case l.MaxDeletes >= 0:
		return fmt.Sprintf("%d files", l.MaxDeletes)
	case l.MaxDeletePercent >= 0:
		return fmt.Sprintf("%d %% of the files", l.MaxDeletePercent)
	}
	return "any number of files"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
