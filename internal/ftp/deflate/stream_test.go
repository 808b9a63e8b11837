package deflate

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func text(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d of some text\n", i*i)
	}
	return b.Bytes()[:n]
}

func packed(content []byte) []byte {
	var b bytes.Buffer
	if _, err := Copy(&b, bytes.NewReader(content), false); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestCopyAndRead(t *testing.T) {
	noise := make([]byte, 300_000)
	rand.NewChaCha8([32]byte{}).Read(noise)
	for _, content := range [][]byte{nil, []byte("x"), text(100), text(1 << 20), noise, make([]byte, 1<<20)} {
		for _, quick := range []bool{false, true} {
			var b bytes.Buffer
			n, err := Copy(&b, iotest.HalfReader(bytes.NewReader(content)), quick)
			if err != nil || n != int64(len(content)) {
				t.Fatalf("%d bytes of %d, %v", n, len(content), err)
			}
			var l Line
			s := l.Open(iotest.HalfReader(&b).Read, "a", int64(len(content)))
			got, err := io.ReadAll(s)
			if err != nil || !bytes.Equal(got, content) || !s.IsWhole() {
				t.Errorf("%d bytes of %d, %v", len(got), len(content), err)
			}
		}
	}
}

func TestCopyKeepsErrors(t *testing.T) {
	gone := errors.New("the disk is gone")
	if _, err := Copy(io.Discard, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone)), true); err != gone {
		t.Errorf("got %v", err)
	}
	r, w := io.Pipe()
	r.CloseWithError(gone)
	if _, err := Copy(w, bytes.NewReader(text(1<<20)), true); err != gone {
		t.Errorf("got %v", err)
	}
}

// TestBadStreams holds that no stream that is not whole ends with io.EOF.
func TestBadStreams(t *testing.T) {
	content := text(200_000)
	good := packed(content)
	bad := func(change func([]byte) []byte) []byte { return change(bytes.Clone(good)) }
	var raw bytes.Buffer
	f, _ := flate.NewWriter(&raw, 6)
	f.Write(content)
	f.Close()
	var dictionary bytes.Buffer
	z, _ := zlib.NewWriterLevelDict(&dictionary, 6, []byte("line of"))
	z.Write(content)
	z.Close()
	for _, tt := range []struct {
		name string
		sent []byte
		want error
	}{
		{"text", content, ErrStream},
		{"no frame", raw.Bytes(), ErrStream},
		{"a dictionary", dictionary.Bytes(), ErrStream},
		{"another checksum", bad(func(b []byte) []byte { b[len(b)-1]++; return b }), ErrStream},
		{"another byte", bad(func(b []byte) []byte { b[len(b)/2] ^= 0x55; return b }), ErrStream},
		{"more behind the end", bad(func(b []byte) []byte { return append(b, 0) }), ErrStream},
		{"twice", bad(func(b []byte) []byte { return append(b, b...) }), ErrStream},
		{"without its checksum", good[:len(good)-4], ErrCut},
		{"half", good[:len(good)/2], ErrCut},
		{"one byte", good[:1], ErrCut},
	} {
		_, err := io.ReadAll(NewReader(bytes.NewReader(tt.sent)))
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	for size, want := range map[int64]error{200_000: nil, 199_999: ErrOtherSize, 200_001: ErrOtherSize, -1: nil} {
		var l Line
		s := l.Open(bytes.NewReader(good).Read, "a", size)
		if _, err := io.ReadAll(s); !errors.Is(err, want) || s.IsWhole() != (want == nil) {
			t.Errorf("size %d: got %v, want %v", size, err, want)
		}
	}
	broken := errors.New("the line broke")
	r := NewReader(io.MultiReader(bytes.NewReader(good[:1000]), iotest.ErrReader(broken)))
	if _, err := io.ReadAll(r); err != broken {
		t.Errorf("got %v, want the error of the connection", err)
	}
}

// TestEmptyBlocks holds that a stream of nothing comes to an end.
func TestEmptyBlocks(t *testing.T) {
	blocks := &endless{block: []byte{0, 0, 0, 0xff, 0xff}}
	_, err := io.ReadAll(NewReader(io.MultiReader(bytes.NewReader([]byte{0x78, 0x9c}), blocks)))
	if !errors.Is(err, ErrStream) || blocks.n > 2*idleBytes {
		t.Errorf("%d bytes, %v", blocks.n, err)
	}
}

type endless struct {
	block []byte
	n     int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.block[e.n%len(e.block)]
		e.n++
	}
	return len(p), nil
}

func TestShrinks(t *testing.T) {
	noise := make([]byte, SampleBytes)
	rand.NewChaCha8([32]byte{}).Read(noise)
	for _, tt := range []struct {
		head []byte
		want bool
	}{{text(SampleBytes), true}, {noise, false}, {nil, false}, {packed(text(1 << 20))[:SampleBytes], false}} {
		if got := Shrinks(tt.head); got != tt.want {
			t.Errorf("%q...: %v", tt.head[:min(10, len(tt.head))], got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(packed(text(1000)))
	f.Add([]byte("\x78\x9c\x00\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		got, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(sent)), 1<<20))
		if err != nil && !errors.Is(err, ErrStream) && !errors.Is(err, ErrCut) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
