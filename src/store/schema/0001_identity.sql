-- Identity. Inside the catalogue an object is an integer `n`; its UUID stands once, here. Everything else speaks `n`.
-- SQLite's length() and GLOB end a text at a NUL, so every checked text is asked for one first.
-- Times are milliseconds since 1970 in UTC. Refusals by trigger begin with a code: HN_OWNER, HN_IMMUTABLE, HN_ID_REUSED, ...

-- What this file is: the same id as in the marker file beside it. `min_reader` is the oldest schema that may read it.
CREATE TABLE library (
  n INTEGER PRIMARY KEY CHECK (n = 1),
  id BLOB NOT NULL CHECK (length(id) = 16),
  min_reader INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- The kinds of object. A new kind is a row here, a table of its own, and its rows in link_rule.
CREATE TABLE type (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name NOT GLOB '*[^a-z_]*' AND length(name) BETWEEN 1 AND 32)
) STRICT;
INSERT INTO type (n, name) VALUES (1, 'user'), (2, 'media'), (3, 'album'), (4, 'integration'), (5, 'link');

-- The journal. An operation is one command that changes something: who, what, when, and how it ended.
-- It is opened before its first change, so that an interrupted one is known by its outcome `running`.
CREATE TABLE operation (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  owner INTEGER NOT NULL REFERENCES user(n) DEFERRABLE INITIALLY DEFERRED,
  command TEXT NOT NULL CHECK (length(command) BETWEEN 1 AND 64),
  started_at INTEGER NOT NULL,
  finished_at INTEGER CHECK (finished_at >= started_at),
  outcome TEXT NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'success', 'partial', 'failed', 'interrupted')),
  summary TEXT CHECK (summary IS NULL OR (json_valid(summary) AND json_type(summary) = 'object'))
) STRICT;

-- What an operation changed: per object the fields that differ, as they were. A creation is `object.made_by`, not a row here.
-- `object` has no foreign key: what happened stays told after a purge, which blanks `before`.
CREATE TABLE change (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  operation INTEGER NOT NULL REFERENCES operation(n),
  object INTEGER NOT NULL,
  verb TEXT NOT NULL CHECK (verb IN ('edit', 'delete', 'restore', 'purge')),
  before TEXT CHECK (before IS NULL OR (json_valid(before) AND json_type(before) = 'object'))
) STRICT;
-- "What did this operation change?"
CREATE INDEX change_operation ON change (operation);
-- "What happened to this object?"
CREATE INDEX change_object ON change (object);

-- The registry: one row an object, of every kind. Composite foreign keys onto (n, type, owner) make the database itself
-- refuse a link, cover or membership across owners, to a missing object, or of the wrong kind.
CREATE TABLE object (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (
    length(id) = 16 AND substr(hex(id), 13, 1) = '4' AND substr(hex(id), 17, 1) IN ('8', '9', 'A', 'B')),
  type INTEGER NOT NULL REFERENCES type(n),
  owner INTEGER NOT NULL REFERENCES user(n) DEFERRABLE INITIALLY DEFERRED,
  made_by INTEGER NOT NULL REFERENCES operation(n),
  UNIQUE (n, type, owner)
) STRICT;
-- "What did this operation make?" It is the journal of creations.
CREATE INDEX object_made_by ON object (made_by);

-- Ids that were purged: never used again, and a media's bytes are not taken in again unasked.
CREATE TABLE tombstone (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  type INTEGER NOT NULL REFERENCES type(n),
  owner INTEGER NOT NULL,
  hash BLOB CHECK (hash IS NULL OR length(hash) = 32),
  purged_at INTEGER NOT NULL
) STRICT;
-- "Were these bytes purged by this owner?"
CREATE INDEX tombstone_hash ON tombstone (owner, hash) WHERE hash IS NOT NULL;

-- Accounts. A user owns itself (ruling 3); `os_uid` binds it to an account of the operating system (ruling 4).
CREATE TABLE user (
  n INTEGER PRIMARY KEY,
  type INTEGER GENERATED ALWAYS AS (1) VIRTUAL,
  owner INTEGER NOT NULL CHECK (owner = n),
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN -62135596800000 AND 253402300799999),
  updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN -62135596800000 AND 253402300799999),
  deleted_at INTEGER CHECK (deleted_at BETWEEN -62135596800000 AND 253402300799999),
  source_type TEXT CHECK (source_type IN ('import', 'integration', 'user', 'system', 'upload')),
  source_id TEXT CHECK (instr(source_id, char(0)) = 0 AND length(source_id) BETWEEN 1 AND 1024),
  email TEXT NOT NULL CHECK (
    instr(email, char(0)) = 0
    AND length(email) <= 255
    AND email NOT GLOB '*[^a-zA-Z0-9._%+@-]*'
    AND length(email) - length(replace(email, '@', '')) = 1
    AND substr(email, instr(email, '@') + 1) NOT GLOB '*[^a-zA-Z0-9.-]*'
    AND rtrim(email, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') GLOB '?*@?*.'
    AND length(email) - length(rtrim(email, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')) >= 2),
  password_hash TEXT NOT NULL CHECK (
    password_hash = '!' OR (instr(password_hash, char(0)) = 0 AND length(password_hash) BETWEEN 20 AND 512 AND (password_hash GLOB '$argon2*' OR password_hash GLOB '$2*'))),
  email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
  display_name TEXT CHECK (instr(display_name, char(0)) = 0 AND length(display_name) BETWEEN 1 AND 100 AND display_name NOT GLOB '*[^a-zA-Z0-9 ._-]*'),
  avatar_url TEXT CHECK (
    instr(avatar_url, char(0)) = 0 AND length(avatar_url) <= 2048 AND avatar_url NOT GLOB '*[^!-~]*'
    AND (avatar_url GLOB 'https://?*' OR avatar_url GLOB 'http://?*')),
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
  last_login_at INTEGER CHECK (last_login_at BETWEEN -62135596800000 AND 253402300799999),
  storage_used INTEGER NOT NULL CHECK (storage_used >= 0),
  storage_quota INTEGER NOT NULL CHECK (storage_quota > 0),
  os_uid INTEGER,
  metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object' AND octet_length(metadata) <= 1048576),
  FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner) DEFERRABLE INITIALLY DEFERRED
) STRICT;
-- "Is this address taken?" Whatever its case.
CREATE UNIQUE INDEX user_email ON user (email COLLATE NOCASE);
-- "Who joined when?"
CREATE INDEX user_created ON user (created_at);
