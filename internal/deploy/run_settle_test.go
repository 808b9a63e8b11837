package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
)

// TestModesOnce cuts a commit off that sets the mode of a file, with files kept and without.
// Whether the server shows modes makes no difference.
func TestModesOnce(t *testing.T) {
	for _, keep := range []int{0, 2} {
		for _, shown := range []bool{true, false} {
			for _, killed := range []bool{true, false} {
				for n := range 12 {
					what := fmt.Sprintf("keep %d, shown %t, killed %t, step %d", keep, shown, killed, n)
					m := deploytest.NewMemory()
					m.Modes = shown
					mode := uint16(0o644)
					options := func(server deploy.Server, s texts) deploy.Options {
						o := keeping(server, s)
						o.Policy.Keep, o.Policy.Mode = keep, func(manifest.Path) uint16 { return mode }
						return o
					}
					run(t, options(m.Open(), texts{"page": "1", "stays": "stays"}))
					mode = 0o600
					server := m.Open()
					o := options(server, texts{"page": "22", "stays": "stays"})
					o.Staged = func(context.Context, *deploy.Plan) error {
						if killed {
							server.KillAfter(n)
						} else {
							server.CutAfter(n, n%2 == 0)
						}
						return nil
					}
					result, err := deploy.Run(t.Context(), o)
					if server.Killed() || errors.Is(err, deploytest.ErrCut) && strings.Contains(err.Error(), "the next deploy finishes it") {
						o = options(m.Open(), texts{"page": "22", "stays": "stays"})
						result, err = deploy.Run(t.Context(), o)
					}
					if err != nil || len(result.Failed) > 0 {
						t.Errorf("%s: %v, failed %v", what, err, result.Failed)
					}
					if page, stays := m.Mode(deploy.Place{Path: "page"}), m.Mode(deploy.Place{Path: "stays"}); page != 0o600 || stays != 0o600 {
						t.Errorf("%s: modes %o and %o", what, page, stays)
					}
					wantSite(t, what, m, texts{"page": "22", "stays": "stays"})
				}
			}
		}
	}
}
