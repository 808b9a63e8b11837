package ftp

import "testing"

// TestNotAnswered has a server be silent after a command. What was seen to work stays known.
func TestNotAnswered(t *testing.T) {
	for _, test := range []struct {
		line  string
		lacks []Quirk
	}{
		{"MLST /a", []Quirk{MLSTWorks}},
		{"SIZE /a", []Quirk{SIZEWorks}},
		{"MDTM /a", []Quirk{MDTMWorks}},
		{"MDTM 20200101000000 /a", []Quirk{MDTMSetsTime}},
		{"MFMT 20200101000000 /a", []Quirk{MFMTWorks}},
		{"SITE CHMOD 644 /a", []Quirk{SiteChmodWorks}},
		{"SITE UTIME 20200101000000 /a", []Quirk{SiteUtimeWorks, ShortUtimeWorks}},
		{"SITE HELP", nil},
		{"RNTO /a", nil},
	} {
		f, proven := parseFeatures("", Reply{}), parseFeatures("", Reply{})
		for _, q := range test.lacks {
			proven.Observe(q, true)
		}
		f.noteNoAnswer(test.line)
		proven.noteNoAnswer(test.line)
		for _, row := range quirks {
			_, known := f.Known(row.quirk)
			lacks := false
			for _, q := range test.lacks {
				lacks = lacks || q == row.quirk
			}
			if known != lacks || lacks && (f.Has(row.quirk) || !proven.Has(row.quirk)) {
				t.Errorf("%s: %s known %v, once proven still known to work %v", test.line, row.quirk, known, proven.Has(row.quirk))
			}
		}
	}
}
