-- Rules that hold even where another tool switched CHECKs or foreign keys off: triggers always fire.
-- Each refusal begins with a code. REPLACE cannot walk around them: an existing row is refused before it could be replaced.

-- Ids are for ever.
CREATE TRIGGER object_new BEFORE INSERT ON object BEGIN
  SELECT RAISE(ABORT, 'HN_ID_REUSED: this id was purged') WHERE EXISTS (SELECT 1 FROM tombstone WHERE id = NEW.id OR n = NEW.n);
  SELECT RAISE(ABORT, 'HN_ID_REUSED: this id exists') WHERE EXISTS (SELECT 1 FROM object WHERE id = NEW.id OR n = NEW.n);
END;
CREATE TRIGGER object_fixed BEFORE UPDATE ON object BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: an identity never changes');
END;
CREATE TRIGGER object_kept BEFORE DELETE ON object WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n AND id = OLD.id) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;
CREATE TRIGGER tombstone_fixed BEFORE UPDATE ON tombstone BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a tombstone never changes');
END;
CREATE TRIGGER tombstone_kept BEFORE DELETE ON tombstone BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: a tombstone stays');
END;
CREATE TRIGGER tombstone_new BEFORE INSERT ON tombstone BEGIN
  SELECT RAISE(ABORT, 'HN_ID_REUSED: this id was purged before') WHERE EXISTS (SELECT 1 FROM tombstone WHERE id = NEW.id OR n = NEW.n);
END;

-- The journal only grows. A running operation is finished once; a purge may blank what a change remembered.
CREATE TRIGGER operation_new BEFORE INSERT ON operation BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: the journal only grows') WHERE EXISTS (SELECT 1 FROM operation WHERE n = NEW.n);
END;
CREATE TRIGGER operation_fixed BEFORE UPDATE ON operation
WHEN OLD.outcome <> 'running' OR NEW.n <> OLD.n OR NEW.owner <> OLD.owner OR NEW.command <> OLD.command OR NEW.started_at <> OLD.started_at BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: the journal only grows');
END;
CREATE TRIGGER operation_kept BEFORE DELETE ON operation BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: the journal only grows');
END;
CREATE TRIGGER change_new BEFORE INSERT ON change BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: the journal only grows') WHERE EXISTS (SELECT 1 FROM change WHERE n = NEW.n);
END;
CREATE TRIGGER change_fixed BEFORE UPDATE ON change
WHEN NEW.before IS NOT NULL OR NEW.n <> OLD.n OR NEW.operation <> OLD.operation OR NEW.object <> OLD.object OR NEW.verb <> OLD.verb
  OR NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.object) BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: only a purge blanks what a change remembered');
END;
CREATE TRIGGER change_kept BEFORE DELETE ON change BEGIN
  SELECT RAISE(ABORT, 'HN_JOURNAL: the journal only grows');
END;

-- Originals: one row an owner and content, fixed, gone only when no media refers to it.
CREATE TRIGGER stored_file_new BEFORE INSERT ON stored_file BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: no such user') WHERE NOT EXISTS (SELECT 1 FROM user WHERE n = NEW.owner);
  SELECT RAISE(ABORT, 'HN_REPLACE: these bytes are stored already')
    WHERE EXISTS (SELECT 1 FROM stored_file WHERE owner = NEW.owner AND hash = NEW.hash);
END;
CREATE TRIGGER stored_file_fixed BEFORE UPDATE ON stored_file BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: where an original stands never changes');
END;
CREATE TRIGGER stored_file_kept BEFORE DELETE ON stored_file
WHEN EXISTS (SELECT 1 FROM media WHERE owner = OLD.owner AND hash = OLD.hash) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: a media object still needs these bytes');
END;
CREATE TRIGGER stored_file_counted AFTER INSERT ON stored_file BEGIN
  UPDATE user SET storage_used = storage_used + NEW.size WHERE n = NEW.owner;
END;
CREATE TRIGGER stored_file_uncounted AFTER DELETE ON stored_file BEGIN
  UPDATE user SET storage_used = storage_used - OLD.size WHERE n = OLD.owner;
END;

-- Accounts: registered under the same owner and kind, never replaced, never removed but by a purge.
CREATE TRIGGER user_new BEFORE INSERT ON user BEGIN
  SELECT RAISE(ABORT, 'HN_REPLACE: this object exists') WHERE EXISTS (SELECT 1 FROM user WHERE n = NEW.n);
  SELECT RAISE(ABORT, 'HN_OWNER: a user owns itself') WHERE NEW.owner <> NEW.n;
  SELECT RAISE(ABORT, 'HN_REPLACE: this address is taken') WHERE EXISTS (SELECT 1 FROM user WHERE email = NEW.email COLLATE NOCASE);
END;
CREATE TRIGGER user_fixed BEFORE UPDATE OF n, owner, created_at, source_type, source_id ON user
WHEN NEW.n IS NOT OLD.n
   OR NEW.owner IS NOT OLD.owner
   OR NEW.created_at IS NOT OLD.created_at
   OR NEW.source_type IS NOT OLD.source_type
   OR NEW.source_id IS NOT OLD.source_id BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: id, user_id, created_at, source_type, source_id never change');
END;
-- `UPDATE OR REPLACE` would let an account with a changed address push another aside.
CREATE TRIGGER user_moved BEFORE UPDATE OF email ON user BEGIN
  SELECT RAISE(ABORT, 'HN_REPLACE: this address is taken')
    WHERE EXISTS (SELECT 1 FROM user WHERE email = NEW.email COLLATE NOCASE AND n <> NEW.n);
END;
CREATE TRIGGER user_kept BEFORE DELETE ON user WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;

-- Media: registered under the same owner and kind, never replaced, never removed but by a purge.
CREATE TRIGGER media_new BEFORE INSERT ON media BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: not registered for this owner as this kind')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.n AND type = 2 AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_REPLACE: this object exists') WHERE EXISTS (SELECT 1 FROM media WHERE n = NEW.n);
  SELECT RAISE(ABORT, 'HN_FILE: no stored file of this owner, content and size')
    WHERE NOT EXISTS (SELECT 1 FROM stored_file WHERE owner = NEW.owner AND hash = NEW.hash AND size = NEW.size);
  SELECT RAISE(ABORT, 'HN_REPLACE: these bytes are a live media already')
    WHERE NEW.deleted_at IS NULL
      AND EXISTS (SELECT 1 FROM media WHERE owner = NEW.owner AND hash = NEW.hash AND copy = NEW.copy AND deleted_at IS NULL);
END;
CREATE TRIGGER media_fixed BEFORE UPDATE OF n, owner, created_at, hash, size, copy, source_type, source_id ON media
WHEN NEW.n IS NOT OLD.n
   OR NEW.owner IS NOT OLD.owner
   OR NEW.created_at IS NOT OLD.created_at
   OR NEW.hash IS NOT OLD.hash
   OR NEW.size IS NOT OLD.size
   OR NEW.copy IS NOT OLD.copy
   OR NEW.source_type IS NOT OLD.source_type
   OR NEW.source_id IS NOT OLD.source_id BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: id, user_id, created_at, hash, size, copy, source_type, source_id never change');
END;
CREATE TRIGGER media_kept BEFORE DELETE ON media WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;
-- `UPDATE OR REPLACE` would let a restored media push a live one with the same bytes aside.
CREATE TRIGGER media_restored BEFORE UPDATE OF deleted_at ON media WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_REPLACE: these bytes are a live media already')
    WHERE EXISTS (SELECT 1 FROM media WHERE owner = NEW.owner AND hash = NEW.hash AND copy = NEW.copy AND deleted_at IS NULL AND n <> NEW.n);
END;

-- Albums: registered under the same owner and kind, never replaced, never removed but by a purge.
CREATE TRIGGER album_new BEFORE INSERT ON album BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: not registered for this owner as this kind')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.n AND type = 3 AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_REPLACE: this object exists') WHERE EXISTS (SELECT 1 FROM album WHERE n = NEW.n);
  SELECT RAISE(ABORT, 'HN_OWNER: a cover is a media of the same owner')
    WHERE NEW.cover IS NOT NULL AND NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.cover AND type = 2 AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_COUNT: media_count is kept by the catalogue') WHERE NEW.media_count <> 0;
END;
CREATE TRIGGER album_fixed BEFORE UPDATE OF n, owner, created_at, source_type, source_id ON album
WHEN NEW.n IS NOT OLD.n
   OR NEW.owner IS NOT OLD.owner
   OR NEW.created_at IS NOT OLD.created_at
   OR NEW.source_type IS NOT OLD.source_type
   OR NEW.source_id IS NOT OLD.source_id BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: id, user_id, created_at, source_type, source_id never change');
END;
CREATE TRIGGER album_kept BEFORE DELETE ON album WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;
CREATE TRIGGER album_covered BEFORE UPDATE OF cover ON album WHEN NEW.cover IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: a cover is a media of the same owner')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.cover AND type = 2 AND owner = NEW.owner);
END;

-- Integrations: registered under the same owner and kind, never replaced, never removed but by a purge.
CREATE TRIGGER integration_new BEFORE INSERT ON integration BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: not registered for this owner as this kind')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.n AND type = 4 AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_REPLACE: this object exists') WHERE EXISTS (SELECT 1 FROM integration WHERE n = NEW.n);
END;
CREATE TRIGGER integration_fixed BEFORE UPDATE OF n, owner, created_at, integration_type, source_type, source_id ON integration
WHEN NEW.n IS NOT OLD.n
   OR NEW.owner IS NOT OLD.owner
   OR NEW.created_at IS NOT OLD.created_at
   OR NEW.integration_type IS NOT OLD.integration_type
   OR NEW.source_type IS NOT OLD.source_type
   OR NEW.source_id IS NOT OLD.source_id BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: id, user_id, created_at, integration_type, source_type, source_id never change');
END;
CREATE TRIGGER integration_kept BEFORE DELETE ON integration WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;

-- Links: registered under the same owner and kind, never replaced, never removed but by a purge.
CREATE TRIGGER link_new BEFORE INSERT ON link BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: not registered for this owner as this kind')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.n AND type = 5 AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_REPLACE: this object exists') WHERE EXISTS (SELECT 1 FROM link WHERE n = NEW.n);
  SELECT RAISE(ABORT, 'HN_OWNER: both ends of a link belong to its owner')
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.from_n AND type = NEW.from_type AND owner = NEW.owner)
       OR NOT EXISTS (SELECT 1 FROM object WHERE n = NEW.to_n AND type = NEW.to_type AND owner = NEW.owner);
  SELECT RAISE(ABORT, 'HN_SELF: an object cannot be linked to itself') WHERE NEW.from_n = NEW.to_n;
  SELECT RAISE(ABORT, 'HN_LINK_RULE: no such link between these kinds')
    WHERE NOT EXISTS (SELECT 1 FROM link_rule
      WHERE link_type = NEW.link_type AND from_type = NEW.from_type AND to_type = NEW.to_type AND shape = NEW.shape);
  SELECT RAISE(ABORT, 'HN_REPLACE: this link exists')
    WHERE NEW.deleted_at IS NULL AND EXISTS (
      SELECT 1 FROM link WHERE from_n = NEW.from_n AND to_n = NEW.to_n AND link_type = NEW.link_type AND deleted_at IS NULL);
  SELECT RAISE(ABORT, 'HN_REPLACE: this link exists the other way round')
    WHERE NEW.deleted_at IS NULL AND NEW.shape & 1 AND EXISTS (
      SELECT 1 FROM link WHERE from_n = NEW.to_n AND to_n = NEW.from_n AND link_type = NEW.link_type AND deleted_at IS NULL);
  SELECT RAISE(ABORT, 'HN_REPLACE: this object has such a link already')
    WHERE NEW.deleted_at IS NULL AND NEW.shape & 2 AND EXISTS (
      SELECT 1 FROM link WHERE from_n = NEW.from_n AND link_type = NEW.link_type AND deleted_at IS NULL);
  SELECT RAISE(ABORT, 'HN_REPLACE: this place in the order is taken')
    WHERE NEW.deleted_at IS NULL AND NEW.shape & 4 AND EXISTS (
      SELECT 1 FROM link WHERE from_n = NEW.from_n AND sort_order = NEW.sort_order AND deleted_at IS NULL AND shape & 4);
END;
CREATE TRIGGER link_fixed BEFORE UPDATE OF n, owner, created_at, from_n, from_type, to_n, to_type, link_type, shape, source_type, source_id ON link
WHEN NEW.n IS NOT OLD.n
   OR NEW.owner IS NOT OLD.owner
   OR NEW.created_at IS NOT OLD.created_at
   OR NEW.from_n IS NOT OLD.from_n
   OR NEW.from_type IS NOT OLD.from_type
   OR NEW.to_n IS NOT OLD.to_n
   OR NEW.to_type IS NOT OLD.to_type
   OR NEW.link_type IS NOT OLD.link_type
   OR NEW.shape IS NOT OLD.shape
   OR NEW.source_type IS NOT OLD.source_type
   OR NEW.source_id IS NOT OLD.source_id BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: id, user_id, created_at, from_n, from_type, to_n, to_type, link_type, shape, source_type, source_id never change');
END;
CREATE TRIGGER link_kept BEFORE DELETE ON link WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE n = OLD.n) BEGIN
  SELECT RAISE(ABORT, 'HN_PURGE: only a purge removes an object, and leaves a tombstone');
END;
-- No cycles: walk down from the new child; a walk that meets the parent is refused. Adding media to an album never walks.
CREATE TRIGGER link_acyclic BEFORE INSERT ON link
WHEN NEW.deleted_at IS NULL AND NEW.shape & 8 AND NEW.from_type = NEW.to_type BEGIN
  SELECT RAISE(ABORT, 'HN_CYCLE: an object cannot contain or derive from itself')
    WHERE EXISTS (
      WITH RECURSIVE below(n) AS (
        SELECT NEW.to_n
        UNION
        SELECT link.to_n FROM link JOIN below ON link.from_n = below.n
         WHERE link.link_type = NEW.link_type AND link.to_type = NEW.from_type AND link.deleted_at IS NULL)
      SELECT 1 FROM below WHERE n = NEW.from_n);
END;
CREATE TRIGGER link_acyclic_restored BEFORE UPDATE OF deleted_at ON link
WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL AND NEW.shape & 8 AND NEW.from_type = NEW.to_type BEGIN
  SELECT RAISE(ABORT, 'HN_CYCLE: an object cannot contain or derive from itself')
    WHERE EXISTS (
      WITH RECURSIVE below(n) AS (
        SELECT NEW.to_n
        UNION
        SELECT link.to_n FROM link JOIN below ON link.from_n = below.n
         WHERE link.link_type = NEW.link_type AND link.to_type = NEW.from_type AND link.deleted_at IS NULL)
      SELECT 1 FROM below WHERE n = NEW.from_n);
END;
-- `UPDATE OR REPLACE` would let a restored or moved link push a live one aside.
CREATE TRIGGER link_restored BEFORE UPDATE OF deleted_at, sort_order ON link WHEN NEW.deleted_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'HN_REPLACE: a live link stands in the way')
    WHERE EXISTS (SELECT 1 FROM link WHERE from_n = NEW.from_n AND to_n = NEW.to_n AND link_type = NEW.link_type
                   AND deleted_at IS NULL AND n <> NEW.n)
       OR (NEW.shape & 1 AND EXISTS (SELECT 1 FROM link WHERE from_n = NEW.to_n AND to_n = NEW.from_n AND link_type = NEW.link_type
                   AND deleted_at IS NULL AND n <> NEW.n))
       OR (NEW.shape & 2 AND EXISTS (SELECT 1 FROM link WHERE from_n = NEW.from_n AND link_type = NEW.link_type
                   AND deleted_at IS NULL AND n <> NEW.n))
       OR (NEW.shape & 4 AND EXISTS (SELECT 1 FROM link WHERE from_n = NEW.from_n AND sort_order = NEW.sort_order
                   AND deleted_at IS NULL AND shape & 4 AND n <> NEW.n));
END;

-- An album counts its live links to media.
CREATE TRIGGER album_counted AFTER INSERT ON link
WHEN NEW.link_type = 'contains' AND NEW.to_type = 2 AND NEW.deleted_at IS NULL BEGIN
  UPDATE album SET media_count = media_count + 1 WHERE n = NEW.from_n;
END;
CREATE TRIGGER album_recounted AFTER UPDATE OF deleted_at ON link
WHEN NEW.link_type = 'contains' AND NEW.to_type = 2 AND (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) BEGIN
  UPDATE album SET media_count = media_count + iif(NEW.deleted_at IS NULL, 1, -1) WHERE n = NEW.from_n;
END;
CREATE TRIGGER album_uncounted AFTER DELETE ON link
WHEN OLD.link_type = 'contains' AND OLD.to_type = 2 AND OLD.deleted_at IS NULL BEGIN
  UPDATE album SET media_count = media_count - 1 WHERE n = OLD.from_n;
END;

-- What the file is and what its words mean: written by a schema step, and by nobody else.
CREATE TRIGGER type_fixed BEFORE UPDATE ON type BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER type_kept BEFORE DELETE ON type BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER mime_fixed BEFORE UPDATE ON mime BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER mime_kept BEFORE DELETE ON mime BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER link_rule_fixed BEFORE UPDATE ON link_rule BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER link_rule_kept BEFORE DELETE ON link_rule BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: the rules only grow');
END;
CREATE TRIGGER library_fixed BEFORE UPDATE OF n, id, created_at ON library BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a library keeps its id');
END;
CREATE TRIGGER library_kept BEFORE DELETE ON library BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a library keeps its id');
END;
