//go:build linux

package transcript

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"ferry/internal/test/realftp"
)

// program is the path of ferry, built without the race detector: with it a pass would hold its lock for too long.
var program string

// served says in the environment of this test binary that it is to be the embedded server. That is a process of its own,
// so that a restDetector sees what it does.
const served = "FERRY_TRANSCRIPT_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(served) != "" {
		os.Exit(serve(os.Args[1], os.Args[2]))
	}
	os.Exit(build(func() int {
		hurry()
		return realftp.Main(m)
	}))
}

// build builds the program, and removes it when run is over.
func build(run func() int) int {
	dir, err := os.MkdirTemp("", "ferry-transcript-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "ferry")
	if out, err := exec.Command("go", "build", "-o", program, "../../..").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return run()
}

// hurry lets this process and those it starts go before others, where that is allowed: a pass that holds its lock for a
// second is not worth recording.
func hurry() {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, -15)
		}
	}
}
