package app

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"
)

// TextLimit is the size in bytes above which a file is not read to show its text.
const TextLimit = 1 << 20

// A Version is one of the two versions of a conflict.
type Version struct {
	Path  manifest.Path
	Side  sync.Side // from which it is read
	Entry manifest.Entry
	Text  string
	// Content is what was read that is no text.
	Content []byte
	// NoText says why there is no text to show, as "is large"; "": there is.
	NoText string
}

// Versions reads the two versions of a conflict: what has the name and the copy, or
// what the local and the remote side have where it waits.
func (s *Snapshot) Versions(ctx context.Context, c *Conflict) (a, b Version, err error) {
	a, b = s.Placed(c)
	if err := s.read(ctx, &a); err != nil {
		return a, b, err
	}
	return a, b, s.read(ctx, &b)
}

// Placed is as Versions, without reading them.
func (s *Snapshot) Placed(c *Conflict) (a, b Version) {
	if c.Waits() {
		return versionOn(sync.Local, c.Path, c.Named), versionOn(sync.Remote, c.Path, c.Named)
	}
	return versionOn(home(c.Named), c.Path, c.Named), versionOn(home(c.Copied), c.Copy, c.Copied)
}

func versionOn(side sync.Side, path manifest.Path, on [2]manifest.Entry) Version {
	return Version{Path: path, Side: side, Entry: on[side]}
}

// home returns the side on which a version is dealt with: the local one, where it is
// there.
func home(on [2]manifest.Entry) sync.Side {
	if on[sync.Local].Exists() {
		return sync.Local
	}
	return sync.Remote
}

// read reads the text of a version, or finds out why it cannot be shown.
func (s *Snapshot) read(ctx context.Context, v *Version) error {
	switch {
	case !v.Entry.Exists():
		v.NoText = "is not there"
		return nil
	case !v.Entry.IsFile():
		v.NoText = "is a " + v.Entry.Kind.String()
		return nil
	case v.Entry.Size > TextLimit:
		v.NoText = "is large"
		return nil
	}
	var b bytes.Buffer
	err := s.copy(ctx, v, &b)
	content := b.Bytes()
	if err != nil {
		return fmt.Errorf("reading %s on the %s side: %w", v.Path, v.Side, err)
	}
	if !utf8.Valid(content) || strings.ContainsRune(string(content), 0) {
		v.NoText, v.Content = "is not text", content
		return nil
	}
	v.Text = string(content)
	return nil
}
