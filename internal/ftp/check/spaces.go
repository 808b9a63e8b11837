package check

import (
	"context"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// checkSpaces finds out how the server takes paths with a space, by a file that is in the
// root. Without one that stays open.
func (k *checker) checkSpaces(ctx context.Context) error {
	if k.report.Mode == "" || !k.report.RootThere {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	name := ""
	_, err := k.list(ctx, k.report.Root, k.features.ListForm(), func(e listing.Entry) {
		if e.Kind == listing.File && ftp.HasSpace(e.Name) {
			name = e.Name
		}
	})
	if err != nil || name == "" {
		return err
	}
	at := strings.TrimSuffix(k.report.Root, "/") + "/" + name
	r, err := k.session.Command(ctx, k.features.StatCommand()+" "+at)
	if err == nil && !r.OK() {
		_, err = k.session.TrySpaces(ctx, at)
	}
	return err
}
