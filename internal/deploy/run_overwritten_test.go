package deploy_test

import (
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// The server refuses to set an old version aside and takes the new one, at once or only when it is
// asked again. The loss is told once. A version that somebody else has removed was not lost so.
func TestOverwrittenTold(t *testing.T) {
	page := deploy.Place{Path: "page"}
	for _, c := range []struct {
		name    string
		refused int // how often the server refuses the new version
		gone    bool
		want    int
	}{{"at once", 0, false, 1}, {"asked again", 1, false, 1}, {"asked twice", 2, false, 1}, {"removed by somebody else", 1, true, 0}} {
		m := deploytest.NewMemory()
		run(t, keeping(m.Open(), texts{"page": "1", "other": "1", "third": "1"}))
		left := c.refused
		m.Refuse = func(s deploy.Step) error {
			if s.From == page {
				return errNo
			}
			if s.To == page && left > 0 {
				left--
				return errNo
			}
			return nil
		}
		var warned []string
		o := keeping(m.Open(), texts{"page": "22", "other": "22", "third": "22"})
		o.Observer = func(e deploy.Event) {
			switch e := e.(type) {
			case deploy.Warned:
				warned = append(warned, e.Text)
			case deploy.Committing:
				if c.gone {
					m.Remove(page)
				}
			}
		}
		result, err := deploy.Run(t.Context(), o)
		if err != nil || len(result.Failed) > 0 || len(warned) != c.want || c.want > 0 && !strings.Contains(warned[0], `"page"`) {
			t.Errorf("%s: %v, %v, warned %q", c.name, err, result.Failed, warned)
		}
	}
}
