//! The figures that have a goal, as bars: how much of what the goal allows is used.

use askama::Template;

use super::figure::{Figure, number};

const HEIGHT: f64 = 26.0;
/// Where the bars begin, and how long one is that uses all that its goal allows.
const LEFT: f64 = 400.0;
const FULL: f64 = 300.0;
/// The longest bar, in goals.
const LONGEST: f64 = 1.5;

#[derive(Template)]
#[template(
    ext = "svg",
    escape = "html",
    source = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#ffffff"/>
<title>How much of what each goal allows is used</title>
{% for bar in bars %}<text x="{{ left - 10.0 }}" y="{{ bar.top + 13.0 }}" text-anchor="end">{{ bar.what }}</text>
<rect x="{{ left }}" y="{{ bar.top }}" width="{{ bar.length }}" height="18" fill="{% if bar.is_met %}#2e7d4f{% else %}#b3261e{% endif %}"/>
<text x="{{ left + bar.length + 6.0 }}" y="{{ bar.top + 13.0 }}" fill="#444444">{{ bar.told }}</text>
{% endfor %}<line x1="{{ left + full }}" x2="{{ left + full }}" y1="0" y2="{{ height }}" stroke="#000000" stroke-dasharray="4 3"/>
</svg>
"##
)]
struct Plot {
    width: f64,
    height: f64,
    left: f64,
    full: f64,
    bars: Vec<Bar>,
}

struct Bar {
    what: String,
    told: String,
    top: f64,
    length: f64,
    is_met: bool,
}

/// The plot as SVG.
pub(crate) fn draw(figures: &[Figure]) -> String {
    let mut bars = Vec::new();
    let mut top = 10.0;
    for figure in figures {
        let (Some(goal), Some(used)) = (figure.goal, figure.used()) else {
            continue;
        };
        let unit = if figure.beside.is_some() {
            "×"
        } else {
            figure.unit
        };
        let value = number(figure.judged());
        bars.push(Bar {
            what: figure.what.clone(),
            told: format!("{value} {unit} ({goal})"),
            top,
            length: (used.min(LONGEST) * FULL).round(),
            is_met: used <= 1.0,
        });
        top += HEIGHT;
    }
    let plot = Plot {
        width: LEFT + LONGEST * FULL + 170.0,
        height: top + 4.0,
        left: LEFT,
        full: FULL,
        bars,
    };
    plot.render().expect("a text can be written")
}
