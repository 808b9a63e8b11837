package wire

import (
	"slices"
	"strings"
)

// spacedCommands are the commands that may be sent in another form.
var spacedCommands = []string{"MLST", "SIZE", "MDTM", "MFMT", "RETR", "STOR", "RNFR", "RNTO", "DELE", "MKD", "RMD", "CWD"}

// cutPath returns what precedes the path in a command, and the path, if there is a space
// in it.
func cutPath(line string) (head, path string, spaced bool) {
	i := strings.Index(line, " /")
	if i < 0 || !slices.Contains(spacedCommands, Verb(line)) {
		return line, "", false
	}
	head, path = line[:i+1], line[i+1:]
	return head, path, strings.Contains(path, " ")
}

// IsSpaced reports whether there is a space in the path of a command that may be sent in another form.
func IsSpaced(line string) bool {
	_, _, spaced := cutPath(line)
	return spaced
}

// AnySpaced reports that of any of several commands.
func AnySpaced(lines []string) bool { return slices.ContainsFunc(lines, IsSpaced) }

// Quoted returns lines with their paths in quotes, where they have a space.
func Quoted(lines ...string) []string {
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

// Bare returns the commands that stand for line where the server takes bare names: the way
// to the directory, and line itself with the name.
func Bare(line string) (way []string, last string) {
	head, path, spaced := cutPath(line)
	switch {
	case !spaced:
		return nil, line
	case Verb(line) == "CWD":
		way = components(path)
		return way[:len(way)-1], way[len(way)-1]
	}
	dir, name := splitAbs(path)
	return components(dir), head + name
}

// BareRenaming returns the commands that stand for RNFR and RNTO. Only where both paths
// have a space, in two directories, does CWD have to go out between them.
func BareRenaming(from, to string) []string {
	wayFrom, first := Bare(from)
	wayTo, last := Bare(to)
	switch {
	case wayFrom == nil:
		return append(wayTo, first, last)
	case slices.Equal(wayFrom, wayTo):
		wayTo = nil
	}
	return slices.Concat(wayFrom, []string{first}, wayTo, []string{last})
}
