package sync

import "context"

// A DeletionCount counts what passes with a scope have deleted or emptied since the last
// full pass. The rails apply to all of it together: a disk whose files disappear one by
// one stops the pair just as if they had disappeared at once. The zero value is
// ready to use. It belongs to one pair, whose engines use it one after the other.
type DeletionCount struct {
	counting bool
	files    int    // in the base when counting began
	deletes  [2]int // files deleted on each side since
	emptied  [2]int // files whose content was replaced with nothing on each side since
}

// begin starts to count, unless it is counting already.
func (c *DeletionCount) begin(files int) {
	if !c.counting {
		*c = DeletionCount{counting: true, files: files}
	}
}

// on returns how many files side s has lost on balance, where files is the number
// of files in the base now. New files make up for deleted ones.
func (c *DeletionCount) on(s Side, files int) int {
	if !c.counting {
		return 0
	}
	grown := files - c.files + c.deletes[Local] + c.deletes[Remote]
	return max(0, c.deletes[s]-max(0, grown))
}

// startDeletionCount starts to count with the first pass that has a scope.
func (p *pass) startDeletionCount(context.Context) error {
	if p.scope != nil {
		p.deletions.begin(p.record.Files())
	}
	return nil
}

// clearDeletionCount starts over after a full pass, which was within its rails.
func (p *pass) clearDeletionCount(context.Context) error {
	if p.scope == nil && p.opts.Only == nil {
		*p.deletions = DeletionCount{}
	}
	return nil
}
