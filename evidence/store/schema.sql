CREATE TABLE entries (
  idx INTEGER PRIMARY KEY CHECK (idx >= 0),
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  blobs BLOB NOT NULL CHECK (length(blobs) % 32 = 0),
  lists BLOB NOT NULL CHECK (length(lists) % 32 = 0),
  json TEXT NOT NULL
) STRICT;

CREATE INDEX entries_by_type ON entries (type);

CREATE INDEX entries_by_key ON entries (type, key);

CREATE TABLE hashes (
  pos INTEGER PRIMARY KEY CHECK (pos >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL CHECK (size >= 0),
  root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;

CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;

CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;

CREATE TRIGGER entries_append BEFORE INSERT ON entries WHEN NEW.idx <= (SELECT max(idx) FROM entries) BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END;

CREATE TRIGGER hashes_stay BEFORE UPDATE ON hashes BEGIN SELECT RAISE(ABORT, 'hashes are never changed'); END;

CREATE TRIGGER hashes_remain BEFORE DELETE ON hashes BEGIN SELECT RAISE(ABORT, 'hashes are never deleted'); END;

CREATE TRIGGER hashes_append BEFORE INSERT ON hashes WHEN NEW.pos <= (SELECT max(pos) FROM hashes) BEGIN SELECT RAISE(ABORT, 'hashes are only appended'); END;

CREATE TRIGGER head_remains BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'the head is never deleted'); END;

CREATE TRIGGER head_grows BEFORE UPDATE ON head WHEN NEW.size < OLD.size BEGIN SELECT RAISE(ABORT, 'the head never goes back'); END;

CREATE TRIGGER head_is_one BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head) BEGIN SELECT RAISE(ABORT, 'there is one head'); END;
