//! Running text, broken into lines. Lines that are set in, as lists and code are, stay as they are.

/// Adds text with its lines broken at a width, each after `indent`; ends with a line break.
pub(super) fn wrap(to: &mut String, text: &str, width: usize, indent: &str) {
    let room = width.saturating_sub(indent.chars().count()).max(20);
    for line in visible(text.trim_end()).lines() {
        if line.starts_with([' ', '\t', '-', '*']) || line.chars().count() <= room {
            push_line(to, indent, line);
            continue;
        }
        let mut current = String::new();
        let mut length = 0;
        for word in line.split(' ') {
            let letters = word.chars().count();
            if length > 0 && length + 1 + letters > room {
                push_line(to, indent, &current);
                current.clear();
                length = 0;
            }
            if length > 0 {
                current.push(' ');
                length += 1;
            }
            current.push_str(word);
            length += letters;
        }
        push_line(to, indent, &current);
    }
}

fn push_line(to: &mut String, indent: &str, line: &str) {
    let line = line.trim_end();
    if !line.is_empty() {
        to.push_str(indent);
        to.push_str(line);
    }
    to.push('\n');
}

/// The text with control characters written out, so that what a vendor or a file says cannot steer the terminal.
pub(super) fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_control) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => out.push_str("\\r"),
            c if is_control(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn long_lines_break_and_lists_stay() {
        let mut text = String::new();
        wrap(&mut text, "one two three four five six\n  - a list entry that is long\n\nend\u{1b}[2J", 20, "  ");
        assert_eq!(text, "  one two three four\n  five six\n    - a list entry that is long\n\n  end\\u{1b}[2J\n");
    }
}
