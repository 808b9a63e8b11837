package sync

import "context"

// Spent counts what passes over parts have deleted since the last pass over
// everything: the rails hold for all of it together, so that a disk that is
// reported as gone file by file stops the pair as it would all at once. The zero
// Spent is ready. It belongs to one pair, whose engines use it one after the other.
type DeletionCount struct {
	counting bool
	files    int    // in the base when counting began
	deletes  [2]int // files deleted on each side since
}

// begin starts counting where nothing is counted yet.
func (c *DeletionCount) begin(files int) {
	if !c.counting {
		*c = DeletionCount{counting: true, files: files}
	}
}

// on returns how many files side s has lost for good, files being in the base
// now: as many as came anew since are made up for.
func (c *DeletionCount) on(s Side, files int) int {
	if !c.counting {
		return 0
	}
	grown := files - c.files + c.deletes[Local] + c.deletes[Remote]
	return max(0, c.deletes[s]-max(0, grown))
}

// beginSpent begins to count with the first pass over a part.
func (p *pass) startDeletionCount(context.Context) error {
	if p.scope != nil {
		p.deletions.begin(p.record.Files())
	}
	return nil
}

// clearSpent begins anew after a pass over everything, which was within its
// rails.
func (p *pass) clearDeletionCount(context.Context) error {
	if p.scope == nil {
		*p.deletions = DeletionCount{}
	}
	return nil
}
