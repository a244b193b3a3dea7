//! Floor 0: work shared out between the cores of the machine.
//!
//! What comes out does not depend on how many there are: every piece is worked on by itself, and the answers are in the
//! order of the questions. No thread outlives the call.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// More would wait for memory, not for cores.
const MOST: usize = 8;

/// How work is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It is done sooner than a thread is started.
    Alone,
    /// So many pieces at a time: small ones are not worth asking for one by one.
    Pieces(usize),
}

/// What `each` makes of every item, in their order.
pub fn map<T: Send, R: Send>(items: Vec<T>, share: Share, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (at_a_time, workers) = match share {
        Share::Alone => return items.into_iter().map(each).collect(),
        Share::Pieces(pieces) => (pieces.max(1), workers()),
    };
    let workers = workers.min(items.len().div_ceil(at_a_time));
    if workers < 2 {
        return items.into_iter().map(each).collect();
    }
    let mut done = shared(items, at_a_time, workers, &each);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn shared<T: Send, R: Send>(
    items: Vec<T>,
    at_a_time: usize,
    workers: usize,
    each: &(impl Fn(T) -> R + Sync),
) -> Vec<(usize, R)> {
    let left = Mutex::new(items.into_iter().enumerate());
    let next = || -> Vec<(usize, T)> {
        // Whoever panicked while it was asked for took nothing: what is left is whole.
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        left.by_ref().take(at_a_time).collect()
    };
    let work = || {
        let mut done = Vec::new();
        loop {
            let pieces = next();
            if pieces.is_empty() {
                return done;
            }
            done.extend(pieces.into_iter().map(|(at, item)| (at, each(item))));
        }
    };
    share_out(workers, work)
}

#[expect(clippy::disallowed_methods, reason = "the one place that starts threads, which end before it returns")]
fn share_out<R: Send>(workers: usize, work: impl Fn() -> Vec<R> + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(&work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    #[test]
    fn answers_are_in_the_order_of_the_questions_however_they_are_shared_out() {
        let expected: Vec<usize> = (0..1_000).map(|n| n * n).collect();
        for share in [Share::Alone, Share::Pieces(0), Share::Pieces(1), Share::Pieces(7), Share::Pieces(5_000)] {
            assert_eq!(map((0..1_000).collect(), share, |n: usize| n * n), expected, "{share:?}");
        }
        assert!(map(Vec::new(), Share::Pieces(1), |n: usize| n).is_empty());
    }

    #[test]
    fn several_work_at_once() {
        // Neither of the two would come past the other if one had to wait until the other is done.
        let both = Barrier::new(2);
        let done = shared(vec![(), ()], 1, 2, &|()| {
            both.wait();
            thread::current().id()
        });
        let threads: BTreeSet<String> = done.iter().map(|(_, thread)| format!("{thread:?}")).collect();
        assert_eq!(threads.len(), 2);
    }

    #[test]
    #[should_panic(expected = "the third is bad")]
    fn a_panic_is_the_callers() {
        shared(vec![1, 2, 3, 4], 1, 2, &|n| assert!(n != 3, "the third is bad"));
    }
}
