package readme

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/cli"
	"ferry/internal/ftpserver"
	"ferry/internal/keyring/keyringtest"
)

// TestEveryCommand types every command of the README and of docs/ against the embedded server, and holds that none is
// wrong usage. What a command does beyond that depends on what was done before; the tests of internal/cli are about it.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	server, err := ftpserver.Start(ftpserver.Options{Root: t.TempDir(), User: "ann", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w := &world{T: t, server: server, home: t.TempDir()}
	w.write("home/public/index.html", "hello")
	typed := typedCommands(t)
	if len(typed) < 60 {
		t.Fatalf("only %d commands were found", len(typed))
	}
	for _, line := range typed {
		code, said := w.run(line)
		if code == app.ExitUsage || unknownWord.MatchString(said) {
			t.Errorf("%s: exit %d\n%s", line, code, said)
		}
	}
}

var unknownWord = regexp.MustCompile(`unknown (?:command|option|flag|shorthand)`)

// completed has the commands that the text names without what they need, and what is typed behind them.
var completed = map[string]string{
	"ferry check --web": "https://example.com/", "ferry ignored": "PATH", "ferry status --explain": "PATH", "ferry trash restore": "PATH",
	"ferry copy": "SOURCE TARGET",
}

// placeholders are the words that stand for something in the documents, and what is typed for them.
var placeholders = map[string]string{
	"COMMAND": "sync", "[COMMAND]": "sync", "SHELL": "bash", "PATH": "index.html", "NAME": "site", "PROFILE": "site",
	"LOCAL": "./public", "URL": "ftp://ann@nas.example.com/public", "SOURCE": "ftp://ann@nas.example.com/public", "TARGET": "ftp://ann@nas.example.com/copy", "FILE": "ferry.yaml",
	"/path/to/ferry.yaml": "ferry.yaml", "$HOME/ferry.yaml": "~/ferry.yaml",
}

// notRun are commands that change the machine or take seconds. Only their arguments are read.
var notRun = []string{"ferry service install", "ferry service uninstall", "ferry service status", "ferry demo", "ferry dashboard"}

// typedCommands returns the commands in the code of the README and of docs/, each once.
func typedCommands(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range append(files, filepath.Join(top, "README.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range codeLines(string(text)) {
			all = append(all, commandIn(line))
		}
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(string(text), -1) {
			all = append(all, commandIn(strings.Join(strings.Fields(span[1]), " ")))
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(line string) bool { return line == "" })
}

var commandStart = regexp.MustCompile(`^(?:[\d*@a-z]+ +)*(?:[A-Z_]+=\S+ +)*(?:/usr/local/bin/)?(ferry [-a-z].*)$`)

// commandIn returns the command of ferry in a line of code, without what only a shell is for; "" if there is none.
func commandIn(line string) string {
	m := commandStart.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(line, "scoop ") { // it has a bucket of that name
		return ""
	}
	command, _, _ := strings.Cut(m[1], "  ") // what a column beside it says
	for _, end := range []string{" | ", " > ", " >> ", " && ", " || ", "; "} {
		command, _, _ = strings.Cut(command, end)
	}
	return strings.TrimSpace(strings.ReplaceAll(command, `\|`, "|"))
}

// words splits a command as a shell does, and puts something in place of placeholders.
func words(command string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1) {
		word := m[1] + m[2] + m[3]
		if typed, stands := placeholders[word]; stands {
			word = typed
		}
		if strings.HasPrefix(word, "$") || word == "..." {
			word = "7"
		}
		if before, _, choice := strings.Cut(word, "|"); choice {
			word = before
		}
		all = append(all, word)
	}
	return all
}

// A world is what the commands run in: a home directory with profiles, and a server.
type world struct {
	*testing.T
	server *ftpserver.Server
	home   string
}

func (w *world) write(name, text string) {
	w.Helper()
	path := filepath.Join(w.home, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		w.Fatal(err)
	}
}

// profiles is a ferry.yaml with the names that the documents use.
const profiles = `profiles:
  site: {local: ./public, remote: "ftp://ann@%[1]s/site"%[2]s}
  photos: {local: ./photos, remote: "ftp://ann@%[1]s/photos"}
  backup: {local: ./documents, remote: "ftp://ann@%[1]s/backup", direction: push}
`

var (
	anyHost = regexp.MustCompile(`(?:ftp|ftpes|ftps)://(?:\w+@)?[\w.]+`)
	anyPage = regexp.MustCompile(`https?://\S+`)
)

// run types a command, and returns its exit code and all that it prints.
func (w *world) run(line string) (int, string) {
	w.Helper()
	args := words(strings.TrimSpace(line + " " + completed[line]))[1:]
	deploy := ""
	if slices.Contains([]string{"deploy", "releases", "rollback"}, args[0]) {
		deploy = ", deploy: {keep: 3}"
	}
	config := fmt.Sprintf(profiles, w.server.Addr(), deploy)
	if slices.Contains([]string{"conflicts", "trash", "login"}, args[0]) { // they are for one profile
		config, _, _ = strings.Cut(config, "  photos:")
	}
	w.write("ferry.yaml", config)
	w.write("backup.yaml", config)
	if args[0] == "init" {
		_ = os.Remove(filepath.Join(w.home, "ferry.yaml"))
		_ = os.Remove(filepath.Join(w.home, "backup.yaml"))
	}
	for _, dir := range []string{"public", "photos", "documents", "Documents", "Pictures"} {
		w.write(dir+"/index.html", "hello")
		w.write(dir+"/css/site.css", "body {}")
	}
	for i, arg := range args {
		if rest, in := strings.CutPrefix(arg, "~/"); in {
			arg = filepath.Join(w.home, rest)
		}
		arg = anyHost.ReplaceAllString(arg, "ftp://ann@"+w.server.Addr())
		args[i] = anyPage.ReplaceAllString(arg, "http://127.0.0.1:1/")
	}
	for _, start := range notRun {
		if strings.HasPrefix(line, start) {
			args = append(args, "--help")
		}
	}
	workspace := app.Workspace{StateOption: filepath.Join(w.home, "state")}
	if err := workspace.TrustText(filepath.Join(w.home, "ferry.yaml"), config); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.Context(), 20*time.Second)
	defer cancel()
	out := &screen{ended: cancel}
	variables := map[string]string{"FERRY_PASSWORD": "secret", "FERRY_STATE_DIR": workspace.StateOption}
	code := cli.Main(ctx, cli.Env{
		Stdin: strings.NewReader("secret\n"), Stdout: out, Stderr: out, StdoutTerminal: true, Dir: w.home, Home: w.home,
		Getenv:       func(name string) string { return variables[name] },
		Keyring:      keyringtest.Keyring{"ann@" + w.server.Addr(): "secret"},
		ReadPassword: func(context.Context, string) (string, error) { return "secret", nil },
		ReadLine:     func(context.Context, string) (string, error) { return "", io.EOF },
	}, args)
	if ctx.Err() == context.DeadlineExceeded {
		w.Errorf("%s: it does not end\n%s", line, out.text())
	}
	return code, out.text()
}

// A screen is what a command prints. A watch that has begun is ended.
type screen struct {
	mu    sync.Mutex
	shown bytes.Buffer
	ended func()
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Contains(b, []byte(", watching ")) {
		s.ended()
	}
	return s.shown.Write(b)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}
