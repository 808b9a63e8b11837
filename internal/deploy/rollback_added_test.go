package deploy_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// A release that only adds files replaces nothing, and can be gone back from all the same. A dry
// run says so first, without a lock.
func TestRollbackOfAddedFiles(t *testing.T) {
	m := deploytest.NewMemory()
	options := func(files texts) deploy.Options {
		o := maintained(m.Open(), files)
		o.Policy.Keep = 2
		return o
	}
	one := texts{"index.html": "page"}
	two := texts{"index.html": "page", "new.html": "new"}
	three := texts{"index.html": "other page", "new.html": "new"}
	for _, files := range []texts{one, two, three} {
		run(t, options(files))
	}
	for _, want := range []texts{two, one} {
		o := options(nil)
		o.DryRun = true
		if result, err := deploy.Rollback(context.Background(), o, 0); err != nil || result.Plan.Empty() {
			t.Fatalf("dry run: %v", err)
		}
		if _, err := deploy.Rollback(context.Background(), options(nil), 0); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, siteOf(m)); diff != "" {
			t.Errorf("the site (-want +got):\n%s", diff)
		}
	}
	o := options(nil)
	if _, err := deploy.Rollback(context.Background(), o, 3); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(three, siteOf(m)); diff != "" {
		t.Errorf("forward again (-want +got):\n%s", diff)
	}
}
