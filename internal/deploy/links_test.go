package deploy_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
	"ferry/sync"
)

// A link in the place of a file, or of a directory, deletes nothing: what it points to was not read.
func TestLinksDeleteNothing(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, maintained(m.Open(), before))
	site := siteOf(m)
	less := maps.Clone(before)
	var gone manifest.Path
	for gone = range less {
		break
	}
	delete(less, gone)
	o := maintained(m.Open(), less)
	o.Links = func() []manifest.Path { return []manifest.Path{gone} }
	_, err := deploy.Run(context.Background(), o)
	if !errors.As(err, new(*sync.UnsafeError)) || !maps.Equal(siteOf(m), site) {
		t.Errorf("%v, %v", err, siteOf(m))
	}
	o = maintained(m.Open(), less)
	o.Links = func() []manifest.Path { return []manifest.Path{"elsewhere"} }
	if _, err := deploy.Run(context.Background(), o); err != nil {
		t.Error(err)
	}
}
