package deploy

import "errors"

// A SlotServer is a [Server] whose work directory stands beside the site, so that a whole
// directory can take the place of the site.
type SlotServer interface {
	Server
	// Slot returns a directory, of the site or the work directory, as a site of its own. Its
	// work directory is ferry's own one in it, which travels with it. The lock is that of this
	// Server, and Lock of the slot does nothing.
	Slot(at Place) Server
}

// ErrBeside means that nothing can be made beside the site.
var ErrBeside = errors.New("the work directory beside the site cannot be made")

// Names in the work directory of a site that is switched as a whole.
const (
	nextDir  = "next"  // the release that is being made
	spareDir = "spare" // one that was being made when somebody went back
	slotsDir = "r"     // r/<number>: the releases that were live
	leftDir  = "left"  // directories that hold what no deploy put there
)
