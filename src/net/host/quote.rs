//! Text inside a shell script.

/// One word of a POSIX shell that stands for exactly this text, whatever is in it; a NUL cannot be in any word and must
/// be refused before.
pub fn quote(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quoted_text_is_one_word_of_just_that_text() {
        for text in ["plain/a.b", "", " ", "a b", "it's", "''", "$HOME`id`\\", "two\nlines\n", "*?[a]~#", "-n", "ä→"]
        {
            let script = format!("printf %s {}", super::quote(text));
            let output = std::process::Command::new("/bin/sh").arg("-c").arg(&script).output().expect("sh runs");
            assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{script}");
        }
    }
}
