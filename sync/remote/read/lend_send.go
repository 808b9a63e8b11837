package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/sync"
)

// firstProof is how many bytes are compared of the first file that goes directly, where the
// servers do not tell its hash.
const firstProof = 4 << 20

// ErrNotSame means that a file which went directly could not be shown to be that of the source.
var ErrNotSame = errors.New("what came directly from the other server cannot be shown to be its file")

// Send has the server of the source send the whole file to t.To, which holds it at t.ToPath then.
// It returns false where the file has to be read here. What was sent is proven, and the source
// is confirmed.
func (f *Lent) Send(ctx context.Context, t third.Transfer) (bool, error) {
	if !f.mayGo || !f.link.Open() {
		return false, f.start()
	}
	var err error
	if f.At, err = f.server.Path(f.Wanted); err != nil {
		return false, err
	}
	if f.link.Mode == third.On && t.OverTLS() && !f.hashed(t) {
		f.link.GiveUp("over TLS only a SHA-256 of both servers shows that nobody altered what went over, and one of them tells none")
		return false, f.start()
	}
	err = f.send(ctx, t)
	switch here := errors.Is(err, third.ErrHere); {
	case here && t.To.Dead():
		return true, &ftp.Error{Op: "STOR", Path: t.ToPath, Class: ftp.Retry, Err: err}
	case here:
		return false, f.start()
	}
	if err == nil {
		err = f.prove(ctx, t)
	}
	f.sent = err == nil
	return true, err
}

func (f *Lent) send(ctx context.Context, t third.Transfer) (err error) {
	if t.From, err = f.server.Borrow(ctx); err != nil {
		return err
	}
	defer func() { f.server.Return(t.From) }()
	t.FromPath = f.At
	return f.link.Run(ctx, t, f.Entry.Size)
}

// prove makes sure that the source is what was wanted and that the target holds its content: by
// the hashes of both servers, or else by their ends. Over TLS the ends prove nothing: nobody knows
// who was between the servers.
func (f *Lent) prove(ctx context.Context, t third.Transfer) error {
	same, err := f.sameHash(ctx, t)
	if err == nil && !same && f.proven == "" && !t.OverTLS() {
		same, err = f.sameEnd(ctx, t)
	}
	switch {
	case err != nil:
		return err
	case !same:
		f.link.Doubt()
		return &ftp.Error{Op: "STOR", Path: t.ToPath, Class: ftp.Retry, Err: ErrNotSame}
	}
	f.link.Prove(f.Entry.Size)
	return nil
}

// hashed reports whether both servers tell hashes.
func (f *Lent) hashed(t third.Transfer) bool {
	return f.server.TellsHash(f.Target) && len(ftp.SHA256Commands(t.To.Features(), t.ToPath)) > 0
}

// sameHash compares the hashes that both servers tell. proven has that of the source then, and is
// "" where they tell none.
func (f *Lent) sameHash(ctx context.Context, t third.Transfer) (bool, error) {
	if !f.hashed(t) {
		return false, nil
	}
	here, err := f.server.Sum(ctx, f.Wanted)
	if errors.Is(err, sync.ErrUnsupported) {
		return false, nil
	}
	var now Answer
	if err == nil {
		now, err = f.server.Look(ctx, nil, f.Target)
	}
	if err = errors.Join(err, now.Err); err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	there, err := HashTold(ctx, t.To, t.ToPath)
	if err != nil || there == "" {
		return false, err
	}
	f.proven, f.entry = here, now.Entry
	if here != there {
		f.link.GiveUp("what came directly is not what was sent: the hashes of the servers differ")
	}
	return here == there, nil
}

// sameEnd compares the ends of both files, of the first file more.
func (f *Lent) sameEnd(ctx context.Context, t third.Transfer) (bool, error) {
	size := int64(sync.OverlapBytes)
	if !f.link.Proven() {
		size = firstProof
	}
	size = min(size, f.Entry.Size)
	offset := f.Entry.Size - size
	there, err := End(ctx, t.To, t.ToPath, offset, size)
	if err != nil {
		return false, err
	}
	src, err := openFile(ctx, f.env, f.Wanted, offset)
	if err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	here := make([]byte, size)
	_, err = io.ReadFull(src, here)
	if err == nil {
		f.entry, err = src.Confirm(ctx)
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	return sync.SameOverlap(bytes.NewReader(here), there)
}
