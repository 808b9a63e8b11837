package deploy

import (
	"os"
	"testing"
	"time"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) {
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
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
