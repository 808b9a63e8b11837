package pack

import (
	"os"
	"runtime/debug"
	"sync"
)

// largeTrees is from how many entries on a pass is one over large trees.
const largeTrees = 200_000

// A Collector has the garbage collector of this process run more often during a pass over large
// trees: the heap grows by half before that, and not to double. Packed trees have no pointers, so
// that a run costs next to nothing. GOGC in the environment has the last word. The zero value is
// one of a pass that has no trees yet; its methods may be called from several goroutines.
type Collector struct{ large bool }

// collecting counts the passes over large trees.
var collecting struct {
	sync.Mutex
	passes int
	before int // the percentage without any
}

// Expect says how many entries a tree of the pass has.
func (c *Collector) Expect(entries int) {
	collecting.Lock()
	defer collecting.Unlock()
	if _, set := os.LookupEnv("GOGC"); set || c.large || entries < largeTrees {
		return
	}
	c.large = true
	if collecting.passes++; collecting.passes == 1 {
		collecting.before = debug.SetGCPercent(50)
	}
}

// Done says that the pass is over. After the last one over large trees all is as it was.
func (c *Collector) Done() {
	collecting.Lock()
	defer collecting.Unlock()
	if !c.large {
		return
	}
	c.large = false
	if collecting.passes--; collecting.passes == 0 {
		debug.SetGCPercent(collecting.before)
	}
}
