package remote

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// Sum implements [sync.Replica], with XSHA256 or HASH (draft-bryan-ftp-hash)
// where the server has one of them.
func (d *Directory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	at := d.names.at(p, want)
	if err := checkPlace(at); err != nil {
		return "", err
	}
	if len(hashLines(d.f, at.String())) == 0 {
		return "", fmt.Errorf("sum of %s: %w", p, sync.ErrUnsupported)
	}
	sum := ""
	err := d.pool.do(ctx, "hashing", func(ctx context.Context, s *session) error {
		var before, after looked
		var told reply
		var b script
		ask(&b, d.f, at.String(), &before)
		for _, line := range hashLines(d.f, at.String()) {
			b.note(line, &told) // the last one tells
		}
		ask(&b, d.f, at.String(), &after)
		d.leave(&b, s)
		if err := b.run(ctx, s); err != nil {
			return err
		}
		for _, seen := range []looked{before, after} {
			if seen.err != nil {
				return seen.err
			}
			if err := same(p, want, seen.entry); err != nil {
				return err
			}
		}
		if told.code/100 != 2 {
			return fmt.Errorf("%w: %w", sync.ErrUnsupported, replyError("hashing", at.String(), told))
		}
		sum = readHash(told.text)
		if sum == "" {
			return fmt.Errorf("%w: the reply %q holds no SHA-256", sync.ErrUnsupported, printable(told.text))
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("sum of %s: %w", p, err)
	}
	return sum, nil
}

// hashLines returns the commands that make the server tell the SHA-256 of a
// file, none where it cannot. XSHA256 takes a range behind the name, so that
// names with spaces may be misread.
func hashLines(f *features, abs string) []string {
	switch {
	case !askable(f):
		return nil
	case slices.Contains(f.hash, "XSHA256") && !strings.ContainsAny(abs, ` "`):
		return []string{"XSHA256 " + abs}
	case slices.Contains(f.hash, "HASH") && strings.Contains(strings.ToUpper(f.feat["HASH"]), "SHA-256"):
		return []string{"OPTS HASH SHA-256", "HASH " + abs}
	}
	return nil
}

// readHash returns the one word of a reply that is a SHA-256, as 32 bytes, or
// "".
func readHash(text string) string {
	found := ""
	for _, word := range strings.Fields(text) {
		b, err := hex.DecodeString(word)
		if err != nil || len(b) != 32 {
			continue
		}
		if found != "" {
			return ""
		}
		found = string(b)
	}
	return found
}
