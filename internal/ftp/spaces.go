package ftp

import (
	"context"
	"slices"
	"strings"
)

// Some servers refuse a path with a space in it: all of them, or only those of several
// components. There a file is named by its bare name, after its directory was made the
// working directory, component by component. Where that is refused as well, the path goes
// out in quotes. What such a server wants is found out when it first refuses a path with a
// space that it takes in another form.

// spacedCommands are the commands that may be sent in another form.
var spacedCommands = []string{"MLST", "SIZE", "MDTM", "MFMT", "RETR", "STOR", "RNFR", "RNTO", "DELE", "MKD", "RMD", "CWD"}

// cutPath returns what precedes the path in a command, and the path, if there is a space
// in it.
func cutPath(line string) (head, path string, spaced bool) {
	i := strings.Index(line, " /")
	if i < 0 || !slices.Contains(spacedCommands, verbOf(line)) {
		return line, "", false
	}
	head, path = line[:i+1], line[i+1:]
	return head, path, strings.Contains(path, " ")
}

func isSpaced(line string) bool {
	_, _, spaced := cutPath(line)
	return spaced
}

// splitAbs returns the directory and the name of an absolute path.
func splitAbs(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return max(path[:i], "/"), path[i+1:]
}

// components returns the commands that make dir the working directory by bare names: one
// for as much as has no space in it, and one for each component after that.
func components(dir string) (lines []string) {
	plain, rest := dir, []string(nil)
	for strings.Contains(plain, " ") {
		var name string
		plain, name = splitAbs(plain)
		rest = append(rest, "CWD "+name)
	}
	slices.Reverse(rest)
	return append([]string{"CWD " + plain}, rest...)
}

// quoted returns line with its path in quotes, where it has a space.
func quoted(line string) string {
	if head, path, spaced := cutPath(line); spaced && !strings.Contains(path, `"`) {
		return head + `"` + path + `"`
	}
	return line
}

// A spaceForm is how paths with a space are sent.
type spaceForm uint8

const (
	wholePaths spaceForm = iota
	bareNames
	quotedPaths
)

// spaceForm returns the form that the server is known to take, or as yet assumed to.
func (f *Features) spaceForm() spaceForm {
	switch {
	case f.Has(TakesSpaces):
		return wholePaths
	case f.Has(TakesQuotes):
		return quotedPaths
	}
	return bareNames
}

// observeSpaceForm notes in which form the server took a path that it had refused.
func (f *Features) observeSpaceForm(form spaceForm) {
	f.Observe(TakesQuotes, form == quotedPaths)
	f.Observe(TakesSpaces, false)
}

// noteSpaced notes that the server took a path with a space after this verb.
func (f *Features) noteSpaced(verb string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spaced == nil {
		f.spaced = map[string]bool{}
	}
	f.spaced[verb] = true
}

// mayRefuseSpaces reports whether r, a reply to line, may mean that the server does not
// take the space in its path. That nothing is there, or no directory, as MLST, SIZE, MDTM
// and CWD say by 550, is the rule rather than the exception.
func (f *Features) mayRefuseSpaces(line string, r Reply) bool {
	verb := verbOf(line)
	f.mu.Lock()
	works := f.spaced[verb]
	f.mu.Unlock()
	if works || !isSpaced(line) || !f.Has(TakesSpaces) {
		return false
	}
	switch r.Code {
	case 500, 501, 504, 553:
		return true
	case 550:
		return !slices.Contains([]string{"MLST", "SIZE", "MDTM", "CWD"}, verb)
	}
	return false
}

// isTaken reports whether r says that the server took the command.
func isTaken(r Reply) bool { return r.OK() || r.Code == 350 }

// spacedBatch is exchangeBatch for commands that may hold paths with a space.
func (s *Session) spacedBatch(ctx context.Context, lines []string) ([]Reply, error) {
	if !slices.ContainsFunc(lines, isSpaced) {
		return s.plainBatch(lines)
	}
	if form := s.features.spaceForm(); form != wholePaths {
		return s.batchIn(form, lines)
	}
	replies, err := s.plainBatch(lines)
	for i, r := range replies {
		if isSpaced(lines[i]) && isTaken(r) {
			s.features.noteSpaced(verbOf(lines[i]))
		}
	}
	if err != nil || s.Dead() {
		return replies, err
	}
	for i, r := range replies {
		made := strings.Replace(lines[i], "CWD ", "MKD ", 1)
		k := slices.Index(lines[:i], made)
		if verbOf(lines[i]) == "RNFR" && !(i+1 < len(lines) && isRenaming(lines[i:i+2])) {
			continue // it only asks whether something is there
		}
		if s.features.mayRefuseSpaces(lines[i], r) || k >= 0 && replies[k].OK() && r.Refused() && s.features.Has(TakesSpaces) && isSpaced(made) {
			return s.batchAgain(i, lines, replies)
		}
	}
	return replies, nil
}

// TrySpaces tries to ask for path, a file that is there, in the forms other than the usual
// one. It reports whether the server takes one of them; that is then used.
func (s *Session) TrySpaces(ctx context.Context, path string) (learned bool, err error) {
	if !s.features.Has(TakesSpaces) {
		return false, nil
	}
	defer s.c.deadlines.Enter(ctx)()
	line := "SIZE " + path
	if s.features.HasMLST() {
		line = "MLST " + path
	}
	for _, form := range []spaceForm{bareNames, quotedPaths} {
		replies, err := s.batchIn(form, []string{line})
		if err != nil {
			return false, err
		}
		if len(replies) > 0 && isTaken(replies[0]) {
			s.features.observeSpaceForm(form)
			return true, nil
		}
	}
	return false, nil
}

// batchAgain sends what was refused from first on in other forms. Where the server takes
// one of them, that is how it gets paths with a space from now on. Nothing is sent again
// where something was renamed or removed after first: that could hit another file.
func (s *Session) batchAgain(first int, lines []string, replies []Reply) ([]Reply, error) {
	if verbOf(lines[first]) == "RNTO" && first > 0 {
		first--
	}
	var again []int
	for i := first; i < len(lines); i++ {
		renames := i+1 < len(lines) && isRenaming(lines[i:i+2])
		switch verb := verbOf(lines[i]); {
		case replies[i].OK() && slices.Contains([]string{"RNTO", "DELE", "RMD"}, verb):
			return replies, nil
		case renames && replies[i+1].Refused():
			again = append(again, i, i+1)
			i++
		case replies[i].Refused() && isSpaced(lines[i]):
			again = append(again, i)
		}
	}
	some := make([]string, len(again))
	for k, i := range again {
		some[k] = lines[i]
	}
	for _, form := range []spaceForm{bareNames, quotedPaths} {
		told, err := s.batchIn(form, some)
		taken := false
		for k, r := range told {
			taken = taken || isTaken(r) && replies[again[k]].Refused() && isSpaced(some[k])
		}
		if taken {
			s.features.observeSpaceForm(form)
		}
		if taken || err != nil {
			for k, r := range told {
				replies[again[k]] = r
			}
			if err != nil {
				return replies[:first], err
			}
			return replies, nil
		}
	}
	return replies, nil
}

// batchIn sends commands with the paths that hold a space in this form. In bareNames each
// command waits for the one before: with one in the wrong directory, another file would
// be meant.
func (s *Session) batchIn(form spaceForm, lines []string) ([]Reply, error) {
	if form == quotedPaths {
		changed := make([]string, len(lines))
		for i, line := range lines {
			changed[i] = quoted(line)
		}
		return s.plainBatch(changed)
	}
	var replies []Reply
	for i := 0; i < len(lines); {
		var told []Reply
		var err error
		n := 1
		if !isSpaced(lines[i]) && !(i+1 < len(lines) && isRenaming(lines[i:i+2])) {
			for i+n < len(lines) && !isSpaced(lines[i+n]) && verbOf(lines[i+n]) != "RNFR" {
				n++
			}
			told, err = s.plainBatch(lines[i : i+n])
		} else if i+1 < len(lines) && isRenaming(lines[i:i+2]) {
			n = 2
			told, err = s.renameBare(lines[i], lines[i+1])
		} else {
			var r Reply
			r, err = s.bare(lines[i])
			told = []Reply{r}
		}
		if err != nil {
			return replies, err
		}
		if replies, i = append(replies, told...), i+n; s.Dead() {
			break
		}
	}
	if n := len(lines); n > 0 && !s.Dead() && verbOf(lines[n-1]) != "CWD" {
		if _, err := s.exchange([]string{"CWD /"}); err != nil { // see sync/remote/workdir.go
			return replies, err
		}
	}
	return replies, nil
}

// isRenaming reports whether pair renames, with a space in one of its paths.
func isRenaming(pair []string) bool {
	return verbOf(pair[0]) == "RNFR" && verbOf(pair[1]) == "RNTO" && (isSpaced(pair[0]) || isSpaced(pair[1]))
}

// enter makes dir the working directory by bare names. The reply is the refusal, or the
// last one.
func (s *Session) enter(dir string) (Reply, error) { return s.untilRefused(components(dir)...) }

// untilRefused sends commands one by one until one is refused, and returns the last reply.
func (s *Session) untilRefused(lines ...string) (r Reply, err error) {
	for _, line := range lines {
		replies, err := s.exchange([]string{line})
		if err != nil || len(replies) == 0 {
			return Reply{}, err
		}
		if r = replies[0]; r.Refused() {
			break
		}
	}
	return r, nil
}

// bare sends one command with the bare name of its path.
func (s *Session) bare(line string) (Reply, error) {
	head, path, spaced := cutPath(line)
	if !spaced {
		return s.untilRefused(line)
	}
	if verbOf(line) == "CWD" {
		return s.enter(path)
	}
	dir, name := splitAbs(path)
	return s.untilRefused(append(components(dir), head+name)...)
}

// renameBare renames by bare names. Where RNFR is refused its reply stands for both.
func (s *Session) renameBare(from, to string) ([]Reply, error) {
	_, old, _ := cutPath(from)
	_, path, spaced := cutPath(to)
	oldDir, _ := splitAbs(old)
	newDir, name := splitAbs(path)
	if spaced && oldDir != newDir && !isSpaced(from) {
		if r, err := s.enter(newDir); err != nil || r.Refused() {
			return []Reply{r, r}, err
		}
		first, err := s.untilRefused(from)
		if err != nil || first.Code != 350 {
			return []Reply{first, first}, err
		}
		second, err := s.untilRefused("RNTO " + name)
		return []Reply{first, second}, err
	}
	first, err := s.bare(from)
	if err != nil || first.Code != 350 {
		return []Reply{first, first}, err
	}
	if !spaced {
		second, err := s.untilRefused(to)
		return []Reply{first, second}, err
	}
	var way []string
	if oldDir != newDir || !isSpaced(from) {
		way = components(newDir)
	}
	second, err := s.untilRefused(append(way, "RNTO "+name)...)
	return []Reply{first, second}, err
}
