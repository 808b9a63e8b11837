package remote

import (
	"time"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// setTime adds to b what sets the modification time of the file at abs to that
// of e: the command that is known to work, else all that may. It is no error
// that none does: what counts is what the server says of the file afterwards.
func setTime(b *script, f *features, abs string, e manifest.Entry) {
	if e.Precision == manifest.NoTime {
		return
	}
	stamp, ok := listing.FormatTimeVal(time.Unix(0, e.ModTime))
	if !ok {
		return
	}
	if works, known := f.seen(seenMFMT); f.mfmt && (works || !known) {
		b.add("MFMT "+stamp+" "+abs, func(r reply) {
			if unknownCommand(r) {
				f.see(seenMFMT, false)
			}
		})
		return
	}
	ways := []struct{ name, line string }{
		{seenMDTMSet, "MDTM " + stamp + " " + abs},
		{seenSiteUtime, "SITE UTIME " + abs + " " + stamp + " " + stamp + " " + stamp + " UTC"},
		{seenSiteUtime2, "SITE UTIME " + stamp + " " + abs},
	}
	for _, way := range ways {
		if works, _ := f.seen(way.name); works {
			b.add(way.line, nil)
			return
		}
	}
	for _, way := range ways {
		if _, known := f.seen(way.name); !known {
			b.add(way.line, func(r reply) { f.see(way.name, r.ok()) })
		}
	}
}
