//go:build !linux

package ftpserver

const largeFile = 0
