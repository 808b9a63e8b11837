package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

// program is the path of ferry, built without the race detector: the tests start it more than a thousand times.
var program string

func TestMain(m *testing.M) {
	os.Exit(build(func() int { return realftp.Main(m) }))
}

// build builds the program, and removes it when run is over.
func build(run func() int) int {
	dir, err := os.MkdirTemp("", "ferry-deploy-")
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
