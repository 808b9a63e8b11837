package ftpserver

import "syscall"

// largeFile is needed on 32-bit Linux, or a file has at most 2 GiB. os.Open sets it, and os.Root does not.
const largeFile = syscall.O_LARGEFILE
