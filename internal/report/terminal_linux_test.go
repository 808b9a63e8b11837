package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

var updateFrames = flag.Bool("update-frames", false, "write the golden frames of testdata/frames anew")

// A testTerminal is a real pseudo-terminal with an emulator behind it, as a person would
// look at. File is what a program writes to.
type testTerminal struct {
	*testing.T
	File   *os.File // the end of the program
	master *os.File
	marks  chan string // the titles that were set

	mu       stdsync.Mutex
	emulator *vt.Emulator
	marked   int
}

// newTestTerminal opens a terminal. Call it outside of a bubble of synctest: it reads in a
// goroutine that never rests.
func newTestTerminal(t *testing.T, columns, rows int) *testTerminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	tt := &testTerminal{T: t, File: slave, master: master, marks: make(chan string, 1)}
	tt.setSize(columns, rows)
	tt.emulator = tt.newEmulator(columns, rows)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tt.read()
	}()
	t.Cleanup(func() {
		slave.Close()
		master.Close()
		<-ended
	})
	return tt
}

func (tt *testTerminal) newEmulator(columns, rows int) *vt.Emulator {
	e := vt.NewEmulator(columns, rows)
	e.SetCallbacks(vt.Callbacks{Title: func(title string) { tt.marks <- title }})
	return e
}

// read feeds the emulator until the program's end is closed.
func (tt *testTerminal) read() {
	b := make([]byte, 4096)
	for {
		n, err := tt.master.Read(b)
		if err != nil {
			return
		}
		tt.mu.Lock()
		_, _ = tt.emulator.Write(b[:n])
		tt.mu.Unlock()
	}
}

func (tt *testTerminal) setSize(columns, rows int) {
	size := &unix.Winsize{Col: uint16(columns), Row: uint16(rows)}
	if err := unix.IoctlSetWinsize(int(tt.master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		tt.Fatal(err)
	}
}

// settle waits until everything that was written has arrived.
func (tt *testTerminal) settle() {
	tt.marked++
	mark := fmt.Sprintf("mark-%d", tt.marked)
	fmt.Fprintf(tt.File, "\x1b]2;%s\x07", mark)
	for <-tt.marks != mark {
	}
}

// frame returns what stands on the terminal, without the empty rows at its end.
func (tt *testTerminal) frame() string {
	tt.settle()
	tt.mu.Lock()
	defer tt.mu.Unlock()
	var b strings.Builder
	for line := range strings.Lines(tt.emulator.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// resize gives the terminal another width, and wraps the lines that stand there, as most
// terminals do.
func (tt *testTerminal) resize(columns, rows int) {
	old := tt.frame()
	tt.mu.Lock()
	tt.emulator = tt.newEmulator(columns, rows)
	_, _ = tt.emulator.Write([]byte(strings.ReplaceAll(old, "\n", "\r\n")))
	tt.mu.Unlock()
	tt.setSize(columns, rows)
}

// checkFrames compares frames with those in a file of testdata/frames.
func checkFrames(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "frames", name+".txt")
	if *updateFrames {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), got); diff != "" {
		t.Errorf("%s is another one; if it should be, run the test with -update-frames and look at the file\n%s", file, diff)
	}
}
