-- Who people are in the institute's archives, as `varco profiles import` brought it last.
--
-- person        keyed hash of the person's key: no row names anybody
-- category      what the person is
-- organisation  keyed hash of the organisation's code, empty where there is none
-- tag           keyed hash of all that the row says: what changed is found without opening anything
-- sealed        the organisation, encrypted and bound to the rest of the row: a row that was made or moved by somebody
--               without the key does not open
CREATE TABLE profile (
  person BLOB NOT NULL,
  category TEXT NOT NULL,
  organisation BLOB NOT NULL,
  tag BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (person, category, organisation)
) STRICT, WITHOUT ROWID;
