//! How text looks: colour, width, and which characters there are. Told by the caller, as nothing here knows a terminal.

use anstyle::AnsiColor;
use anstyle::Effects;

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether escapes for colour are written.
    pub color: bool,
    /// Columns that running text may take.
    pub width: usize,
    /// Whether lines and boxes may be drawn with other than ASCII characters.
    pub unicode: bool,
}

impl Style {
    /// As a file or a pipe gets it.
    pub const PLAIN: Style = Style { color: false, width: 78, unicode: true };
}

/// Whether sensitive values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrets {
    /// They read `(sensitive value)`, in JSON `(sensitive)`.
    #[default]
    Hidden,
    /// The user asked to see them.
    Shown,
}

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Bold,
    Dim,
    Added,
    Removed,
    Changed,
    Read,
    Error,
    Warning,
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Tone::Plain => plain,
            Tone::Bold => plain.effects(Effects::BOLD),
            Tone::Dim => AnsiColor::BrightBlack.on_default(),
            Tone::Added => AnsiColor::Green.on_default(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::Changed => AnsiColor::Yellow.on_default(),
            Tone::Read => AnsiColor::Cyan.on_default(),
            Tone::Error => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Tone::Warning => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
        }
    }
}

impl Style {
    /// Adds text in a tone.
    pub(super) fn push(self, to: &mut String, tone: Tone, text: &str) {
        use std::fmt::Write as _;
        if self.color && tone != Tone::Plain {
            let style = tone.style();
            let _ = write!(to, "{style}{text}{style:#}");
        } else {
            to.push_str(text);
        }
    }

    /// Text in a tone.
    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        let mut painted = String::new();
        self.push(&mut painted, tone, text);
        painted
    }

    /// A line across.
    pub(super) fn rule(self) -> String {
        if self.unicode { "─" } else { "-" }.repeat(self.width.clamp(20, 78))
    }
}
