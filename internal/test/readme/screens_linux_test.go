package readme

import (
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"ferry/internal/ftpserver"

	"github.com/google/go-cmp/cmp"
)

var updateScreens = flag.Bool("update-screens", false, "draw the pictures of docs/images anew")

// A story is what a picture of docs/images shows: the program at work on a terminal, with a server.
type story struct {
	*testing.T
	*terminal
	home, remote string
	server       *ftpserver.Server
	names        *strings.Replacer // those of this machine to those in the picture
}

// newStory starts the server. In the picture it is called host, which is as long as its address.
func newStory(t *testing.T, host string) *story {
	t.Helper()
	s := &story{T: t, home: t.TempDir(), remote: t.TempDir()}
	var err error
	for range 100 {
		s.server, err = ftpserver.Start(ftpserver.Options{Root: s.remote, User: "ann", Password: "secret", TLS: ftpserver.Explicit})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.server.Addr()) == len(host) {
			break
		}
		s.server.Close()
	}
	t.Cleanup(func() { _ = s.server.Close() })
	s.here("ca.pem", string(s.server.CertPEM()))
	s.names = strings.NewReplacer(s.server.Addr(), host, s.home, "/home/ann")
	s.terminal = &terminal{dir: s.home, changed: make(chan struct{}), env: []string{
		"HOME=" + s.home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "FERRY_PASSWORD=secret", "TZ=UTC",
		"SSL_CERT_FILE=" + filepath.Join(s.home, "ca.pem"), "GORACE=atexit_sleep_ms=10",
	}}
	return s
}

// profiles writes a ferry.yaml where it needs no trust. SERVER stands for the address.
func (s *story) profiles(text string) {
	s.here(".config/ferry/ferry.yaml", strings.ReplaceAll(text, "SERVER", s.server.Addr()))
}

func (s *story) here(name, text string)  { s.put(s.home, name, text) }
func (s *story) there(name, text string) { s.put(s.remote, name, text) }

func (s *story) put(root, name, text string) {
	s.Helper()
	path := filepath.Join(root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		s.Fatal(err)
	}
}

// types shows a line behind a prompt.
func (s *story) types(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all.Len() > 0 {
		s.all.WriteString("\r\n")
	}
	s.all.WriteString("\x1b[32m$\x1b[m " + line + "\r\n")
}

// does types a command and runs it.
func (s *story) does(line string, code int) {
	s.Helper()
	s.types(line)
	s.end(s.start(s.T, line), code)
}

// written is all that was written to the terminal, with the names of the picture.
func (s *story) written() string { return s.names.Replace(s.all.String()) }

// picture compares what stands on the terminal with a picture, but for numbers and times, or draws it anew.
func (s *story) picture(name, title, written string) {
	s.Helper()
	file := filepath.Join(top, "docs", "images", name)
	e := emulate(written)
	if *updateScreens {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(svg(e, title)), 0o644)); err != nil {
			s.Fatal(err)
		}
	}
	drawn, err := os.ReadFile(file)
	if err != nil {
		s.Fatal(err)
	}
	want, got := textOf(string(drawn)), textOf(svg(e, title))
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s shows something else than the program; run this test with -update-screens, and look at the picture\n%s", file, diff)
	}
	for _, private := range []string{s.home, "127.0.0.1", "secret"} {
		if strings.Contains(string(drawn), private) {
			s.Errorf("%s shows %s", file, private)
		}
	}
}

var (
	drawnText = regexp.MustCompile(`<text x="([\d.]+)" y="(\d+)" [^>]*>([^<]*)</text>`)
	hashes    = regexp.MustCompile(`-(?:local|remote)-[0-9a-f]{6}`)
	durations = regexp.MustCompile(`\d[\d.]*(?:ms|µs| s)\b`)
	numbers   = regexp.MustCompile(`\d+`)
)

// textOf is the text in a picture, with 0 for each number and duration. It is sorted: pairs of a watch take turns.
func textOf(drawn string) []string {
	var all []string
	y, row, line := "", "", ""
	end := func() {
		line += row
		if utf8.RuneCountInString(row) < columns { // else the terminal has wrapped the line
			all, line = append(all, line), ""
		}
		row = ""
	}
	for _, m := range drawnText.FindAllStringSubmatch(drawn, -1) {
		if m[2] != y {
			end()
			y = m[2]
		}
		x, _ := strconv.ParseFloat(m[1], 64)
		column := int((x-margin)/cellWidth + 0.5)
		row += strings.Repeat(" ", max(column-utf8.RuneCountInString(row), 0)) + html.UnescapeString(m[3])
	}
	end()
	for i, line := range all {
		line = hashes.ReplaceAllString(durations.ReplaceAllString(line, "0"), "")
		all[i] = numbers.ReplaceAllString(line, "0")
	}
	slices.Sort(all)
	return all
}

func TestScreenOfSync(t *testing.T) {
	t.Parallel()
	s := newStory(t, "nas.example.com")
	s.profiles("profiles:\n  documents: {local: ~/Documents, remote: \"ftpes://ann@SERVER/documents\"}\n")
	s.here("Documents/letter.txt", strings.Repeat("Dear Sir or Madam, ", 120))
	s.here("Documents/taxes/2026.ods", strings.Repeat("x", 48200))
	s.there("documents/scans/invoice.pdf", strings.Repeat("x", 312000))
	s.there("documents/shopping.txt", strings.Repeat("bread ", 20))
	s.does("ferry status", 0)
	s.does("ferry sync", 0)
	s.types("# later: files were changed, renamed and deleted on both sides")
	s.here("Documents/letter.txt", strings.Repeat("Dear Ms Smith, ", 130))
	s.here("Documents/shopping.txt", strings.Repeat("bread ", 21))
	s.there("documents/shopping.txt", strings.Repeat("bread and eggs ", 20))
	if err := errors.Join(
		os.Rename(filepath.Join(s.home, "Documents/scans"), filepath.Join(s.home, "Documents/paper")),
		os.Remove(filepath.Join(s.remote, "documents/taxes/2026.ods")),
	); err != nil {
		t.Fatal(err)
	}
	s.does("ferry status", 0)
	s.does("ferry sync", 5)
	s.picture("sync.svg", "A first pass with ferry sync, and a second one with a conflict", s.written())
}

func TestScreenOfWatch(t *testing.T) {
	t.Parallel()
	s := newStory(t, "nas.example.com")
	s.profiles("profiles:\n" +
		"  documents: {local: ~/Documents, remote: \"ftpes://ann@SERVER/documents\"}\n" +
		"  photos: {local: ~/Pictures, remote: \"ftpes://ann@SERVER/photos\"}\n" +
		"  shop: {local: ~/shop, remote: \"ftpes://ann@SERVER/shop\", direction: push}\n")
	s.here("Documents/index.html", "hello")
	s.here("Pictures/index.html", "hello")
	for i := range 40 {
		s.here(fmt.Sprintf("shop/%d.html", i), fmt.Sprint("page ", i))
	}
	s.end(s.start(t, "ferry sync"), 0)
	for i := range 30 {
		if err := os.Remove(filepath.Join(s.home, fmt.Sprintf("shop/%d.html", i))); err != nil {
			t.Fatal(err)
		}
	}
	s.all.Reset() // that was before the picture
	s.types("ferry watch")
	watch := s.start(t, "ferry watch")
	s.await(watch, "documents: in sync, watching")
	s.await(watch, "photos: in sync, watching")
	s.await(watch, "shop: halted: ")
	s.here("Documents/letter.txt", strings.Repeat("Dear Sir or Madam, ", 120))
	s.await(watch, "letter.txt)")
	s.here("Pictures/harbour.jpg", strings.Repeat("x", 2_400_000))
	s.await(watch, "harbour.jpg)")
	written := ""
	atRest := regexp.MustCompile(`\ndocuments +in sync .*\nphotos +in sync .*\nshop +halted .*\n$`)
	s.awaitThat(watch, "all pairs at rest", func() bool {
		written = s.written()
		return atRest.MatchString(frame(emulate(written)))
	})
	_, _ = watch.master.WriteString("\x03")
	s.end(watch, 130)
	s.picture("watch.svg", "ferry watch with three pairs, of which one waits for a decision", written)
}

func TestScreenOfDeploy(t *testing.T) {
	t.Parallel()
	s := newStory(t, "www.example.com")
	s.profiles("profiles:\n  site: {local: ~/public, remote: \"ftpes://ann@SERVER/htdocs\", deploy: {keep: 3}}\n")
	s.here("public/index.html", "<h1>Hello</h1>\n")
	s.here("public/css/site.css", "h1 { color: teal }\n")
	s.here("public/news/opening.html", "<h1>We are open</h1>\n")
	s.there("htdocs/robots.txt", "User-agent: *\n")
	s.does("ferry deploy site --dry-run", 0)
	s.does("ferry deploy site", 0)
	s.types("# the next build")
	s.here("public/index.html", "<h1>Hello again</h1>\n")
	s.here("public/news/closing.html", "<h1>We are closed</h1>\n")
	s.does("ferry deploy site", 0)
	s.does("ferry releases site", 0)
	s.does("ferry rollback site", 0)
	s.picture("deploy.svg", "Two releases with ferry deploy, and a rollback", s.written())
}

// TestPictures holds that README and docs/ show every picture, and that there is every picture that they show.
func TestPictures(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, page := range append(pages, filepath.Join(top, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(((?:docs/)?images/[^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
			picture := filepath.Join(filepath.Dir(page), m[1])
			shown[picture] = true
			if _, err := os.Stat(picture); err != nil {
				t.Error(err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(top, "docs", "images", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no pictures (%v)", err)
	}
	for _, file := range files {
		if !shown[file] {
			t.Errorf("neither the README nor docs/ shows %s", file)
		}
	}
}
