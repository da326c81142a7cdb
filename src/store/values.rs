//! Model values as SQLite values, and back. Reading checks again: a catalogue is input, not truth.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::album::{SortOrder, Visibility};
use crate::model::integration::{Status, SyncStatus};
use crate::model::link::{LinkType, Position, Strength};
use crate::model::media::{Duration, MediaType, ProcessingStatus};
use crate::model::text::{
    AlbumName, Description, DisplayName, Email, FilePath, Filename, IntegrationName, IntegrationType, PasswordHash,
    SourceId, Url,
};
use crate::model::{Invalid, Metadata, ObjectId, Sha256, SourceType, Timestamp};

fn refused(error: Invalid) -> FromSqlError {
    FromSqlError::Other(Box::new(error))
}

macro_rules! as_text {
    ($($name:ty),+ $(,)?) => { $(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::parse(value.as_str()?).map_err(refused)
            }
        }
    )+ };
}

as_text!(
    SourceType,
    MediaType,
    ProcessingStatus,
    SortOrder,
    Visibility,
    Status,
    SyncStatus,
    LinkType,
    Email,
    Filename,
    DisplayName,
    FilePath,
    AlbumName,
    Description,
    IntegrationName,
    IntegrationType,
    SourceId,
    Url,
    PasswordHash,
);

impl ToSql for ObjectId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
    }
}

impl FromSql for ObjectId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)?;
        Self::from_bytes(bytes).map_err(refused)
    }
}

impl ToSql for Sha256 {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
    }
}

impl FromSql for Sha256 {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)?;
        Ok(Self::from_bytes(bytes))
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.millis()))
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_millis(value.as_i64()?).map_err(refused)
    }
}

impl ToSql for Metadata {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

impl FromSql for Metadata {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self::of_catalogue(value.as_str()?))
    }
}

macro_rules! as_number {
    ($($name:ty, $get:ident, $make:path, $read:ident);+ $(;)?) => { $(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.$get()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                $make(value.$read()?).map_err(refused)
            }
        }
    )+ };
}

as_number!(
    Strength, get, Strength::new, as_f64;
    Position, get, Position::new, as_i64;
    Duration, as_secs, Duration::from_secs, as_f64;
);
