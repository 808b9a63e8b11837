package ftp

import (
	"context"
)

// Greet connects to a server, waits for its greeting and checks its certificate, and
// leaves again without logging in. The error is that of a login which gets no further.
func Greet(ctx context.Context, o Options) error {
	o = o.WithDefaults()
	c, err := dialControl(ctx, &o, nil)
	if err != nil {
		return err
	}
	c.close()
	return nil
}
