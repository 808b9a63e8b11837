package crash

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

// TestCopyKilledAnywhere kills "ferry copy" before system calls all over a second copy, once where large files go directly
// from server to server and once where all goes through this machine. Nothing changes at the source, each file at the
// target has its old or its new content, and one normal copy recovers everything.
func TestCopyKilledAnywhere(t *testing.T) {
	for _, c := range []struct {
		name, source, target string
		foreign              bool
	}{
		{"directly", "proftpd", "proftpd", true},
		{"through this machine", "vsftpd", "proftpd", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &copySetting{program: program.Path(t), direct: c.foreign,
				source: realftp.Start(t, c.source, realftp.Options{Host: "127.0.0.2", Foreign: c.foreign}),
				target: realftp.Start(t, c.target, realftp.Options{Host: "127.0.0.3", Foreign: c.foreign})}
			killEverywhere(t, s.killAt)
		})
	}
}

// A copySetting is two servers, and whether large files go directly.
type copySetting struct {
	program        string
	source, target *realftp.Server
	direct         bool
}

// A copyScene is a source that its user has changed since the last copy.
type copyScene struct {
	*copySetting
	from, to string // on disk
	name     string // of both, on the servers
	state    string
	known    map[string]bool // every content that a user wrote
}

func (s *copySetting) scene(t *testing.T) *copyScene {
	t.Helper()
	state, err := os.MkdirTemp(t.TempDir(), "copy")
	must(t, err)
	c := &copyScene{copySetting: s, state: state, name: filepath.Base(state)}
	c.from, c.to = filepath.Join(s.source.Root, c.name), filepath.Join(s.target.Root, c.name)
	write(t, c.from, base)
	write(t, c.from, tree{"large before": large("before"), "large edit": large("edit")})
	must(t, s.source.Own())
	if r := runWhole(c.ferry()); r.code != 0 {
		t.Fatalf("the first copy: %d\n%s", r.code, r.out)
	}
	before, _, _ := read(t, c.from)
	c.known = contents(before)
	changeSide(t, c.from, "there")
	write(t, c.from, tree{"large edit": large("edited") + "!", "large more": large("more")}) // another size: times have seconds
	must(t, os.Remove(filepath.Join(c.from, "large before")))
	must(t, s.source.Own())
	after, _, _ := read(t, c.from)
	maps.Copy(c.known, contents(after))
	return c
}

// ferry returns the command that makes a copy.
func (c *copyScene) ferry(more ...string) *exec.Cmd {
	url := func(s *realftp.Server) string { return fmt.Sprintf("ftp://%s@%s/%s", s.User, s.Addr, c.name) }
	args := append([]string{"copy", url(c.source), url(c.target), "--state-dir", c.state, "--json", "--allow-deletes"}, more...)
	cmd := exec.Command(c.program, args...)
	cmd.Env = []string{"FERRY_PASSWORD=" + c.target.Password, "FERRY_SOURCE_PASSWORD=" + c.source.Password, "HOME=" + c.state, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// killAt kills a copy before its k-th call (0: never), and checks what must be true afterwards.
func (s *copySetting) killAt(t *testing.T, k int) run {
	t.Helper()
	c := s.scene(t)
	source, _, _ := read(t, c.from)
	sizes := make(map[int64]bool)
	for content := range c.known {
		sizes[int64(len(content))] = true
	}
	w := watchForPartialFiles(sizes, c.to)
	killed := runAndKill(t, c.ferry(), k)
	waitForServer(t, s.source)
	waitForServer(t, s.target)
	what := fmt.Sprintf("killed before call %d, %s", k, killed.at)
	switch {
	case killed.code == -1:
		c.wantWhole(t, what)
	case killed.code != 0:
		t.Fatalf("call %d was never made, yet exit code %d\n%s", k, killed.code, killed.out)
	case k == 0 && strings.Contains(killed.out, "went directly from server to server") != s.direct:
		t.Fatalf("went directly: want %v\n%s", s.direct, killed.out)
	}
	start := time.Now()
	after := runWhole(c.ferry())
	killed.recovery = time.Since(start)
	if after.code != 0 {
		t.Errorf("%s: the next copy ended with %d\n%s", what, after.code, after.out)
	}
	if partial := w.end(); partial != "" {
		t.Errorf("%s: partial file: %s", what, partial)
	}
	c.wantDone(t, what, source)
	third := runWhole(c.ferry("--verify"))
	if did := third.changes(t); third.code != 0 || did != "" {
		t.Errorf("%s: a third copy did %q and ended with %d\n%s", what, did, third.code, third.out)
	}
	c.wantDone(t, what+", after a third copy", source)
	if t.Failed() {
		t.Logf("%s\nthe killed run:\n%s\nthe next copy:\n%s", what, killed.out, after.out)
	}
	must(t, os.RemoveAll(c.from))
	must(t, os.RemoveAll(c.to))
	return killed
}

// wantWhole checks that every file at the target has a content that a user wrote.
func (c *copyScene) wantWhole(t *testing.T, when string) {
	t.Helper()
	there, _, _ := read(t, c.to)
	for name, content := range there {
		if content != "/" && !c.known[content] {
			t.Errorf("%s: %s holds %s, which no user wrote", when, name, shorten(content))
		}
	}
}

// wantDone checks that the source is as it was, that the target is as the source, and that nothing of ferry's is left.
func (c *copyScene) wantDone(t *testing.T, when string, source tree) {
	t.Helper()
	here, _, left := read(t, c.from)
	if diff := cmp.Diff(source, here, cmp.Transformer("short", shorten)); diff != "" {
		t.Errorf("%s: the source was changed (-before +after):\n%s", when, diff)
	}
	there, _, more := read(t, c.to)
	if diff := cmp.Diff(source, there, cmp.Transformer("short", shorten)); diff != "" {
		t.Errorf("%s: the target is not as the source (-source +target):\n%s", when, diff)
	}
	if left = append(left, more...); len(left) > 0 {
		t.Errorf("%s: temporary files are left: %q", when, left)
	}
	if _, err := os.Stat(filepath.Join(c.from, ".ferry")); err == nil {
		t.Errorf("%s: ferry has a directory at the source", when)
	}
}
