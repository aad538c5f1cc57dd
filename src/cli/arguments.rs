//! Arguments before they are parsed: Terraform's habits made those of the parser.
//!
//! Long options may have one dash, `-chdir` stands before the verb, and `TF_CLI_ARGS` and `TF_CLI_ARGS_plan` add options
//! behind it.

use super::environment::Environment;
use super::problem::Problem;

/// Verbs that have verbs of their own.
const FAMILIES: [&str; 4] = ["state", "workspace", "lock", "sim"];

/// Arguments, ready to be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    /// `-chdir`
    pub(super) chdir: Option<String>,
    /// The verb and all that belongs to it, options with two dashes.
    pub(super) words: Vec<String>,
}

/// Prepares the arguments behind the program's name.
pub(super) fn prepare(given: Vec<String>, environment: &Environment) -> Result<Arguments, Problem> {
    let mut given = given.into_iter().map(|word| doubled(&word)).peekable();
    let mut chdir = None;
    while let Some(word) = given.next_if(|word| word.starts_with("--")) {
        match word.split_once('=') {
            Some(("--chdir", dir)) => chdir = Some(dir.to_owned()),
            _ if word == "--version" || word == "--v" => return Ok(words(chdir, vec!["version".to_owned()])),
            _ if word == "--chdir" => {
                let detail = "The option needs a folder: -chdir=DIR, before the command.";
                return Err(Problem::new("Invalid -chdir option", detail));
            }
            _ => return Ok(words(chdir, std::iter::once(word).chain(given).collect())),
        }
    }
    let Some(verb) = given.next() else { return Ok(words(chdir, Vec::new())) };
    let mut path = vec![verb];
    if FAMILIES.contains(&&*path[0]) {
        path.extend(given.next_if(|word| !word.starts_with('-')));
    }
    let mut all = path.clone();
    for name in ["CLI_ARGS".to_owned(), format!("CLI_ARGS_{}", path.join("_").replace('-', "_"))] {
        if let Some(text) = environment.setting(&name) {
            let more = split(text).ok_or_else(|| {
                let detail = format!("TF_{name} or INFRA_{name} has a quote that is not closed.");
                Problem::new("Invalid extra arguments in the environment", detail)
            })?;
            all.extend(more.iter().map(|word| doubled(word)));
        }
    }
    // Behind `--`, nothing is an option.
    all.extend(given);
    Ok(words(chdir, all))
}

fn words(chdir: Option<String>, words: Vec<String>) -> Arguments {
    Arguments { chdir, words }
}

/// `-option` as `--option`; everything else as it is.
fn doubled(word: &str) -> String {
    match word.strip_prefix('-') {
        Some("h") => "--help".to_owned(),
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => format!("--{rest}"),
        _ => word.to_owned(),
    }
}

/// Splits a text into words as a shell does, without expanding anything; `None` where a quote is not closed.
fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => word.push(chars.next()?),
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(line: &str, environment: &[(&str, &str)]) -> (Option<String>, String) {
        let given = line.split_whitespace().map(str::to_owned).collect();
        let Ok(arguments) = prepare(given, &Environment::of(environment)) else { return (None, "error".to_owned()) };
        (arguments.chdir, arguments.words.join(" "))
    }

    #[test]
    fn options_may_have_one_dash_and_the_environment_adds_some_behind_the_verb() {
        let env =
            [("TF_CLI_ARGS", "-no-color"), ("TF_CLI_ARGS_plan", "-var 'a=b c'"), ("INFRA_CLI_ARGS_state_list", "x")];
        let table = [
            ("plan -var=x=-1 --out f", &[] as &[(&str, &str)], "plan --var=x=-1 --out f"),
            ("-help", &[], "--help"),
            ("-version", &[], "version"),
            ("plan -h", &[], "plan --help"),
            ("plan -out=f", &env, "plan --no-color --var a=b c --out=f"),
            ("state list a", &env, "state list --no-color x a"),
            ("", &env, ""),
            ("plan", &[("TF_CLI_ARGS", "'")], "error"),
            ("-chdir plan", &[], "error"),
        ];
        for (line, environment, expected) in table {
            assert_eq!(prepared(line, environment).1, expected, "{line}");
        }
        assert_eq!(prepared("-chdir=d plan", &[]), (Some("d".to_owned()), "plan".to_owned()));
    }

    #[test]
    fn words_are_split_as_a_shell_does() {
        let table: [(&str, Option<&[&str]>); 5] = [
            ("  a  b ", Some(&["a", "b"])),
            (r#"a"b c"'d e'"#, Some(&["ab cd e"])),
            (r#"-var="x=\"1\"" '' \ "#, Some(&["-var=x=\"1\"", "", " "])),
            ("'a", None),
            (r"a\", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(split(text), expected, "{text}");
        }
    }
}
