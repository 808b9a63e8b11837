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

	"ferry/internal/test/realftp"
	"ferry/manifest"
)

// A pair is a directory here and one on a server.
type pair struct {
	testing.TB
	dir, here, there string
	server           *realftp.Server
	count            *counter
	passwordFile     string // "": the password comes from the environment
}

func newPair(t testing.TB, server string) *pair {
	t.Helper()
	p := &pair{TB: t, dir: t.TempDir(), server: realftp.Start(t, server, realftp.Options{})}
	p.here, p.there = filepath.Join(p.dir, "here"), filepath.Join(p.server.Root, "tree")
	must(t, os.Mkdir(p.here, 0o755))
	p.count = newCounter(t, p.server.Addr)
	return p
}

func (p *pair) url() string { return fmt.Sprintf("ftp://%s@%s/tree", p.server.User, p.count.addr) }

// args name the pair on a command line.
func (p *pair) args() []string {
	if p.passwordFile == "" {
		return []string{p.here, p.url()}
	}
	config := filepath.Join(p.dir, "ferry.yaml")
	text := fmt.Sprintf("profiles:\n  it:\n    local: %s\n    remote: %s\n    password: {file: %s}\n", p.here, p.url(), p.passwordFile)
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

// ferry runs a command to its end, and returns its exit code and its summary.
func (p *pair) ferry(args ...string) (int, line) {
	p.Helper()
	cmd := exec.Command(program(p), slices.Concat(args, p.args(), []string{"--json"})...)
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
			p.Errorf("no JSON: %q: %v", text, err)
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

// sentinel is a file that the tests use to learn that all that happened before has been carried over.
const sentinel = "zz-sentinel"

// settle waits until all that happened here so far has been carried over: what goes away is held back longest, so that
// a file that goes away last is the last to go there.
func (p *pair) settle(r *run) {
	p.Helper()
	at := filepath.Join(p.here, sentinel)
	must(p, os.WriteFile(at, []byte(time.Now().String()), 0o644))
	r.upload(sentinel)
	must(p, os.Remove(at))
	r.await("deletion of "+sentinel, func(l line) bool { return l.Op == "delete" && l.Path == sentinel && l.OK })
}

// wantAtRest stops the program, and holds that both sides are equal, and that nothing was left for another pass to do.
func (p *pair) wantAtRest(r *run) {
	p.Helper()
	r.stop()
	p.wantEqual()
	code, sum := p.ferry("sync")
	if sum.Seconds, sum.Type, sum.At = 0, "", (time.Time{}); code != 0 || sum != (line{}) {
		p.Errorf("ferry had not done everything: exit %d, %+v", code, sum)
	}
}

func (p *pair) wantEqual() {
	p.Helper()
	if diff := cmp.Diff(read(p, p.here), read(p, p.there)); diff != "" {
		p.Errorf("the sides differ (-here +there):\n%.4000s", diff)
	}
}

// become waits until is holds, and asks often.
func (p *pair) become(what string, is func() bool) {
	p.Helper()
	end := time.Now().Add(patience)
	for !is() {
		if time.Now().After(end) {
			p.Fatalf("in vain: %s", what)
		}
		time.Sleep(2 * time.Millisecond) // between two looks at a disk that says nothing
	}
}

// holds reports whether the file at path has that content.
func holds(path, content string) bool {
	got, err := os.ReadFile(path)
	return err == nil && string(got) == content
}

// gone reports whether nothing is at path.
func gone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// write writes files here, by path.
func (p *pair) write(files map[string]string) {
	p.Helper()
	for name, content := range files {
		at := filepath.Join(p.here, name)
		must(p, os.MkdirAll(filepath.Dir(at), 0o755))
		must(p, os.WriteFile(at, []byte(content), 0o644))
	}
}

// writeThere writes a file on the server, as its user, in one step.
func (p *pair) writeThere(name, content string) {
	p.Helper()
	info, err := os.Stat(p.there)
	must(p, err)
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	for dir := range ancestors(name) {
		if err := os.Mkdir(filepath.Join(p.there, dir), 0o755); err == nil {
			must(p, os.Lchown(filepath.Join(p.there, dir), uid, uid))
		}
	}
	fresh := filepath.Join(p.server.Root, "being written")
	must(p, os.WriteFile(fresh, []byte(content), 0o644))
	must(p, os.Lchown(fresh, uid, uid))
	must(p, os.Rename(fresh, filepath.Join(p.there, name)))
}

// ancestors yields the directories above name, the highest first.
func ancestors(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, c := range name {
			if c == '/' && !yield(name[:i]) {
				return
			}
		}
	}
}

// read returns the contents of what is below root, "/" for a directory, without what is ferry's own.
func read(t testing.TB, root string) map[string]string {
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
			return nil // of a run that was killed: it is kept for a day, to go on from
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
