//! Found files on their way from the walk to the workers: large ones first, so that the last of them leaves no core idle.
//!
//! Bounded: a walk of millions waits for the workers. Files of one size keep the order in which they were found.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::summary::Candidate;

/// How many found files may wait. Paths are small.
const MOST: usize = 8192;

/// Files of at least so many bytes go first: hashing and copying one keeps a worker for as long as drawing several photos does.
const LARGE: u64 = 16 << 20;

/// What waits for a worker.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    large: VecDeque<Candidate>,
    others: VecDeque<Candidate>,
    closed: bool,
}

/// Closes the queue when it goes, however its holder ends.
pub struct Closing<'a>(&'a Queue);

impl Queue {
    /// Puts a file into the queue once there is room; `None` when nobody takes any more.
    pub fn put(&self, candidate: Candidate) -> Option<()> {
        let mut waiting = self.wait_while(|waiting| !waiting.closed && waiting.len() >= MOST);
        if waiting.closed {
            return None;
        }
        let line = if candidate.stat.size >= LARGE { &mut waiting.large } else { &mut waiting.others };
        line.push_back(candidate);
        self.changed.notify_all();
        Some(())
    }

    /// The next file; `None` when the queue is closed and empty.
    pub fn take(&self) -> Option<Candidate> {
        let mut waiting = self.wait_while(|waiting| !waiting.closed && waiting.len() == 0);
        let next = waiting.large.pop_front().or_else(|| waiting.others.pop_front());
        if waiting.len() + 1 == MOST {
            self.changed.notify_all();
        }
        next
    }

    /// For the walk, and for those who wait on the workers: whoever ends first closes the queue.
    pub fn closing(&self) -> Closing<'_> {
        Closing(self)
    }

    fn wait_while(&self, condition: impl Fn(&Waiting) -> bool) -> MutexGuard<'_, Waiting> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.wait_while(waiting, |waiting| condition(waiting)).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn len(&self) -> usize {
        self.large.len() + self.others.len()
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::store::sources::Stat;

    fn file(name: &str, size: u64) -> Candidate {
        Candidate { path: PathBuf::from(name), stat: Stat { size, mtime_ns: 0, ctime_ns: 0, device: 0, inode: 0 } }
    }

    #[test]
    fn large_files_go_first_and_the_others_in_their_order() {
        let queue = Queue::default();
        for (name, size) in [("a", 1), ("b", LARGE), ("c", 1), ("d", LARGE - 1), ("e", 1 << 40)] {
            queue.put(file(name, size)).unwrap();
        }
        drop(queue.closing());
        assert_eq!(queue.put(file("f", 1)), None, "nobody takes from a closed queue what comes later");
        let order: Vec<_> = std::iter::from_fn(|| queue.take()).map(|file| file.path).collect();
        assert_eq!(order, ["b", "e", "a", "c", "d"].map(PathBuf::from));
    }

    #[test]
    fn a_full_queue_holds_the_walk_until_a_file_is_taken_or_the_workers_end() {
        let queue = Queue::default();
        for _ in 0..MOST {
            queue.put(file("a", 1)).unwrap();
        }
        std::thread::scope(|threads| {
            let late = threads.spawn(|| (queue.put(file("b", 1)), queue.put(file("c", 1))));
            assert!(queue.take().is_some());
            while queue.waiting.lock().unwrap().len() < MOST {
                std::thread::yield_now();
            }
            drop(queue.closing());
            assert_eq!(late.join().unwrap(), (Some(()), None));
        });
    }
}
