//! One measured figure, what it is compared to, and its goal.

use std::fmt;

/// A figure.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// The median.
    pub(crate) value: f64,
    /// Its unit; empty for a number.
    pub(crate) unit: &'static str,
    /// What it was measured in turn with.
    pub(crate) beside: Option<Beside>,
    /// The goal for the ratio where there is one, else for the value.
    pub(crate) goal: Option<Goal>,
}

/// What a figure is compared to.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    /// What was measured.
    pub(crate) what: &'static str,
    /// The median, in the figure's unit.
    pub(crate) value: f64,
    /// The median of the ratios.
    pub(crate) ratio: f64,
}

/// The limit of a figure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Goal {
    /// At most that much.
    AtMost(f64),
    /// At least that much.
    AtLeast(f64),
}

impl Figure {
    /// A figure by itself.
    pub(crate) fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            beside: None,
            goal: None,
        }
    }

    /// The medians of pairs that were measured in turn.
    pub(crate) fn of_pairs(
        what: impl Into<String>,
        unit: &'static str,
        beside: &'static str,
        pairs: &[(f64, f64)],
    ) -> Self {
        let (own, other) = pairs.iter().copied().unzip::<_, _, Vec<_>, Vec<_>>();
        let ratios = pairs.iter().map(|(own, other)| own / other);
        let beside = Beside {
            what: beside,
            value: median(other),
            ratio: median(ratios),
        };
        Self {
            beside: Some(beside),
            ..Self::new(what, median(own), unit)
        }
    }

    /// The figure with its goal.
    pub(crate) fn goal(self, goal: Goal) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    /// What the goal is for.
    pub(crate) fn judged(&self) -> f64 {
        self.beside
            .as_ref()
            .map_or(self.value, |beside| beside.ratio)
    }

    /// How much of what the goal allows is used: more than 1 misses it.
    pub(crate) fn used(&self) -> Option<f64> {
        Some(match self.goal? {
            Goal::AtMost(limit) => self.judged() / limit,
            Goal::AtLeast(limit) => limit / self.judged(),
        })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "≤ {}", number(*limit)),
            Self::AtLeast(limit) => write!(f, "≥ {}", number(*limit)),
        }
    }
}

/// A number with three digits that count, or all before the point.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The value in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value below which that share of all values lies.
pub(crate) fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the index of a measured value is small"
    )]
    let index = (values.len() as f64 * share) as usize;
    values[index.min(values.len() - 1)]
}
