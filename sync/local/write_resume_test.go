package local_test

import (
	"crypto/sha256"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

const (
	wholeSize = 1 << 20
	brokenAt  = 700_000
	overlapAt = brokenAt - sync.OverlapBytes
)

// breakPut carries out a Put of f that breaks off, so that a temporary file
// remains. It returns the source, which is whole again.
func breakPut(t *testing.T, d *local.Directory, h otherUser) *fakeSource {
	t.Helper()
	c := put(randomText(wholeSize), fixedTime)
	breakPutOf(t, d, h, c)
	return c
}

func breakPutOf(t *testing.T, d *local.Directory, h otherUser, c *fakeSource) {
	t.Helper()
	c.breakAt = brokenAt
	wantFailure(t, d, sync.ErrSource, c.step("f", manifest.Entry{}))
	if all := h.List(); len(all) != 1 {
		t.Fatalf("files: %q, want one temporary file", all)
	}
	c.breakAt = 0
}

// The content of a resumed file is recorded only if the other side tells its hash.
func TestPutResumes(t *testing.T) {
	for _, told := range []bool{false, true} {
		d, h := open(t, local.Options{})
		c := breakPut(t, d, h)
		d = reopen(t, h, local.Options{}) // another process
		scan(t, d)
		c.hasSum = told
		var offsets []int64
		c.onOpen = func(offset int64) { offsets = append(offsets, offset) }
		out := applyOK(t, d, c.step("f", manifest.Entry{}))[0]
		if want := []int64{overlapAt}; !slices.Equal(offsets, want) {
			t.Errorf("opened at %d, want %d", offsets, want)
		}
		sum := sha256.Sum256([]byte(c.text))
		if want := string(sum[:]); told && out.Sum != want || !told && out.Sum != "" {
			t.Errorf("sum is %x, the content's is %x, told: %v", out.Sum, want, told)
		}
		if out.Bytes != wholeSize-brokenAt {
			t.Errorf("%d bytes came, want %d", out.Bytes, wholeSize-brokenAt)
		}
		h.wantContent("f", c.text)
		h.wantFiles("f")
	}
}

func TestPutDoesNotResume(t *testing.T) {
	// zero writes zeros into the temporary file, as a crash may leave them.
	zero := func(h otherUser, temp string, from, to int64) {
		f, err := os.OpenFile(h.at(temp), os.O_WRONLY, 0)
		h.must(err)
		defer f.Close()
		_, err = f.WriteAt(make([]byte, to-from), from)
		h.must(err)
	}
	for _, with := range []struct {
		name   string
		source func(c *fakeSource)
		do     func(h otherUser, temp string, c *fakeSource)
		want   []int64 // offsets at which the source is opened
	}{
		{"longer than the source", nil, func(h otherUser, temp string, c *fakeSource) { h.must(os.Truncate(h.at(temp), wholeSize+1)) }, []int64{0}},
		{"from before the system was started", nil, func(h otherUser, temp string, c *fakeSource) { h.must(os.Chtimes(h.at(temp), fixedTime, fixedTime)) }, []int64{0}},
		{"a link", nil, func(h otherUser, temp string, c *fakeSource) {
			h.Remove(temp)
			h.Write("g", "x", fixedTime)
			h.must(os.Symlink("g", h.at(temp)))
		}, []int64{0}},
		{"gone", nil, func(h otherUser, temp string, c *fakeSource) { h.Remove(temp) }, []int64{0}},
		{"another beginning", nil, func(h otherUser, temp string, c *fakeSource) {
			h.must(os.WriteFile(h.at(temp), []byte("not of this source"), 0o666))
		}, []int64{0, 0}},
		{"of a time that says little", func(c *fakeSource) { c.minutes = true }, nil, []int64{0}},
		{"its end was never stored", nil, func(h otherUser, temp string, c *fakeSource) { zero(h, temp, brokenAt-4096, brokenAt) }, []int64{overlapAt, 0}},
		{"most of it was never stored", nil, func(h otherUser, temp string, c *fakeSource) { zero(h, temp, 5000, brokenAt) }, []int64{overlapAt, 0}},
		{"another part of it was never stored", nil, func(h otherUser, temp string, c *fakeSource) {
			zero(h, temp, 5000, 9000)
			c.hasSum = true
		}, []int64{overlapAt, 0}},
		{"its end is like that of any file", func(c *fakeSource) { c.text = string(make([]byte, wholeSize)) }, nil, []int64{overlapAt, 0}},
		{"a source of equal size and time took the place of the old one", nil, func(h otherUser, temp string, c *fakeSource) {
			c.text = randomText(wholeSize + 1)[1:]
		}, []int64{overlapAt, 0}},
		{"a source with another beginning took the place of the old one", nil, func(h otherUser, temp string, c *fakeSource) {
			c.text = "other" + c.text[5:]
			c.hasSum = true
		}, []int64{overlapAt, 0}},
		{"a later version of the source with the same end", nil, func(h otherUser, temp string, c *fakeSource) {
			c.text, c.mtime = "other"+c.text[5:], fixedTime.Add(time.Second)
		}, []int64{0}},
		{"a source without identity", func(c *fakeSource) { c.noID = true }, func(h otherUser, temp string, c *fakeSource) {
			c.text = "other" + c.text[5:]
		}, []int64{overlapAt, 0}},
	} {
		t.Run(with.name, func(t *testing.T) {
			if with.name == "a link" && runtime.GOOS == "windows" {
				t.Skip("links need a privilege here")
			}
			d, h := open(t, local.Options{})
			c := put(randomText(wholeSize), fixedTime)
			if with.source != nil {
				with.source(c)
			}
			if c.minutes { // then nothing is left
				c.breakAt = brokenAt
				wantFailure(t, d, sync.ErrSource, c.step("f", manifest.Entry{}))
				c.breakAt = 0
			} else {
				breakPutOf(t, d, h, c)
				scan(t, d)
			}
			if with.do != nil {
				with.do(h, h.List()[0], c)
			}
			var offsets []int64
			c.onOpen = func(offset int64) { offsets = append(offsets, offset) }
			applyOK(t, d, c.step("f", manifest.Entry{}))
			if !slices.Equal(offsets, with.want) {
				t.Errorf("opened at %d, want %d", offsets, with.want)
			}
			h.wantContent("f", c.text)
		})
	}
}
