-- For people who open this file with other tools: text ids, ISO times, the specification's field names and order.
-- Deleted objects are shown with their deleted_at. The program itself reads the tables.

CREATE VIEW object_id (n, id) AS
  SELECT n, lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) FROM object;

CREATE VIEW v_user AS
  SELECT me.id AS id, 'user' AS type, owner_id.id AS user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    o.source_type, o.source_id,
    o.email, iif(o.password_hash = '!', '!', '[REDACTED]') AS password_hash, o.email_verified, o.display_name, o.avatar_url,
    o.is_active, o.is_admin, strftime('%Y-%m-%dT%H:%M:%fZ', o.last_login_at / 1000.0, 'unixepoch') AS last_login_at, o.storage_used, o.storage_quota,
    o.metadata
  FROM user AS o JOIN object_id AS me ON me.n = o.n JOIN object_id AS owner_id ON owner_id.n = o.owner;

CREATE VIEW v_media AS
  SELECT me.id AS id, 'media' AS type, owner_id.id AS user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    o.source_type, o.source_id,
    o.filename, o.media_type, o.mime_type, o.size, o.width, o.height, o.duration,
    printf('users/%s/media/%04d/%02d/%s.%s', owner_id.id, f.month / 100, f.month % 100,
      lower(substr(hex(f.holder), 1, 8) || '-' || substr(hex(f.holder), 9, 4) || '-' || substr(hex(f.holder), 13, 4) || '-' || substr(hex(f.holder), 17, 4) || '-' || substr(hex(f.holder), 21)), f.ext) AS file_path,
    iif(o.thumbnail_generated, printf('users/%s/thumbnails/%s/%s.jpg', owner_id.id, substr(me.id, 1, 2), me.id), NULL) AS thumbnail_path,
    lower(hex(o.hash)) AS hash, strftime('%Y-%m-%dT%H:%M:%fZ', o.taken_at / 1000.0, 'unixepoch') AS taken_at, o.latitude, o.longitude,
    o.processing_status, o.thumbnail_generated, o.metadata_extracted,
    o.metadata
  FROM media AS o JOIN object_id AS me ON me.n = o.n JOIN object_id AS owner_id ON owner_id.n = o.owner JOIN stored_file AS f ON f.owner = o.owner AND f.hash = o.hash;

CREATE VIEW v_album AS
  SELECT me.id AS id, 'album' AS type, owner_id.id AS user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    o.source_type, o.source_id,
    o.name, o.description, cover_id.id AS cover_media_id, o.sort_order, o.media_count, o.visibility,
    o.metadata
  FROM album AS o JOIN object_id AS me ON me.n = o.n JOIN object_id AS owner_id ON owner_id.n = o.owner LEFT JOIN object_id AS cover_id ON cover_id.n = o.cover;

CREATE VIEW v_integration AS
  SELECT me.id AS id, 'integration' AS type, owner_id.id AS user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    o.source_type, o.source_id,
    o.integration_type, o.integration_name, o.status, o.is_enabled,
    iif(o.has_access_token, '[REDACTED]', NULL) AS access_token, iif(o.has_refresh_token, '[REDACTED]', NULL) AS refresh_token,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.token_expires_at / 1000.0, 'unixepoch') AS token_expires_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.last_sync_at / 1000.0, 'unixepoch') AS last_sync_at, o.last_sync_status, o.sync_cursor, o.items_synced,
    o.metadata
  FROM integration AS o JOIN object_id AS me ON me.n = o.n JOIN object_id AS owner_id ON owner_id.n = o.owner;

CREATE VIEW v_link AS
  SELECT me.id AS id, 'link' AS type, owner_id.id AS user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', o.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    o.source_type, o.source_id,
    from_id.id AS from_object_id, from_type.name AS from_object_type, to_id.id AS to_object_id, to_type.name AS to_object_type,
    o.link_type, o.strength, o.is_bidirectional, o.sort_order,
    o.metadata
  FROM link AS o JOIN object_id AS me ON me.n = o.n JOIN object_id AS owner_id ON owner_id.n = o.owner
    JOIN object_id AS from_id ON from_id.n = o.from_n JOIN type AS from_type ON from_type.n = o.from_type
    JOIN object_id AS to_id ON to_id.n = o.to_n JOIN type AS to_type ON to_type.n = o.to_type;

-- Who changed what, when, by which command.
CREATE VIEW v_history AS
  SELECT op.n AS operation, op.command, strftime('%Y-%m-%dT%H:%M:%fZ', op.started_at / 1000.0, 'unixepoch') AS started_at, op.outcome, id.id AS object_id, c.verb, c.before
  FROM change AS c JOIN operation AS op ON op.n = c.operation LEFT JOIN object_id AS id ON id.n = c.object
  UNION ALL
  SELECT op.n, op.command, strftime('%Y-%m-%dT%H:%M:%fZ', op.started_at / 1000.0, 'unixepoch'), op.outcome, id.id, 'create', NULL
  FROM object AS o JOIN operation AS op ON op.n = o.made_by JOIN object_id AS id ON id.n = o.n;
