package ftp

import (
	"time"

	"ferry/internal/ftp/listing"
)

// QueueSetTime adds to b the commands that set the modification time of the file at abs,
// an absolute path: the one that is known to work, or else all that may. Where none
// works there is no error; callers ask for the time afterwards.
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
