-- Where files were found. Names and paths are bytes: a file system promises no more.

CREATE TABLE source_folder (
  n INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES user(n),
  path BLOB NOT NULL,
  UNIQUE (owner, path)
) STRICT;

-- What became of a file when it was last read, so that an unchanged one need not be opened again: unchanged means the same
-- size, times, device and inode. `media` has no foreign key: what is remembered of a purged one is found to be stale.
-- `reason` is the error code of a file that was not taken in, `mime_type` what its content was.
CREATE TABLE source_file (
  folder INTEGER NOT NULL REFERENCES source_folder(n),
  name BLOB NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('stored', 'skipped', 'failed')),
  media INTEGER,
  mime_type TEXT,
  reason TEXT,
  probe_version INTEGER NOT NULL,
  PRIMARY KEY (folder, name),
  CHECK ((outcome = 'stored') = (media IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Every place on disk where a media's bytes were seen (ruling 5): the path, when, and by which operation.
CREATE TABLE sighting (
  media INTEGER NOT NULL REFERENCES media(n),
  folder INTEGER NOT NULL REFERENCES source_folder(n),
  name BLOB NOT NULL,
  seen_at INTEGER NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation(n),
  PRIMARY KEY (media, folder, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER sighting_new BEFORE INSERT ON sighting BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: a media and the folder it was seen in have one owner')
    WHERE (SELECT owner FROM media WHERE n = NEW.media) IS NOT (SELECT owner FROM source_folder WHERE n = NEW.folder);
END;
CREATE TRIGGER source_file_new BEFORE INSERT ON source_file WHEN NEW.media IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: a media and the folder it was found in have one owner')
    WHERE (SELECT owner FROM media WHERE n = NEW.media) IS NOT (SELECT owner FROM source_folder WHERE n = NEW.folder);
END;
CREATE TRIGGER sighting_fixed BEFORE UPDATE ON sighting BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: what was seen never changes');
END;
CREATE TRIGGER source_folder_fixed BEFORE UPDATE ON source_folder BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a folder is named once');
END;
CREATE TRIGGER source_file_changed BEFORE UPDATE ON source_file WHEN NEW.media IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: a media and the folder it was found in have one owner')
    WHERE (SELECT owner FROM media WHERE n = NEW.media) IS NOT (SELECT owner FROM source_folder WHERE n = NEW.folder);
END;
CREATE TRIGGER media_unseen BEFORE DELETE ON media BEGIN
  DELETE FROM sighting WHERE media = OLD.n;
END;
