package history

import (
	"os"
	"os/user"
	"strconv"
	"strings"
	stdsync "sync"
)

// Who names the user that runs this process, and the machine, as user@host.
var Who = stdsync.OnceValue(func() string {
	name := strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // without a domain of Windows
	}
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return name + "@" + host
})
