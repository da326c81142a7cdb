//! A long answer: one thread reads media from the catalogue while the other prints those before them.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Builder};

use super::{Expr, Options, one_by_one};
use crate::model::Media;
use crate::store::{Reader, StoreError};

/// The longest answer that is not worth a thread and a second connection, which take some milliseconds to make.
pub(super) const PAGE: u64 = 1_000;

/// The most media handed over at once; the first goes alone, so that it is printed at once.
const BATCH: usize = 64;

/// Batches that may wait to be printed.
const WAITING: usize = 16;

type Batch = Result<Vec<Media>, StoreError>;

/// As [`super::run`].
pub(super) fn run<E: From<StoreError>>(
    reader: &Reader,
    expr: &Expr,
    options: &Options,
    mut each: impl FnMut(Media) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let another = reader.another()?;
    let (give, take) = sync_channel(WAITING);
    let began = thread::scope(|threads| {
        let read = move || read(&another, expr, options, &give);
        Builder::new().spawn_scoped(threads, read).ok().map(|_| print(take, &mut each))
    });
    // Where the system has no thread left, one does both.
    began.unwrap_or_else(|| one_by_one(reader, expr, options, each))
}

/// Ends when nobody takes what it gives.
fn read(reader: &Reader, expr: &Expr, options: &Options, give: &SyncSender<Batch>) {
    let (mut batch, mut size) = (Vec::new(), 1);
    let told = one_by_one(reader, expr, options, |media| {
        batch.push(media);
        if batch.len() < size {
            return Ok(ControlFlow::Continue(()));
        }
        size = (2 * size).min(BATCH);
        let full = std::mem::replace(&mut batch, Vec::with_capacity(size));
        Ok::<_, StoreError>(if give.send(Ok(full)).is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    });
    // What was found before it failed is printed before it is said. Nobody may be there any more to take either.
    let _ = give.send(Ok(batch));
    if let Err(error) = told {
        let _ = give.send(Err(error));
    }
}

fn print<E: From<StoreError>>(
    take: Receiver<Batch>,
    each: &mut impl FnMut(Media) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    for batch in take {
        for media in batch? {
            if each(media)?.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}
