-- What a question asks of a media, kept beside it as small plain columns: a walk along one index then answers what would
-- otherwise take each row's JSON apart, or look into the links of each. All of it is derived; `media_summary` says from what.

-- The tags it bears, the albums it is in, its other live links at either end.
ALTER TABLE media ADD COLUMN tag_count INTEGER NOT NULL DEFAULT 0 CHECK (tag_count >= 0);
ALTER TABLE media ADD COLUMN album_count INTEGER NOT NULL DEFAULT 0 CHECK (album_count >= 0);
ALTER TABLE media ADD COLUMN link_count INTEGER NOT NULL DEFAULT 0 CHECK (link_count >= 0);
-- What its metadata holds, a set of bits: 1 a description, 2 a title, 4 a camera, 8 a lens, 16 a place in
-- words, 32 EXIF; 64 that there is a thumbnail; 128 that it is a favourite, 256 that it holds a film of its own, 512 that its
-- time is only that of its file, 1024 that it is called a picture of a screen, or says so: Apple's do in the user comment.
ALTER TABLE media ADD COLUMN marks INTEGER NOT NULL DEFAULT 0 CHECK (marks >= 0);
-- The name it was found by, where that is not `filename`.
ALTER TABLE media ADD COLUMN found_name TEXT;
-- What the camera wrote of the aperture and the shutter, as `iso`.
ALTER TABLE media ADD COLUMN f_number ANY GENERATED ALWAYS AS (metadata ->> '$.exif.f_number') VIRTUAL;
ALTER TABLE media ADD COLUMN exposure_time ANY GENERATED ALWAYS AS (metadata ->> '$.exif.exposure_time') VIRTUAL;

-- The same of one media, counted anew.
CREATE VIEW media_summary (n, tag_count, album_count, link_count, marks, found_name) AS
  SELECT n,
    iif(json_array_length(metadata, '$.tags') > 0,
      (SELECT count(DISTINCT value) FROM json_each(metadata, '$.tags') WHERE json_each.type = 'text'), 0),
    (SELECT count(*) FROM link WHERE to_n = media.n AND link_type = 'contains' AND deleted_at IS NULL),
    (SELECT count(*) FROM link WHERE from_n = media.n AND link_type <> 'contains' AND deleted_at IS NULL)
      + (SELECT count(*) FROM link WHERE to_n = media.n AND link_type <> 'contains' AND deleted_at IS NULL),
    (ifnull(metadata ->> '$.description', '') <> '')
      + 2 * (ifnull(metadata ->> '$.title', '') <> '')
      + 4 * (camera IS NOT NULL)
      + 8 * (lens IS NOT NULL)
      + 16 * (coalesce(metadata ->> '$.location_name', metadata ->> '$.place.city', metadata ->> '$.place.country') IS NOT NULL)
      + 32 * (ifnull(metadata ->> '$.exif', '{}') <> '{}')
      + 64 * thumbnail_generated
      + 128 * (metadata -> '$.favorite' IS 'true')
      + 256 * (metadata -> '$.exif.motion_photo' IS 'true')
      + 512 * (metadata ->> '$.taken_at_source' IS 'mtime')
      -- Names are kept without accents and with `_` for a blank; for LIKE that is any one character.
      + 1024 * (metadata ->> '$.exif.user_comment' IS 'Screenshot'
        OR filename LIKE '%screenshot%' OR filename LIKE 'screen_shot%' OR filename LIKE 'screencap%' OR filename LIKE 'scrnshot%'
        OR filename LIKE 'bildschirmfoto%' OR filename LIKE 'capture_d_ecran%' OR filename LIKE 'captura_de_%' OR filename LIKE 'schermafbeelding%'
        OR filename LIKE 'schermata%' OR filename LIKE 'skarmavbild%' OR filename LIKE 'skjermbilde%' OR filename LIKE 'zrzut_ekranu%'),
    iif(original_filename <> filename AND typeof(original_filename) = 'text', original_filename, NULL)
  FROM media;

-- Links that came before their media's row are counted by it.
CREATE TRIGGER media_summed AFTER INSERT ON media BEGIN
  UPDATE media SET (tag_count, album_count, link_count, marks, found_name)
      = (SELECT tag_count, album_count, link_count, marks, found_name FROM media_summary WHERE n = NEW.n)
   WHERE n = NEW.n;
END;
CREATE TRIGGER media_resummed AFTER UPDATE OF filename, metadata, thumbnail_generated ON media
WHEN NEW.filename <> OLD.filename OR NEW.metadata <> OLD.metadata OR NEW.thumbnail_generated <> OLD.thumbnail_generated BEGIN
  UPDATE media SET (tag_count, marks, found_name) = (SELECT tag_count, marks, found_name FROM media_summary WHERE n = NEW.n)
   WHERE n = NEW.n;
END;
-- Only links in the trash are purged, and those are not counted.
CREATE TRIGGER media_placed AFTER INSERT ON link
WHEN NEW.link_type = 'contains' AND NEW.to_type = 2 AND NEW.deleted_at IS NULL BEGIN
  UPDATE media SET album_count = album_count + 1 WHERE n = NEW.to_n;
END;
CREATE TRIGGER media_replaced AFTER UPDATE OF deleted_at ON link
WHEN NEW.link_type = 'contains' AND NEW.to_type = 2 AND (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) BEGIN
  UPDATE media SET album_count = album_count + iif(NEW.deleted_at IS NULL, 1, -1) WHERE n = NEW.to_n;
END;
CREATE TRIGGER media_linked AFTER INSERT ON link
WHEN NEW.link_type <> 'contains' AND NEW.deleted_at IS NULL AND (NEW.from_type = 2 OR NEW.to_type = 2) BEGIN
  UPDATE media SET link_count = link_count + 1 WHERE n IN (NEW.from_n, NEW.to_n);
END;
CREATE TRIGGER media_relinked AFTER UPDATE OF deleted_at ON link
WHEN NEW.link_type <> 'contains' AND (NEW.from_type = 2 OR NEW.to_type = 2)
  AND (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) BEGIN
  UPDATE media SET link_count = link_count + iif(NEW.deleted_at IS NULL, 1, -1) WHERE n IN (NEW.from_n, NEW.to_n);
END;

-- Every question about a row's own small fields, now with these. Not all that would fit: SQLite prices an index by its number of
-- columns, and from about twenty on it would rather look into every row. A generated column, too, would send it there.
DROP INDEX media_fact;
UPDATE media SET (tag_count, album_count, link_count, marks, found_name)
  = (SELECT tag_count, album_count, link_count, marks, found_name FROM media_summary WHERE media_summary.n = media.n);
CREATE INDEX media_fact ON media (owner, taken_local, taken_at, media_type, size, width, height, duration, latitude, longitude,
  mime_type, processing_status, phash, tag_count, album_count, link_count, marks, deleted_at) WHERE deleted_at IS NULL;
-- "Which comes first by name?", "Whose name has this in it?"
CREATE INDEX media_name ON media (owner, filename, found_name, mime_type, size, deleted_at) WHERE deleted_at IS NULL;
-- "Which were taken wide open?", "Which were exposed for long?"
CREATE INDEX media_aperture ON media (owner, f_number, deleted_at) WHERE deleted_at IS NULL AND f_number IS NOT NULL;
CREATE INDEX media_shutter ON media (owner, exposure_time, deleted_at) WHERE deleted_at IS NULL AND exposure_time IS NOT NULL;
-- "Which are the largest?"
CREATE INDEX media_size ON media (owner, size, deleted_at) WHERE deleted_at IS NULL;
-- "What is in no album?", newest first: nothing in a sorted library, everything after an import.
CREATE INDEX media_loose ON media (owner, taken_at, tag_count, deleted_at) WHERE deleted_at IS NULL AND album_count = 0;
-- "What came into the library last?", "How did it come?", "How many a day?" The last index of the table: of several
-- that serve alike SQLite takes the newest, and who must look into every row then does so in the order they lie in the file.
DROP INDEX media_created;
CREATE INDEX media_created ON media (owner, created_at, source_type, source_id, size, deleted_at) WHERE deleted_at IS NULL;
