package gitignore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCasesAgreeWithGit holds the table of this package against git, so
// that it is no invention of ours.
func TestCasesAgreeWithGit(t *testing.T) {
	repo := newGitRepo(t)
	for _, c := range cases {
		repo.add(c.patterns, slices.Concat(c.ignored, c.kept))
	}
	repo.compare(t)
}

// TestAgreesWithGit compares the answers of git and of this package on
// random sets of patterns, ordinary and hostile ones.
func TestAgreesWithGit(t *testing.T) {
	sets := 500
	switch {
	case testing.Short():
		sets = 50
	case inCI():
		sets = 3000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	repo := newGitRepo(t)
	for i := range sets {
		words := plainWords
		if i%2 == 1 {
			words = hostileWords
		}
		repo.add(randomPatterns(r, words), randomPaths(r))
	}
	repo.compare(t)
}

var (
	plainWords   = []string{"a", "b", "ab", "abc", "a.b", ".b", "*", "*", "**", "/", "/", "/", "?", "[ab]", "[!a]", "c", "foo"}
	hostileWords = []string{"a", "b", "c", "*", "**", "***", "/", "/", "//", "?", "[", "]", "[a-c]", "[!", "[^b]", "[]a]", "[[:alpha:]]", "[[:x:]]", "[[:digit:]-c]", `\`, `\\`, `\*`, `\/`, "-", "!", "#", " ", `\ `, ":", ".", "[a-", "{a,b}", "\t", "é"}
	pathWords    = []string{"a", "b", "c", "ab", "abc", "a.b", ".b", "foo", "bc", "aa", "a b", "]", "-", "5", "[a", `a\b`, "*", "é", "c "}
)

// TestAgreesWithGitWithoutCase is TestAgreesWithGit where core.ignorecase is set, as on Windows and macOS. Capitals in
// brackets and behind a backslash are left out: there git is not consistent, see [Rules.FoldCase].
func TestAgreesWithGitWithoutCase(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	repo := newGitRepo(t)
	repo.git("", "config", "core.ignorecase", "true")
	repo.foldsCase = true
	words := []string{"a", "A", "B", "b", "Ab", "aBC", "A.b", ".B", "*", "*", "**", "/", "/", "?", "[ab]", "[!a]", "[A-C]", "[a-b]", "[[:upper:]]", "[[:lower:]]", "C", "fOO", "É"}
	sets := 300
	if testing.Short() {
		sets = 30
	}
	for range sets {
		paths := randomPaths(r)
		for i := range paths {
			if r.IntN(2) == 0 {
				paths[i] = strings.ToUpper(paths[i])
			}
		}
		repo.add(randomPatterns(r, words), withoutFilesAbove(paths))
	}
	repo.compare(t)
}

// withoutFilesAbove leaves out the files that have others below them.
func withoutFilesAbove(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		return !strings.HasSuffix(p, "/") && slices.ContainsFunc(paths, func(q string) bool { return strings.HasPrefix(q, p+"/") })
	})
}

func randomPatterns(r *rand.Rand, words []string) string {
	var b strings.Builder
	for range 1 + r.IntN(5) {
		if r.IntN(4) == 0 {
			b.WriteByte('!')
		}
		for range 1 + r.IntN(6) {
			b.WriteString(words[r.IntN(len(words))])
		}
		switch r.IntN(10) {
		case 0:
			b.WriteString("/")
		case 1:
			b.WriteString(" ")
		case 2:
			b.WriteString("\r")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// randomPaths returns paths of which none is both a file and a directory. One
// that has others below it stands there as a directory.
func randomPaths(r *rand.Rand) []string {
	dirs := make(map[string]bool)
	names := make(map[string]bool)
	for range 24 {
		var parts []string
		for range 1 + r.IntN(4) {
			parts = append(parts, pathWords[r.IntN(len(pathWords))])
		}
		for i := 1; i < len(parts); i++ {
			dirs[strings.Join(parts[:i], "/")] = true
		}
		names[strings.Join(parts, "/")] = true
		if r.IntN(4) == 0 {
			dirs[strings.Join(parts, "/")] = true
		}
	}
	var paths []string
	for dir := range dirs {
		paths = append(paths, dir+"/")
	}
	for name := range names {
		if !dirs[name] {
			paths = append(paths, name)
		}
	}
	slices.Sort(paths)
	return paths
}

// A gitRepo holds many sets of patterns, each in a directory of its own, so that
// one run of git answers for all.
type gitRepo struct {
	t    *testing.T
	root string
	sets []patternSet
	// foldsCase says that core.ignorecase is set.
	foldsCase bool
}

type patternSet struct {
	patterns string
	paths    []string
}

// newGitRepo makes an empty repository that knows no settings of this machine.
// Without git the test is skipped, and in CI it fails.
func newGitRepo(t *testing.T) *gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if inCI() {
			t.Fatal("NOT TESTED: git is missing, so that ignore rules were not compared with it")
		}
		t.Skip("NOT TESTED: git is missing, so that ignore rules were not compared with it")
	}
	g := &gitRepo{t: t, root: t.TempDir()}
	g.git("", "init", "-q", "--template=", ".")
	return g
}

func inCI() bool { return os.Getenv("FERRY_CI") == "1" || os.Getenv("CI") == "true" }

func (g *gitRepo) git(stdin string, args ...string) string {
	g.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = g.root
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.root, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	// git check-ignore exits with 1 where no path is ignored.
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		g.t.Fatalf("git %v: %v\n%s", args, err, stderr.String())
	}
	return string(out)
}

// add makes the directories of paths on disk: git looks there for what is a
// directory, while files need not exist.
func (g *gitRepo) add(patterns string, paths []string) {
	g.t.Helper()
	base := filepath.Join(g.root, fmt.Sprintf("s%d", len(g.sets)))
	if err := os.Mkdir(base, 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(base, ".gitignore"), []byte(patterns), 0o644); err != nil {
		g.t.Fatal(err)
	}
	set := patternSet{patterns: patterns}
	seen := make(map[string]bool)
	for _, s := range paths {
		p, dir := splitDir(s)
		if dir {
			if err := os.MkdirAll(filepath.Join(base, p), 0o755); err != nil {
				g.t.Fatal(err)
			}
		}
		if !seen[s] && (dir || !slices.Contains(paths, s+"/")) {
			set.paths = append(set.paths, s)
		}
		seen[s] = true
	}
	g.sets = append(g.sets, set)
}

// compare asks git about all paths at once.
func (g *gitRepo) compare(t *testing.T) {
	t.Helper()
	var stdin strings.Builder
	for i, set := range g.sets {
		for _, s := range set.paths {
			p, _ := splitDir(s)
			fmt.Fprintf(&stdin, "s%d/%s\x00", i, p)
		}
	}
	out := g.git(stdin.String(), "check-ignore", "--no-index", "--stdin", "-z", "-v", "-n")
	fields := strings.Split(out, "\x00") // source, line, pattern, path
	checks, wrong := 0, 0
	for i, set := range g.sets {
		rules := Parse(set.patterns)
		if g.foldsCase {
			rules = rules.FoldCase()
		}
		for _, s := range set.paths {
			p, dir := splitDir(s)
			if len(fields) < 4 || fields[3] != fmt.Sprintf("s%d/%s", i, p) {
				t.Fatalf("git does not answer for %q of set %d: %.200q", s, i, fields)
			}
			pattern := fields[2]
			fields = fields[4:]
			checks++
			want := pattern != "" && !strings.HasPrefix(pattern, "!")
			got := rules.Match(p, dir)
			rule := ""
			if r := rules.deciding(p, dir); r != nil {
				rule = r.source
			}
			if got == want && rule == pattern {
				continue
			}
			if wrong++; wrong <= 10 {
				t.Errorf("%q: ignored %v by rule %q, git says %v by %q\npatterns %q", s, got, rule, want, pattern, set.patterns)
			}
		}
	}
	t.Logf("%d sets, %d checks, %d wrong", len(g.sets), checks, wrong)
}
