package deploy

import (
	"context"
	"errors"
)

// ErrOtherFileSystem means that no file can be renamed from the work directory into the site.
var ErrOtherFileSystem = errors.New("the work directory is in another file system than the site, so no file can be renamed from one to the other, and nothing was deployed")

// checkFileSystem returns [ErrOtherFileSystem] where that is so. What cannot be told is no error.
func checkFileSystem(ctx context.Context, o Options) error {
	same, err := o.Server.SameFileSystem(ctx)
	switch {
	case err == nil && !same:
		return ErrOtherFileSystem
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		o.Log.Info("it is not known whether the work directory and the site are in one file system", "because", err)
	}
	return nil
}
