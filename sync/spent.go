package sync

// Spent counts what passes over parts have deleted since the last pass over
// everything: the rails hold for all of it together, so that a disk that is
// reported as gone file by file stops the pair as it would all at once. The zero
// Spent is ready. It belongs to one pair, whose engines use it one after the other.
type Spent struct {
	counting bool
	files    int    // in the base when counting began
	deletes  [2]int // files deleted on each side since
}

// begin starts counting where nothing is counted yet.
func (c *Spent) begin(files int) {
	if !c.counting {
		*c = Spent{counting: true, files: files}
	}
}

// on returns how many files side s has lost for good, files being in the base
// now: as many as came anew since are made up for.
func (c *Spent) on(s Side, files int) int {
	if !c.counting {
		return 0
	}
	grown := files - c.files + c.deletes[Local] + c.deletes[Remote]
	return max(0, c.deletes[s]-max(0, grown))
}

// countSpent begins to count in a pass over a part, and begins anew behind one
// over everything, which was within its rails.
func (p *pass) countSpent() {
	if p.scope == nil {
		*p.spent = Spent{}
		return
	}
	p.spent.begin(p.record.Files())
}
