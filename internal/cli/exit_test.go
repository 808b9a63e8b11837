package cli

import (
	"errors"
	"fmt"
	"testing"
)

func TestExitCode(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want int
		said bool
	}{
		{"no error", nil, 0, false},
		{"all is well", exit(ExitOK), 0, false},
		{"a report said it all", exit(ExitConflicts), 5, true},
		{"a report said it all, wrapped", fmt.Errorf("site: %w", exit(ExitPending)), 10, true},
		{"any error", errors.New("disk on fire"), 1, false},
		{"with the way out", failed(errors.New("no conflict"), "list them"), 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.want || said(test.err) != test.said {
				t.Errorf("exitCode(%v) = %d, said %v; want %d, %v", test.err, got, said(test.err), test.want, test.said)
			}
		})
	}
}
