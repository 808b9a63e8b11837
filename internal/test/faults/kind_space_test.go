package faults

import (
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/ftpserver"
)

// allOfPaths are the commands that name a path.
const allOfPaths = "MLST|SIZE|MDTM|MFMT|STOR|RETR|RNFR|RNTO|DELE|MKD|RMD|CWD"

// spaceKinds holds servers that refuse paths with a space in some form.
var spaceKinds = []kind{
	{name: "paths with a space refused, bare names taken", seen: "WS_FTP, FluentFTP#1567", more: spaced, setup: changeSpaced, faults: refuseSpaced(allOfPaths, "501 Syntax error.", spacedPath), says: `paths with a space`},
	{name: "paths with a space refused with 550", more: spaced, setup: changeSpaced, faults: refuseSpaced(allOfPaths, "550 No such file or directory.", spacedPath), another: true},
	{name: "paths with a space refused with 553", more: spaced, setup: changeSpaced, faults: refuseSpaced(allOfPaths, "553 File name not allowed.", spacedPath), another: true},
	{name: "paths with a space refused by LIST server", more: spaced, setup: changeSpaced, server: ftpserver.Options{NoMLSD: true}, faults: refuseSpaced(allOfPaths, "501 Syntax error.", spacedPath), another: true},
	{name: "paths with a space refused by LIST server, 550", more: spaced, setup: changeSpaced, server: ftpserver.Options{NoMLSD: true}, faults: refuseSpaced(allOfPaths, "550 Not found.", spacedPath), another: true},
	{name: "spaces refused but in quotes", seen: "WS_FTP", more: spaced, setup: changeSpaced, server: ftpserver.Options{Unquotes: true}, faults: refuseSpaced(allOfPaths, "501 Syntax error.", unquoted), says: `paths with a space`},
	{name: "spaces refused but in quotes, 550", more: spaced, setup: changeSpaced, server: ftpserver.Options{Unquotes: true}, faults: refuseSpaced(allOfPaths, "550 No such file.", unquoted), another: true},
	{name: "MLST refuses paths with a space, 501", more: spaced, setup: changeSpaced, faults: refuseSpaced("MLST", "501 Syntax error.", spacedPath), another: true},
	{name: "MLST refuses paths with a space, 550", more: spaced, setup: changeSpaced, faults: refuseSpaced("MLST", "550 File not found.", spacedPath), another: true},
	{name: "MLST, SIZE and MDTM refuse paths with a space, 550", more: spaced, setup: changeSpaced, faults: refuseSpaced("MLST|SIZE|MDTM", "550 File not found.", spacedPath), another: true},
	{name: "STOR refuses paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("STOR", "553 Not allowed.", spacedPath), another: true},
	{name: "RETR refuses paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("RETR", "550 Not found.", spacedPath), another: true},
	{name: "RNFR and RNTO refuse paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("RNFR|RNTO", "550 Not found.", spacedPath), another: true},
	{name: "RNTO refuses paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("RNTO", "553 Not allowed.", spacedPath), another: true},
	{name: "DELE and RMD refuse paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("DELE|RMD", "550 Not found.", spacedPath), another: true},
	{name: "MKD refuses paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("MKD", "550 Not found.", spacedPath), another: true},
	{name: "CWD refuses paths with a space", more: spaced, setup: changeSpaced, faults: refuseSpaced("CWD", "550 Not found.", spacedPath), another: true},
}

// spaced are files whose paths have spaces, in the name, in a directory, and in both. Some
// of them are changed, renamed and removed; see changeBoth.
var spaced = map[string]string{"with space/in the name.txt": "one", "two words.txt": "two", "with space/second file": "three", "with space/plain": "four",
	"with space/deep er/a b": "five"}

// changeSpaced has users edit, rename, add and remove such files as well, on both sides.
func changeSpaced(s *scene) {
	s.change = func() {
		write(s.T, s.here, map[string]string{"two words.txt": "edited here", "new dir/of ours.txt": "added here"})
		write(s.T, s.there, map[string]string{"with space/second file": "edited there", "new dir/of theirs.txt": "added there"})
		s.must(os.Rename(filepath.Join(s.here, "with space/in the name.txt"), filepath.Join(s.here, "with space/another name.txt")))
		s.must(os.RemoveAll(filepath.Join(s.here, "with space/deep er")))
		s.must(os.Remove(filepath.Join(s.there, "with space/plain")))
	}
}

// refuseSpaced refuses commands whose argument is of this form.
func refuseSpaced(commands, reply string, form func(string) bool) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: commands, Argument: form, Refuse: reply}}
}

// pathIn returns the path in an argument, without the time before it in MFMT.
func pathIn(arg string) string {
	if stamp, path, ok := strings.Cut(arg, " "); ok && len(stamp) == 14 && strings.Trim(stamp, "0123456789") == "" {
		return path
	}
	return arg
}

// spacedPath reports whether an argument is a path of several components with a space.
func spacedPath(arg string) bool {
	path := pathIn(arg)
	return strings.Contains(path, " ") && strings.Contains(path, "/")
}

// unquoted reports whether an argument is a path or a name with a space, and not in quotes.
func unquoted(arg string) bool {
	path := pathIn(arg)
	return strings.Contains(path, " ") && !strings.HasPrefix(path, `"`)
}
