package manifest

// ownerReads is the permission bit that lets the owner read.
const ownerReads = 0o400

// SetMode sets the permission bits of a file. Bits that do not let its owner read are none:
// listings show such for lack of better ones, and the file could not be read.
func (e *Entry) SetMode(mode uint16) {
	e.Mode = 0
	if e.IsFile() && mode&ownerReads != 0 {
		e.Mode = mode & 0o777
	}
}
