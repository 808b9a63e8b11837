package cli

import "os"

// reloadSignals returns nothing: there is no such signal here.
func reloadSignals() (asked <-chan os.Signal, stop func()) { return nil, func() {} }

func hungUp(bool) bool { return false }

// onResize does nothing: no signal tells of it here. The next drawing asks for the size.
func onResize(func()) (stop func()) { return func() {} }
