package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
)

// refusesNonEmpty reports whether RMD is known to refuse a directory that holds
// something.
func (srv *server) refusesNonEmpty() bool {
	refuses, known := srv.features.Known(ftp.RefusesNonEmptyRMD)
	return known && refuses
}

// removesTrees finds out whether RMD removes a directory that holds another one, on a
// directory of ferry's own. Where none can be made the answer is yes, and stays open.
func (srv *server) removesTrees(ctx context.Context) (bool, error) {
	if refuses, known := srv.features.Known(ftp.RefusesNonEmptyRMD); known {
		return !refuses, nil
	}
	outer := srv.own(probeName())
	inner := outer + "/inner"
	var own, made, removed ftp.Reply
	err := srv.do(ctx, "trying RMD", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		b.Expect("MKD "+srv.own(""), &own)
		b.Add("MKD "+outer, nil)
		b.Expect("MKD "+inner, &made)
		b.Expect("RMD "+outer, &removed)
		b.Add("RMD "+inner, nil)
		b.Add("RMD "+outer, nil)
		return b.Run(ctx, s)
	})
	if err != nil {
		return false, fmt.Errorf("trying out what RMD does: %w", err)
	}
	recursive := !made.OK() || removed.OK()
	srv.features.Observe(ftp.RefusesNonEmptyRMD, !recursive)
	if !recursive && own.OK() {
		srv.do(ctx, "removing ferry's directory", func(ctx context.Context, s *ftp.Session) error {
			_, err := s.Command(ctx, "RMD "+srv.own(""))
			return err
		})
	}
	return recursive, nil
}
