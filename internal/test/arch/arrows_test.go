// Package arch holds the tests of how the packages hang together, see docs/design.md.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this module, as go.mod says it.
var module = func() string {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "go.mod"))
	if err != nil {
		panic(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(strings.TrimPrefix(line, "module "))
}()

// arrows are, for every package, the packages of this module that it may import. What is not in the table may not be
// there; test files may import besides what testArrows says.
var arrows = map[string][]string{
	"":                                 {"internal/cli"},
	"manifest":                         {},
	"manifest/manifesttest":            {"manifest"},
	"sync":                             {"manifest", "sync/filter", "sync/namecase", "sync/shift", "sync/modes", "sync/links", "sync/copyname", "sync/compare", "sync/pack", "sync/runs"},
	"sync/compare":                     {"manifest"},
	"internal/ftp/digest":              {},
	"sync/pack":                        {"manifest"},
	"sync/runs":                        {},
	"sync/filter":                      {"manifest", "sync/namecase"},
	"sync/namecase":                    {"manifest"},
	"sync/shift":                       {"manifest"},
	"sync/explain":                     {"manifest", "sync"},
	"sync/verify":                      {"manifest", "sync", "sync/compare"},
	"sync/local":                       {"manifest", "sync", "sync/trashbin", "sync/links", "sync/ahead"},
	"sync/remote":                      {"manifest", "sync", "sync/remote/list", "sync/remote/blind", "sync/remote/lock", "sync/remote/read", "internal/ftp", "internal/ftp/pool", "internal/ftp/pool/shared", "internal/ftp/pool/sizing", "internal/ftp/check", "internal/ftp/listing", "internal/ftp/wire", "sync/remote/chmod", "sync/trashbin", "sync/links", "sync/remote/names", "internal/ftp/third", "sync/compare", "sync/remote/left", "internal/ftp/modez", "sync/remote/temporary"},
	"sync/ahead":                       {},
	"sync/remote/blind":                {"manifest", "sync", "internal/ftp", "sync/trashbin"},
	"sync/remote/left":                 {"internal/deploy/release", "internal/ftp", "manifest", "sync"},
	"sync/remote/temporary":            {"manifest", "sync", "internal/ftp", "sync/remote/list", "sync/remote/names"},
	"sync/remote/list":                 {"manifest", "internal/ftp", "internal/ftp/listing", "sync/remote/names"},
	"sync/remote/lock":                 {"manifest", "sync", "internal/ftp", "internal/ftp/pool"},
	"sync/remote/read":                 {"manifest", "sync", "internal/ftp", "internal/ftp/pool/shared", "internal/ftp/third", "internal/ftp/wire", "sync/compare", "internal/ftp/digest", "sync/ahead", "internal/ftp/modez"},
	"internal/ftp":                     {"internal/ftp/charset", "internal/ftp/datamode", "internal/ftp/listing", "internal/ftp/socket", "internal/ftp/trust", "internal/ftp/wire", "internal/ftp/digest", "internal/ftp/deflate", "internal/ftp/serverfile"},
	"internal/ftp/pool":                {"internal/ftp", "internal/ftp/pool/sizing"},
	"internal/ftp/pool/sizing":         {},
	"internal/ftp/pool/shared":         {"internal/ftp", "internal/ftp/pool", "internal/ftp/pool/sizing", "internal/ftp/socket"},
	"internal/ftp/check":               {"internal/ftp", "internal/ftp/charset", "internal/ftp/listing", "internal/ftp/trust", "internal/ftp/wire", "internal/ftp/third", "internal/ftp/modez"},
	"internal/ftp/modez":               {"internal/ftp", "internal/ftp/deflate"},
	"internal/ftp/charset":             {},
	"internal/ftp/serverfile":          {"internal/private"},
	"internal/ftp/deflate":             {},
	"internal/ftp/wire":                {},
	"internal/ftp/datamode":            {"internal/ftp/wire"},
	"internal/ftp/trust":               {"internal/ftp/wire"},
	"internal/ftp/socket":              {},
	"sync/replicatest":                 {"manifest", "sync", "sync/trashbin"},
	"sync/watch":                       {"manifest", "sync"},
	"internal/deploy":                  {"internal/deploy/inverse", "internal/deploy/order", "internal/deploy/pointer", "internal/deploy/release", "internal/text", "manifest", "sync", "sync/namecase"},
	"internal/deploy/order":            {"internal/gitignore", "manifest", "internal/deploy/release", "sync/namecase"},
	"internal/deploy/inverse":          {"internal/deploy/order", "internal/deploy/release", "manifest", "sync/namecase"},
	"internal/deploy/pointer":          {"manifest"},
	"internal/deploy/release":          {"manifest"},
	"internal/deploy/site":             {"internal/deploy", "internal/ftp", "internal/ftp/pool", "internal/ftp/pool/sizing", "manifest", "sync", "sync/remote/list", "sync/remote/lock", "internal/ftp/listing", "internal/ftp/wire", "internal/ftp/modez"},
	"internal/deploy/deploytest":       {"internal/deploy", "manifest", "sync"},
	"internal/deploy/sensitive":        {"internal/deploy", "internal/gitignore", "manifest"},
	"internal/ci":                      {},
	"internal/gitignore":               {},
	"internal/history":                 {"internal/deploy", "manifest", "sync", "sync/trashbin"},
	"internal/hooks":                   {"internal/shell"},
	"internal/localpath":               {},
	"internal/shell":                   {},
	"internal/service":                 {},
	"internal/daemon":                  {"sync/watch"},
	"bench":                            {"bench/wan", "internal/test/realftp", "internal/test/visitor"},
	"bench/wan":                        {},
	"ci/image":                         {},
	"watcher":                          {"manifest"},
	"internal/config":                  {"manifest", "sync", "internal/deploy", "internal/deploy/pointer", "internal/ftp", "internal/ftp/charset", "internal/ftp/trust", "internal/text", "sync/filter", "internal/keyring", "internal/shell", "internal/localpath"},
	"internal/ftp/listing":             {},
	"internal/selfsigned":              {},
	"internal/ftpserver":               {"internal/selfsigned"},
	"internal/test/realftp":            {"internal/selfsigned"},
	"internal/test/arch":               {},
	"internal/test/e2e":                {},
	"internal/test/mutation":           {},
	"internal/test/crash":              {},
	"internal/test/deploy":             {},
	"internal/test/faults":             {},
	"internal/test/many":               {},
	"internal/test/soak":               {},
	"internal/test/visitor":            {},
	"internal/test/program":            {},
	"internal/test/release":            {},
	"internal/man":                     {},
	"internal/test/watch":              {},
	"internal/text":                    {},
	"internal/report":                  {"internal/ci", "internal/deploy", "internal/text", "manifest", "sync", "sync/explain", "sync/verify", "sync/watch", "sync/meter", "sync/compare"},
	"internal/app":                     {"internal/config", "internal/daemon", "internal/deploy", "internal/deploy/order", "internal/deploy/pointer", "internal/deploy/sensitive", "internal/deploy/site", "internal/ftp", "internal/ftp/check", "internal/gitignore", "internal/history", "internal/hooks", "internal/text", "manifest", "sync", "sync/explain", "sync/filter", "sync/local", "sync/remote", "sync/remote/blind", "sync/verify", "sync/watch", "watcher", "internal/keyring", "internal/merge", "internal/private", "internal/trusted", "internal/reserved", "internal/owner", "internal/filewatch", "sync/meter", "sync/trashbin", "sync/copyname", "internal/canonical", "internal/deploy/page", "sync/links", "internal/localpath", "internal/app/news", "internal/app/retention", "internal/ftp/pool/shared", "internal/ftp/third", "sync/readonly", "sync/mirror", "internal/ftp/trust"},
	"internal/cli":                     {"internal/app", "internal/ci", "internal/config", "internal/history", "internal/report", "internal/service", "internal/text", "internal/keyring", "internal/merge", "internal/prompt", "internal/setup", "internal/report/server", "internal/cli/help", "internal/demo", "internal/man", "internal/cli/args", "internal/cli/terminal", "internal/cli/page", "internal/dashboard/act", "internal/report/words", "internal/cli/show", "internal/app/copying"},
	"internal/keyring":                 {},
	"internal/keyring/keyringtest":     {"internal/keyring"},
	"internal/merge":                   {"internal/shell", "manifest", "sync"},
	"internal/private":                 {},
	"internal/trusted":                 {"internal/private"},
	"internal/prompt":                  {},
	"internal/setup":                   {"internal/app", "internal/config", "internal/keyring", "internal/prompt"},
	"internal/test/action":             {},
	"internal/test/transcript":         {},
	"internal/test/readme":             {},
	"sync/modes":                       {"manifest"},
	"sync/links":                       {"manifest"},
	"sync/remote/chmod":                {"manifest", "sync", "sync/remote/read", "internal/ftp"},
	"internal/report/server":           {"internal/ftp", "internal/ftp/check"},
	"internal/cli/help":                {"internal/app", "internal/config"},
	"internal/demo":                    {"internal/app", "internal/config", "internal/ftpserver", "internal/text"},
	"internal/reserved":                {"manifest", "internal/localpath"},
	"internal/owner":                   {},
	"internal/filewatch":               {},
	"sync/meter":                       {"sync"},
	"sync/trashbin":                    {"manifest", "sync"},
	"sync/copyname":                    {"manifest"},
	"internal/cli/args":                {"internal/app"},
	"internal/cli/terminal":            {},
	"internal/canonical":               {},
	"internal/deploy/page":             {"internal/deploy", "internal/ftp", "manifest"},
	"sync/remote/names":                {"internal/ftp", "manifest"},
	"internal/app/news":                {"manifest", "sync"},
	"internal/app/retention":           {"internal/history", "internal/text", "sync", "sync/trashbin"},
	"internal/dashboard":               {"internal/app", "internal/config", "internal/daemon", "internal/dashboard/act", "internal/history", "internal/report", "internal/report/server", "internal/report/words", "internal/text", "sync", "sync/watch"},
	"internal/dashboard/dashboardtest": {"internal/app", "internal/dashboard", "internal/dashboard/act", "internal/ftpserver", "internal/selfsigned", "sync"},
	"internal/test/dashboard":          {},
	"internal/dashboard/act":           {"internal/app", "internal/config", "manifest", "sync"},
	"internal/report/words":            {"internal/history", "internal/text", "sync", "sync/watch"},
	"internal/cli/page":                {"internal/dashboard"},
	"sync/mirror":                      {"manifest", "sync"},
	"sync/readonly":                    {"sync", "sync/trashbin", "sync/compare"},
	"internal/ftp/third":               {"internal/ftp", "internal/ftp/wire"},
	"internal/app/copying":             {"internal/app", "internal/config", "internal/gitignore", "internal/text"},
	"internal/cli/show":                {"internal/app", "internal/report", "internal/text"},
	"packaging/manual":                 {"internal/man"},
	"packaging/universal":              {},
}

// testArrows are what the tests of every package but the leaves may import besides: the base in memory, the suite that
// all replicas pass, and the servers to test against.
var testArrows = []string{"manifest", "manifest/manifesttest", "sync", "sync/replicatest", "internal/ftpserver", "internal/test/realftp"}

// moreForTests are what the tests of single packages may import besides: those of the engine, and of
// whole passes, join it with real replicas.
var moreForTests = map[string][]string{
	// The store is held against a base in memory.
	"manifest":          {"manifest/manifesttest"},
	"sync":              {"sync/local", "sync/remote", "sync/trashbin", "internal/deploy/release"},
	"internal/test/e2e": {"sync/local", "sync/remote", "sync/remote/blind", "internal/ftp"},
	// The errors and reports of what lies below.
	"internal/config": {"internal/keyring/keyringtest"},
	// What a page shows, all in one process.
	"internal/dashboard":      {"internal/dashboard/dashboardtest"},
	"internal/test/dashboard": {"internal/dashboard/dashboardtest", "internal/history", "internal/test/program"},
	"internal/app":            {"internal/keyring/keyringtest"},
	"internal/cli":            {"internal/keyring/keyringtest", "internal/daemon", "internal/ftp", "sync/remote", "sync/watch"},
	"sync/remote":             {"internal/ftp/charset"},
	// Pools of sessions to test with.
	"sync/remote/read":   {"internal/ftp/pool"},
	"internal/ftp/third": {"internal/ftp/pool"},
	// The lock gets its listings from whoever takes it.
	"sync/remote/lock": {"internal/ftp/listing"},
	// The suite that every server of a site must pass.
	"internal/deploy":      {"internal/deploy/inverse", "internal/deploy/deploytest"},
	"internal/deploy/site": {"internal/deploy/deploytest"},
	// The program, built and started.
	"internal/test/crash":      {"internal/test/program"},
	"internal/test/transcript": {"internal/test/program"},
	// The program itself, run in the process of the test.
	"internal/test/deploy": {"internal/cli", "internal/test/program", "internal/deploy/pointer", "bench/wan", "internal/test/visitor", "sync/remote/lock"},
	"internal/test/faults": {"internal/cli", "sync/remote"},
	"internal/test/many":   {"internal/test/program"},
	"internal/test/soak":   {"internal/cli", "internal/test/program"},
	"internal/test/watch":  {"internal/cli", "internal/test/program"},
	"internal/test/action": {"internal/cli", "internal/selfsigned"},
	"internal/test/readme": {"internal/cli", "internal/app", "internal/keyring/keyringtest"},
	"ci/image":             {"internal/selfsigned"},
}

// leaves import nothing of ours, and their tests only what moreForTests says.
var leaves = []string{"manifest", "internal/gitignore", "internal/ftp/wire", "internal/ftp/socket", "internal/ftp/listing", "internal/ftp/charset", "internal/selfsigned", "internal/ftpserver", "internal/test/realftp", "internal/test/arch"}

// owners are the packages that, with those below them, alone may import a module of others, so that it can be exchanged
// in one place.
var owners = map[string]string{
	"gopkg.in/yaml.v3":                  "internal/config",
	"github.com/jlaffaye/ftp":           "internal/ftp",
	"github.com/fsnotify/fsnotify":      "watcher",
	"go.etcd.io/bbolt":                  "manifest",
	"github.com/fclairamb/ftpserverlib": "internal/ftpserver",
	"github.com/spf13/cobra":            "internal/cli",
	"github.com/spf13/pflag":            "internal/cli",
	"github.com/vbauerster/mpb/v8":      "internal/report",
	"github.com/mattn/go-runewidth":     "internal/report",
	"github.com/lmittmann/tint":         "internal/cli",
	"github.com/creack/pty":             "internal/cli",
	"github.com/zalando/go-keyring":     "internal/keyring",
}

// file is a source file and what it imports.
type file struct {
	name    string // relative to the root of the module
	pkg     string // directory of its package, "" for the root
	test    bool
	imports []string
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range sources(t) {
		seen[f.pkg] = true
		for _, wrong := range f.wrong() {
			t.Errorf("%s %s", f.name, wrong)
		}
	}
	if !seen["manifest"] || !seen["sync"] || !seen[""] {
		t.Error("the packages were not found; is this the module?")
	}
}

// wrong says which imports of a file go against the arrows.
func (f file) wrong() []string {
	allowed, known := arrows[f.pkg]
	if !known {
		return []string{"is in a package that the table of arrows does not know"}
	}
	if f.test {
		allowed = slices.Concat(allowed, []string{f.pkg}, moreForTests[f.pkg])
		if !slices.Contains(leaves, f.pkg) {
			allowed = slices.Concat(allowed, testArrows)
		}
	}
	var wrong []string
	for _, imported := range f.imports {
		to, ours := strings.CutPrefix(imported, module+"/")
		if ours && !slices.Contains(allowed, to) {
			wrong = append(wrong, "imports "+to)
		}
		if owner, owned := owners[imported]; owned && !f.test && owner != f.pkg && !strings.HasPrefix(f.pkg, owner+"/") {
			wrong = append(wrong, "imports "+imported+", which belongs to "+owner)
		}
	}
	return wrong
}

// TestWrong holds that the rules find what goes against them.
func TestWrong(t *testing.T) {
	for _, c := range []struct {
		file file
		want int
	}{
		{file{pkg: "sync", imports: []string{"fmt", "ferry/manifest"}}, 0},
		{file{pkg: "sync", imports: []string{"ferry/sync/remote"}}, 1},
		{file{pkg: "sync", test: true, imports: []string{"ferry/sync/remote", "ferry/internal/test/realftp"}}, 0},
		{file{pkg: "sync", test: true, imports: []string{"ferry/internal/cli"}}, 1},
		{file{pkg: "sync/local", imports: []string{"ferry/sync/remote", "ferry/watcher"}}, 2},
		{file{pkg: "manifest", test: true, imports: []string{"ferry/manifest"}}, 0},
		{file{pkg: "manifest", test: true, imports: []string{"ferry/sync"}}, 1},
		{file{pkg: "internal/cli", imports: []string{"ferry/sync/remote", "gopkg.in/yaml.v3"}}, 2},
		{file{pkg: "internal/app", imports: []string{"ferry/sync/remote", "ferry/internal/report"}}, 1},
		{file{pkg: "internal/app", imports: []string{"github.com/spf13/cobra", "github.com/vbauerster/mpb/v8"}}, 2},
		{file{pkg: "internal/report", imports: []string{"ferry/sync", "ferry/internal/app"}}, 1},
		{file{pkg: "internal/config", imports: []string{"gopkg.in/yaml.v3"}}, 0},
		{file{pkg: "sync/remote", test: true, imports: []string{"github.com/fsnotify/fsnotify"}}, 0},
		{file{pkg: "somewhere"}, 1},
	} {
		for i, imported := range c.file.imports {
			if rest, ours := strings.CutPrefix(imported, "ferry/"); ours {
				c.file.imports[i] = module + "/" + rest
			}
		}
		if got := c.file.wrong(); len(got) != c.want {
			t.Errorf("%+v: %q, want %d", c.file, got, c.want)
		}
	}
}

// sources are all Go files of the module.
func sources(t *testing.T) []file {
	t.Helper()
	root := moduleRoot(t)
	var all []file
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(name, "go.mod")); d.IsDir() && name != root && err == nil {
			return filepath.SkipDir // a module of its own
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parse(root, name)
		all = append(all, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(root, name string) (file, error) {
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return file{}, err
	}
	f := file{name: filepath.ToSlash(relative), test: strings.HasSuffix(name, "_test.go")}
	if f.pkg = path.Dir(f.name); f.pkg == "." {
		f.pkg = ""
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return file{}, err
	}
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}

// moduleRoot is the directory of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = filepath.Dir(dir)
	}
}
