package deploy

import (
	"context"
	"os"
	"testing"
	"time"

	"ferry/internal/cli"
	"ferry/internal/test/realftp"
)

// programVariable makes the test program the program ferry, so that it can be killed.
const programVariable = "FERRY_DEPLOY_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		ctx, stop := cli.Signals(context.Background())
		code := cli.Main(ctx, cli.OSEnv(), os.Args[1:])
		stop()
		os.Exit(code)
	}
	os.Exit(realftp.Main(m))
}

// all says that everything is tried.
var all = os.Getenv("FERRY_DEPLOY_ALL") == "1"

// days is how many days it takes to try what is shared out among them.
const days = 3

// today returns which of n equal parts of something it is the turn of.
func today(n int) int { return time.Now().YearDay() % days * n / days }

// every returns 1 where everything is tried, and n otherwise.
func every(n int) int {
	if all {
		return 1
	}
	return n
}
