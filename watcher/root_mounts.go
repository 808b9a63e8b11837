package watcher

import (
	"os"
	"strings"
)

// mounts returns a description of the file systems mounted above, at and below root;
// "" if the system has none. When a file system is unmounted, its watches are removed
// without an event.
func mounts(root string) string {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return mountsIn(string(table), root)
}

// mountsIn returns the lines of a table in the format of proc_pid_mountinfo(5) that
// concern root. The fifth field is the mount point.
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
