package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// A quickStart is the code under a heading of the README, as it is typed against a real server.
type quickStart struct {
	*testing.T
	*terminal
	server  *realftp.Server
	home    string
	heading string
}

// newQuickStart starts the server, and a terminal in a home directory whose system trusts the server's certificate.
func newQuickStart(t *testing.T, heading, server string, answers ...answer) *quickStart {
	t.Helper()
	s := realftp.Start(t, server, realftp.Options{TLS: realftp.Explicit, ForceTLS: server != "pyftpdlib"})
	home := t.TempDir()
	q := &quickStart{T: t, server: s, home: home, heading: heading}
	q.write("ca.pem", string(s.CertPEM))
	answers = append(answers, answer{regexp.MustCompile(`^Password for .*: $`), s.Password + "\n"})
	if url := regexp.MustCompile(`ftpes://[^\s` + "`" + `]+`).FindString(section(t, "README.md", heading)); url != "" {
		answers = append(answers, answer{regexp.MustCompile(`^URL of the server.*: $`), q.here(url) + "\n"})
	}
	q.terminal = &terminal{dir: home, answers: answers, changed: make(chan struct{}), env: []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "SSL_CERT_FILE=" + filepath.Join(home, "ca.pem"),
		"GORACE=atexit_sleep_ms=10", // a program with the race detector waits a second before it exits
	}}
	return q
}

// lines are the commands of the quick start, with the server and the program of the test in place of those of the text.
func (q *quickStart) lines() []string {
	q.Helper()
	var all []string
	for _, line := range codeLines(section(q.T, "README.md", q.heading)) {
		all = append(all, q.here(line))
	}
	if len(all) < 4 {
		q.Fatalf("%q has only %d lines of code", q.heading, len(all))
	}
	return all
}

// here puts the server of the test in place of those in the README.
func (q *quickStart) here(line string) string {
	server := q.server.User + "@" + q.server.Addr
	return strings.NewReplacer(
		"ann@nas.example.com", server,
		"deploy@example.com", server,
		"/usr/local/bin/ferry", "ferry",
	).Replace(line)
}

func (q *quickStart) write(name, text string) {
	q.Helper()
	path := filepath.Join(q.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		q.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		q.Fatal(err)
	}
}

// holds checks the content of a file, below the home directory or below the root of the server.
func (q *quickStart) holds(root, name, want string) {
	q.Helper()
	got, err := os.ReadFile(filepath.Join(root, name))
	if err != nil || string(got) != want {
		q.Fatalf("%s has %q, want %q (%v)", name, got, want, err)
	}
}

// shows checks what a command has shown.
func (q *quickStart) shows(text, want string) {
	q.Helper()
	if !strings.Contains(text, want) {
		q.Fatalf("the terminal does not show %q:\n%s", want, text)
	}
}

func TestKeepAFolderInSync(t *testing.T) {
	t.Parallel()
	q := newQuickStart(t, "### Keep a folder in sync", "vsftpd",
		answer{regexp.MustCompile(`^Which way changes go: .*: $`), "\n"},
		answer{regexp.MustCompile(`^Name of the profile .*: $`), "\n"},
		answer{regexp.MustCompile(`^Where the password is kept: keyring, .*: $`), "\n"},
	)
	q.write("Documents/letter.txt", "Dear Sir")
	q.server.WriteFile(t, "documents/from-the-nas.txt", "hello")
	for _, line := range q.lines() {
		if line != "ferry watch" {
			text := q.run(t, line)
			if line == "ferry status" {
				q.shows(text, "letter.txt")
				q.shows(text, "from-the-nas.txt")
			}
			continue
		}
		q.holds(q.server.Root, "documents/letter.txt", "Dear Sir")
		q.holds(q.home, "Documents/from-the-nas.txt", "hello")
		watch := q.start(t, line)
		q.await(watch, "in sync, watching both sides")
		q.write("Documents/letter.txt", "Dear Madam")
		q.await(watch, "done: up 1 file")
		q.holds(q.server.Root, "documents/letter.txt", "Dear Madam")
		_, _ = watch.master.WriteString("\x03")
		q.end(watch, 130)
		return
	}
	t.Fatal("the quick start does not end with ferry watch")
}

func TestBackUpFromCron(t *testing.T) {
	t.Parallel()
	q := newQuickStart(t, "### Back up from cron", "proftpd",
		answer{regexp.MustCompile(`^Where the password is kept: .*: $`), "file\n"},
		answer{regexp.MustCompile(`^File for the password .*: $`), "\n"},
	)
	q.write("Documents/thesis.txt", "draft")
	q.write("Documents/old.txt", "old")
	cron := ""
	for _, line := range q.lines() {
		switch at := regexp.MustCompile(`^(?:[\d*]+ ){5}`).FindString(line); {
		case line == "crontab -e":
		case at != "":
			cron = strings.TrimPrefix(line, at)
		default:
			q.run(t, line)
		}
	}
	q.holds(q.server.Root, "backup/thesis.txt", "draft")
	if cron == "" {
		t.Fatal("the quick start has no line for the crontab")
	}

	q.write("Documents/thesis.txt", "finished")
	if err := os.Remove(filepath.Join(q.home, "Documents/old.txt")); err != nil {
		t.Fatal(err)
	}
	if mail := q.byCron(cron); !strings.Contains(mail, "old versions are kept below .ferry/") || strings.Count(mail, "\n") != 1 {
		t.Errorf("the pass in which the first old versions go to the trash says\n%s", mail)
	}
	q.holds(q.server.Root, "backup/thesis.txt", "finished")
	kept, err := filepath.Glob(filepath.Join(q.server.Root, "backup/.ferry/*/*/old.txt"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the trash has %q of the deleted file (%v)", kept, err)
	}

	q.write("Documents/thesis.txt", "finished, and corrected")
	if mail := q.byCron(cron); mail != "" {
		t.Errorf("cron would send\n%s", mail)
	}
	q.holds(q.server.Root, "backup/thesis.txt", "finished, and corrected")

	// What the text below the code says.
	restore := regexp.MustCompile("`(ferry pull [^`]*)`").FindStringSubmatch(section(t, "README.md", q.heading))
	if restore == nil {
		t.Fatal("the quick start does not say how everything comes back")
	}
	q.answers = append(q.answers, answer{regexp.MustCompile(`^Password for .*: $`), q.server.Password + "\n"})
	q.run(t, q.here(restore[1]))
	q.holds(q.home, "restored/thesis.txt", "finished, and corrected")
}

// byCron runs a command as cron does, without a terminal, and returns what cron would send by mail.
func (q *quickStart) byCron(line string) string {
	q.Helper()
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = q.home, append(q.env, "SHELL=/bin/sh", "TERM=")
	mail, err := cmd.CombinedOutput()
	if err != nil {
		q.Fatalf("%s: %v\n%s", line, err, mail)
	}
	return string(mail)
}

func TestDeployASite(t *testing.T) {
	t.Parallel()
	q := newQuickStart(t, "### Deploy a site", "pureftpd")
	q.write("public/index.html", "one")
	q.write("public/css/site.css", "body {}")
	q.server.WriteFile(t, "htdocs/robots.txt", "of somebody else")
	deploy := ""
	for _, line := range q.lines() {
		if strings.HasPrefix(line, "ferry releases ") { // as after the next build
			q.write("public/index.html", "two")
			q.run(t, deploy)
			q.holds(q.server.Root, "htdocs/index.html", "two")
		}
		text := q.run(t, line)
		switch {
		case strings.HasSuffix(line, "--dry-run"):
			q.shows(text, "would deploy: 2 new")
			if _, err := os.Stat(filepath.Join(q.server.Root, "htdocs/index.html")); err == nil {
				t.Fatal("a dry run has deployed")
			}
		case strings.HasPrefix(line, "ferry deploy "):
			deploy = line
			q.holds(q.server.Root, "htdocs/index.html", "one")
		case strings.HasPrefix(line, "ferry releases "):
			q.shows(text, "live")
			q.shows(text, "kept")
		}
	}
	q.holds(q.server.Root, "htdocs/index.html", "one") // gone back
	q.holds(q.server.Root, "htdocs/robots.txt", "of somebody else")
}
