//go:build unix

package hooks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said runs a command and returns its output.
func said(t *testing.T, h Hook, ev Event) ([]string, error) {
	t.Helper()
	var lines []string
	h.Out = func(line string) { lines = append(lines, line) }
	if h.Environ == nil {
		h.Environ = []string{"PATH=" + os.Getenv("PATH")}
	}
	err := h.Run(context.Background(), ev)
	return lines, err
}

func TestCommandIsTold(t *testing.T) {
	dir := t.TempDir()
	ev := Event{
		Fields: []Field{{"hook", "after"}, {"bytes_up", int64(12)}, {"seconds", 1.25}, {"error", "a\x00b\nc"}, {"profile", ""}},
		Paths:  []string{"a.txt", "sub/b c.txt", `back\slash`, "\xff"},
	}
	got, err := said(t, Hook{Do: `
		echo "$FERRY_HOOK $FERRY_BYTES_UP $FERRY_SECONDS <$FERRY_PROFILE> $FERRY_ERROR"
		pwd
		echo to stderr >&2
		cat
		printf 'no end'`, Dir: dir}, ev)
	if err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"after 12 1.250 <> ab", "c", real, "to stderr", "a.txt", "sub/b c.txt", `back\slash`, "\xff", "no end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCommandReadsConflicts(t *testing.T) {
	got, err := said(t, Hook{Do: "cat"}, Event{Conflicts: []Conflict{{"a", "a.copy"}, {"b", ""}}})
	if diff := cmp.Diff([]string{"a\ta.copy", "b\t"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestCommandReadsChanges(t *testing.T) {
	got, err := said(t, Hook{Do: "cat"}, Event{Paths: []string{"x"}, Changes: []Change{{"A", "a b"}, {"D", "c"}}})
	if diff := cmp.Diff([]string{"A\ta b", "D\tc"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if got, err = said(t, Hook{Do: "cat"}, Event{Changes: []Change{}}); err != nil || len(got) > 0 {
		t.Errorf("%q, %v", got, err)
	}
	body, err := Event{Changes: []Change{{"M", "a"}}}.body()
	if want := `{"type":"hook","paths_total":1,"paths":[{"change":"M","path":"a"}]}` + "\n"; err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
}

// A command sees only the environment that it was given.
func TestCommandSeesItsEnvironmentOnly(t *testing.T) {
	t.Setenv("FERRY_PASSWORD", "geheim")
	got, err := said(t, Hook{Do: `echo "<$FERRY_PASSWORD>"`}, Event{})
	if err != nil || !slices.Equal(got, []string{"<>"}) {
		t.Errorf("%q %v", got, err)
	}
}

func TestCommandFails(t *testing.T) {
	for _, c := range []struct{ do, want string }{
		{"exit 3", "exit status 3"},
		{"there-is-no-such-command 2>&1", "exit status 127"},
		{"kill -9 $$", "signal: killed"},
	} {
		if _, err := said(t, Hook{Do: c.do}, Event{}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.do, err, c.want)
		}
	}
	if _, err := said(t, Hook{Do: "true", Dir: filepath.Join(t.TempDir(), "none")}, Event{}); err == nil {
		t.Error("a directory that is not there is no error")
	}
}

// A command does not have to read its input, even if it is longer than a pipe.
func TestCommandNeedNotRead(t *testing.T) {
	var ev Event
	for i := range 300_000 {
		ev.Paths = append(ev.Paths, fmt.Sprintf("some/directory/file-%d.txt", i))
	}
	for _, c := range []struct{ do, want string }{
		{"echo done", "done"},
		{"exec <&-; echo done", "done"},
		{"head -n 1", "some/directory/file-0.txt"},
		{"wc -l | tr -d ' '", "300000"},
		{"tail -n 1", "some/directory/file-299999.txt"},
	} {
		if got, err := said(t, Hook{Do: c.do}, ev); err != nil || !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q, %v", c.do, got, err)
		}
	}
}

// Long output neither blocks the command nor fills the log.
func TestCommandOutputIsBounded(t *testing.T) {
	got, err := said(t, Hook{Do: `head -c 3000000 /dev/zero | tr '\0' x; echo; i=0; while [ $i -lt 600 ]; do echo $i; i=$((i+1)); done`}, Event{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != maxLines+1 || got[0] != strings.Repeat("x", maxLine)+" ..." || got[maxLines-1] != strconv.Itoa(maxLines-2) || got[maxLines] != "(101 more lines are left out)" {
		t.Errorf("%d lines, the first has %d bytes, the last are %q", len(got), len(got[0]), got[max(0, len(got)-2):])
	}
}

// A command is killed with its child, although both ignore SIGTERM and the child keeps
// the pipe open.
func TestCommandIsEndedWithAllItStarted(t *testing.T) {
	for name, c := range map[string]struct {
		do   string
		time time.Duration
	}{
		"in the foreground": {`trap '' TERM; sh -c 'trap "" TERM; echo $$ > child; sleep 600; sleep 600'; sleep 600`, 300 * time.Millisecond},
		"in the background": {`sh -c 'trap "" TERM; echo $$ > child; sleep 600; sleep 600' & wait`, 300 * time.Millisecond},
		"without its pipes": {`sh -c 'trap "" TERM; echo $$ > child; sleep 600; sleep 600' <&- >&- 2>&- & wait`, 300 * time.Millisecond},
		"stopped":           {`echo $$ > child; kill -STOP $$`, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			begin := time.Now()
			_, err := said(t, Hook{Do: c.do, Dir: dir, Timeout: c.time}, Event{})
			if !errors.Is(err, ErrTimeout) {
				t.Errorf("error %v, want %v", err, ErrTimeout)
			}
			if took := time.Since(begin); took > c.time+4*time.Second {
				t.Errorf("it took %v", took)
			}
			wantGone(t, filepath.Join(dir, "child"))
		})
	}
}

// wantGone checks that the process whose ID is in a file ends.
func wantGone(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); running(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// running reports whether a process exists and is not a zombie.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) || !isLinux()
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func isLinux() bool {
	_, err := os.Stat("/proc/self/stat")
	return err == nil
}

// Cancelling ends a command long before its timeout.
func TestCommandIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(context.Background())
	h := Hook{Do: "echo $$ > child; echo up; sleep 600", Dir: dir, Environ: os.Environ(), Out: func(string) { cancel(why) }}
	begin := time.Now()
	if err := h.Run(ctx, Event{}); !errors.Is(err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	wantGone(t, filepath.Join(dir, "child"))
}

// A command may leave a process running. That is not an error, and Run does not wait
// for it.
func TestCommandLeavesSomethingRunning(t *testing.T) {
	dir := t.TempDir()
	begin := time.Now()
	got, err := said(t, Hook{Do: "sleep 600 & echo $! > child; echo up", Dir: dir}, Event{})
	if err != nil || !slices.Equal(got, []string{"up"}) {
		t.Errorf("%q, %v", got, err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	text, err := os.ReadFile(filepath.Join(dir, "child"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if !running(pid) {
		t.Error("it was ended")
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}
