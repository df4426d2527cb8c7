//! The report as a picture: one SVG file that needs nothing else, for a page, a slide or a printer.
//!
//! Above, the people of each month; below, those of the last month by category. Both grades stand in each bar: they differ in
//! lightness, not in colour alone, and a white line parts them (WCAG 2.2, 1.4.1 and 1.4.11). Everything that is drawn is also
//! said in its description, for whoever does not see it.

use std::io::{self, Write};

use chrono::{Months, NaiveDate};

use super::report::Report;
use crate::http::language::Language;
use crate::identity::{Category, PinGrade};

/// The most months that are drawn, the last ones.
const MOST_MONTHS: u32 = 24;

const WIDTH: u64 = 960;
/// Where bars begin, and how wide all of them are.
const LEFT: u64 = 80;
const SPAN: u64 = 840;
/// The highest bar of the months, and the place of its foot.
const HEIGHT: u64 = 220;
const FOOT: u64 = 350;
/// Where the categories begin, how high each is, where their bars begin and how long the longest is.
const CATEGORIES: u64 = 460;
const ROW: u64 = 28;
const NAMES: u64 = 330;
const LONGEST: u64 = 520;

/// The colour of a grade: 3.6 to 1 and more from white and from the other.
fn colour(grade: PinGrade) -> &'static str {
    match grade {
        PinGrade::Ordinary => "#5b8db8",
        PinGrade::Dispositive => "#0b2f5c",
    }
}

/// How many people there are of each grade.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Grades {
    ordinary: u64,
    dispositive: u64,
}

impl Grades {
    fn of(report: &Report, month: &str, category: Option<Category>) -> Self {
        Self {
            ordinary: report.people(month, PinGrade::Ordinary, category),
            dispositive: report.people(month, PinGrade::Dispositive, category),
        }
    }

    fn sum(self) -> u64 {
        self.ordinary + self.dispositive
    }

    /// As a sentence begins with what they are counted of.
    fn say(self, language: Language, of: &str) -> String {
        let (ordinary, dispositive) = (self.ordinary.to_string(), self.dispositive.to_string());
        let arguments = [
            ("of", of),
            ("ordinary", ordinary.as_str()),
            ("dispositive", dispositive.as_str()),
        ];
        language.say_all("pin-report-count", &arguments)
    }

    /// How long the bars of both grades are, when the whole is so long for so many.
    fn lengths(self, longest: u64, most: u64) -> (u64, u64) {
        let part = |people: u64| (people * longest).checked_div(most).unwrap_or_default();
        let whole = part(self.sum());
        let ordinary = part(self.ordinary);
        (ordinary, whole - ordinary)
    }
}

/// Draws a report.
pub(super) fn draw(report: &Report, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let months: Vec<_> = months(&report.months())
        .into_iter()
        .map(|month| {
            let people = Grades::of(report, &month, None);
            (month, people)
        })
        .collect();
    let last = months.last().map(|(month, _)| month.as_str());
    let categories: Vec<_> = Category::ALL
        .into_iter()
        .filter_map(|category| {
            let people = Grades::of(report, last?, Some(category));
            let name = language.say(&format!("category-{}", category.name()));
            (people.sum() > 0).then_some((name, people))
        })
        .collect();
    let rows = (0..).zip(&categories).last().map_or(0, |(row, _)| row + 1);
    let height = match last {
        Some(_) => CATEGORIES + rows * ROW + 50,
        None => 160,
    };
    let title = escape(&language.say("pin-report-title"));
    writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{}" viewBox="0 0 {WIDTH} {height}" aria-labelledby="title description" font-family="sans-serif" font-size="14" fill="#1a1a1a">"##,
        language.code()
    )?;
    writeln!(out, r#"<title id="title">{title}</title>"#)?;
    writeln!(out, r#"<desc id="description">"#)?;
    let said = months.iter().chain(&categories);
    for (of, people) in said {
        writeln!(out, "{}", escape(&people.say(language, of)))?;
    }
    let Some(last) = last else {
        let none = escape(&language.say("pin-report-none"));
        writeln!(out, "{none}</desc>")?;
        writeln!(
            out,
            r##"<rect width="{WIDTH}" height="{height}" fill="#fff"/>"##
        )?;
        text(out, (LEFT, 50), r#"font-size="24""#, &title)?;
        text(out, (LEFT, 100), "", &none)?;
        return writeln!(out, "</svg>");
    };
    writeln!(out, "</desc>")?;
    writeln!(
        out,
        r##"<rect width="{WIDTH}" height="{height}" fill="#fff"/>"##
    )?;
    text(out, (LEFT, 50), r#"font-size="24""#, &title)?;
    for (at, grade) in [
        (LEFT, PinGrade::Ordinary),
        (LEFT + 200, PinGrade::Dispositive),
    ] {
        rect(out, (at, 68), (16, 16), grade)?;
        let name = language.say(match grade {
            PinGrade::Ordinary => "pin-report-ordinary",
            PinGrade::Dispositive => "pin-report-dispositive",
        });
        text(out, (at + 24, 81), "", &escape(&name))?;
    }
    draw_months(&months, out)?;
    let heading = language.say_with("pin-report-categories", "month", last);
    text(
        out,
        (LEFT, CATEGORIES - 40),
        r#"font-size="18""#,
        &escape(&heading),
    )?;
    draw_categories(&categories, out)?;
    let note = escape(&language.say("pin-report-several"));
    text(out, (LEFT, height - 20), r#"font-size="12""#, &note)?;
    writeln!(out, "</svg>")
}

fn draw_months(months: &[(String, Grades)], out: &mut dyn Write) -> io::Result<()> {
    let most = most(months);
    let step = SPAN / u64::from(MOST_MONTHS);
    writeln!(
        out,
        r##"<path d="M{LEFT} {FOOT}H{}" stroke="#1a1a1a"/>"##,
        LEFT + SPAN
    )?;
    for (at, (month, people)) in (0..).map(|month| LEFT + month * step).zip(months) {
        let (ordinary, dispositive) = people.lengths(HEIGHT, most);
        let middle = at + step / 2;
        stacked(
            out,
            |start, length| ((at + 3, FOOT - start - length), (step - 6, length)),
            (ordinary, dispositive),
        )?;
        let above = FOOT - ordinary - dispositive - 6;
        let count = people.sum().to_string();
        text(
            out,
            (middle, above),
            r#"text-anchor="middle" font-size="11""#,
            &count,
        )?;
        let (year, number) = month.split_once('-').unwrap_or((month, ""));
        text(
            out,
            (middle, FOOT + 18),
            r#"text-anchor="middle" font-size="12""#,
            number,
        )?;
        // The year stands where it begins.
        if at == LEFT || number == "01" {
            text(
                out,
                (middle, FOOT + 36),
                r#"text-anchor="middle" font-size="12""#,
                year,
            )?;
        }
    }
    Ok(())
}

fn draw_categories(categories: &[(String, Grades)], out: &mut dyn Write) -> io::Result<()> {
    let most = most(categories);
    for (top, (name, people)) in (0..).map(|row| CATEGORIES + row * ROW).zip(categories) {
        let (ordinary, dispositive) = people.lengths(LONGEST, most);
        text(
            out,
            (NAMES - 10, top),
            r#"text-anchor="end""#,
            &escape(name),
        )?;
        stacked(
            out,
            |start, length| ((NAMES + start, top - 15), (length, 20)),
            (ordinary, dispositive),
        )?;
        let beside = NAMES + ordinary + dispositive + 8;
        text(out, (beside, top), "", &people.sum().to_string())?;
    }
    Ok(())
}

fn most(bars: &[(String, Grades)]) -> u64 {
    bars.iter()
        .map(|(_, people)| people.sum())
        .max()
        .unwrap_or_default()
}

/// A place or a size: across, down.
type Pair = (u64, u64);

/// The bars of both grades, the ordinary one first; `place` tells where one is that begins at so much and is so long.
fn stacked(
    out: &mut dyn Write,
    place: impl Fn(u64, u64) -> (Pair, Pair),
    (ordinary, dispositive): (u64, u64),
) -> io::Result<()> {
    for (start, length, grade) in [
        (0, ordinary, PinGrade::Ordinary),
        (ordinary, dispositive, PinGrade::Dispositive),
    ] {
        if length > 0 {
            let (at, size) = place(start, length);
            rect(out, at, size, grade)?;
        }
    }
    Ok(())
}

fn rect(
    out: &mut dyn Write,
    (x, y): Pair,
    (width, height): Pair,
    grade: PinGrade,
) -> io::Result<()> {
    let fill = colour(grade);
    writeln!(
        out,
        r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="#fff"/>"##
    )
}

/// A text that was escaped.
fn text(out: &mut dyn Write, (x, y): Pair, style: &str, text: &str) -> io::Result<()> {
    writeln!(out, r#"<text x="{x}" y="{y}" {style}>{text}</text>"#)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The months to draw: up to the last in which somebody used a PIN, those between in which nobody did among them.
fn months(used: &[&str]) -> Vec<String> {
    let day = |month: &str| format!("{month}-01").parse::<NaiveDate>().ok();
    let first = used.first().and_then(|month| day(month));
    let last = used.last().and_then(|month| day(month));
    let Some((first, last)) = first.zip(last) else {
        return Vec::new();
    };
    let mut months: Vec<_> = (0..MOST_MONTHS)
        .filter_map(|back| last.checked_sub_months(Months::new(back)))
        .take_while(|month| *month >= first)
        .map(|month| month.format("%Y-%m").to_string())
        .collect();
    months.reverse();
    months
}

#[cfg(test)]
mod tests;
