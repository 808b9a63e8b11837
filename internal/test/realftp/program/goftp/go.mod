module goftp

go 1.25.0

require goftp.io/server/v2 v2.0.3
