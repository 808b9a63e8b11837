package sync

// Summary counts what a pass did.
type Summary struct {
	Uploaded      int `json:"uploaded"`
	Downloaded    int `json:"downloaded"`
	DeletedLocal  int `json:"deleted_local"`  // files and directories
	DeletedRemote int `json:"deleted_remote"` // files and directories
	Moved         int `json:"moved"`
	MadeDirs      int `json:"made_dirs"`
	Chmods        int `json:"chmods,omitempty"` // files that got other permission bits, and no content
	Links         int `json:"links,omitempty"`  // symbolic links that were made
	Adopted       int `json:"adopted"`
	NotCompared   int `json:"not_compared,omitempty"` // taken as equal by their size alone, or by what a deploy recorded; in a dry run, also what a pass would compare first
	ByHash        int `json:"by_hash,omitempty"`      // files that the server told the hash of, instead of being read there
	Conflicts     int `json:"conflicts"`              // for the user to resolve
	Failed        int `json:"failed"`
	Skipped       int `json:"skipped"`         // left alone: special files, names not allowed, unknown parts, twins
	LeftOut       int `json:"left_out"`        // what ferry obeys, which never travels, and the like
	Problems      int `json:"problems"`        // parts of a side that could not be read, and twins
	Twins         int `json:"twins,omitempty"` // names left alone because they differ from another one only in case
	// ConflictsWaiting counts the conflict copies that nobody has settled yet, those of
	// this pass included.
	ConflictsWaiting int     `json:"conflicts_waiting"`
	LeftAlone        int     `json:"left_alone"`           // files that only the target of a push or pull has
	NotListed        int     `json:"not_listed,omitempty"` // directories of that target that were not looked into
	BytesUp          int64   `json:"bytes_up"`
	BytesDown        int64   `json:"bytes_down"`
	Seconds          float64 `json:"seconds"`
	DryRun           bool    `json:"dry_run,omitempty"`
	Blind            bool    `json:"blind,omitempty"` // the server was not looked at
	Part             bool    `json:"part,omitempty"`  // only a part of the pair was looked at
}

// add adds the counts of another pass.
func (s *Summary) add(t Summary) {
	s.Uploaded += t.Uploaded
	s.Downloaded += t.Downloaded
	s.DeletedLocal += t.DeletedLocal
	s.DeletedRemote += t.DeletedRemote
	s.Moved += t.Moved
	s.MadeDirs += t.MadeDirs
	s.Chmods += t.Chmods
	s.Links += t.Links
	s.Adopted += t.Adopted
	s.NotCompared += t.NotCompared
	s.ByHash += t.ByHash
	s.Conflicts += t.Conflicts
	s.Failed += t.Failed
	s.Skipped += t.Skipped
	s.LeftOut = max(s.LeftOut, t.LeftOut) // the same, met again
	s.Problems += t.Problems
	s.Twins += t.Twins
	s.ConflictsWaiting += t.ConflictsWaiting
	s.LeftAlone += t.LeftAlone
	s.NotListed += t.NotListed
	s.BytesUp += t.BytesUp
	s.BytesDown += t.BytesDown
}

// Summary counts what the plan would do.
func (p *Plan) Summary() Summary {
	s := Summary{DryRun: true, Skipped: len(p.Skips), LeftOut: len(p.LeftOut), NotCompared: p.NotCompared, LeftAlone: p.Extras}
	for _, a := range p.Actions.All() {
		s.count(a)
		s.countBytes(a, a.Size)
	}
	for _, c := range p.Conflicts {
		if c.Waits() {
			s.Conflicts++
		}
	}
	return s
}

// count counts an action.
func (s *Summary) count(a *Action) {
	switch a.Op {
	case Upload:
		s.Uploaded++
	case Download:
		s.Downloaded++
	case Delete, Rmdir:
		if a.Side == Local {
			s.DeletedLocal++
		} else {
			s.DeletedRemote++
		}
	case Rename:
		s.Moved++
	case Chmod:
		s.Chmods++
	case Link:
		s.Links++
	case Mkdir:
		s.MadeDirs++
	case Adopt:
		s.Adopted++
		if a.NotCompared {
			s.NotCompared++
		}
	case Compare:
		s.NotCompared++
	}
}

// countBytes counts the bytes that an action transferred.
func (s *Summary) countBytes(a *Action, n int64) {
	switch a.Op {
	case Upload:
		s.BytesUp += n
	case Download:
		s.BytesDown += n
	}
}
