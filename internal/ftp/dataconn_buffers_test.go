package ftp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// A kernelSource is a [KernelSource] that can copy once some of it was read.
type kernelSource struct {
	bytes.Reader
	copied int // bytes
	err    error
}

func (m *kernelSource) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	if m.Len() == int(m.Size()) {
		return 0, errors.ErrUnsupported
	}
	if m.err != nil && m.copied > 0 {
		return 0, m.err
	}
	n, err := dst.ReadFrom(io.LimitReader(&m.Reader, min(most, 100_000)))
	m.copied += int(n)
	return n, err
}

// TestUploadByKernelCopy checks that the kernel copies an upload where nothing has to be
// done with its bytes on the way, and that the server gets all of them.
func TestUploadByKernelCopy(t *testing.T) {
	content := make([]byte, 3<<20)
	for i := range content {
		content[i] = byte(rand.Uint32())
	}
	for _, tt := range []struct {
		name  string
		set   func(*fake, *Options)
		moves bool
	}{
		{"plain", func(_ *fake, o *Options) { o.treatAsRemote = true }, true},
		{"to this machine", func(*fake, *Options) {}, false},
		{"with a limit", func(_ *fake, o *Options) { o.treatAsRemote, o.BytesUp = true, 1<<30 }, false},
		{"TLS", func(f *fake, o *Options) {
			f.tls, _ = certificate(t)
			o.treatAsRemote, o.Security, o.Insecure = true, Explicit, true
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			p := f.pool(func(o *Options) { tt.set(f, o) })
			m := &kernelSource{Reader: *bytes.NewReader(content)}
			err := p.Do(t.Context(), "STOR", func(ctx context.Context, s *Session) error {
				sent, _, err := s.Store(ctx, "/x", 0, m)
				if sent != int64(len(content)) {
					t.Errorf("%d bytes were sent of %d", sent, len(content))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := f.file("/x"); !bytes.Equal(got, content) {
				t.Errorf("the server has %d bytes, and not those of the source", len(got))
			}
			if (m.copied > 0) != tt.moves {
				t.Errorf("the kernel copied %d bytes", m.copied)
			}
			if up := p.traffic.Up.Load(); up < int64(len(content)) {
				t.Errorf("%d bytes were counted", up)
			}
		})
	}
}

// TestUploadWhoseKernelCopyFails checks that the error of a source that fails in the
// middle is returned.
func TestUploadWhoseKernelCopyFails(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *Options) { o.treatAsRemote = true })
	bad := errors.New("bad disk")
	err := p.Do(t.Context(), "STOR", func(ctx context.Context, s *Session) error {
		_, _, err := s.Store(ctx, "/x", 0, &kernelSource{Reader: *bytes.NewReader(make([]byte, 3<<20)), err: bad})
		return err
	})
	if !errors.Is(err, bad) {
		t.Errorf("got %v, want %v", err, bad)
	}
}

// TestTLSRecords checks that files of any size arrive whole over TLS.
func TestTLSRecords(t *testing.T) {
	f := newFake(t)
	f.tls, _ = certificate(t)
	p := f.pool(func(o *Options) { o.Security, o.Insecure = Explicit, true })
	for _, size := range []int{0, 1, 16 << 10, 16<<10 + 1, 255 << 10, 300_000, 2 << 20} {
		content := bytes.Repeat([]byte{byte(size)}, size)
		if err := put(p, "/x", string(content)); err != nil {
			t.Fatal(err)
		}
		got, err := fetch(p, "/x")
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes came of %d, %v", len(got), size, err)
		}
		f.mu.Lock()
		delete(f.files, "/x")
		f.mu.Unlock()
	}
}
