package ftp

import "testing"

func TestIsFull(t *testing.T) {
	for _, test := range []struct {
		code int
		text string
		want bool
	}{
		{452, "Requested action not taken.", true},
		{552, "Requested file action aborted.", true},
		{552, "Transfer aborted. Disk quota exceeded", true},                                // ProFTPD
		{552, "Disk full - please upload later", true},                                      // Pure-FTPd
		{552, "5% of the disk space left", true},                                            //
		{451, "Failure writing to local file: No space left on device", true},               //
		{450, "There is not enough space on the disk.", true},                               // IIS
		{550, "There is insufficient disk space to complete the operation", true},           // Serv-U
		{550, "Quota limit exceeded", true},                                                 //
		{553, "Volume full", true},                                                          // NAS
		{426, "Connection closed; ENOSPC", true},                                            // phones
		{501, "out of storage", true},                                                       //
		{550, "Permission denied", false},                                                   //
		{553, "Could not create file.", false},                                              //
		{550, "The file name, directory name, or volume label syntax is incorrect.", false}, // IIS
		{421, "Server is full, try again later", false},                                     // of users
		{451, "Error writing to file", false},                                               //
		{226, "Transfer complete. Quota: 3 MB of 10 MB used", false},                        //
		{550, "a file named full.txt cannot be made: the directory is not writable", false}, //
		{0, "", false}, // a broken connection
	} {
		if got := IsFull(&Error{Code: test.code, Reply: test.text}); got != test.want {
			t.Errorf("%d %s: %v", test.code, test.text, got)
		}
	}
}
