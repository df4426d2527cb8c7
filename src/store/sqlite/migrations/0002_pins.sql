-- PINs, what leaves because of them, and the files that people uploaded. In the file of the ledgers, so that a change, its
-- messages and its audit records are one transaction.
--
-- person      keyed hash of the fiscal code: no row names anybody
-- version     how often it was written: whoever writes says which writing they read
-- sealed      the dossier, encrypted and bound to person and version
-- call        since when a request waits for a call        } microseconds since 1970 UTC, where there is one
-- conversion  since when a conversion waits for a decision }
-- due         when a date next brings something            }
CREATE TABLE dossier (
  person BLOB PRIMARY KEY,
  version INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  call INTEGER,
  conversion INTEGER,
  due INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX dossier_call ON dossier (call) WHERE call IS NOT NULL;
CREATE INDEX dossier_conversion ON dossier (conversion) WHERE conversion IS NOT NULL;
CREATE INDEX dossier_due ON dossier (due) WHERE due IS NOT NULL;

-- What waits to be sent. A row goes when it was sent, and its secret with it: rows are overwritten when they go.
--
-- id        never used again
-- queued    when it was written
-- due       when it is to be tried (again)
-- attempts  how often it was tried
-- sealed    the message, encrypted and bound to this table
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  queued INTEGER NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_due ON outbox (due);

-- Uploaded files, each encrypted and bound to its name.
CREATE TABLE blob (
  id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What is written for somebody of whom there is no dossier, so that the time does not tell that there is none.
CREATE TABLE pretence (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sealed BLOB NOT NULL
) STRICT;
