package ftp

import (
	"time"

	"ferry/internal/ftp/listing"
)

// QueueSetTime adds to b the commands that set the modification time of the file at abs,
// an absolute path: the one that is known to work, or else all that may. Where none
// works there is no error; callers ask for the time afterwards. accepted is set where the
// server accepted one of them.
func QueueSetTime(b *Batch, f *Features, abs string, to time.Time, accepted *bool) {
	stamp, ok := listing.FormatTimeVal(to)
	if !ok {
		return
	}
	if f.mfmt && f.Has(MFMTWorks) {
		b.Add(SetTimeCommands(abs, stamp)[0].Line, func(r Reply) {
			if MeansUnknownCommand(r) {
				f.Observe(MFMTWorks, false)
			}
			*accepted = *accepted || r.OK()
		})
		return
	}
	others := SetTimeCommands(abs, stamp)[1:]
	for _, c := range others {
		if works, _ := f.Known(c.Sets); works {
			b.Add(c.Line, func(r Reply) { *accepted = *accepted || r.OK() })
			return
		}
	}
	for _, c := range others {
		if _, known := f.Known(c.Sets); !known {
			b.Add(c.Line, func(r Reply) {
				f.Observe(c.Sets, r.OK())
				*accepted = *accepted || r.OK()
			})
		}
	}
}

// A SetTimeCommand may set the modification time of a file. Sets is the quirk that says
// whether it does.
type SetTimeCommand struct {
	Name, Line string
	Sets       Quirk
}

// SetTimeCommands returns the commands that servers have to set the modification time of
// the file at abs, an absolute path, to stamp, a time-val of RFC 3659. MFMT is the first.
func SetTimeCommands(abs, stamp string) []SetTimeCommand {
	return []SetTimeCommand{
		{"MFMT", "MFMT " + stamp + " " + abs, MFMTWorks},
		{"MDTM", "MDTM " + stamp + " " + abs, MDTMSetsTime},
		{"SITE UTIME", "SITE UTIME " + abs + " " + stamp + " " + stamp + " " + stamp + " UTC", SiteUtimeWorks},
		{"SITE UTIME", "SITE UTIME " + stamp + " " + abs, ShortUtimeWorks},
	}
}
