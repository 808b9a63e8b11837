package app

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

func TestExitCode(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, 0},
		{"any error", errors.New("disk on fire"), 1},
		{"usage", Usage(errors.New("no such option"), ""), 2},
		{"nobody answers", fmt.Errorf("looking: %w", &ftp.Error{Op: "connecting", Class: ftp.Connect}), 4},
		{"wrong password", &ftp.Error{Op: "login", Class: ftp.Login, Code: 530}, 4},
		{"no room for one session", &ftp.Error{Op: "login", Class: ftp.Busy, Code: 421}, 4},
		{"lost for good", fmt.Errorf("%w: %w", sync.ErrFatal, &ftp.Error{Class: ftp.Connect}), 4},
		{"a hook", &Error{Code: ExitHook, Err: errors.New("before hook")}, 8},
		{"a server that cannot", &ftp.Error{Op: "STOR", Class: ftp.Server}, 1},
		{"a refused file", &ftp.Error{Op: "STOR", Class: ftp.File, Code: 550}, 1},
		{"unsafe", fmt.Errorf("site: %w", &sync.UnsafeError{What: "all gone"}), 6},
		{"locked", fmt.Errorf("opening: %w", manifest.ErrLocked), 7},
		{"cancelled", fmt.Errorf("listing: %w", context.Canceled), 130},
		{"signal", ErrInterrupted, 130},
		{"cancelled wins over a lost server", errors.Join(&ftp.Error{Class: ftp.Connect}, ErrInterrupted), 130},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ExitCode(test.err); got != test.want {
				t.Errorf("ExitCode(%v) = %d, want %d", test.err, got, test.want)
			}
		})
	}
}

func TestSummaryCode(t *testing.T) {
	for _, test := range []struct {
		name    string
		summary sync.Summary
		want    int
	}{
		{"all well", sync.Summary{Uploaded: 3, Skipped: 2}, 0},
		{"a file failed", sync.Summary{Failed: 1}, 3},
		{"a part could not be read", sync.Summary{Problems: 1}, 3},
		{"a conflict waits", sync.Summary{Conflicts: 1}, 5},
		{"failures count more than conflicts", sync.Summary{Conflicts: 1, Failed: 1}, 3},
		{"a plan with conflicts was printed", sync.Summary{Conflicts: 1, DryRun: true}, 0},
		{"a plan that is not whole", sync.Summary{Problems: 1, DryRun: true}, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := summaryCode(test.summary); got != test.want {
				t.Errorf("summaryCode = %d, want %d", got, test.want)
			}
		})
	}
}

func TestWorse(t *testing.T) {
	for i, worst := range severity {
		for _, other := range severity[i:] {
			if got := Worse(worst, other); got != worst {
				t.Errorf("Worse(%d, %d) = %d, want %d", worst, other, got, worst)
			}
			if got := Worse(other, worst); got != worst {
				t.Errorf("Worse(%d, %d) = %d, want %d", other, worst, got, worst)
			}
		}
	}
}
