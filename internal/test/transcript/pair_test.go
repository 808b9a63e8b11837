//go:build linux

package transcript

import (
	"bytes"
	"context"
	"ferry/internal/test/program"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// root is the directory that is kept in step, as it is called on the server.
const root = "/tree"

// longest is how long a run of the program may take.
const longest = time.Minute

// Files get these times: far enough in the past that no listing shows a time of day.
var (
	before = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	after  = time.Date(2020, 6, 7, 8, 9, 10, 0, time.UTC)
)

// A pair is a local directory and an empty directory on a server, with no memory of either.
type pair struct {
	*testing.T
	server *server
	proxy  *proxy
	local  string
	state  string
	args   []string

	sections []section
	tooSlow  bool // a recording is not to be compared
}

// A section is what one run of the program sent.
type section struct{ title, text string }

func newPair(t *testing.T, s *server, p *proxy, args ...string) *pair {
	t.Helper()
	a := &pair{T: t, server: s, proxy: p, local: t.TempDir(), state: t.TempDir(), args: args}
	a.must(os.RemoveAll(s.tree()))
	return a
}

// run runs the program on the pair, without recording it.
func (a *pair) run(command string, more ...string) {
	a.Helper()
	a.proxy.begin(true, 0)
	a.exits(0, command, more...)
	a.proxy.end()
}

// record runs the program on the pair, and records what it sends as a section.
func (a *pair) record(title, command string, more ...string) {
	a.Helper()
	a.recordCut(title, 0, 0, command, more...)
}

// recordCut is record of a run that exits with code, and whose next upload is cut after some bytes.
func (a *pair) recordCut(title string, bytes int64, code int, command string, more ...string) {
	a.Helper()
	a.proxy.begin(false, bytes)
	a.exits(code, command, more...)
	lines := a.proxy.end()
	a.tooSlow = a.tooSlow || heldLong(lines)
	a.sections = append(a.sections, section{title, normalize(lines)})
}

// recordCount is record of a run with several connections: it records how many commands there are about what is in a
// directory.
func (a *pair) recordCount(title, dir, command string, more ...string) {
	a.Helper()
	a.proxy.begin(true, 0)
	a.exits(0, command, more...)
	a.sections = append(a.sections, section{title, count(a.proxy.end(), dir)})
}

func (a *pair) exits(code int, command string, more ...string) {
	a.Helper()
	path := program.Path(a)
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	url := fmt.Sprintf("ftp://%s@127.0.0.1:%d%s", a.server.user, a.proxy.port(), root)
	args := append(strings.Fields(command), a.local, url, "--no-progress", "--connections", "1")
	args = slices.Concat(args, a.args, more)
	cmd := exec.CommandContext(ctx, path, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Dir = a.state
	cmd.Env = []string{"FERRY_PASSWORD=" + a.server.password, "FERRY_STATE_DIR=" + a.state, "HOME=" + a.state, "TZ=UTC", "GOMAXPROCS=1", "GOGC=off"}
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		a.Fatalf("%q exited with %d, want %d:\n%s", args, got, code, out.Bytes())
	}
}

// put writes files below a root; their content is their name and some text.
func (a *pair) put(root string, when time.Time, text string, names ...string) {
	a.Helper()
	for _, name := range names {
		a.write(filepath.Join(root, name), name+" "+text, when)
	}
}

func (a *pair) write(path, content string, when time.Time) {
	a.Helper()
	a.must(os.MkdirAll(filepath.Dir(path), 0o755))
	a.must(os.WriteFile(path, []byte(content), 0o644))
	a.must(os.Chtimes(path, when, when))
}

// remove removes files below a root.
func (a *pair) remove(root string, names ...string) {
	a.Helper()
	for _, name := range names {
		a.must(os.Remove(filepath.Join(root, name)))
	}
}

// rename renames a file or a directory below a root.
func (a *pair) rename(root, from, to string) {
	a.Helper()
	a.must(os.Rename(filepath.Join(root, from), filepath.Join(root, to)))
}

// emptyTrash removes the trash on the server: two passes within one second would share a directory there.
func (a *pair) emptyTrash() {
	a.Helper()
	a.must(os.RemoveAll(filepath.Join(a.server.tree(), ".ferry")))
}

func (a *pair) must(err error) {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
}
