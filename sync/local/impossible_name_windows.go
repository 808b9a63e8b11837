package local

import "golang.org/x/sys/windows"

// impossibleNames are errors of this system that say that no file can have the name.
var impossibleNames = []error{windows.ERROR_INVALID_NAME, windows.ERROR_FILENAME_EXCED_RANGE}
