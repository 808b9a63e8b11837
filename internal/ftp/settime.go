package ftp

import (
	"time"

	"ferry/internal/ftp/listing"
)

// setTime adds to b what sets the modification time of the file at abs: the command that is known to work, else all that may. It is no error
// that none does: what counts is what the server says of the file afterwards.
func QueueSetTime(b *Batch, f *Features, abs string, to time.Time) {
	stamp, ok := listing.FormatTimeVal(to)
	if !ok {
		return
	}
	if f.mfmt && f.Has(MFMTWorks) {
		b.Add("MFMT "+stamp+" "+abs, func(r Reply) {
			if MeansUnknownCommand(r) {
				f.Observe(MFMTWorks, false)
			}
		})
		return
	}
	methods := []struct {
		sets Quirk
		line string
	}{
		{MDTMSetsTime, "MDTM " + stamp + " " + abs},
		{SiteUtimeWorks, "SITE UTIME " + abs + " " + stamp + " " + stamp + " " + stamp + " UTC"},
		{ShortUtimeWorks, "SITE UTIME " + stamp + " " + abs},
	}
	for _, method := range methods {
		if works, _ := f.Known(method.sets); works {
			b.Add(method.line, nil)
			return
		}
	}
	for _, method := range methods {
		if _, known := f.Known(method.sets); !known {
			b.Add(method.line, func(r Reply) { f.Observe(method.sets, r.OK()) })
		}
	}
}
