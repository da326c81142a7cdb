//! How far a question reaches into the trash: only where `is:trashed`, or a time of deletion, is asked of the same media.
//!
//! `is:trashed a` looks at the trash; in `(is:trashed a) OR b` the second half finds live media alone.

use super::ast::{Expr, Term, Test};

/// The question with every branch that does not ask for the trash held to live media. One that nowhere asks stays as it is.
pub(super) fn held(expr: &Expr) -> Expr {
    asked_by(expr, true).map_or_else(|| expr.clone(), |term| branch(expr, &live(term)))
}

/// A term that asks for the trash.
fn asked_by(expr: &Expr, positive: bool) -> Option<&Term> {
    match expr {
        Expr::All => None,
        Expr::Is(term) => term.is_of_trash(positive).then_some(term),
        Expr::Not(inner) => asked_by(inner, !positive),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().find_map(|part| asked_by(part, positive)),
    }
}

/// What the rest answers to.
fn live(term: &Term) -> Expr {
    match term.test {
        Test::Flag(_) => Expr::Is(term.clone()).opposite(),
        _ => Expr::Is(Term { test: Test::Empty, ..term.clone() }),
    }
}

fn branch(expr: &Expr, live: &Expr) -> Expr {
    if always(expr, true) {
        return expr.clone();
    }
    match expr {
        _ if !expr.wants_trash() => Expr::And(vec![expr.clone(), live.clone()]),
        Expr::Or(parts) => any(parts, live),
        Expr::And(parts) => all(parts, live),
        Expr::Not(inner) => branch(&turned(inner), live),
        Expr::All | Expr::Is(_) => expr.clone(),
    }
}

/// Whether nothing answers to it but by what is asked of the trash.
fn always(expr: &Expr, positive: bool) -> bool {
    match (expr, positive) {
        (Expr::All, _) => false,
        (Expr::Is(term), _) => term.is_of_trash(positive),
        (Expr::Not(inner), _) => always(inner, !positive),
        (Expr::And(parts), true) | (Expr::Or(parts), false) => parts.iter().any(|part| always(part, positive)),
        (Expr::And(parts), false) | (Expr::Or(parts), true) => parts.iter().all(|part| always(part, positive)),
    }
}

fn any(parts: &[Expr], live: &Expr) -> Expr {
    let (asking, others): (Vec<_>, Vec<_>) = parts.iter().cloned().partition(Expr::wants_trash);
    let mut branches: Vec<_> = asking.iter().map(|part| branch(part, live)).collect();
    if !others.is_empty() {
        branches.push(Expr::And(vec![Expr::any(others), live.clone()]));
    }
    Expr::any(branches)
}

/// All must hold, and one of those that ask must be what reaches into the trash.
fn all(parts: &[Expr], live: &Expr) -> Expr {
    let (mut asking, mut others): (Vec<_>, Vec<_>) = parts.iter().cloned().partition(Expr::wants_trash);
    let reached = Expr::any(asking.iter().map(|part| branch(part, live)).collect());
    if asking.len() > 1 {
        others.append(&mut asking);
    }
    others.push(reached);
    Expr::all(others)
}

/// The negation of this, said by what it is made of.
fn turned(inner: &Expr) -> Expr {
    let each = |parts: &[Expr]| parts.iter().cloned().map(Expr::opposite).collect();
    match inner {
        Expr::And(parts) => Expr::Or(each(parts)),
        Expr::Or(parts) => Expr::And(each(parts)),
        other => other.clone().opposite(),
    }
}
