package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/demo"
	"ferry/internal/ftpserver"
	"ferry/internal/keyring"
	"ferry/internal/keyring/keyringtest"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/charmap"
)

// scriptPassword is the password of every server in the scripts. No output of
// any command may hold it.
const scriptPassword = "Tr0ub4dor&3-geheim"

// TestMain makes the test binary the tool, so that the scripts run it.
func TestMain(m *testing.M) {
	testscript.Main(withPlain{m}, map[string]func(){
		"ferry": func() {
			ctx, stop := Signals(context.Background())
			env := OSEnv()
			env.Keyring = scriptKeyring(os.Getenv("FERRY_TEST_KEYRING"))
			code := Main(ctx, env, os.Args[1:])
			stop()
			os.Exit(code)
		},
	})
}

// withPlain are the tests, which need the tool without the race detector.
type withPlain struct{ *testing.M }

func (m withPlain) Run() int {
	defer buildPlain()()
	return m.M.Run()
}

// scriptKeyring returns the keyring of a script: a file, "none", "silent" or "locked". It is never that of whoever runs
// the tests.
func scriptKeyring(kind string) keyring.Keyring {
	switch kind {
	case "", "none":
		return keyringtest.Broken{Err: fmt.Errorf("%w: this is a test", keyring.ErrNone)}
	case "silent":
		return keyringtest.Broken{}
	case "locked":
		return keyringtest.Broken{Err: errors.New("the keyring is locked")}
	}
	return keyringtest.File(kind)
}

// TestScripts runs testdata/script/*.txtar. Besides the commands of testscript
// they have:
//
//	server [OPTION...]   start an FTP server over $WORK/remote, in place of the last one; sets URL, PORT and, with
//	                     TLS, CA and FINGERPRINT; "server stop" only stops it
//	server second [OPTION...]  start another one beside it over $WORK/target, until the script ends; sets TARGET
//	fault KEY=VALUE...   make the server misbehave; "fault clear" ends that
//	awaits               wait until the last fault with "stall" has struck
//	[!] asked REGEXP     the server was asked such a command since it started, or since "forget"
//	tried MOST REGEXP    the server was asked such a command, and no more often than that
//	exits CODE CMD...    run a command that must exit with CODE
//	web                  start a web server for hooks, see scriptWeb
//	took MIN MAX         the last "exits" took that long
//	many DIR N           write the files 1.txt to N.txt
//	big FILE BYTES       write a file of that size
//	varied FILE BYTES    the same, with content that is not alike everywhere
//	equal DIR DIR        both directories hold the same files, but for .ferry
//	write FILE TEXT      write a file
//	freeze DIR...        remember all of a directory; "frozen DIR..." holds it to that
//	age FILE DURATION    set the time of a file back
//	damage DIR           garble every record in a directory
//	terminal ANSWERS CODE CMD...  run a command on a terminal, see scriptTerminal
//	envsubst FILE        put variables in place of ${NAME} in a file; a ferry.yaml is trusted then
//
// and for what stays:
//
//	start NAME CMD...    run a command in the background, its output in NAME.out and NAME.err
//	until FILE REGEXP... wait until a file holds lines that match, one behind the other
//	until exists|gone FILE...
//	until equal DIR DIR  wait until that is so
//	until exits CODE CMD...  run a command again and again until it exits with CODE
//	signal NAME TERM|INT|HUP
//	ends NAME CODE       wait until it has ended with CODE
//	manager              be a service manager: what it is told is in manager.out
//	jsonlines FILE TYPE...  every line is a JSON object, and there are some of each type
//
// The password of the server is in FERRY_PASSWORD and, whatever is run, must
// not be in its output.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			s := &scripted{frozen: make(map[string]map[string]string), running: make(map[string]*exec.Cmd)}
			env.Values[scriptedKey{}] = s
			env.Defer(s.close)
			env.Defer(s.stopAll)
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("USERPROFILE", filepath.Join(env.WorkDir, "home"))
			env.Setenv("FERRY_STATE_DIR", filepath.Join(env.WorkDir, "state"))
			env.Setenv("FERRY_PASSWORD", scriptPassword)
			env.Setenv("SECRET", scriptPassword)
			env.Setenv("PATH", plainFirst(env.Getenv("PATH")))
			env.Setenv("GORACE", "atexit_sleep_ms=10") // a program with the race detector waits a second before it exits
			return errors.Join(os.Mkdir(filepath.Join(env.WorkDir, "home"), 0o755), os.MkdirAll(filepath.Join(env.WorkDir, "remote"), 0o755))
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "unix":
				return runtime.GOOS != "windows", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"server": scriptServer,
			"web":    scriptWeb,
			"fault":  scriptFault,
			"awaits": scriptAwaits,
			"asked":  scriptAsked,
			"forget": func(ts *testscript.TestScript, _ bool, _ []string) { scriptOf(ts).server.ClearTranscript() },
			"tried":  scriptTried,
			"exits":  scriptExits,
			"equal":  scriptEqual,
			"write":  scriptWrite,
			"freeze": scriptFreeze,
			"frozen": scriptFrozen,
			"age":    scriptAge,
			"took":   scriptTook,
			"varied": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				var b strings.Builder
				for i := 0; b.Len() < n; i++ {
					fmt.Fprintln(&b, i)
				}
				ts.Check(demo.WriteFile(ts.MkAbs("."), args[0], b.String()[:n]))
			},
			"big": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Check(demo.WriteFile(ts.MkAbs("."), args[0], strings.Repeat("x", n)))
			},
			"many": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				for i := range n {
					ts.Check(demo.WriteFile(ts.MkAbs("."), fmt.Sprintf("%s/%d.txt", args[0], i+1), fmt.Sprint(args[0], i)))
				}
			},
			"damage":    scriptDamage,
			"terminal":  scriptTerminal,
			"start":     scriptStart,
			"until":     scriptUntil,
			"signal":    scriptSignal,
			"ends":      scriptEnds,
			"manager":   scriptManager,
			"jsonlines": scriptJSONLines,
			"envsubst": func(ts *testscript.TestScript, _ bool, args []string) {
				text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
				if filepath.Base(args[0]) == "ferry.yaml" {
					w := app.Workspace{StateOption: ts.Getenv("FERRY_STATE_DIR")}
					ts.Check(w.TrustText(ts.MkAbs(args[0]), text))
				}
			},
		},
	})
}

// scripted is what a script has besides its files.
type scripted struct {
	server *ftpserver.Server
	struck chan struct{} // closed when the last stalling fault struck
	frozen map[string]map[string]string
	took   time.Duration // by the last command run with "exits"

	running map[string]*exec.Cmd // in the background
	manager *net.UnixConn
}

type scriptedKey struct{}

func scriptOf(ts *testscript.TestScript) *scripted {
	return ts.Value(scriptedKey{}).(*scripted)
}

func (s *scripted) close() {
	if s.server != nil {
		_ = s.server.Close()
	}
}

func scriptServer(ts *testscript.TestScript, _ bool, args []string) {
	s := scriptOf(ts)
	o := ftpserver.Options{Root: ts.MkAbs("remote"), Password: scriptPassword}
	second := len(args) > 0 && args[0] == "second"
	if second {
		args, o.Root = args[1:], ts.MkAbs("target")
		ts.Check(os.MkdirAll(o.Root, 0o755))
	} else {
		s.close()
	}
	scheme := "ftp"
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "tls":
			scheme, o.TLS = "ftpes", ftpserver.Explicit
			if value == "implicit" {
				scheme, o.TLS = "ftps", ftpserver.Implicit
			}
			o.ForceTLS = true
		case "plain": // takes clear text, too
			scheme, o.ForceTLS = "ftp", false
		case "max":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			o.MaxConnections = n
		case "stop":
			return
		case "port":
			o.Addr = "127.0.0.1:" + value
		case "ip": // another address than that of the client
			o.Addr = value + ":0"
		case "foreign":
			o.Foreign = true
		case "sscn":
			o.SSCN = true
		case "hash":
			o.Hash = true
		case "nomlsd":
			o.NoMLSD = true
		case "nomfmt":
			o.NoMFMT = true
		case "nopassive":
			o.NoPassive = true
		case "noactive":
			o.NoActive = true
		case "foldcase":
			o.FoldCase = true
		case "readonly":
			o.ReadOnly = true
		case "cyrillic":
			o.Encoding = charmap.Windows1251
		default:
			ts.Fatalf("server has no option %q", arg)
		}
	}
	server, err := ftpserver.Start(o)
	ts.Check(err)
	if second {
		ts.Defer(func() { server.Close() })
		ts.Setenv("TARGET", fmt.Sprintf("%s://ferry@%s", scheme, server.Addr()))
		return
	}
	s.server = server
	ts.Setenv("URL", fmt.Sprintf("%s://ferry@%s", scheme, server.Addr()))
	ts.Setenv("PORT", strconv.Itoa(server.Port()))
	if o.TLS != ftpserver.Plain {
		ts.Setenv("FINGERPRINT", server.Fingerprint())
		ts.Setenv("CA", ts.MkAbs("ca.pem"))
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), server.CertPEM(), 0o600))
	}
}

func scriptFault(ts *testscript.TestScript, _ bool, args []string) {
	s := scriptOf(ts)
	var f ftpserver.Fault
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "clear":
			s.server.Faults().Clear()
			return
		case "command":
			f.Command = value
		case "path":
			f.Path = value
		case "times":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			f.Times = n
		case "refuse":
			f.Refuse = value
		case "cut":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			f.Data = ftpserver.CutAt(int64(n))
		case "stall":
			struck := make(chan struct{})
			s.struck = struck
			f.Stall, f.Times = true, 1
			f.Hook = func() { close(struck) }
		case "blackhole":
			f.Port = ftpserver.BlackHole
		default:
			ts.Fatalf("fault has no %q", arg)
		}
	}
	s.server.Faults().Add(f)
}

func scriptAwaits(ts *testscript.TestScript, _ bool, _ []string) {
	select {
	case <-scriptOf(ts).struck:
	case <-time.After(20 * time.Second):
		ts.Fatalf("the fault has not struck")
	}
}

func scriptAsked(ts *testscript.TestScript, neg bool, args []string) {
	re := regexp.MustCompile(args[0])
	said := scriptOf(ts).server.Transcript()
	found := slices.ContainsFunc(said, func(line string) bool {
		_, command, asked := strings.Cut(line, " > ")
		return asked && re.MatchString(command)
	})
	if found == neg {
		ts.Fatalf("the server was asked:\n%s", strings.Join(said, "\n"))
	}
}

func scriptTried(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	re, n := regexp.MustCompile(args[1]), 0
	for _, line := range scriptOf(ts).server.Transcript() {
		if _, command, asked := strings.Cut(line, " > "); asked && re.MatchString(command) {
			n++
		}
	}
	if n == 0 || n > most {
		ts.Fatalf("the server was asked %d times, at most %d were expected", n, most)
	}
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	begin := time.Now()
	err = ts.Exec(args[1], args[2:]...)
	scriptOf(ts).took = time.Since(begin)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("running %s: %v", args[1], err)
	}
	out, talk := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("exit %d, want %d\n%s%s", got, want, out, talk)
	}
	if strings.Contains(out+talk, scriptPassword) {
		ts.Fatalf("the password is in the output:\n%s%s", out, talk)
	}
}

func scriptEqual(ts *testscript.TestScript, neg bool, args []string) {
	a, err := demo.ReadTree(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := demo.ReadTree(ts.MkAbs(args[1]))
	ts.Check(err)
	if _, err = demo.SameTrees(a, b); (err != nil) != neg {
		ts.Fatalf("%s: %v\n%s: %v\n%v", args[0], slices.Sorted(maps.Keys(a)), args[1], slices.Sorted(maps.Keys(b)), err)
	}
}

func scriptWrite(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(demo.WriteFile(ts.MkAbs("."), args[0], strings.Join(args[1:], " ")+"\n"))
}

// scan describes all that is in a directory, times included.
func scan(dir string) (map[string]string, error) {
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := fmt.Sprint(info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %x", sha256.Sum256(content))
		}
		found[path] = text
		return nil
	})
	return found, err
}

func scriptFreeze(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		found, err := scan(ts.MkAbs(dir))
		ts.Check(err)
		scriptOf(ts).frozen[dir] = found
	}
}

func scriptFrozen(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		now, err := scan(ts.MkAbs(dir))
		ts.Check(err)
		was := scriptOf(ts).frozen[dir]
		if was == nil || !maps.Equal(was, now) {
			ts.Fatalf("%s has changed\nwas: %v\nnow: %v", dir, was, now)
		}
	}
}

func scriptAge(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	at := time.Now().Add(-d)
	ts.Check(os.Chtimes(ts.MkAbs(args[0]), at, at))
}

func scriptTook(ts *testscript.TestScript, _ bool, args []string) {
	least, err := time.ParseDuration(args[0])
	ts.Check(err)
	most, err := time.ParseDuration(args[1])
	ts.Check(err)
	if took := scriptOf(ts).took; took < least || took > most {
		ts.Fatalf("it took %v, want %v to %v", took, least, most)
	}
}

func scriptDamage(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.db"))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no files to damage in %s", args[0])
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		ts.Check(err)
		for i := range text {
			text[i] ^= 0x5a
		}
		ts.Check(os.WriteFile(name, text, 0o600))
	}
}
