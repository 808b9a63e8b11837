package help

// Copy is the help of a copy from server to server.
const Copy = `Make one pass from a directory on one server to a directory on another. The first copy
only adds: what the target has under the same name is compared, and where it differs it is
kept as a conflict copy. What was copied is recorded, so that the next copy carries over
what was made, changed, renamed or deleted at the source since then. Files that only the
target has are left alone, except with --exact. Nothing is changed at the source.

Large files go directly from server to server where both allow it and neither is reached
over TLS, and are compared there. Everything else goes through this machine, and not onto its
disk. --direct off has all go through it.

--direct on sends directly over TLS, too, where both servers are reached over TLS, one of them
has SSCN or CPSV, and both tell SHA-256. The data are encrypted, but most servers do not check
the certificate of the other one there: a machine between the two could read the data or alter
them. ferry compares the hashes over its own connections, whose certificates are checked, so
what was altered is found and sent again through this machine. What was read is not found.

FERRY_PASSWORD is the password of the target, and of the source if both have the same host.
FERRY_SOURCE_PASSWORD is that of the source alone. Options about the server are for both;
--source-ca, --source-encoding and --source-fingerprint are for the source.`
