package local

// RefusedByWindows is for the tests of this package.
var RefusedByWindows = refusedByWindows

// Fingerprint is for the tests of this package.
var Fingerprint = fingerprint

// FakeMounts makes d believe that file systems are mounted on directories below the root.
func (d *Directory) FakeMounts(now func() map[string]uint64) {
	d.listMounts = func(string) (mounts, error) { return now(), nil }
}
