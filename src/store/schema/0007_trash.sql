-- What leaves the library for good. Rows go first, in one transaction with their tombstones; the files they stood for are
-- noted here in the same transaction, moved to trash/ after it, and unlinked by a later run. So a crash leaves at worst a file
-- that this table still names, and nothing is ever unlinked that it does not name.

-- Files whose last row was purged: an original by the place its stored_file row gave, or a thumbnail by its media.
CREATE TABLE pending_unlink (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  owner INTEGER NOT NULL REFERENCES user(n),
  part TEXT NOT NULL CHECK (part IN ('original', 'thumbnail')),
  holder BLOB NOT NULL CHECK (length(holder) = 16),
  hash BLOB CHECK (length(hash) = 32),
  month INTEGER CHECK (month BETWEEN 101 AND 999912 AND month % 100 BETWEEN 1 AND 12),
  ext TEXT CHECK (instr(ext, char(0)) = 0 AND length(ext) BETWEEN 1 AND 8 AND ext NOT GLOB '*[^a-z0-9]*'),
  operation INTEGER NOT NULL REFERENCES operation(n),
  CHECK ((part = 'original') = (hash IS NOT NULL) AND (part = 'original') = (month IS NOT NULL) AND (part = 'original') = (ext IS NOT NULL)),
  UNIQUE (holder, part)
) STRICT;
CREATE TRIGGER pending_unlink_new BEFORE INSERT ON pending_unlink BEGIN
  SELECT RAISE(ABORT, 'HN_REPLACE: this file is on its way out already')
    WHERE EXISTS (SELECT 1 FROM pending_unlink WHERE n = NEW.n OR (holder = NEW.holder AND part = NEW.part));
  SELECT RAISE(ABORT, 'HN_PURGE: only a purged object leaves files behind')
    WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE id = NEW.holder AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_PURGE: a media object still needs these bytes')
    WHERE NEW.part = 'original'
      AND EXISTS (SELECT 1 FROM stored_file WHERE owner = NEW.owner AND hash = NEW.hash AND holder = NEW.holder);
END;
CREATE TRIGGER pending_unlink_fixed BEFORE UPDATE ON pending_unlink BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a file on its way out stays the file it is');
END;
-- A place that is being cleared is nobody's.
CREATE TRIGGER stored_file_leaving BEFORE INSERT ON stored_file
WHEN EXISTS (SELECT 1 FROM pending_unlink WHERE holder = NEW.holder AND part = 'original') BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: the file at this place is on its way out');
END;

-- Objects that a run met in the trash, when the first one did, and when one first found them there for longer than they are
-- kept: one reading of a clock, be it the one that stamped the deletion, is not enough to act on. `deleted_at` and
-- `deleted_with` are the deletion that was met; another one begins anew.
CREATE TABLE met_in_trash (
  object INTEGER PRIMARY KEY REFERENCES object(n),
  deleted_at INTEGER NOT NULL CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_with INTEGER REFERENCES operation(n),
  first_seen_at INTEGER NOT NULL CHECK (first_seen_at BETWEEN -62135596800000 AND 253402300799999),
  overdue_at INTEGER CHECK (overdue_at BETWEEN -62135596800000 AND 253402300799999),
  CHECK (overdue_at >= deleted_at AND overdue_at >= first_seen_at)
) STRICT;
CREATE TRIGGER met_in_trash_gone BEFORE DELETE ON object BEGIN
  DELETE FROM met_in_trash WHERE object = OLD.n;
END;

-- Only what is in the trash is purged: whatever is removed for good was removed before, by a command that could be taken back.
CREATE TRIGGER media_purged BEFORE DELETE ON media WHEN OLD.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only what is in the trash is purged');
END;
CREATE TRIGGER album_purged BEFORE DELETE ON album WHEN OLD.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only what is in the trash is purged');
END;
CREATE TRIGGER integration_purged BEFORE DELETE ON integration WHEN OLD.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only what is in the trash is purged');
END;
CREATE TRIGGER link_purged BEFORE DELETE ON link WHEN OLD.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only what is in the trash is purged');
END;

-- "What went with this?", when it comes back, and "What is in the trash?", for what is not a media.
CREATE INDEX link_deleted ON link (deleted_with, from_n, to_n) WHERE deleted_with IS NOT NULL;
CREATE INDEX link_trashed ON link (owner, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX album_trashed ON album (owner, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX integration_trashed ON integration (owner, deleted_at) WHERE deleted_at IS NOT NULL;
