package deploy_test

import (
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/pointer"
)

// keeps reports whether a text is kept in the work directory, and whether that was told.
func (p *pointedSite) keeps(text string) bool {
	told := slices.ContainsFunc(p.events, func(e deploy.Event) bool {
		n, ok := e.(deploy.Noticed)
		return ok && strings.Contains(n.Text, "it is kept as")
	})
	return told && slices.ContainsFunc(p.m.Names(true), func(name string) bool {
		got, _ := p.m.Content(deploy.Work(name))
		return got == text
	})
}

// Somebody has edited the pointer that ferry wrote. What it is replaced by does not have that
// edit, so it is kept, and that is told.
func TestPointerEdited(t *testing.T) {
	for _, template := range []string{"", template} {
		for name, edit := range map[string]func(text string) string{
			"more of it": func(text string) string { return strings.Replace(text, "require", "ini_set('x', 1); require", 1) },
			"in the block": func(text string) string {
				return strings.Replace(text, "RewriteEngine On\n", "RewriteEngine On\nRewriteRule ^old$ new\n", 1)
			},
			"beside the block": func(text string) string { return text + "# mine\n" },
		} {
			for _, back := range []bool{false, true} {
				p := newPointed(t, template)
				p.policy.Keep, p.policy.Drift = 1, deploy.StopAtDrift
				p.put(releases[0])
				p.put(releases[1])
				p.events = nil
				at := deploy.Place{Path: string(p.file.Path)}
				was, _ := p.m.Content(at)
				edited := edit(was)
				p.m.Write(at, edited)
				if back {
					if _, err := p.back(0); err != nil {
						t.Fatal(err)
					}
				} else {
					p.put(releases[2])
				}
				now, _ := p.m.Content(at)
				stays := edited == was || p.file.Path == pointer.Htaccess && strings.Contains(now, "# mine")
				if p.keeps(edited) == stays {
					t.Errorf("%s, %s, back %v: kept and told: %v; now %q", p.file.Path, name, back, stays, now)
				}
			}
		}
	}
}
