package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxMarkdownLine is the longest line of a Markdown file, in characters. Rows of tables may be longer.
const maxMarkdownLine = 120

func TestMarkdownLines(t *testing.T) {
	for name, text := range markdown(t) {
		for i, line := range strings.Split(text, "\n") {
			if n := utf8.RuneCountInString(line); n > maxMarkdownLine && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d has %d characters, more than %d", name, i+1, n, maxMarkdownLine)
			}
		}
	}
}

var (
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	// goFile is the name of a Go file, and perhaps of something that it declares: sync/apply.go, apply.go,
	// sync/apply.go:pass.apply.
	goFile = regexp.MustCompile(`^([\w./-]+\.go)(?::([\w.]+))?$`)
	// inModule is a path or a pattern below one of the directories of this module.
	inModule = regexp.MustCompile(`^(?:\.ci|bench|docs|internal|manifest|sync|watcher)/[\w./*-]*$`)
	testName = regexp.MustCompile(`^(?:Test|Benchmark|Fuzz)[A-Z]\w*`)
	// link is the target of a Markdown link to another file.
	link = regexp.MustCompile(`\]\(([\w./-]+\.md)(?:#[\w-]*)?\)`)
)

// TestNamesInMarkdown holds that every file, directory, function and test exists that a Markdown file names as code, and
// every file that it links to.
func TestNamesInMarkdown(t *testing.T) {
	root := moduleRoot(t)
	declared := declarations(t, root)
	for name, text := range markdown(t) {
		for _, span := range codeSpan.FindAllStringSubmatch(text, -1) {
			if why := declared.missing(root, span[1]); why != "" {
				t.Errorf("%s: `%s`: %s", name, span[1], why)
			}
		}
		for _, to := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), to[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestMissingNames holds that names which do not exist are found.
func TestMissingNames(t *testing.T) {
	root := moduleRoot(t)
	declared := declarations(t, root)
	for code, want := range map[string]bool{
		"sync/apply.go":                      false,
		"apply.go":                           false,
		"sync/apply.go:pass.apply":           false,
		"sync/reconcile.go:Reconcile":        false,
		"sync/testdata/reconcile":            false,
		"sync/testdata/*":                    false,
		"TestMissingNames":                   false,
		"go test ./sync -run Some":           false,
		"sync/no-such-file.go":               true,
		"no-such-file.go":                    true,
		"sync/apply.go:pass.noSuchFunction":  true,
		"sync/apply.go:Reconcile":            true,
		"sync/no-such-directory/":            true,
		"sync/no-such-pattern*":              true,
		"TestThatNobodyHasWritten":           true,
		"internal/test/arch/docs_test.go:no": true,
	} {
		if got := declared.missing(root, code) != ""; got != want {
			t.Errorf("%q is missing: %v, want %v", code, got, want)
		}
	}
}

// TestArrowsInDesign holds that the table of imports in docs/design.md says the same as arrows.
func TestArrowsInDesign(t *testing.T) {
	table := section(t, filepath.Join(moduleRoot(t), "docs", "design.md"), "The rooms")
	told := map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		imports := codes(cells[2])
		for _, pkg := range codes(cells[1]) {
			if pkg == "main.go" {
				pkg = ""
			}
			told[pkg] = imports
		}
	}
	for pkg, allowed := range arrows {
		if want := slices.Sorted(slices.Values(allowed)); !slices.Equal(slices.Sorted(slices.Values(told[pkg])), want) {
			t.Errorf("docs/design.md lets package %q import %q, the table of arrows %q", pkg, told[pkg], want)
		}
	}
	for pkg := range told {
		if _, known := arrows[pkg]; !known {
			t.Errorf("docs/design.md has a row for package %q, which the table of arrows does not know", pkg)
		}
	}
}

// TestQuirksInDocs holds that docs/ftp.md has a row for every quirk of the table in internal/ftp/quirks.go, and no others.
func TestQuirksInDocs(t *testing.T) {
	root := moduleRoot(t)
	source, err := os.ReadFile(filepath.Join(root, "internal", "ftp", "quirks.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, row := range regexp.MustCompile(`(?m)^\t\{quirk: (\w+),`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, row[1])
	}
	table := section(t, filepath.Join(root, "docs", "ftp.md"), "Quirks")
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
		got = append(got, row[1])
	}
	if len(want) < 10 || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("docs/ftp.md explains %q, and the table has %q", got, want)
	}
}

// codes are the spans of code in text.
func codes(text string) (spans []string) {
	for _, span := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, span[1])
	}
	return spans
}

// markdown is the text of all Markdown files of the module, by name.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	root := moduleRoot(t)
	walkModule(t, root, func(name string) {
		if !strings.HasSuffix(name, ".md") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.ToSlash(name)] = string(text)
	})
	if len(texts) < 5 {
		t.Fatalf("%d Markdown files were found", len(texts))
	}
	return texts
}

// declared are the names that each Go file declares: functions, Type.Method, types, variables and constants.
type declared map[string]map[string]bool

func declarations(t *testing.T, root string) declared {
	t.Helper()
	all := declared{}
	walkModule(t, root, func(name string) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, decl := range tree.Decls {
			for _, one := range declaredBy(decl) {
				names[one] = true
			}
		}
		all[filepath.ToSlash(name)] = names
	})
	return all
}

func declaredBy(decl ast.Decl) (names []string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		return []string{name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

// receiver is the name of the type of a method.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// missing says what does not exist of that which a span of code names, "" if nothing is missing.
func (all declared) missing(root, code string) string {
	switch m := goFile.FindStringSubmatch(code); {
	case m != nil:
		return all.missingIn(m[1], m[2])
	case testName.MatchString(code):
		name := testName.FindString(code)
		for _, names := range all {
			if names[name] {
				return ""
			}
		}
		return "there is no such test"
	case inModule.MatchString(code):
		if found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(code))); err != nil || len(found) == 0 {
			return "there is no such file or directory"
		}
	}
	return ""
}

// missingIn is missing for a Go file, which may be named without its directory, and for what it declares.
func (all declared) missingIn(file, name string) string {
	for path, names := range all {
		if path != file && (strings.Contains(file, "/") || filepath.Base(path) != file) {
			continue
		}
		if name == "" || names[name] {
			return ""
		}
		return "the file does not declare " + name
	}
	return "there is no such file"
}

// walkModule calls f with the names of the files of the module, relative to its root, but for those in testdata and in
// hidden directories.
func walkModule(t *testing.T, root string, f func(name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err == nil {
			f(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
