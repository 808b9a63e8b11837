package remote

import (
	"errors"

	"ferry/internal/ftp"
)

// sayWhatIsNeeded tells a user whose server refuses to list the root what a pass needs: a
// drop box takes files and shows nothing. err is why the root could not be listed.
func (srv *server) sayWhatIsNeeded(err error) {
	var e *ftp.Error
	if errors.As(err, &e) && e.Code/100 == 5 {
		srv.opts.Notice("the server refuses to list the directory, and ferry sends nothing without knowing what is there: " +
			"the account needs the right to list it and to look at files (LIST or MLSD, CWD, SIZE)")
	}
}
