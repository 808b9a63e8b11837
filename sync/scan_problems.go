package sync

import "ferry/manifest"

// CannotTravel reports whether a problem of a side is only a name that no path can have,
// such as one with a line break, which no command of FTP can carry. It will be there in
// every pass, and is skipped like a special file. What a server lists under such a name
// may be a listing that was not understood, and does not count.
func CannotTravel(s Side, p manifest.Problem) bool {
	return s == Local && p.Name != "" && manifest.CheckName(p.Name) != nil
}

// countProblems counts what could not be read of a side, and what is skipped there.
func (s *Summary) countProblems(side Side, problems []manifest.Problem) {
	for _, p := range problems {
		if CannotTravel(side, p) {
			s.Skipped++
		} else {
			s.Problems++
		}
	}
}
