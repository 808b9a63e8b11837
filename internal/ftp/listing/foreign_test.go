package listing

import "testing"

// TestForeignSystems names the kind of server by the first line of a listing, which can be
// that of a directory or a heading.
func TestForeignSystems(t *testing.T) {
	for line, want := range map[string]string{
		"Directory DKA0:[MIRA.CREWS]":                                     "VMS",
		"Directory ANONYMOUS_ROOT:[000000]":                               "VMS",
		"VERY-LONG-NAME-OF-A-NOTE-ON-PEARS.TXT;1":                         "VMS",
		"+/,m936284157,\tpears":                                           "EPLF (publicfile, anonftpd)",
		"+i5242907.61738,m936284157,r,s417,\tleaves":                      "EPLF (publicfile, anonftpd)",
		"Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname": "MVS",
		"Directory of /pears":                                             "",
		"drwxr-xr-x 1 o g 1 Nov 22 16:17 a;1":                             "",
	} {
		if got := foreignSystem(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
