package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftp/modez"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// words returns text that becomes a fourth of its size.
func words(n int) string {
	var b strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for b.Len() < n {
		fmt.Fprintf(&b, "a line with a number in it: %x\n", random.Uint32())
	}
	return b.String()[:n]
}

// A syncBuffer may be written to by several goroutines.
type syncBuffer struct {
	mu stdsync.Mutex
	bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// TestModeZOnRealServer sends text, fetches it in MODE Z, over plain connections and over TLS, and lists a
// directory. Everything arrives as it was. Uploads in MODE Z do not: a trial shows that.
func TestModeZOnRealServer(t *testing.T) {
	for _, tls := range []realftp.Security{realftp.Plain, realftp.Explicit} {
		t.Run(fmt.Sprint(tls), func(t *testing.T) {
			server := realftp.Start(t, "proftpd", realftp.Options{Deflate: true, TLS: tls})
			if err := server.Own(); err != nil {
				t.Fatal(err)
			}
			var dialogue syncBuffer
			d := open(t, server.Addr, realftp.User, realftp.Password, "", func(o *Options) {
				o.Compress, o.Connections = ftp.CompressOn, 2
				o.Log = slog.New(slog.NewTextHandler(&dialogue, &slog.HandlerOptions{Level: ftp.LevelDialogue}))
				if tls == realftp.Explicit {
					o.Security, o.Insecure = ftp.Explicit, true
				}
			})
			files := map[manifest.Path][]byte{"empty.txt": {}, "a.zip": []byte(randomContent(50_000)), "noise.dat": []byte(randomContent(50_000))}
			for i := range 6 {
				files[manifest.Path(fmt.Sprintf("small-%d.txt", i))] = []byte(words(60_000 + i))
			}
			files["large.log"] = []byte(words(1_500_000))
			files["repeats.log"] = []byte(strings.Repeat("a line of a log that is long\n", 50_000))
			var run []sync.Step
			for p, text := range files {
				run = append(run, sync.Step{Op: sync.Put, Path: p, Want: manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: 1e18},
					Open: func(_ context.Context, offset int64) (sync.Source, error) {
						return &content{bytes.NewReader(text[offset:]), text}, nil
					}})
			}
			d.Apply(t.Context(), run, func(i int, out sync.Outcome) {
				if out.Err != nil {
					t.Errorf("%s: %v", run[i].Path, out.Err)
				}
			})
			for p, text := range files {
				there, err := os.ReadFile(filepath.Join(server.Root, string(p)))
				if err != nil || !bytes.Equal(there, text) {
					t.Errorf("%s: %d bytes of %d arrived, %v", p, len(there), len(text), err)
				}
			}
			for range 2 { // the second one in MODE Z
				tree, err := d.Scan(t.Context(), sync.Look{})
				if err != nil {
					t.Fatal(err)
				}
				var wanted []sync.Wanted
				for p, text := range files {
					e := tree.At(p)
					if e.Size != int64(len(text)) {
						t.Errorf("%s is listed as %+v", p, e)
					}
					wanted = append(wanted, sync.Wanted{Path: p, Entry: e})
				}
				r := d.Reader(t.Context(), wanted)
				for i, w := range wanted {
					src, err := r.Open(t.Context(), i, 0)
					if err != nil {
						t.Fatal(err)
					}
					text, err := io.ReadAll(src)
					if err == nil {
						_, err = src.Confirm(t.Context())
					}
					if err != nil || !bytes.Equal(text, files[w.Path]) {
						t.Errorf("%s: %d bytes of %d came, %v", w.Path, len(text), len(files[w.Path]), err)
					}
					src.Close()
				}
				r.Close()
			}
			if works, known := d.server.features.Known(ftp.DeflatesDownloads); !works || !known {
				t.Errorf("downloads in MODE Z: %v, %v", works, known)
			}
			err := d.server.do(t.Context(), "a trial", func(ctx context.Context, s *ftp.Session) error {
				works, err := modez.Try(ctx, s, "/trial")
				if works && tls == realftp.Plain {
					t.Error("uploads lose nothing any more: take the server out of the row of LosesDeflated")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if !d.server.features.Has(ftp.DeflatesListings) {
				t.Error("listings in MODE Z failed")
			}
			said := dialogue.String()
			if !strings.Contains(said, "> MODE Z") || !strings.Contains(said, "> MODE S") {
				t.Error("MODE was not set")
			}
			if t.Failed() {
				t.Log(said)
			}
		})
	}
}

// TestModeZWhereItIsNot has text sent to servers, and fetched, that refuse MODE Z, or do something else
// in it.
func TestModeZWhereItIsNot(t *testing.T) {
	for _, name := range []string{"vsftpd", "pureftpd", "pyftpdlib", "ftpserverlib"} {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{})
			if err := server.Own(); err != nil {
				t.Fatal(err)
			}
			d := open(t, server.Addr, server.User, server.Password, "", func(o *Options) { o.Compress, o.Connections = ftp.CompressOn, 1 })
			text := []byte(words(60_000))
			want := manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: 1e18}
			for i := range 2 {
				step := sync.Step{Op: sync.Put, Path: manifest.Path(fmt.Sprintf("a%d.txt", i)), Want: want, Open: func(_ context.Context, offset int64) (sync.Source, error) {
					return &content{bytes.NewReader(text[offset:]), text}, nil
				}}
				d.Apply(t.Context(), []sync.Step{step}, func(_ int, out sync.Outcome) {
					if out.Err != nil {
						t.Error(out.Err)
					}
				})
				tree, err := d.Scan(t.Context(), sync.Look{})
				if err != nil {
					t.Fatal(err)
				}
				r := d.Reader(t.Context(), []sync.Wanted{{Path: step.Path, Entry: tree.At(step.Path)}})
				src, err := r.Open(t.Context(), 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(src)
				if err == nil {
					_, err = src.Confirm(t.Context())
				}
				if err != nil || !bytes.Equal(got, text) {
					t.Errorf("%d bytes of %d came, %v", len(got), len(text), err)
				}
				src.Close()
				r.Close()
			}
			for _, q := range []ftp.Quirk{ftp.DeflatesUploads, ftp.DeflatesDownloads} {
				if works, known := d.server.features.Known(q); works || !known {
					t.Errorf("%s: %v, %v", q, works, known)
				}
			}
		})
	}
}
