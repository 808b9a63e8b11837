// Goftp serves a directory with goftp.io/server/v2, for tests of ferry.
//
// usage: goftp ADDRESS DIRECTORY USER PASSWORD
package main

import (
	"log"
	"net"
	"os"
	"strconv"

	"goftp.io/server/v2"
	"goftp.io/server/v2/driver/file"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: goftp ADDRESS DIRECTORY USER PASSWORD")
	}
	host, digits, err := net.SplitHostPort(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		log.Fatal(err)
	}
	files, err := file.NewDriver(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		Driver: files, Auth: &server.SimpleAuth{Name: os.Args[3], Password: os.Args[4]},
		Perm: server.NewSimplePerm("sync", "sync"), Hostname: host, Port: port,
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(s.ListenAndServe())
}
