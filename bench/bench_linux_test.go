package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/bench/wan"
	"ferry/internal/test/realftp"

	"github.com/google/go-cmp/cmp"
)

// asProgram turns the test program into the benchmark.
const asProgram = "FERRY_BENCH_TEST"

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(agentVariable) != "":
		if agentMain() != nil {
			os.Exit(1)
		}
	case os.Getenv(asProgram) != "":
		os.Exit(run())
	default:
		os.Exit(realftp.Main(m))
	}
}

// benchmark returns a command that runs the benchmark with its files below dir.
func benchmark(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the whole benchmark")
	}
	if os.Getuid() != 0 {
		t.Skip("namespaces and servers need root")
	}
	realftp.Start(t, "vsftpd", realftp.Options{}).Stop() // or skip the test
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append([]string{"-dir", dir, "-fetch=false", "-json", "-settings", "tuned", "-servers", "vsftpd"}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// results runs the benchmark and returns its results and its exit code.
func results(t *testing.T, args ...string) ([]result, int) {
	t.Helper()
	cmd := benchmark(t, t.TempDir(), args...)
	talk := new(bytes.Buffer)
	cmd.Stderr = talk
	out, err := cmd.Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var all []result
	for line := range bytes.Lines(out) {
		var r result
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, r)
	}
	t.Logf("%s", talk)
	return all, cmd.ProcessState.ExitCode()
}

// needsLink skips a test where no link can be made.
func needsLink(t *testing.T) {
	t.Helper()
	l, err := wan.Open(wan.Options{})
	if err != nil {
		t.Skipf("no link can be made here: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// fake is a program that stands in for ferry.
func fake(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ferry")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWhole runs ferry over a short link in both settings, and checks that everything is measured.
func TestWhole(t *testing.T) {
	needsLink(t)
	all, exit := results(t, "-tools", "ferry", "-settings", "tuned,defaults", "-rtt", "4ms", "-work", "up,rename,copy,mode-z")
	if exit != 0 {
		t.Fatalf("exit %d", exit)
	}
	ran := map[string]int{}
	for _, r := range all {
		if r.Skipped != "" {
			ran["skipped "+r.Row]++
			continue
		}
		ran[r.Server+" "+r.Row+" "+r.Tool]++
		if r.Error != "" || r.Seconds <= 0 || r.CPU <= 0 || r.Memory <= 0 || r.RoundTrips <= 0 || r.Traffic == nil || r.Traffic.PacketsUp == 0 ||
			r.Link != "4ms, 100 Mbit/s" || (r.Connections == 4) != (r.Tool == "ferry") {
			t.Errorf("%+v", r)
		}
	}
	want := map[string]int{"vsftpd up ferry": 1, "vsftpd up ferry default": 1, "vsftpd rename ferry": 1, "vsftpd rename ferry default": 1,
		"vsftpd to vsftpd copy ferry": 1, "vsftpd to vsftpd copy ferry default": 1, "skipped mode-z": 1}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Error(diff)
	}
}

// TestTwoLinks checks that each run has the link that its result names.
func TestTwoLinks(t *testing.T) {
	needsLink(t)
	all, exit := results(t, "-tools", "ferry", "-rtt", "2ms,40ms", "-loss", "0,2%", "-large", "1MiB", "-work", "large-down")
	if len(all) != 4 || exit != 0 {
		t.Fatalf("%d results, exit %d", len(all), exit)
	}
	for i, want := range []string{"2ms, 100 Mbit/s", "40ms, 100 Mbit/s", "2ms, 100 Mbit/s, 2 % loss", "40ms, 100 Mbit/s, 2 % loss"} {
		r := all[i]
		if lossy := strings.Contains(want, "loss"); r.Link != want || (r.Traffic.LostAtRandom > 0) != lossy {
			t.Errorf("%+v over %+v, want %s", r, r.Traffic, want)
		}
		if far := strings.HasPrefix(want, "40ms"); far && r.Seconds < 10*0.040 {
			t.Errorf("login, listing and a file of 1 MiB took %v s over %s", r.Seconds, want)
		}
	}
}

// TestShow runs nothing: it compares and draws what a file has, and checks the exit status and what is refused.
func TestShow(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, seconds float64) string {
		path := filepath.Join(dir, name)
		line, err := json.Marshal(runs("up", map[string][]float64{"ferry": {seconds}})[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, line, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, quick, slow, picture := file("before", 10), file("quick", 9), file("slow", 12), filepath.Join(dir, "picture.svg")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		exit int
		want string // on one of the outputs
	}{
		{[]string{"-from", quick}, 0, "200 small files up"},
		{[]string{"-from", quick, "-compare", before}, 0, "0.90"},
		{[]string{"-from", slow, "-compare", before}, 1, "SLOWER"},
		{[]string{"-from", slow, "-compare", filepath.Join(dir, "none")}, 1, "-compare"},
		{[]string{"-from", filepath.Join(dir, "none")}, 1, "none"},
		{[]string{"-from", slow, "-work", "down"}, 1, "nothing was measured"},
		{[]string{"-from", slow, "-plot", picture}, 0, ""},
	} {
		cmd := exec.Command(self, c.args...)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		out, err := cmd.CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != c.exit || !strings.Contains(string(out), c.want) {
			t.Errorf("%q: exit %d, want %d and %q in\n%s", c.args, got, c.exit, c.want, out)
		}
	}
	if drawing, err := os.ReadFile(picture); err != nil || !strings.Contains(string(drawing), "</svg>") {
		t.Errorf("%s, %v", drawing, err)
	}
}

// TestWrongResult checks that a program whose result is wrong gets no figures.
func TestWrongResult(t *testing.T) {
	for script, want := range map[string]string{
		"exit 0":                    "the trees differ",
		"echo out of order; exit 3": "exit 3: out of order",
		"sleep 100":                 "longer than",
	} {
		all, exit := results(t, "-tools", "ferry", "-ferry", fake(t, script), "-rtt", "0", "-rate", "none", "-work", "up", "-limit", "1s")
		if len(all) != 1 || exit != 1 || !strings.Contains(all[0].Error, want) {
			t.Errorf("%s: exit %d, %+v, want an error with %q", script, exit, all, want)
		}
	}
}

// TestKilled checks that no process and no files remain when the benchmark is ended early: after a kill
// they are removed by the next run.
func TestKilled(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			needsLink(t)
			dir := t.TempDir()
			begun := filepath.Join(dir, "begun")
			cmd := benchmark(t, dir, "-tools", "ferry", "-ferry", fake(t, "echo > "+begun+"; sleep 1000"), "-work", "up")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, "the client to begin", func() bool { _, err := os.Stat(begun); return err == nil })
			if processes(t, dir) < 4 {
				t.Error("the test does not see the processes of the benchmark")
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			await(t, "all processes to end", func() bool { return processes(t, dir) == 0 })
			if signal == syscall.SIGKILL {
				if err := os.Remove(begun); err != nil {
					t.Fatal(err)
				}
				removeOldRuns(dir)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, workPrefix+"*")); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	end := time.After(30 * time.Second)
	for !so() {
		select {
		case <-ticker.C:
		case <-end:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// processes counts those whose command line or environment names a directory.
func processes(t *testing.T, dir string) int {
	t.Helper()
	count := 0
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range all {
		for _, name := range []string{"cmdline", "environ"} {
			// One that cannot be read has ended, or is somebody else's.
			if data, _ := os.ReadFile(filepath.Join(process, name)); strings.Contains(string(data), dir) {
				count++
				break
			}
		}
	}
	return count
}
