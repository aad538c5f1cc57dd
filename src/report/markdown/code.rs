//! Text of others as code: nothing in it is markup, a link or a mention, and no end of it ends the code.

use crate::report::wrap::visible;

/// How long a name or a message may be within a line.
const LONGEST_SPAN: usize = 300;
/// How long a line may be within a block.
const LONGEST_LINE: usize = 1_000;

/// A code span on one line.
pub(super) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = cut(&harmless(&line), LONGEST_SPAN);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let gap = if text.is_empty() || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{gap}{text}{gap}{ticks}")
}

/// The lines of a block, without its fences: every line ends with a newline.
pub(super) fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(&cut(&harmless(line), LONGEST_LINE));
        out.push('\n');
    }
    out
}

/// A fence that no line of a text closes; the longest run of backticks in it is known.
pub(super) fn fence(longest_run: usize) -> String {
    "`".repeat(3.max(longest_run + 1))
}

/// The most backticks that follow upon one another.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A name that may stand in an HTML comment: what could end that is left out.
pub(super) fn plain_name(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let text: String = text.chars().take(100).map(|c| if is_plain(c) { c } else { '_' }).collect();
    text.replace("--", "_")
}

/// Characters written out that are not seen, or that have what follows them read in another order.
fn harmless(text: &str) -> String {
    let is_hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let text = visible(text);
    if !text.contains(is_hidden) {
        return text.into_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match is_hidden(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
        out
    })
}

/// At most so many characters, and how many more there were.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} … ({} more characters)", &text[..end], text[end..].chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_code_span_early() {
        let table = [
            ("acme_vm.a", "`acme_vm.a`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``x", "``` ``x ```"),
            ("", "`  `"),
            ("<script>@team](x)\n\n# head", "`<script>@team](x) # head`"),
            ("a\u{202e}b\u{1b}[2J", "`a\\u{202e}b\\u{1b}[2J`"),
        ];
        for (text, expected) in table {
            assert_eq!(code(text), expected);
        }
        let long = code(&"ä".repeat(305));
        assert!(long.ends_with("ä … (5 more characters)`"), "{long}");
    }

    #[test]
    fn a_fence_is_longer_than_every_run_within() {
        let text = "a\n````\nb ``\n";
        assert_eq!(fence(longest_run(text)), "`````");
        assert_eq!(fence(longest_run("none")), "```");
        assert_eq!(block("a\r\nb\u{2066}\n\nc"), "a\nb\\u{2066}\n\nc\n");
        assert_eq!(block(&"€".repeat(1001)), format!("{} … (1 more characters)\n", "€".repeat(1000)));
    }

    #[test]
    fn a_marker_is_not_ended_by_a_name() {
        assert_eq!(plain_name("a b--> <x>"), "a_b____x_");
        assert_eq!(plain_name("prod.eu-1"), "prod.eu-1");
    }
}
