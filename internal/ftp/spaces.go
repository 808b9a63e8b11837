package ftp

import (
	"slices"
	"strings"
)

// Some servers refuse a path with a space in it: all of them, or only those of several
// components. There a file is named by its bare name, after its directory was made the
// working directory, component by component. Where that is refused as well, the path goes
// out in quotes. What such a server wants is found out when it first refuses a path with a
// space that it takes in another form.

// A spaceForm is how paths with a space are sent.
type spaceForm uint8

const (
	wholePaths spaceForm = iota
	bareNames
	quotedPaths
)

// otherForms are tried in this order where a whole path is refused.
var otherForms = []spaceForm{bareNames, quotedPaths}

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

func anySpaced(lines []string) bool { return slices.ContainsFunc(lines, isSpaced) }

// quoted returns lines with their paths in quotes, where they have a space.
func quoted(lines ...string) []string {
	changed := slices.Clone(lines)
	for i, line := range lines {
		if head, path, spaced := cutPath(line); spaced && !strings.Contains(path, `"`) {
			changed[i] = head + `"` + path + `"`
		}
	}
	return changed
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

// bare returns the commands that stand for line where the server takes bare names: the way
// to the directory, and line itself with the name.
func bare(line string) (way []string, last string) {
	head, path, spaced := cutPath(line)
	switch {
	case !spaced:
		return nil, line
	case verbOf(line) == "CWD":
		way = components(path)
		return way[:len(way)-1], way[len(way)-1]
	}
	dir, name := splitAbs(path)
	return components(dir), head + name
}

// bareRenaming returns the commands that stand for RNFR and RNTO. Only where both paths
// have a space, in two directories, does CWD have to go out between them.
func bareRenaming(from, to string) []string {
	wayFrom, first := bare(from)
	wayTo, last := bare(to)
	switch {
	case wayFrom == nil:
		return append(wayTo, first, last)
	case slices.Equal(wayFrom, wayTo):
		wayTo = nil
	}
	return slices.Concat(wayFrom, []string{first}, wayTo, []string{last})
}

// noteSpaced notes whether the server took a path with a space after a verb, or may have
// refused it for the space.
func (f *Features) noteSpaced(verb string, taken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spaced == nil {
		f.spaced = map[string]bool{}
	}
	f.spaced[verb] = f.spaced[verb] || taken
}

// knownSpaced returns what noteSpaced noted.
func (f *Features) knownSpaced(verb string) (taken, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken, known = f.spaced[verb]
	return taken, known
}

// mayRefuseSpaces reports whether r, a reply to line, may mean that the server does not
// take the space in its path. To a question 550 usually means that nothing is there, so it
// counts only with isThere, if the path should be there.
func (f *Features) mayRefuseSpaces(line string, r Reply, isThere bool) bool {
	if taken, _ := f.knownSpaced(verbOf(line)); taken || !isSpaced(line) || !f.Has(TakesSpaces) {
		return false
	}
	switch r.Code {
	case 500, 501, 504, 553:
		return true
	case 550:
		return isThere || !slices.Contains([]string{"MLST", "SIZE", "MDTM", "CWD"}, verbOf(line))
	}
	return false
}

// isTaken reports whether r says that the server took the command.
func isTaken(r Reply) bool { return r.OK() || r.Code == 350 }
