package deploy_test

import (
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// TestFailedGoesBack has one file that cannot be put in place where nothing is kept: what somebody
// else had made of it is there again, or is told as saved.
func TestFailedGoesBack(t *testing.T) {
	const hotfix = "a hotfix"
	page := deploy.Place{Path: "page"}
	for _, back := range []bool{true, false} {
		m := deploytest.NewMemory()
		options := func(s texts) deploy.Options {
			o := keeping(m.Open(), s)
			o.Policy.Keep = 0
			return o
		}
		run(t, options(texts{"page": "1", "other": "1"}))
		m.Write(page, hotfix)
		m.Refuse = func(s deploy.Step) error {
			if s.To == page && (!back || strings.HasPrefix(s.From.Path, "stage/s/")) {
				return errNo
			}
			return nil
		}
		second := texts{"page": "22", "other": "22"}
		result := run(t, options(second))
		if !result.Committed || len(result.Failed) != 1 || result.Failed["page"] == nil {
			t.Errorf("%+v", result)
		}
		if text, stands := m.Content(page); stands != back || back && text != hotfix {
			t.Errorf("back %t: it is %q", back, text)
		}
		m.Refuse = nil
		run(t, options(second))
		wantSite(t, "the next deploy", m, second)
		saved, err := deploy.SavedVersions(t.Context(), options(nil))
		if err != nil || len(saved) != 1 {
			t.Fatalf("back %t: %v, %v, in %v", back, saved, err, m.Names(true))
		}
		if text, _ := m.Content(saved[0].At); text != hotfix {
			t.Errorf("back %t: saved %q", back, text)
		}
	}
}
