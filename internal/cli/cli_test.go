package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/app"
	"ferry/internal/demo"
	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"

	"github.com/google/go-cmp/cmp"
)

// A fakePass stands for an engine: it plays events and returns what it holds.
type fakePass struct {
	plan    *sync.Plan
	summary sync.Summary
	err     error
	openErr error
	before  func() // called when the pass begins
}

// A fakeRun is a run of the program whose engines are fakes.
type fakeRun struct {
	t      *testing.T
	dir    string
	env    map[string]string
	passes map[string]*fakePass // by local base name
	opened []*app.Pair
	opts   []app.PassOptions

	stdout, stderr strings.Builder
}

func newFakeRun(t *testing.T) *fakeRun {
	return &fakeRun{t: t, dir: t.TempDir(), env: map[string]string{}, passes: map[string]*fakePass{}}
}

// file writes a file. A ferry.yaml is trusted at once.
func (f *fakeRun) file(name, text string) *fakeRun {
	f.t.Helper()
	err := demo.WriteFile(f.dir, name, text)
	if filepath.Base(name) == "ferry.yaml" {
		w := app.Workspace{Dir: f.dir, Home: filepath.Join(f.dir, "home")}
		err = errors.Join(err, w.TrustText(w.Absolute(name), text))
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return f
}

// ferry runs the program and returns its exit code.
func (f *fakeRun) ferry(ctx context.Context, args ...string) int {
	f.stdout.Reset()
	f.stderr.Reset()
	f.opened, f.opts = nil, nil
	prog := newProgram(Env{
		Stdout: &f.stdout, Stderr: &f.stderr, Dir: f.dir, Home: filepath.Join(f.dir, "home"),
		Getenv: func(name string) string { return f.env[name] },
	})
	prog.open = func(ctx context.Context, p *app.Pair, o app.PassOptions) (*app.OpenPair, error) {
		f.opened, f.opts = append(f.opened, p), append(f.opts, o)
		pass := f.passes[filepath.Base(p.Local)]
		if pass == nil {
			pass = &fakePass{plan: &sync.Plan{}}
		}
		if pass.openErr != nil {
			return nil, pass.openErr
		}
		return &app.OpenPair{Engine: fakeEngine{pass, o}}, nil
	}
	return prog.main(ctx, args)
}

type fakeEngine struct {
	*fakePass
	o app.PassOptions
}

func (e fakeEngine) Sync(ctx context.Context) (sync.Summary, error) {
	if e.before != nil {
		e.before()
	}
	if e.plan != nil {
		e.o.Observer(sync.Planned{Plan: e.plan})
	}
	s := e.summary
	s.DryRun = e.o.DryRun
	e.o.Observer(sync.Ended{Summary: s})
	return s, e.err
}

func (e fakeEngine) SyncPaths(ctx context.Context, _ sync.Scope) (sync.Summary, error) {
	return e.Sync(ctx)
}

const twoProfiles = `
profiles:
  site:
    local: ./site
    remote: ftpes://deploy@example.com/htdocs
    direction: push
    connections: 2
    timeout: 10s
  photos:
    local: ./photos
    remote: ftp://nas.local/photos
    conflict: newer
`

func onePlan() *sync.Plan {
	return &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "a", Size: 1, LocalChange: sync.Created})}
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   string
		passes map[string]*fakePass
		want   int
		stderr string // is in what was said
	}{
		{name: "nothing to do", args: "sync", want: 0},
		{name: "no such command", args: "sinc", want: 2, stderr: `did you mean "ferry sync"?`},
		{name: "no such option", args: "sync --dryrun", want: 2, stderr: "did you mean --dry-run?"},
		{name: "bad value", args: "sync --mode sideways", want: 2, stderr: "must be auto, passive or active"},
		{name: "no such profile", args: "sync sit", want: 2, stderr: "did you mean site?"},
		{name: "a directory without a URL", args: "sync ./site", want: 2, stderr: "ferry sync ./site ftpes://user@host/path"},
		{name: "a URL without a directory", args: "sync ftp://host", want: 2, stderr: "ferry: hint: as in:"},
		{name: "a URL that is none of ours", args: "sync . sftp://host/x", want: 2, stderr: "SSH"},
		{name: "two directories", args: "sync a b ftp://host", want: 2},
		{name: "exact needs a direction", args: "sync photos --exact", want: 2, stderr: "ferry push --exact"},
		{name: "exact with a direction", args: "pull photos --exact", want: 0},
		{name: "a certificate without TLS", args: "sync . ftp://host --insecure=false --ca x", want: 2, stderr: "ftpes://"},
		{name: "help on nothing", args: "help frobnicate", want: 2},
		{name: "arguments where none belong", args: "version 2", want: 2},
		{name: "help", args: "help sync", want: 0},
		{name: "no arguments", args: "", want: 0},
		{
			name: "files failed", args: "sync site", want: 3,
			passes: map[string]*fakePass{"site": {summary: sync.Summary{Failed: 1, Conflicts: 1}}},
		},
		{
			name: "nobody answers", args: "sync site", want: 4, stderr: "ferry: hint: ",
			passes: map[string]*fakePass{"site": {openErr: &ftp.Error{Op: "connecting", Class: ftp.Connect}}},
		},
		{
			name: "wrong password", args: "sync site", want: 4, stderr: "server says 530 Login incorrect.",
			passes: map[string]*fakePass{"site": {err: &ftp.Error{Op: "login", Class: ftp.Login, Code: 530, Reply: "Login incorrect."}}},
		},
		{
			name: "conflicts", args: "sync site", want: 5,
			passes: map[string]*fakePass{"site": {summary: sync.Summary{Conflicts: 1}}},
		},
		{
			name: "unsafe", args: "sync site", want: 6, stderr: "ferry: error: all 20 files are gone\nferry: hint: --accept-empty",
			passes: map[string]*fakePass{"site": {plan: onePlan(), err: &sync.UnsafeError{What: "all 20 files are gone", Hint: "--accept-empty lets it through"}}},
		},
		{
			name: "locked", args: "sync site", want: 7, stderr: "--wait",
			passes: map[string]*fakePass{"site": {openErr: manifest.ErrLocked}},
		},
		{
			name: "changes pending", args: "status site --exit-code", want: 10,
			passes: map[string]*fakePass{"site": {plan: onePlan()}},
		},
		{
			name: "changes pending, not asked for", args: "status site", want: 0,
			passes: map[string]*fakePass{"site": {plan: onePlan()}},
		},
		{
			name: "a plan that is not whole", args: "status site --exit-code", want: 3,
			passes: map[string]*fakePass{"site": {plan: onePlan(), summary: sync.Summary{Problems: 1}}},
		},
		{
			name: "nothing pending", args: "status --exit-code", want: 0,
		},
		{
			name: "the worst of several", args: "sync", want: 3,
			passes: map[string]*fakePass{
				"site":   {summary: sync.Summary{Failed: 1}},
				"photos": {summary: sync.Summary{Conflicts: 1}},
			},
		},
		{
			name: "one failing does not stop the next", args: "sync", want: 4, stderr: "ferry: error: site: connecting",
			passes: map[string]*fakePass{"site": {openErr: &ftp.Error{Op: "connecting", Class: ftp.Connect}}},
		},
		{
			name: "any other error", args: "sync site", want: 1, stderr: "ferry: error: the disk is on fire\n",
			passes: map[string]*fakePass{"site": {err: errors.New("the disk is on fire")}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeRun(t).file("ferry.yaml", twoProfiles)
			f.passes = test.passes
			if got := f.ferry(t.Context(), strings.Fields(test.args)...); got != test.want {
				t.Errorf("exit %d, want %d\n%s", got, test.want, f.stderr.String())
			}
			if !strings.Contains(f.stderr.String(), test.stderr) {
				t.Errorf("stderr:\n%swant in it: %s", f.stderr.String(), test.stderr)
			}
			if test.want == ExitUsage && !strings.Contains(f.stderr.String(), "ferry: hint: ") {
				t.Errorf("stderr has no hint:\n%s", f.stderr.String())
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	f := newFakeRun(t).file("ferry.yaml", twoProfiles)
	f.passes["site"] = &fakePass{before: func() { cancel(errInterrupted) }, err: errInterrupted}
	if got := f.ferry(ctx, "sync"); got != ExitInterrupted {
		t.Errorf("exit %d, want %d", got, ExitInterrupted)
	}
	if len(f.opened) != 1 {
		t.Errorf("%d passes were begun, want the first only", len(f.opened))
	}
	if n := strings.Count(f.stderr.String(), "interrupted"); n != 1 {
		t.Errorf("the user is told %d times, want once:\n%s", n, f.stderr.String())
	}
}

// Options stand over the profile, and the profile over what holds otherwise.
func TestOptionsOverProfile(t *testing.T) {
	f := newFakeRun(t).file("ferry.yaml", twoProfiles)
	if got := f.ferry(t.Context(), "pull", "site", "--direction", "pull", "--connections", "7", "--segments", "3", "--conflict", "local", "--max-delete", "30%",
		"--trash", "off", "--bwlimit", "1MB:2MB", "--mode", "active", "--retries", "0", "--checksum", "--adopt", "--verify",
		"--links", "follow", "--permissions", "keep", "--trust-pasv", "--pipeline", "off", "--compress", "off", "--encoding", "CP1251", "--active-ports", "5000-5010", "--active-address", "192.0.2.1",
		"--allow-deletes", "--accept-empty", "--wait", "-n"); got != 0 {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	p := f.opened[0]
	got := map[string]any{
		"direction": p.Direction, "connections": p.Connections, "segments": p.Segments, "timeout": p.Timeout.String(), "conflict": p.Conflict,
		"limits": p.Limits, "trash": p.Trash, "up": p.BytesUp, "down": p.BytesDown, "mode": p.Mode, "pipeline": p.Pipeline, "compress": p.Compress.String(), "encoding": p.Encoding, "retries": p.Retries,
		"bools": []bool{p.Checksum, p.Adopt, p.Verify, p.FollowLinks, p.Permissions, p.TrustPASV}, "ports": p.ActivePorts, "address": p.ActiveAddress,
	}
	want := map[string]any{
		"direction": sync.Pull, "connections": 7, "segments": 3, "timeout": "10s", "conflict": sync.LocalWins,
		"limits": sync.Limits{MaxDeletes: -1, MaxDeletePercent: 30}, "trash": false, "up": int64(1000000), "down": int64(2000000),
		"mode": ftp.Active, "pipeline": ftp.PipelineOff, "compress": "off", "encoding": "windows-1251", "retries": -1,
		"bools": []bool{true, true, true, true, true, true}, "ports": [2]int{5000, 5010}, "address": "192.0.2.1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o := f.opts[0]
	if !o.DryRun || !o.AllowDeletes || !o.AcceptEmpty || !o.Wait {
		t.Errorf("pass options %+v: want all of them", o)
	}
}

// A status looks at both sides whole, also where a push would not.
func TestStatusLooksEverywhere(t *testing.T) {
	f := newFakeRun(t).file("ferry.yaml", twoProfiles)
	if got := f.ferry(t.Context(), "status", "site"); got != 0 || !f.opened[0].Verify {
		t.Errorf("exit %d, verify %v", got, f.opened[0].Verify)
	}
}

// An option that is false stands over a profile that says true.
func TestSwitchedOffOverProfile(t *testing.T) {
	f := newFakeRun(t).file("ferry.yaml", strings.Replace(twoProfiles, "direction: push", "direction: push\n    checksum: true", 1))
	if got := f.ferry(t.Context(), "sync", "site", "--checksum=false"); got != 0 {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	if f.opened[0].Checksum {
		t.Error("the profile's checksum stands over the option")
	}
}

func TestDirections(t *testing.T) {
	for _, test := range []struct {
		args string
		want []sync.Direction
	}{
		{"sync", []sync.Direction{sync.Push, sync.Both}},
		{"push", []sync.Direction{sync.Push, sync.Push}},
		{"pull", []sync.Direction{sync.Pull}},
		{"pull --direction pull", []sync.Direction{sync.Pull, sync.Pull}},
		{"pull site --direction pull", []sync.Direction{sync.Pull}},
		{"status", []sync.Direction{sync.Push, sync.Both}},
		{"sync photos site", []sync.Direction{sync.Both, sync.Push}},
		{"push ./x ftp://host/y", []sync.Direction{sync.Push}},
		{"sync ./x ftp://host/y", []sync.Direction{sync.Both}},
	} {
		t.Run(test.args, func(t *testing.T) {
			f := newFakeRun(t).file("ferry.yaml", twoProfiles)
			if got := f.ferry(t.Context(), strings.Fields(test.args)...); got != 0 {
				t.Fatalf("exit %d\n%s", got, f.stderr.String())
			}
			var got []sync.Direction
			for _, p := range f.opened {
				got = append(got, p.Direction)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is replaced or removed is kept on both sides, but by a push on the
// server only where somebody asks for it.
func TestTrash(t *testing.T) {
	for _, test := range []struct {
		args string
		want [2]bool
	}{
		{"sync photos", [2]bool{true, true}},
		{"sync photos --trash off", [2]bool{false, false}},
		{"pull photos", [2]bool{true, true}},
		{"push photos", [2]bool{true, false}},
		{"push photos --trash on", [2]bool{true, true}},
		{"sync site", [2]bool{true, false}},
		{"sync kept", [2]bool{true, true}},
		{"sync kept --trash off", [2]bool{false, false}},
	} {
		t.Run(test.args, func(t *testing.T) {
			f := newFakeRun(t).file("ferry.yaml", twoProfiles+"  kept: {local: ./kept, remote: ftp://host/x, direction: push, trash: on}\n")
			if got := f.ferry(t.Context(), strings.Fields(test.args)...); got != 0 {
				t.Fatalf("exit %d\n%s", got, f.stderr.String())
			}
			if got := f.opened[0].Policy().Trash; got != test.want {
				t.Errorf("trash (local, remote) %v, want %v", got, test.want)
			}
		})
	}
}

func TestIgnoreStack(t *testing.T) {
	f := newFakeRun(t).
		file("ferry.yaml", "profiles:\n  site:\n    local: ./site\n    remote: ftp://host/x\n    ignore: |\n      *.map\n      *.log\n").
		file("site/.ferryignore", "!keep.map\n!.git\n*.bak\n!keep.bak\n").
		file("other", "*.other\n")
	ignored := func(args ...string) func(string) bool {
		t.Helper()
		if got := f.ferry(t.Context(), append([]string{"sync", "site"}, args...)...); got != 0 {
			t.Fatalf("exit %d\n%s", got, f.stderr.String())
		}
		ig := f.opened[0].Rules
		return func(p string) bool { return ig.Match(p, false) }
	}
	for _, test := range []struct {
		name string
		args []string
		in   []string
		out  []string
	}{
		{
			name: "without options, where the ignore file takes back nothing of the profile's",
			in:   []string{"x.html", "keep.bak"}, out: []string{".git", ".Git", "x.map", "keep.map", "x.log", "x.bak"},
		},
		{
			name: "options come last, in their order",
			args: []string{"--exclude", "*.html", "--include", "index.html", "--include", "*.log", "--exclude", "secret.log"},
			in:   []string{"index.html", "x.log"}, out: []string{"x.html", "secret.log"},
		},
		{
			name: "another ignore file in place of the usual one",
			args: []string{"--ignore-file", "other"},
			in:   []string{"x.bak"}, out: []string{"x.other", "keep.map"},
		},
		{name: "built-in rules can be taken back", args: []string{"--include", ".git"}, in: []string{".git"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			match := ignored(test.args...)
			for _, p := range test.in {
				if match(p) {
					t.Errorf("%s is ignored, want it in", p)
				}
			}
			for _, p := range test.out {
				if !match(p) {
					t.Errorf("%s is in, want it ignored", p)
				}
			}
		})
	}
	if got := f.ferry(t.Context(), "sync", "site", "--ignore-file", "nosuch"); got != ExitUsage {
		t.Errorf("an ignore file that is not there: exit %d, want %d", got, ExitUsage)
	}
}

func TestStateDir(t *testing.T) {
	for _, test := range []struct {
		name   string
		option string
		env    map[string]string
		want   string
	}{
		{"the user's own", "", nil, "/home/ann/.local/state/ferry"},
		{"XDG", "", map[string]string{"XDG_STATE_HOME": "/xdg"}, "/xdg/ferry"},
		{"XDG wants an absolute path", "", map[string]string{"XDG_STATE_HOME": "xdg"}, "/home/ann/.local/state/ferry"},
		{"variable over XDG", "", map[string]string{"XDG_STATE_HOME": "/xdg", "FERRY_STATE_DIR": "/f"}, "/f"},
		{"option over variable", "state", map[string]string{"FERRY_STATE_DIR": "/f"}, "/work/state"},
	} {
		t.Run(test.name, func(t *testing.T) {
			prog := newProgram(Env{Dir: "/work", Home: "/home/ann", Getenv: func(n string) string { return test.env[n] }})
			prog.common.stateDir = test.option
			if got := filepath.ToSlash(prog.opener().StateDir); got != test.want {
				t.Errorf("state in %s, want %s", got, test.want)
			}
		})
	}
}

// Each JSON line of a run that goes wrong says so, and standard error does too.
func TestJSONErrors(t *testing.T) {
	f := newFakeRun(t).file("ferry.yaml", twoProfiles)
	if got := f.ferry(t.Context(), "sync", "nosuch", "--json"); got != ExitUsage {
		t.Fatalf("exit %d", got)
	}
	want := `{"type":"error","error":"no profile \"nosuch\" in ` + filepath.Join(f.dir, "ferry.yaml") + `","hint":"it has site, photos","exit":2}` + "\n"
	if diff := cmp.Diff(want, f.stdout.String()); diff != "" {
		t.Error(diff)
	}
	f.passes["site"] = &fakePass{openErr: manifest.ErrLocked}
	f.ferry(t.Context(), "sync", "site", "--json")
	if n := strings.Count(f.stdout.String(), `"type":"error"`); n != 1 {
		t.Errorf("%d error lines, want one:\n%s", n, f.stdout.String())
	}
}

func TestConfigErrorsNameTheLine(t *testing.T) {
	f := newFakeRun(t).file("ferry.yaml", "profiles:\n  site:\n    local: ./site\n    remote: ftp://host/x\n    tiemout: 5s\n")
	if got := f.ferry(t.Context(), "sync"); got != ExitUsage {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	for _, part := range []string{"ferry.yaml:5", "tiemout", "timeout"} {
		if !strings.Contains(f.stderr.String(), part) {
			t.Errorf("stderr does not say %s:\n%s", part, f.stderr.String())
		}
	}
}

func TestConfigOption(t *testing.T) {
	f := newFakeRun(t).file("elsewhere/my.yaml", twoProfiles)
	if got := f.ferry(t.Context(), "sync", "--config", "elsewhere/my.yaml"); got != 0 {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	if want := filepath.Join(f.dir, "elsewhere", "site"); f.opened[0].Local != want {
		t.Errorf("local is %s, want %s: paths are relative to the file", f.opened[0].Local, want)
	}
}

func TestInitWritesWhatCanBeRead(t *testing.T) {
	f := newFakeRun(t)
	args := []string{"init", "./public", "ftpes://deploy:hunter2@example.com:2121//srv/my site", "--offline",
		"--name", "site", "--direction", "push", "--mode", "passive", "--connections", "2", "--timeout", "10s"}
	if got := f.ferry(t.Context(), args...); got != 0 {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	text, err := os.ReadFile(filepath.Join(f.dir, "ferry.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text)+f.stdout.String()+f.stderr.String(), "hunter2") {
		t.Error("the password was written down")
	}
	if got := f.ferry(t.Context(), "status", "site"); got != 0 {
		t.Fatalf("exit %d\n%s\n%s", got, f.stderr.String(), text)
	}
	p := f.opened[0]
	got := []any{p.Name, p.Local, p.Remote.String(), p.Direction, p.Mode, p.Connections, p.Timeout.String()}
	want := []any{"site", filepath.Join(f.dir, "public"), "ftpes://deploy@example.com:2121//srv/my%20site", sync.Push, ftp.Passive, 2, "10s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if got := f.ferry(t.Context(), args...); got != ExitUsage || !strings.Contains(f.stderr.String(), "--force") {
		t.Errorf("a second init: exit %d, want %d and a word about --force\n%s", got, ExitUsage, f.stderr.String())
	}
	if got := f.ferry(t.Context(), append(args, "--force")...); got != 0 {
		t.Errorf("with --force: exit %d\n%s", got, f.stderr.String())
	}
}

func TestInitDryRun(t *testing.T) {
	f := newFakeRun(t)
	if got := f.ferry(t.Context(), "init", ".", "ftp://host/x", "--offline", "-n"); got != 0 {
		t.Fatalf("exit %d\n%s", got, f.stderr.String())
	}
	if !strings.Contains(f.stdout.String(), "remote: ftp://host/x") {
		t.Errorf("stdout:\n%s", f.stdout.String())
	}
	if _, err := os.Stat(filepath.Join(f.dir, "ferry.yaml")); err == nil {
		t.Error("a dry run wrote the file")
	}
}
