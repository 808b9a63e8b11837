package mutation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// histories is how many random histories each property of the engine is given.
const histories = "600"

// A suite is what is asked whether a mutant is right.
type suite struct {
	dir  string
	args []string
}

// suites by name. The seed is fixed, so that whether a mutant is killed is no
// matter of luck.
var suites = map[string]suite{
	"engine":  {"sync", []string{"-rapid.checks=" + histories, "-rapid.seed=20260101", "-rapid.nofailfile", "-rapid.shrinktime=0s", "-test.skip=TestCostOfAPart|TestModesModel|TestFirstPass(Onto|Finds|With|Cancelled)"}},
	"equal":   {"sync", []string{"-test.run=TestFirstPass(Onto|Finds|With|Cancelled)"}},
	"compare": {"sync/compare", nil},
	"hashes":  {"sync/remote/read", []string{"-test.run=TestHashes"}},
	"memory":  {"sync/replicatest", nil},
	"local":   {"sync/local", nil},
	"remote":  {"sync/remote", []string{"-test.run=TestSweep|TestParts|TestCancelledUploads|TestOldAway|TestEditIn|TestTrashThat|TestGone|TestStatAsks|TestRefusedRenameOver|TestEmptyPromises|TestScanWithoutEnd|TestScanOfLarge|TestFarTimes"}},
	"lock":    {"sync/remote/lock", nil},
	"blind":   {"sync/remote/blind", nil},
	"box":     {"sync/remote", []string{"-test.run=TestDropBox"}},
	"saved":   {"internal/deploy", []string{"-test.run=Maintenance|SavedVersions|BeforeTakeUp|RollbackKeepsDrift|TestInverse|TestRemaining"}},
	"store":   {"manifest", []string{"-rapid.nofailfile", "-test.skip=Fuzz"}},
	"watch":   {"sync/watch", []string{"-test.short"}},
	"rules":   {"internal/gitignore", []string{"-test.run=Narrow|Default"}},
	"pairs":   {"internal/app", []string{"-test.run=Key|SecretsOf"}},
	"paths":   {"internal/canonical", nil},
	"trust":   {"internal/app", []string{"-test.run=Reserved|StateDir|PushLeaves|Trust"}},
	"ftp":     {"internal/ftp", []string{"-test.run=NeverEnd|Trickles|WithoutEnd|InPieces", "-test.timeout=60s"}},
	"pointed": {"internal/deploy", []string{"-test.run=PointerRefused"}},
}

// root is the directory of the module.
const root = "../../.."

// patience is how long one suite may take; a mutant that hangs is killed, too.
const patience = 4 * time.Minute

// TestEveryMutantIsKilled breaks one rule after the other and holds that the
// tests notice. In short mode it does so for three.
func TestEveryMutantIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("some of the tests that kill are for Linux only")
	}
	mutants, err := readMutants("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants { // all of them, in short mode too
		if _, err := m.texts(root); err != nil {
			t.Error(err)
		}
	}
	switch {
	case testing.Short():
		mutants = []mutant{mutants[0], mutants[len(mutants)/2], mutants[len(mutants)-1]}
	case os.Getenv("FERRY_MUTANTS_ALL") == "":
		mutants = todays(mutants, time.Now().YearDay())
	}
	if !t.Run("without a mutant", func(t *testing.T) { wantSound(t, mutants) }) {
		return
	}
	killers := make([]string, len(mutants))
	t.Run("with", func(t *testing.T) {
		for i, m := range mutants {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				by, err := m.try(t.Context(), t.TempDir())
				switch {
				case err != nil:
					t.Errorf("%s: %v", m.at, err)
				case by == "":
					t.Errorf("%s: it SURVIVED the tests of %v: there is none for what it breaks", m.at, m.suites)
				}
				killers[i] = by
			})
		}
	})
	report(t, mutants, killers)
}

// todays returns a thirtieth of the mutants, another one each day: all of them take
// longer than everything else together.
func todays(all []mutant, day int) (some []mutant) {
	for i, m := range all {
		if i%30 == day%30 {
			some = append(some, m)
		}
	}
	return some
}

// report shows which test killed which mutant.
func report(t *testing.T, mutants []mutant, killers []string) {
	var table strings.Builder
	killed, tests := 0, make(map[string]bool)
	for i, by := range killers {
		if by == "" {
			continue
		}
		killed++
		tests[by] = true
		fmt.Fprintf(&table, "%-78s %s\n", mutants[i].name, by)
	}
	t.Logf("%d mutants of %d killed, by %d tests\n%s", killed, len(mutants), len(tests), table.String())
}

// wantSound holds that the tests that the mutants are given pass where nothing is
// broken: otherwise they would kill everything.
func wantSound(t *testing.T, mutants []mutant) {
	asked := make(map[string]bool)
	for _, m := range mutants {
		for _, name := range m.suites {
			asked[name] = true
		}
	}
	for name, s := range suites {
		if !asked[name] || testing.Short() && name != "engine" {
			continue
		}
		by, err := s.fails(t.Context(), t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if by != "" {
			t.Errorf("suite %s fails without a mutant: %s", name, by)
		}
	}
}

// try asks the suites of a mutant until one fails, and returns the test that
// killed it, or "".
func (m mutant) try(ctx context.Context, dir string) (string, error) {
	texts, err := m.texts(root)
	if err != nil {
		return "", err
	}
	overlay, err := writeOverlay(dir, texts)
	if err != nil {
		return "", err
	}
	for _, name := range m.suites {
		s, ok := suites[name]
		if !ok {
			return "", fmt.Errorf("there is no suite %q", name)
		}
		by, err := s.fails(ctx, dir, []string{"-overlay", overlay})
		if err != nil {
			return "", err
		}
		if by != "" {
			return name + ": " + by, nil
		}
	}
	return "", nil
}

// writeOverlay writes the changed files, and what tells the go command to take
// them in place of the real ones.
func writeOverlay(dir string, texts map[string]string) (string, error) {
	replace := make(map[string]string)
	for file, text := range texts {
		at, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		replace[at] = filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(replace[at], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, overlay, 0o600)
}

var failLine = regexp.MustCompile(`(?m)^--- FAIL: (\S+)|^panic: (test timed out|.*)|^\t+(Test\S+) \(`)

// fails builds a suite and runs it, and returns the test that failed, or "".
// That it cannot be built is an error: such a mutant says nothing.
func (s suite) fails(ctx context.Context, dir string, flags []string) (string, error) {
	binary := filepath.Join(dir, filepath.Base(s.dir)+".test")
	build := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(build, "./"+s.dir)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w\n%s", err, out)
	}
	defer os.Remove(binary)
	args := append([]string{"-test.failfast", "-test.timeout=" + patience.String()}, s.args...)
	cmd = exec.CommandContext(ctx, binary, args...)
	cmd.Dir = filepath.Join(root, s.dir)
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case !errors.As(err, &failed) || ctx.Err() != nil:
		return "", fmt.Errorf("running: %w", err)
	}
	if name := failLine.FindStringSubmatch(string(out)); name != nil {
		return strings.TrimSpace(name[1] + name[2] + name[3]), nil
	}
	return "", fmt.Errorf("running: %w, and no test says that it failed:\n%s", err, out)
}
