package watcher

import (
	"os"
	"strings"
)

// mounts returns what the system says of the file systems that are mounted above,
// at and below root, "" where it says nothing. When one goes, the watches in it
// go without a word.
func mounts(root string) string {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return mountsIn(string(table), root)
}

// mountsIn picks the lines of a table as in proc_pid_mountinfo(5): the fifth
// field is the mount point.
func mountsIn(table, root string) string {
	var b strings.Builder
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(table) {
		fields := strings.SplitN(line, " ", 6)
		if len(fields) < 6 {
			continue
		}
		at := unescape.Replace(fields[4])
		if at == "/" || within(at, root) || within(root, at) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// within reports whether the absolute path p is dir or below it.
func within(p, dir string) bool {
	rest, ok := strings.CutPrefix(p, dir)
	return ok && (rest == "" || rest[0] == '/')
}
