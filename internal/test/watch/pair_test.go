//go:build linux

package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
	"ferry/manifest"
)

// A pair is a local directory and one on a server.
type pair struct {
	testing.TB
	dir, local, remote string
	server             *realftp.Server
	proxy              *commandProxy
	passwordFile       string // "": the password comes from the environment
}

func newPair(t testing.TB, server string) *pair {
	t.Helper()
	p := &pair{TB: t, dir: t.TempDir(), server: realftp.Start(t, server, realftp.Options{})}
	p.local, p.remote = filepath.Join(p.dir, "local"), filepath.Join(p.server.Root, "tree")
	must(t, os.Mkdir(p.local, 0o755))
	p.proxy = newCommandProxy(t, p.server.Addr)
	return p
}

func (p *pair) url() string { return fmt.Sprintf("ftp://%s@%s/tree", p.server.User, p.proxy.addr) }

// args returns the arguments that name the pair.
func (p *pair) args() []string {
	if p.passwordFile == "" {
		return []string{p.local, p.url()}
	}
	config := filepath.Join(p.dir, "ferry.yaml")
	text := fmt.Sprintf("profiles:\n  it:\n    local: %s\n    remote: %s\n    password: {file: %s}\n", p.local, p.url(), p.passwordFile)
	must(p, os.WriteFile(config, []byte(text), 0o600))
	return []string{"--config", config}
}

func (p *pair) env() []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "FERRY_STATE_DIR=" + filepath.Join(p.dir, "state")}
	if p.passwordFile == "" {
		env = append(env, "FERRY_PASSWORD="+realftp.Password)
	}
	return env
}

// ferry runs a command, and returns its exit code and its summary.
func (p *pair) ferry(args ...string) (int, line) {
	p.Helper()
	cmd := exec.Command(program.Path(p), slices.Concat(args, p.args(), []string{"--json"})...)
	cmd.Dir, cmd.Env = p.dir, p.env()
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.Fatal(err)
	}
	var last line
	for text := range strings.Lines(out.String()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			p.Errorf("not JSON: %q: %v", text, err)
		}
		if l.Type == "summary" {
			last = l
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		p.Logf("%s: exit %d\n%s%s", args, code, out.String(), talk.String())
	}
	return cmd.ProcessState.ExitCode(), last
}

// sentinel is a file with which tests wait until all earlier changes were carried over.
const sentinel = "zz-sentinel"

// waitUntilSettled waits until all local changes so far were carried over. Deletions are held back longest, so a file that
// is deleted last is carried over last.
func (p *pair) waitUntilSettled(r *watchProcess) {
	p.Helper()
	at := filepath.Join(p.local, sentinel)
	must(p, os.WriteFile(at, []byte(time.Now().String()), 0o644))
	r.upload(sentinel)
	must(p, os.Remove(at))
	r.await("deletion of "+sentinel, func(l line) bool { return l.Op == "delete" && l.Path == sentinel && l.OK })
}

// wantInStep stops the program, and checks that both sides are equal and that another pass has nothing to do.
func (p *pair) wantInStep(r *watchProcess) {
	p.Helper()
	r.stop()
	p.wantEqual()
	code, sum := p.ferry("sync")
	if sum.Seconds, sum.Type, sum.At = 0, "", (time.Time{}); code != 0 || sum != (line{}) {
		p.Errorf("a pass had something left to do: exit %d, %+v", code, sum)
	}
}

func (p *pair) wantEqual() {
	p.Helper()
	if diff := cmp.Diff(readTree(p, p.local), readTree(p, p.remote)); diff != "" {
		p.Errorf("the sides differ (-local +remote):\n%.4000s", diff)
	}
}

// waitUntil polls a condition until it is true.
func (p *pair) waitUntil(what string, is func() bool) {
	p.Helper()
	end := time.Now().Add(timeout)
	for !is() {
		if time.Now().After(end) {
			p.Fatalf("timeout: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// holds reports whether the file at path has this content.
func holds(path, content string) bool {
	got, err := os.ReadFile(path)
	return err == nil && string(got) == content
}

// gone reports whether nothing exists at path.
func gone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// write writes local files.
func (p *pair) write(files map[string]string) {
	p.Helper()
	for name, content := range files {
		at := filepath.Join(p.local, name)
		must(p, os.MkdirAll(filepath.Dir(at), 0o755))
		must(p, os.WriteFile(at, []byte(content), 0o644))
	}
}

// writeRemote writes a file on the server, as its user, in one step.
func (p *pair) writeRemote(name, content string) {
	p.Helper()
	info, err := os.Stat(p.remote)
	must(p, err)
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	for dir := range ancestors(name) {
		if err := os.Mkdir(filepath.Join(p.remote, dir), 0o755); err == nil {
			must(p, os.Lchown(filepath.Join(p.remote, dir), uid, uid))
		}
	}
	fresh := filepath.Join(p.server.Root, "being written")
	must(p, os.WriteFile(fresh, []byte(content), 0o644))
	must(p, os.Lchown(fresh, uid, uid))
	must(p, os.Rename(fresh, filepath.Join(p.remote, name)))
}

// ancestors yields the directories above name, the topmost first.
func ancestors(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, c := range name {
			if c == '/' && !yield(name[:i]) {
				return
			}
		}
	}
}

// readTree returns the contents of all files below root, "/" for directories, without ferry's own files.
func readTree(t testing.TB, root string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == root {
			return err
		}
		name, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		if name == manifest.Own {
			return fs.SkipDir
		}
		if _, temp := manifest.TempMark(d.Name()); temp {
			return nil // left by a run that was killed, so that the next one can resume
		}
		if d.IsDir() {
			tree[name] = "/"
			return nil
		}
		content, err := os.ReadFile(at)
		tree[name] = string(content)
		return err
	})
	must(t, err)
	return tree
}
