package report

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/sync/verify"
)

// TestVerificationInLines tells every few seconds how far a comparison has come where there
// is no terminal, and ends what was waited for before.
func TestVerificationInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said strings.Builder
		o := Options{Lines: true, Now: time.Now, Out: &strings.Builder{}, Talk: Talker{W: &said}}
		wait := NewWait(o, "listing both sides")
		o.Drawing = wait.Close
		v := NewVerification(Head{}, o)
		time.Sleep(LineEvery + time.Second)
		v.Progress(verify.Progress{Contents: 2, ContentsTotal: 8, Bytes: 20, BytesTotal: 80})
		time.Sleep(LineEvery + time.Second)
		v.Progress(verify.Progress{Contents: 4, ContentsTotal: 8, Bytes: 40, BytesTotal: 80})
		time.Sleep(LineEvery)
		v.End(verify.Result{}, nil, 0)
		time.Sleep(time.Minute)
		want := []string{"listing both sides", "comparing 1 of 4 files", "comparing 2 of 4 files"}
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%q", lines)
		}
		for i, line := range lines {
			if !strings.Contains(line, want[i]) {
				t.Errorf("%q, want %q", line, want[i])
			}
		}
	})
}
