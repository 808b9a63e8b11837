module ftpserverlib

go 1.25.0

require (
	github.com/fclairamb/ftpserverlib v0.19.1
	github.com/spf13/afero v1.15.0
)

require (
	github.com/fclairamb/go-log v0.3.0 // indirect
	golang.org/x/sys v0.0.0-20220818161305-2296e01440c6 // indirect
	golang.org/x/text v0.28.0 // indirect
)
