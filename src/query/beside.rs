//! What stands beside a media and is no field of it: its albums, its links, how far it is and how alike.

use std::ops::ControlFlow;

use super::Aim;
use crate::model::{Album, Link, ObjectId};
use crate::store::{Param, Reader, Sql, StoreError, album, link};

const ALBUMS: &str = "
    SELECT album.n FROM my_object AS object JOIN my_link AS link ON link.to_n = object.n
      JOIN my_album AS album ON album.n = link.from_n
     WHERE object.id = ?1 AND link.link_type = 'contains' AND link.deleted_at IS NULL AND album.deleted_at IS NULL
     ORDER BY album.name, album.n";

const LINKS: &str = "
    SELECT own.n, own.id FROM my_object AS object JOIN my_link AS link ON link.from_n = object.n
      JOIN my_object AS own ON own.n = link.n
     WHERE object.id = ?1 AND link.deleted_at IS NULL
     UNION
    SELECT own.n, own.id FROM my_object AS object JOIN my_link AS link ON link.to_n = object.n
      JOIN my_object AS own ON own.n = link.n
     WHERE object.id = ?1 AND link.deleted_at IS NULL
     ORDER BY 1";

const MEASURED: &str = "
    SELECT metres(media.latitude, media.longitude, ?2, ?3), bits_apart(media.phash, ?4)
      FROM my_object AS object JOIN my_media AS media ON media.n = object.n WHERE object.id = ?1";

/// The live albums a media is in, by name.
///
/// # Errors
/// Those of the catalogue.
pub fn albums(reader: &Reader, id: ObjectId) -> Result<Vec<Album>, StoreError> {
    let mut albums = Vec::new();
    reader.numbers(&about(ALBUMS, id), |n| {
        albums.push(album::by_n(reader, reader.owner(), n)?);
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    Ok(albums)
}

/// The live links of a media, at either end, in the order they were made.
///
/// # Errors
/// Those of the catalogue.
pub fn links(reader: &Reader, id: ObjectId) -> Result<Vec<Link>, StoreError> {
    let ids = reader.names::<ObjectId>(&about(LINKS, id))?;
    let links = ids.into_iter().map(|(_, id)| link::by_id(reader, reader.owner(), id));
    links.filter_map(Result::transpose).collect()
}

/// How far a media was taken from what is asked for, in metres, and in how many bits of 64 its picture differs.
///
/// # Errors
/// Those of the catalogue.
pub fn measured(reader: &Reader, id: ObjectId, aim: Aim) -> Result<(Option<f64>, Option<i64>), StoreError> {
    let mut sql = about(MEASURED, id);
    let (lat, lon) = aim.origin.unwrap_or_default();
    sql.params.extend([Param::Real(lat), Param::Real(lon), Param::Number(aim.likeness.unwrap_or_default())]);
    let row = reader.row(&sql)?.unwrap_or_default();
    let metres = row.first().and_then(|value| if let Some(Param::Real(metres)) = value { Some(*metres) } else { None });
    let bits = row.get(1).and_then(|value| if let Some(Param::Number(bits)) = value { Some(*bits) } else { None });
    Ok((metres.filter(|_| aim.origin.is_some()), bits.filter(|_| aim.likeness.is_some())))
}

fn about(text: &str, id: ObjectId) -> Sql {
    Sql { text: text.to_owned(), params: vec![Param::Bytes(id.as_bytes().to_vec())] }
}
