-- What makes questions index lookups: tags, words, places. Kept by triggers, so that no program can forget.

-- The words used as tags, and which media bear them. Names are kept as typed; matching any case is the query's work.
CREATE TABLE tag (
  n INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES user(n),
  name TEXT NOT NULL,
  UNIQUE (owner, name)
) STRICT;
CREATE TABLE media_tag (
  tag INTEGER NOT NULL REFERENCES tag(n),
  media INTEGER NOT NULL REFERENCES media(n),
  PRIMARY KEY (tag, media)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER media_tag_new BEFORE INSERT ON media_tag BEGIN
  SELECT RAISE(ABORT, 'HN_OWNER: a tag and the media that bears it have one owner')
    WHERE (SELECT owner FROM tag WHERE n = NEW.tag) IS NOT (SELECT owner FROM media WHERE n = NEW.media);
END;
CREATE TRIGGER media_tag_fixed BEFORE UPDATE ON media_tag BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a tag is borne or not');
END;
CREATE TRIGGER tag_fixed BEFORE UPDATE OF n, owner ON tag BEGIN
  SELECT RAISE(ABORT, 'HN_IMMUTABLE: a tag keeps its owner');
END;
-- "Which tags does this media bear?"
CREATE INDEX media_tag_media ON media_tag (media, tag);

-- Words: one row a media, found by its number. Album names have rows of their own, so that renaming an album of 30,000 rewrites one.
CREATE VIRTUAL TABLE media_text USING fts5 (
  name, description, tags, camera, lens, place, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE album_text USING fts5 (
  name, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');

-- Places: one box a media with a position, in degrees.
CREATE VIRTUAL TABLE media_place USING rtree (n, west, east, south, north);

-- What the text index holds of one media, in its columns' order.
CREATE VIEW media_words (n, name, description, tags, camera, lens, place) AS
  SELECT n,
    iif(original_filename IS NULL OR original_filename = filename, filename, filename || ' ' || original_filename),
    concat_ws(' ', metadata ->> '$.title', metadata ->> '$.description'),
    (SELECT group_concat(value, ' ') FROM json_each(metadata, '$.tags') WHERE json_each.type = 'text'),
    camera, lens,
    concat_ws(' ', metadata ->> '$.location_name', metadata ->> '$.place.city', metadata ->> '$.place.country')
  FROM media;

CREATE TRIGGER media_found AFTER INSERT ON media BEGIN
  INSERT INTO media_text (rowid, name, description, tags, camera, lens, place) SELECT * FROM media_words WHERE n = NEW.n;
  INSERT INTO media_place SELECT NEW.n, NEW.longitude, NEW.longitude, NEW.latitude, NEW.latitude WHERE NEW.latitude IS NOT NULL;
END;
CREATE TRIGGER media_tagged AFTER INSERT ON media WHEN json_type(NEW.metadata, '$.tags') = 'array' BEGIN
  INSERT INTO tag (owner, name)
    SELECT DISTINCT NEW.owner, value FROM json_each(NEW.metadata, '$.tags')
     WHERE json_each.type = 'text' AND NOT EXISTS (SELECT 1 FROM tag WHERE owner = NEW.owner AND name = value);
  INSERT INTO media_tag (tag, media)
    SELECT DISTINCT tag.n, NEW.n FROM json_each(NEW.metadata, '$.tags') JOIN tag ON tag.owner = NEW.owner AND tag.name = value
     WHERE json_each.type = 'text';
END;
CREATE TRIGGER media_refound AFTER UPDATE OF filename, metadata ON media
WHEN NEW.filename <> OLD.filename OR NEW.metadata <> OLD.metadata BEGIN
  DELETE FROM media_text WHERE rowid = NEW.n;
  INSERT INTO media_text (rowid, name, description, tags, camera, lens, place) SELECT * FROM media_words WHERE n = NEW.n;
END;
CREATE TRIGGER media_retagged AFTER UPDATE OF metadata ON media
WHEN (NEW.metadata -> '$.tags') IS NOT (OLD.metadata -> '$.tags') BEGIN
  DELETE FROM media_tag WHERE media = NEW.n;
  INSERT INTO tag (owner, name)
    SELECT DISTINCT NEW.owner, value FROM json_each(NEW.metadata, '$.tags')
     WHERE json_each.type = 'text' AND NOT EXISTS (SELECT 1 FROM tag WHERE owner = NEW.owner AND name = value);
  INSERT INTO media_tag (tag, media)
    SELECT DISTINCT tag.n, NEW.n FROM json_each(NEW.metadata, '$.tags') JOIN tag ON tag.owner = NEW.owner AND tag.name = value
     WHERE json_each.type = 'text';
END;
CREATE TRIGGER media_moved AFTER UPDATE OF latitude, longitude ON media BEGIN
  DELETE FROM media_place WHERE n = NEW.n;
  INSERT INTO media_place SELECT NEW.n, NEW.longitude, NEW.longitude, NEW.latitude, NEW.latitude WHERE NEW.latitude IS NOT NULL;
END;
-- Before, not after: a tag's foreign key would refuse the removal.
CREATE TRIGGER media_lost BEFORE DELETE ON media BEGIN
  DELETE FROM media_text WHERE rowid = OLD.n;
  DELETE FROM media_tag WHERE media = OLD.n;
  DELETE FROM media_place WHERE n = OLD.n;
END;
CREATE TRIGGER album_found AFTER INSERT ON album BEGIN
  INSERT INTO album_text (rowid, name) VALUES (NEW.n, NEW.name);
END;
CREATE TRIGGER album_refound AFTER UPDATE OF name ON album WHEN NEW.name <> OLD.name BEGIN
  DELETE FROM album_text WHERE rowid = NEW.n;
  INSERT INTO album_text (rowid, name) VALUES (NEW.n, NEW.name);
END;
CREATE TRIGGER album_lost AFTER DELETE ON album BEGIN
  DELETE FROM album_text WHERE rowid = OLD.n;
END;
