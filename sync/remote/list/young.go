package list

import "ferry/manifest"

// IsYoung reports whether a file may be written again within the minute that its line
// shows, so that the line would not change. now is our clock, in Unix seconds. The zone of
// LIST is not known, so every quarter of an hour around now may be now; and where the
// server's clock is wrong, the newest time of the last day may be.
func (l *Listing) IsYoung(e manifest.Entry, now int64) bool {
	if e.ShownPrecision != manifest.Minute {
		return false
	}
	const slack, zones, quarter, day = 150, 15 * 3600, 900, 26 * 3600
	if e.Shown >= l.Newest-slack && l.Newest > now-day {
		return true
	}
	off := now - e.Shown
	if off < -zones || off > zones {
		return false
	}
	off = (off%quarter + quarter) % quarter
	return off < 2*60+slack || off > quarter-slack
}
