package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// largest is the most lines that a package may have, without its tests.
const largest = 6500

// TestPackagesAreRooms holds that no package grows into a house of its own.
func TestPackagesAreRooms(t *testing.T) {
	lines := make(map[string]int)
	for _, f := range sources(t) {
		if !f.test {
			lines[f.pkg] += bytes.Count(read(t, f.name), []byte("\n"))
		}
	}
	for pkg, n := range lines {
		if n > largest {
			t.Errorf("%s has %d lines without its tests, want at most %d: split it", pkg, n, largest)
		}
	}
}

// quirksFile is the one file of the product that knows servers by their names.
const quirksFile = "internal/ftp/quirks.go"

var serverNames = regexp.MustCompile(`(?i)vsftpd|pro-?ftpd|pure-?ftpd|pyftpdlib|ftpserverlib|goftp|filezilla|inetutils|serv-u|crushftp|synology|qnap`)

// TestServersAreNamedOnce holds that what servers do differently stands in the table
// of quirks and nowhere else in the product.
func TestServersAreNamedOnce(t *testing.T) {
	for _, f := range sources(t) {
		product := !f.test && !strings.HasPrefix(f.pkg, "internal/test/") && !strings.HasPrefix(f.pkg, "bench") &&
			f.pkg != "internal/ftpserver" // the embedded server is one, and is built on a library that is called after what it does
		if !product || f.name == quirksFile {
			continue
		}
		for i, line := range strings.Split(string(read(t, f.name)), "\n") {
			if name := serverNames.FindString(line); name != "" {
				t.Errorf("%s:%d names %s; %s is the place for that", f.name, i+1, name, quirksFile)
			}
		}
	}
}

// TestQuirksHaveTests holds that the tests exist that the table of quirks names.
func TestQuirksHaveTests(t *testing.T) {
	exist := make(map[string]bool)
	for _, f := range sources(t) {
		if !f.test {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.name, read(t, f.name), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				exist[fn.Name.Name] = true
			}
		}
	}
	named := regexp.MustCompile(`test: +"(\w+)"`).FindAllSubmatch(read(t, quirksFile), -1)
	if len(named) < 20 {
		t.Fatalf("%d rows of the table name a test", len(named))
	}
	for _, test := range named {
		if !exist[string(test[1])] {
			t.Errorf("there is no test %s", test[1])
		}
	}
}

// TestAppHasNoTerminal holds that what ferry can do works without a command line and
// without a terminal: another program can use it.
func TestAppHasNoTerminal(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "./internal/app")
	list.Dir = moduleRoot(t)
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		for _, banned := range []string{"spf13", "vbauerster", "tint", "x/term", "go-runewidth", module + "/internal/report", module + "/internal/cli"} {
			if strings.Contains(dep, banned) {
				t.Errorf("internal/app depends on %s", dep)
			}
		}
	}
}

// TestArrowsAreUsed holds that the table of arrows has none that nobody uses.
func TestArrowsAreUsed(t *testing.T) {
	used := make(map[[2]string]bool)
	for _, f := range sources(t) {
		for _, imported := range f.imports {
			if to, ours := strings.CutPrefix(imported, module+"/"); ours && !f.test {
				used[[2]string{f.pkg, to}] = true
			}
		}
	}
	for from, all := range arrows {
		for _, to := range all {
			if !used[[2]string{from, to}] {
				t.Errorf("nothing in %s imports %s", strconv.Quote(from), to)
			}
		}
	}
}

// read returns the text of a file, named relative to the root of the module.
func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), filepath.FromSlash(path.Clean(name))))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
