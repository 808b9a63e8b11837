package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
	"slices"
	"strings"
)

// spacedBatch is plainBatch for commands that may hold paths with a space.
func (s *Session) spacedBatch(lines []string) ([]Reply, error) {
	f := s.features
	switch form := f.spaceForm(); {
	case !anySpaced(lines):
		return s.plainBatch(lines)
	case form != wholePaths:
		return s.batchIn(form, lines)
	}
	replies, err := s.plainBatch(lines)
	for i, r := range replies {
		if isSpaced(lines[i]) && isTaken(r) {
			f.noteSpaced(wire.Verb(lines[i]), true)
		}
	}
	if err != nil || s.Dead() {
		return replies, err
	}
	for i, n := 0, 0; i < len(lines); i += n {
		n = unitLen(lines[i:])
		for k := i; k < i+n; k++ {
			if isQuestion := n == 1 && wire.Verb(lines[k]) == "RNFR"; !isQuestion && f.mayRefuseSpaces(lines[k], replies[k], wasMade(k, lines, replies)) {
				return s.batchAgain(i, lines, replies)
			}
		}
	}
	return replies, nil
}

// unitLen returns how many of the first lines only count together: RNFR and RNTO do.
func unitLen(lines []string) int {
	if len(lines) > 1 && wire.Verb(lines[0]) == "RNFR" && wire.Verb(lines[1]) == "RNTO" {
		return 2
	}
	return 1
}

// wasMade reports whether lines[i] enters a directory that the same batch has made.
func wasMade(i int, lines []string, replies []Reply) bool {
	k := slices.Index(lines[:i], strings.Replace(lines[i], "CWD ", "MKD ", 1))
	return k >= 0 && replies[k].OK()
}

// batchAgain sends what was refused from first on in other forms. Nothing is sent again
// where something was renamed or removed after first: that could hit another file.
func (s *Session) batchAgain(first int, lines []string, replies []Reply) ([]Reply, error) {
	var again []string
	var at []int // where these stand in lines
	for i, n := first, 0; i < len(lines); i += n {
		n = unitLen(lines[i:])
		last := i + n - 1
		switch {
		case replies[last].OK() && slices.Contains([]string{"RNTO", "DELE", "RMD"}, wire.Verb(lines[last])):
			return replies, nil
		case replies[last].Refused() && anySpaced(lines[i:i+n]):
			for k := i; k <= last; k++ {
				again, at = append(again, lines[k]), append(at, k)
			}
		}
	}
	refused := make([]Reply, len(at))
	for k, i := range at {
		refused[k] = replies[i]
	}
	told, err := s.tryForms(again, refused)
	if err != nil {
		return replies[:first], err
	}
	for k, r := range told {
		replies[at[k]] = r
	}
	return replies, nil
}

// tryForms sends lines, to which the server gave the replies before, in other forms. If it
// takes one of them for what it had refused, that is how it gets paths with a space from
// now on. told is nil where it takes none.
func (s *Session) tryForms(lines []string, before []Reply) (told []Reply, err error) {
	for _, form := range otherForms {
		told, err = s.batchIn(form, lines)
		for i, r := range told {
			if isSpaced(lines[i]) && isTaken(r) && !isTaken(before[i]) {
				s.features.observeSpaceForm(form)
				return told, err
			}
		}
		if err != nil || s.Dead() {
			break
		}
	}
	return nil, err
}

// TrySpaces tries to ask for path, a file that is there, in the forms other than the usual
// one. It reports whether the server takes one of them; that is then used.
func (s *Session) TrySpaces(ctx context.Context, path string) (learned bool, err error) {
	if !s.features.Has(TakesSpaces) {
		return false, nil
	}
	defer s.c.deadlines.Enter(ctx)()
	told, err := s.tryForms([]string{s.features.StatCommand() + " " + path}, make([]Reply, 1))
	return told != nil && err == nil, err
}

// batchIn sends commands with the paths that hold a space in this form.
func (s *Session) batchIn(form spaceForm, lines []string) (replies []Reply, err error) {
	if form == quotedPaths {
		return s.plainBatch(quoted(lines...))
	}
	for i, n := 0, 0; i < len(lines) && !s.Dead(); i += n {
		n = unitLen(lines[i:])
		told, err := s.bareUnit(lines[i : i+n])
		if err != nil {
			return replies, err
		}
		replies = append(replies, told...)
	}
	if n := len(lines); n > 0 && !s.Dead() && wire.Verb(lines[n-1]) != "CWD" {
		_, err = s.exchange([]string{"CWD /"}) // see sync/remote/workdir.go
	}
	return replies, err
}

// bareUnit sends one command, or RNFR and RNTO, by bare names. Each command waits for the
// one before: with one in the wrong directory, another file would be meant. Where RNFR is
// refused its reply stands for both.
func (s *Session) bareUnit(unit []string) ([]Reply, error) {
	way, last := bare(unit[0])
	lines := append(way, last)
	if len(unit) == 2 {
		lines = bareRenaming(unit[0], unit[1])
	}
	var accepted, r Reply
	for _, line := range lines {
		told, err := s.exchange([]string{line})
		if err != nil {
			return nil, err
		}
		if r = told[0]; r.Refused() {
			break
		}
		if r.Code == 350 {
			accepted = r
		}
	}
	if len(unit) == 1 {
		return []Reply{r}, nil
	}
	if accepted.Code == 0 {
		accepted = r
	}
	return []Reply{accepted, r}, nil
}
