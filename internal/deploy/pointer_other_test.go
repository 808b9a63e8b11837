package deploy_test

import (
	"maps"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/pointer"
)

// Another file becomes the pointer. The one before still names its slot, which stays as it is
// before, during and after the deploy.
func TestPointerMoved(t *testing.T) {
	const old, slot = "index.php", pointer.Dir + "/0000002"
	for name, move := range map[string]func(p *pointedSite){
		"another template": func(p *pointedSite) { p.file.Path = "app.php" },
		"rules instead of it": func(p *pointedSite) {
			p.file.Path, p.file.Template, p.file.Shared, p.shared = pointer.Htaccess, nil, uploads, uploads
		},
	} {
		for _, keep := range []int{0, 1} {
			p := newPointed(t, template)
			p.policy.Keep = keep
			p.put(releases[0])
			p.put(releases[1])
			move(p)
			lost := false
			p.m.Before = func(int) {
				text, _ := p.m.Content(deploy.Place{Path: slot + "/index.html"})
				lost = lost || text != releases[1]["index.html"]
			}
			files := maps.Clone(releases[2])
			files[old] = "local"
			_, err := p.on(p.m.Open(), files)
			text, _ := p.m.Content(deploy.Place{Path: old})
			if err != nil || lost || !strings.Contains(text, slot) {
				t.Errorf("%s, keep %d: %v; the release that is shown was away: %v", name, keep, err, lost)
			}
			p.m.Before(0)
			if lost {
				t.Errorf("%s, keep %d: gone afterwards", name, keep)
			}
		}
	}
}
