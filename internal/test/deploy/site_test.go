package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

// runLimit is how long a run may take.
const runLimit = 3 * time.Minute

// A site is a directory on a server, and how to deploy to it.
type site struct {
	testing.TB
	scheme, addr string // of the control connection
	name         string // of the directory on the server
	disk         string // the same on this machine
	local        string // what is deployed
	args         []string
	env          map[string]string // besides that of [site.getenv]
	own          func()            // gives files that the test has made to the user of the server
	later        time.Duration     // how far the clock of this machine is ahead
}

// embedded is the name of the embedded server.
const embedded = "embedded"

// start starts a server, and makes a site on it. The name is that of a real server, with "+tls"
// at the end where it speaks TLS, or [embedded].
func start(t testing.TB, name string) *site {
	t.Helper()
	var o realftp.Options
	name, tls := strings.CutSuffix(name, "+tls")
	if tls {
		o.TLS = realftp.Explicit
	}
	return startWith(t, name, o)
}

// startWith starts a server with options.
func startWith(t testing.TB, name string, o realftp.Options) *site {
	t.Helper()
	s := &site{TB: t, scheme: "ftp", name: "web", local: filepath.Join(t.TempDir(), "public"), own: func() {}}
	if name == embedded {
		root := t.TempDir()
		server, err := ftpserver.Start(ftpserver.Options{Root: root, User: realftp.User, Password: realftp.Password})
		must(t, err)
		t.Cleanup(func() { server.Close() })
		s.addr, s.disk = server.Addr(), filepath.Join(root, s.name)
		return s
	}
	server := realftp.Start(t, name, o)
	s = siteOn(t, server)
	if o.TLS != realftp.Plain {
		s.scheme, s.args = "ftpes", []string{"--fingerprint", "sha256:" + server.Fingerprint}
	}
	return s
}

// siteOn makes a site on a server without TLS.
func siteOn(t testing.TB, server *realftp.Server) *site {
	s := &site{TB: t, scheme: "ftp", name: "web", local: filepath.Join(t.TempDir(), "public")}
	s.addr, s.disk = server.Addr, filepath.Join(server.Root, s.name)
	s.own = func() { must(t, server.Own()) }
	return s
}

// beside returns another site on the same server.
func (s *site) beside(t testing.TB, name string) *site {
	other := *s
	other.TB, other.name, other.disk = t, name, filepath.Join(filepath.Dir(s.disk), name)
	other.local = filepath.Join(t.TempDir(), "public")
	return &other
}

func (s *site) url() string {
	return fmt.Sprintf("%s://%s@%s/%s", s.scheme, realftp.User, s.addr, s.name)
}

// An outcome is what a run came to.
type outcome struct {
	code   int
	stdout string
	out    string // both streams
	summary
}

// A summary is the last line that a deploy writes with --json.
type summary struct {
	Uploaded int   `json:"uploaded"`
	BytesUp  int64 `json:"bytes_up"`
	Deleted  int   `json:"deleted_remote"`
	Reused   int   `json:"reused"`
	Release  int   `json:"release"`
	Previous int   `json:"previous"`
	Finished int   `json:"finished"`
	Drift    int   `json:"drift"`
	MixedMS  int   `json:"mixed_ms"`
	Changed  bool  `json:"changed"`
}

// deploy deploys from a machine that has never seen the site.
func (s *site) deploy(args ...string) outcome {
	s.Helper()
	return s.ferry(s.TempDir(), append([]string{"deploy", s.local, s.url()}, args...)...)
}

// put deploys a tree, and fails the test where the run does not end with 0.
func (s *site) put(files tree, args ...string) outcome {
	s.Helper()
	replace(s, s.local, files)
	r := s.deploy(args...)
	if r.code != 0 {
		s.Fatalf("exit code %d of a deploy of %d files\n%s", r.code, len(files), r.out)
	}
	return r
}

// ferry runs the program in this process. state is its state directory.
func (s *site) ferry(state string, args ...string) outcome {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	env := cli.Env{Stdout: &stdout, Stderr: &stderr, Dir: state, Home: state, Getenv: s.getenv, Now: func() time.Time { return time.Now().Add(s.later) }}
	r := outcome{code: cli.Main(ctx, env, s.arguments(state, args))}
	if ctx.Err() != nil {
		s.Fatalf("still running after %v\n%s%s", runLimit, stdout.String(), stderr.String())
	}
	r.read(stdout.String(), stderr.String())
	return r
}

func (s *site) arguments(state string, args []string) []string {
	all := append([]string{args[0], "--json", "--state-dir", state}, s.args...)
	return append(all, args[1:]...)
}

func (s *site) getenv(name string) string {
	if name == "FERRY_PASSWORD" {
		return realftp.Password
	}
	return s.env[name]
}

func (r *outcome) read(stdout, stderr string) {
	r.stdout, r.out = stdout, stdout+stderr
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	_ = json.Unmarshal([]byte(lines[len(lines)-1]), &r.summary) // it may have been killed
}

// errors returns the lines with which the program told what went wrong.
func (r *outcome) errors() string {
	var said []string
	for line := range strings.Lines(r.out) {
		if strings.HasPrefix(line, "ferry: ") {
			said = append(said, strings.TrimSpace(line))
		}
	}
	return strings.Join(said, " | ")
}

// A process is a run of the program in a process of its own.
type process struct {
	*exec.Cmd
	stdout, stderr *output
	started        chan struct{}
}

// start starts the process.
func (p *process) start(t testing.TB) {
	t.Helper()
	must(t, p.Start())
	close(p.started)
}

// signal sends a signal to the process, from any goroutine.
func (p *process) signal(sig os.Signal) {
	<-p.started
	_ = p.Process.Signal(sig)
}

// An output collects what a process writes. It may be read meanwhile.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// process returns a run that has not been started, on a machine that has never seen the site.
func (s *site) process(args ...string) *process {
	s.Helper()
	return s.processAt(s.TempDir(), args...)
}

// processAt returns a run with a state directory.
func (s *site) processAt(state string, args ...string) *process {
	s.Helper()
	p := &process{exec.Command(program.Path(s), s.arguments(state, args)...), new(output), new(output), make(chan struct{})}
	p.Dir, p.Stdout, p.Stderr = state, p.stdout, p.stderr
	p.Env = []string{"FERRY_PASSWORD=" + realftp.Password, "HOME=" + state, "PATH=" + os.Getenv("PATH")}
	for name, value := range s.env {
		p.Env = append(p.Env, name+"="+value)
	}
	return p
}

// outcome waits for the end of a process that was started. Its code is -1 where it was killed.
func (p *process) outcome(t testing.TB) outcome {
	t.Helper()
	limit := time.AfterFunc(runLimit, func() { p.Process.Kill() })
	err := p.Wait()
	if !limit.Stop() {
		t.Errorf("still running after %v", runLimit)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := outcome{code: p.ProcessState.ExitCode()}
	r.read(p.stdout.String(), p.stderr.String())
	return r
}

// breakLock removes the lock of a run that was killed, as the next one does once it has stood
// still for 40 seconds.
func (s *site) breakLock() {
	s.Helper()
	must(s, os.RemoveAll(filepath.Join(s.disk, ".ferry/lock")))
}

// state returns the file of the state.
func (s *site) state() string { return filepath.Join(s.disk, ".ferry/state") }

// write writes a file into the site, as somebody else.
func (s *site) write(name, content string) {
	s.Helper()
	file := filepath.Join(s.disk, name)
	must(s, os.MkdirAll(filepath.Dir(file), 0o755))
	must(s, os.WriteFile(file, []byte(content), 0o644))
	s.own()
}
