//go:build linux

package transcript

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"

	"ferry/internal/cli"
	"ferry/internal/test/realftp"
)

// part says in the environment what this test binary is to be: "ferry", or "server" for the embedded server. Both are
// processes of their own, so that a restDetector sees what they do.
const part = "FERRY_TRANSCRIPT_PART"

func TestMain(m *testing.M) {
	switch os.Getenv(part) {
	case "ferry":
		ctx, stop := cli.Signals(context.Background())
		code := cli.Main(ctx, cli.OSEnv(), os.Args[1:])
		stop()
		os.Exit(code)
	case "server":
		os.Exit(serve(os.Args[1], os.Args[2]))
	}
	hurry()
	os.Exit(realftp.Main(m))
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
