-- One table a kind. The base fields come first, then the kind's own, named as in the specification; `owner` is `user_id`.
-- `type` is a constant that takes no space: it makes the composite foreign keys say which kind is meant.

-- The MIME types a library takes in and what they are to a person: the program's `model::mime`, row by row.
CREATE TABLE mime (
  name TEXT NOT NULL,
  media_type TEXT NOT NULL CHECK (media_type IN ('photo', 'video', 'document', 'other')),
  PRIMARY KEY (name, media_type)
) STRICT, WITHOUT ROWID;
INSERT INTO mime (name, media_type) VALUES
  ('image/jpeg', 'photo'),
  ('image/png', 'photo'),
  ('image/gif', 'photo'),
  ('image/webp', 'photo'),
  ('image/tiff', 'photo'),
  ('image/bmp', 'photo'),
  ('image/heic', 'photo'),
  ('image/heif', 'photo'),
  ('image/avif', 'photo'),
  ('image/jxl', 'photo'),
  ('image/jp2', 'photo'),
  ('image/svg+xml', 'photo'),
  ('image/vnd.adobe.photoshop', 'photo'),
  ('image/x-icon', 'photo'),
  ('image/x-portable-anymap', 'photo'),
  ('image/x-exr', 'photo'),
  ('image/x-adobe-dng', 'photo'),
  ('image/x-canon-cr2', 'photo'),
  ('image/x-canon-cr3', 'photo'),
  ('image/x-canon-crw', 'photo'),
  ('image/x-nikon-nef', 'photo'),
  ('image/x-nikon-nrw', 'photo'),
  ('image/x-sony-arw', 'photo'),
  ('image/x-sony-sr2', 'photo'),
  ('image/x-olympus-orf', 'photo'),
  ('image/x-panasonic-rw2', 'photo'),
  ('image/x-fujifilm-raf', 'photo'),
  ('image/x-pentax-pef', 'photo'),
  ('image/x-samsung-srw', 'photo'),
  ('image/x-minolta-mrw', 'photo'),
  ('image/x-sigma-x3f', 'photo'),
  ('image/x-kodak-dcr', 'photo'),
  ('image/x-hasselblad-3fr', 'photo'),
  ('image/x-epson-erf', 'photo'),
  ('image/x-raw', 'photo'),
  ('video/mp4', 'video'),
  ('video/x-m4v', 'video'),
  ('video/quicktime', 'video'),
  ('video/3gpp', 'video'),
  ('video/3gpp2', 'video'),
  ('video/x-matroska', 'video'),
  ('video/webm', 'video'),
  ('video/x-msvideo', 'video'),
  ('video/mpeg', 'video'),
  ('video/mp2t', 'video'),
  ('video/x-ms-wmv', 'video'),
  ('video/x-flv', 'video'),
  ('video/ogg', 'video'),
  ('application/pdf', 'document'),
  ('application/rtf', 'document'),
  ('application/zip', 'other'),
  ('text/plain', 'document'),
  ('application/octet-stream', 'other');

-- Originals on disk: users/{owner}/media/{year}/{month}/{holder}.{ext}. One row an owner and content, however many media
-- refer to it. `holder` is the id of the media it was stored for; `month` is year * 100 + month of the wall clock, and never changes.
CREATE TABLE stored_file (
  owner INTEGER NOT NULL REFERENCES user(n),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  size INTEGER NOT NULL CHECK (size >= 0),
  holder BLOB NOT NULL CHECK (length(holder) = 16),
  month INTEGER NOT NULL CHECK (month BETWEEN 101 AND 999912 AND month % 100 BETWEEN 1 AND 12),
  ext TEXT NOT NULL CHECK (instr(ext, char(0)) = 0 AND length(ext) BETWEEN 1 AND 8 AND ext NOT GLOB '*[^a-z0-9]*'),
  PRIMARY KEY (owner, hash)
) STRICT, WITHOUT ROWID;

-- Photos, videos and other files. `taken_local` is the wall clock, in milliseconds as though it were UTC: what people ask by.
-- `copy` is 0 but for `--dup keep`, which makes further media over the same bytes. `phash` is the 64-bit picture hash.
CREATE TABLE media (
  n INTEGER PRIMARY KEY,
  type INTEGER GENERATED ALWAYS AS (2) VIRTUAL,
  owner INTEGER NOT NULL,
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN -62135596800000 AND 253402300799999),
  updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_at INTEGER CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  source_type TEXT CHECK (source_type IN ('import', 'integration', 'user', 'system', 'upload')),
  source_id TEXT CHECK (instr(source_id, char(0)) = 0 AND length(source_id) BETWEEN 1 AND 1024),
  filename TEXT NOT NULL CHECK (instr(filename, char(0)) = 0 AND length(filename) BETWEEN 1 AND 255 AND filename NOT GLOB '*[^a-zA-Z0-9._-]*'),
  media_type TEXT NOT NULL CHECK (media_type IN ('photo', 'video', 'document', 'other')),
  mime_type TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  width INTEGER CHECK (width BETWEEN 1 AND 4294967295),
  height INTEGER CHECK (height BETWEEN 1 AND 4294967295),
  duration REAL CHECK (duration >= 0 AND duration < 9e15),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  copy INTEGER NOT NULL DEFAULT 0 CHECK (copy >= 0),
  taken_at INTEGER CHECK (taken_at BETWEEN -62135596800000 AND 253402300799999),
  taken_local INTEGER CHECK (taken_local BETWEEN -62135683200000 AND 253402387199999),
  latitude REAL CHECK (latitude BETWEEN -90 AND 90),
  longitude REAL CHECK (longitude BETWEEN -180 AND 180),
  processing_status TEXT NOT NULL CHECK (processing_status IN ('pending', 'processing', 'complete', 'failed')),
  thumbnail_generated INTEGER NOT NULL CHECK (thumbnail_generated IN (0, 1)),
  metadata_extracted INTEGER NOT NULL CHECK (metadata_extracted IN (0, 1)),
  phash INTEGER,
  phash_version INTEGER CHECK ((phash IS NULL) = (phash_version IS NULL)),
  deleted_with INTEGER REFERENCES operation(n),
  metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object' AND octet_length(metadata) <= 1048576),
  original_filename ANY GENERATED ALWAYS AS (metadata ->> '$.original_filename') STORED,
  camera ANY GENERATED ALWAYS AS (metadata ->> '$.exif.camera') VIRTUAL,
  lens ANY GENERATED ALWAYS AS (metadata ->> '$.exif.lens') VIRTUAL,
  iso ANY GENERATED ALWAYS AS (metadata ->> '$.exif.iso') VIRTUAL,
  focal_length_mm ANY GENERATED ALWAYS AS (metadata ->> '$.exif.focal_length_mm') VIRTUAL,
  CHECK ((latitude IS NULL) = (longitude IS NULL)),
  CHECK (deleted_with IS NULL OR deleted_at IS NOT NULL),
  FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner),
  FOREIGN KEY (owner, hash) REFERENCES stored_file (owner, hash),
  FOREIGN KEY (mime_type, media_type) REFERENCES mime (name, media_type)
) STRICT;
-- "Are these bytes here already?", the trash included; and at most one live media for each copy of the bytes.
CREATE UNIQUE INDEX media_hash ON media (owner, hash, copy, ifnull(deleted_at, 0));
-- "What was taken then, by the clock on the wall?", and every question a row's own small fields answer, without touching the rows.
CREATE INDEX media_fact ON media (owner, taken_local, taken_at, media_type, size, width, height, duration, latitude, longitude,
  mime_type, processing_status, filename, original_filename, deleted_at) WHERE deleted_at IS NULL;
-- "What is newest?", "What was taken at this instant?"
CREATE INDEX media_taken ON media (owner, taken_at, deleted_at) WHERE deleted_at IS NULL;
-- "Which photos, which videos, in order of time?"
CREATE INDEX media_type_time ON media (owner, media_type, taken_at, deleted_at) WHERE deleted_at IS NULL;
-- "What came in lately?"
CREATE INDEX media_created ON media (owner, created_at, deleted_at) WHERE deleted_at IS NULL;
-- "Which media is this item of that service?"
CREATE INDEX media_source ON media (owner, source_type, source_id) WHERE source_id IS NOT NULL;
-- "Taken with which camera, lens, speed, focal length?"
CREATE INDEX media_camera ON media (owner, camera, taken_at, deleted_at) WHERE deleted_at IS NULL AND camera IS NOT NULL;
CREATE INDEX media_lens ON media (owner, lens, deleted_at) WHERE deleted_at IS NULL AND lens IS NOT NULL;
CREATE INDEX media_iso ON media (owner, iso, deleted_at) WHERE deleted_at IS NULL AND iso IS NOT NULL;
CREATE INDEX media_focal ON media (owner, focal_length_mm, deleted_at) WHERE deleted_at IS NULL AND focal_length_mm IS NOT NULL;
-- "What is in the trash?"
CREATE INDEX media_deleted ON media (owner, deleted_at) WHERE deleted_at IS NOT NULL;

-- Albums. They own nothing: `contains` links hold their members, and triggers keep `media_count`.
CREATE TABLE album (
  n INTEGER PRIMARY KEY,
  type INTEGER GENERATED ALWAYS AS (3) VIRTUAL,
  owner INTEGER NOT NULL,
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN -62135596800000 AND 253402300799999),
  updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_at INTEGER CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  source_type TEXT CHECK (source_type IN ('import', 'integration', 'user', 'system', 'upload')),
  source_id TEXT CHECK (instr(source_id, char(0)) = 0 AND length(source_id) BETWEEN 1 AND 1024),
  -- No control characters, and something other than blanks, of which Unicode has many.
  name TEXT NOT NULL CHECK (
    instr(name, char(0)) = 0 AND length(name) BETWEEN 1 AND 200
    AND name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'
    AND trim(name, char(32, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) <> ''),
  description TEXT CHECK (instr(description, char(0)) = 0 AND length(description) <= 5000),
  cover INTEGER,
  cover_type INTEGER GENERATED ALWAYS AS (2) VIRTUAL,
  sort_order TEXT NOT NULL CHECK (sort_order IN ('date_asc', 'date_desc', 'manual')),
  media_count INTEGER NOT NULL DEFAULT 0 CHECK (media_count >= 0),
  visibility TEXT NOT NULL CHECK (visibility IN ('private', 'unlisted', 'public')),
  deleted_with INTEGER REFERENCES operation(n),
  metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object' AND octet_length(metadata) <= 1048576),
  CHECK (deleted_with IS NULL OR deleted_at IS NOT NULL),
  FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner),
  FOREIGN KEY (cover, cover_type, owner) REFERENCES object (n, type, owner)
) STRICT;
-- "Which albums has this owner?", "Which album has this name?"
CREATE INDEX album_name ON album (owner, name, deleted_at);
-- "Whose cover is this media?"
CREATE INDEX album_cover ON album (cover) WHERE cover IS NOT NULL;

-- Connected services. No column holds a token: those live in the keyring; here stands only whether there is one.
CREATE TABLE integration (
  n INTEGER PRIMARY KEY,
  type INTEGER GENERATED ALWAYS AS (4) VIRTUAL,
  owner INTEGER NOT NULL,
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN -62135596800000 AND 253402300799999),
  updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_at INTEGER CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  source_type TEXT CHECK (source_type IN ('import', 'integration', 'user', 'system', 'upload')),
  source_id TEXT CHECK (instr(source_id, char(0)) = 0 AND length(source_id) BETWEEN 1 AND 1024),
  integration_type TEXT NOT NULL CHECK (
    instr(integration_type, char(0)) = 0 AND length(integration_type) BETWEEN 1 AND 64 AND integration_type NOT GLOB '*[^a-z0-9_]*'),
  integration_name TEXT NOT NULL CHECK (instr(integration_name, char(0)) = 0 AND length(integration_name) BETWEEN 1 AND 200),
  status TEXT NOT NULL CHECK (status IN ('connected', 'disconnected', 'error', 'pending')),
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  has_access_token INTEGER NOT NULL DEFAULT 0 CHECK (has_access_token IN (0, 1)),
  has_refresh_token INTEGER NOT NULL DEFAULT 0 CHECK (has_refresh_token IN (0, 1)),
  token_expires_at INTEGER CHECK (token_expires_at BETWEEN -62135596800000 AND 253402300799999),
  last_sync_at INTEGER CHECK (last_sync_at BETWEEN -62135596800000 AND 253402300799999),
  last_sync_status TEXT CHECK (last_sync_status IN ('success', 'partial', 'failed')),
  sync_cursor TEXT,
  items_synced INTEGER NOT NULL DEFAULT 0 CHECK (items_synced >= 0),
  deleted_with INTEGER REFERENCES operation(n),
  metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object' AND octet_length(metadata) <= 1048576),
  CHECK (deleted_with IS NULL OR deleted_at IS NOT NULL),
  FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner)
) STRICT;
-- "Which accounts of this service?"
CREATE INDEX integration_kind ON integration (owner, integration_type);
-- "Which need attention?"
CREATE INDEX integration_status ON integration (status);

-- Which links may exist (ruling 8): everything reads this table. `shape` is a set of bits: 1 holds both ways,
-- 2 at most one from each object, 4 ordered, 8 without cycles. `strength` is what a link has when nobody says otherwise.
CREATE TABLE link_rule (
  link_type TEXT NOT NULL CHECK (link_type NOT GLOB '*[^a-z_]*'),
  from_type INTEGER NOT NULL REFERENCES type(n),
  to_type INTEGER NOT NULL REFERENCES type(n),
  shape INTEGER NOT NULL CHECK (shape BETWEEN 0 AND 15),
  strength REAL NOT NULL CHECK (strength BETWEEN 0 AND 1),
  PRIMARY KEY (link_type, from_type, to_type),
  UNIQUE (link_type, from_type, to_type, shape)
) STRICT, WITHOUT ROWID;
INSERT INTO link_rule (link_type, from_type, to_type, shape, strength) VALUES
  ('contains', 3, 2, 4 + 8, 1), ('contains', 3, 3, 4 + 8, 1),
  ('source', 2, 4, 0, 1),
  ('duplicate_of', 2, 2, 1, 0.99),
  ('variant_of', 2, 2, 2 + 8, 1);
INSERT INTO link_rule (link_type, from_type, to_type, shape, strength)
  SELECT 'related_to', a.n, b.n, 1, 1 FROM type a, type b;

-- A link says that one object relates to another. Both ends and the link have one owner: the composite keys see to it.
-- `shape` is copied from the rule and bound to it, so that plain unique indexes can do what the rule says.
CREATE TABLE link (
  n INTEGER PRIMARY KEY,
  type INTEGER GENERATED ALWAYS AS (5) VIRTUAL,
  owner INTEGER NOT NULL,
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN -62135596800000 AND 253402300799999),
  updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_at INTEGER CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  source_type TEXT CHECK (source_type IN ('import', 'integration', 'user', 'system', 'upload')),
  source_id TEXT CHECK (instr(source_id, char(0)) = 0 AND length(source_id) BETWEEN 1 AND 1024),
  from_n INTEGER NOT NULL,
  from_type INTEGER NOT NULL,
  to_n INTEGER NOT NULL,
  to_type INTEGER NOT NULL,
  link_type TEXT NOT NULL,
  shape INTEGER NOT NULL,
  strength REAL NOT NULL CHECK (strength BETWEEN 0 AND 1),
  is_bidirectional INTEGER GENERATED ALWAYS AS (shape & 1) VIRTUAL,
  sort_order INTEGER CHECK (sort_order >= 0),
  deleted_with INTEGER REFERENCES operation(n),
  metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object' AND octet_length(metadata) <= 1048576),
  CHECK (from_n <> to_n),
  CHECK ((sort_order IS NOT NULL) = (shape & 4 <> 0)),
  CHECK (deleted_with IS NULL OR deleted_at IS NOT NULL),
  FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner),
  FOREIGN KEY (from_n, from_type, owner) REFERENCES object (n, type, owner),
  FOREIGN KEY (to_n, to_type, owner) REFERENCES object (n, type, owner),
  FOREIGN KEY (link_type, from_type, to_type, shape) REFERENCES link_rule (link_type, from_type, to_type, shape)
) STRICT;
-- "Is this link there already?" Only live links count: a removed link may be made again.
CREATE UNIQUE INDEX link_once ON link (from_n, to_n, link_type) WHERE deleted_at IS NULL;
-- "... or the other way round?", for links that hold both ways.
CREATE UNIQUE INDEX link_pair ON link (link_type, min(from_n, to_n), max(from_n, to_n)) WHERE deleted_at IS NULL AND shape & 1;
-- "Has this object one already?", for links of which an object starts at most one.
CREATE UNIQUE INDEX link_single ON link (from_n, link_type) WHERE deleted_at IS NULL AND shape & 2;
-- "Which place in the order is taken?"
CREATE UNIQUE INDEX link_order ON link (from_n, sort_order) WHERE deleted_at IS NULL AND shape & 4;
-- "Which links start here?" and "Which end here?" Not partial: foreign keys use them too.
CREATE INDEX link_from ON link (from_n, link_type, to_type, deleted_at, sort_order, to_n, owner);
CREATE INDEX link_to ON link (to_n, link_type, deleted_at, from_n, owner);
-- "All links of this kind", such as every duplicate found.
CREATE INDEX link_kind ON link (owner, link_type, deleted_at) WHERE deleted_at IS NULL;
