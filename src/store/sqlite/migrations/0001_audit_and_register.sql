-- The audit log and the register of authentications, one shape: sealed rows, each chained to the one before.
--
-- seq     1, 2, 3 ... without gaps
-- at      when it happened, microseconds since 1970 UTC
-- sealed  the record, encrypted; NULL once its time of keeping is over
-- digest  SHA-256 of sealed; stays when sealed goes, so that the chain can be verified for ever
-- chain   HMAC-SHA-256 over the previous chain value, seq, at and digest
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  sealed BLOB,
  digest BLOB NOT NULL,
  chain BLOB NOT NULL
) STRICT;

CREATE TABLE register (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  sealed BLOB,
  digest BLOB NOT NULL,
  chain BLOB NOT NULL
) STRICT;

-- The last row of each, authenticated: rows taken off the end are missed too.
CREATE TABLE head (
  ledger TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  chain BLOB NOT NULL,
  tag BLOB NOT NULL
) STRICT;

CREATE INDEX audit_at ON audit (at);
CREATE INDEX register_at ON register (at);
