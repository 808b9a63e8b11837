package local

import "testing"

func TestKeepsInodes(t *testing.T) {
	for kind, want := range map[string]bool{
		"apfs": true, "hfs": true, "zfs": true, "ufs": true, "nfs": true, "tmpfs": true, "nullfs": true,
		"msdos": false, "msdosfs": false, "exfat": false, "smbfs": false, "macfuse": false, "osxfuse": false, "fusefs.sshfs": false, "lifs": false,
	} {
		if keepsInodes(kind) != want {
			t.Errorf("%s: %v", kind, !want)
		}
	}
}
