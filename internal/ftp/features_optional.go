package ftp

import "strings"

// optionalCommands are commands that ferry can do without, by how they start, with the quirks
// that say whether a server has them. The first that fits counts.
var optionalCommands = []struct {
	start  string
	quirks []Quirk
}{
	{"MLST ", []Quirk{MLSTWorks}},
	{"SIZE ", []Quirk{SIZEWorks}},
	{"MDTM 1", []Quirk{MDTMSetsTime}}, // with a time
	{"MDTM 2", []Quirk{MDTMSetsTime}},
	{"MDTM ", []Quirk{MDTMWorks}},
	{"MFMT ", []Quirk{MFMTWorks}},
	{"MODE Z", []Quirk{DeflatesDownloads, DeflatesUploads}},
	{"SITE CHMOD ", []Quirk{SiteChmodWorks}},
	{"SITE UTIME ", []Quirk{SiteUtimeWorks, ShortUtimeWorks}},
}

// noteNoAnswer notes that the server was silent after a command, or sent what is no answer to
// it. One that it has never answered as it should counts as not known from then on.
func (f *Features) noteNoAnswer(line string) {
	for _, command := range optionalCommands {
		if !strings.HasPrefix(line, command.start) {
			continue
		}
		for _, q := range command.quirks {
			if !f.Proven(q) {
				f.Observe(q, false)
			}
		}
		return
	}
}
