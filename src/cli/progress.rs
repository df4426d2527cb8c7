//! How far a long command is, for whoever waits at a terminal.

use std::io::{self, IsTerminal as _, Write};

/// How many characters the bar has.
const WIDTH: u64 = 40;

/// A bar that is drawn anew when its percentage changes. A log has no use for it: elsewhere than at a terminal nothing is.
pub(super) struct Progress {
    doing: &'static str,
    of: u64,
    drawn: Option<u64>,
    is_shown: bool,
}

impl Progress {
    /// A bar for so much work, shown where the errors of this process go to a terminal.
    pub(super) fn new(doing: &'static str, of: u64) -> Self {
        Self {
            doing,
            of,
            drawn: None,
            is_shown: io::stderr().is_terminal(),
        }
    }

    /// So much is done.
    pub(super) fn tell(&mut self, done: u64, out: &mut dyn Write) -> io::Result<()> {
        let part = |of_whole: u64| (done * of_whole).checked_div(self.of).unwrap_or(of_whole);
        let percent = part(100).min(100);
        if !self.is_shown || self.drawn == Some(percent) {
            return Ok(());
        }
        self.drawn = Some(percent);
        let filled = part(WIDTH).min(WIDTH);
        let bar: String = (0..WIDTH)
            .map(|at| if at < filled { '#' } else { '.' })
            .collect();
        write!(out, "\r{} [{bar}] {percent:3} %", self.doing)?;
        out.flush()
    }

    /// Nothing more comes: what follows begins on a line of its own.
    pub(super) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.drawn.take() {
            Some(_) => writeln!(out),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(is_shown: bool, steps: &[u64]) -> String {
        let mut progress = Progress {
            doing: "writing",
            of: 200,
            drawn: None,
            is_shown,
        };
        let mut out = Vec::new();
        for done in steps {
            progress.tell(*done, &mut out).unwrap();
        }
        progress.end(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_bar_is_drawn_once_a_percent_and_ends_its_line() {
        let half = format!("\rwriting [{}{}]  50 %", "#".repeat(20), ".".repeat(20));
        let whole = format!("\rwriting [{}] 100 %\n", "#".repeat(40));
        assert_eq!(drawn(true, &[100, 101, 200]), format!("{half}{whole}"));
    }

    #[test]
    fn where_nobody_waits_nothing_is_drawn() {
        assert_eq!(drawn(false, &[100, 200]), "");
    }
}
