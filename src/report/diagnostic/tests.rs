use insta::assert_snapshot;
use serde_json::json;

use super::diagnostic_json;
use super::diagnostic_text;
use super::diagnostics_text;
use super::validate_json;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::report::Style;

const MAIN: &str =
    "variable \"n\" { default = \"x\" }\nresource \"acme_vm\" \"a\" {\n\tcount = var.n\n  input = foo.bar\n}\n";

fn span(sources: &Sources, id: SourceId, text: &str) -> Span {
    let start = sources.get(id).text().find(text).expect("the text is there");
    Span::new(id, start, start + text.len())
}

fn undeclared(sources: &Sources, id: SourceId) -> Diagnostic {
    Diagnostic::error(
        "Reference to undeclared resource",
        "A managed resource \"foo\" \"bar\" has not been declared in the root module, and so there is nothing that \
         its value could be taken from.\n\n  - foo.baz is declared",
    )
    .at(span(sources, id, "foo.bar"))
    .within("resource \"acme_vm\" \"a\"")
    .address("acme_vm.a[0]")
    .value("var.n", "is \"x\"")
    .value("var.m", "has a sensitive value")
}

#[test]
fn an_error_shows_the_line_that_is_meant() {
    let sources = Sources::new();
    let id = sources.add("main.tf", MAIN);
    assert_snapshot!(diagnostic_text(&undeclared(&sources, id), &sources, Style { width: 60, ..Style::PLAIN }), @r#"

    Error: Reference to undeclared resource

      with acme_vm.a[0],
      on main.tf line 4, in resource "acme_vm" "a":
       4:   input = foo.bar
                    ^^^^^^^
        ├── var.n is "x"
        └── var.m has a sensitive value

    A managed resource "foo" "bar" has not been declared in
    the root module, and so there is nothing that its value
    could be taken from.

      - foo.baz is declared
    "#);
}

#[test]
fn several_labels_are_shown_with_their_files() {
    let sources = Sources::new();
    let (main, other) = (sources.add("main.tf", MAIN), sources.add("other.tf", "resource \"acme_vm\" \"a\" {}\n"));
    let diagnostic = Diagnostic::error("Duplicate resource", "Resource names must be unique in a module.")
        .label(span(&sources, other, "resource \"acme_vm\" \"a\""), "declared again here")
        .label(span(&sources, main, "resource \"acme_vm\" \"a\""), "first declared here");
    assert_snapshot!(diagnostic_text(&diagnostic, &sources, Style::PLAIN), @r#"

    Error: Duplicate resource

      on other.tf line 1:
        ╭▸ other.tf:1:1
        │
      1 │ resource "acme_vm" "a" {}
        │ ━━━━━━━━━━━━━━━━━━━━━━ declared again here
        │
        ⸬  main.tf:2:1
        │
      2 │ resource "acme_vm" "a" {
        ╰╴────────────────────── first declared here

    Resource names must be unique in a module.
    "#);
}

#[test]
fn a_terminal_gets_a_box_and_a_problem_without_a_place_gets_none() {
    let sources = Sources::new();
    let warning = Diagnostic::warning("Something\nis odd", "It \u{1b}[31mis.");
    let style = Style { color: true, ..Style::PLAIN };
    assert_snapshot!(diagnostic_text(&warning, &sources, style).replace('\u{1b}', "ESC"), @r#"
    ESC[1mESC[33m╷ESC[0m
    ESC[1mESC[33m│ESC[0m ESC[1mESC[33mWarning: ESC[0mESC[1mSomething is oddESC[0m
    ESC[1mESC[33m│ESC[0m
    ESC[1mESC[33m│ESC[0m It \u{1b}[31mis.
    ESC[1mESC[33m╵ESC[0m
    "#);
}

#[test]
fn tools_find_the_first_line_of_every_problem() {
    let sources = Sources::new();
    let id = sources.add("main.tf", MAIN);
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(undeclared(&sources, id));
    diagnostics.push(Diagnostic::warning("Odd", "Very."));
    let mut out = Vec::new();
    diagnostics_text(&mut out, &diagnostics, &sources, Style::PLAIN).unwrap();
    let text = String::from_utf8(out).unwrap();
    let known = regex::Regex::new(r"(?m)^[│ ]*(Error|Warning): (.*)$").unwrap();
    let found: Vec<String> = known.captures_iter(&text).map(|found| format!("{}={}", &found[1], &found[2])).collect();
    assert_eq!(found, ["Warning=Odd", "Error=Reference to undeclared resource"]);
}

#[test]
fn json_names_places_in_lines_columns_and_bytes() {
    let sources = Sources::new();
    let id = sources.add("main.tf", MAIN);
    let written = serde_json::to_value(diagnostic_json(&undeclared(&sources, id), &sources)).unwrap();
    assert_eq!(
        (&written["range"], &written["snippet"], &written["address"]),
        (
            &json!({
                "filename": "main.tf",
                "start": {"line": 4, "column": 11, "byte": 81},
                "end": {"line": 4, "column": 18, "byte": 88},
            }),
            &json!({
                "context": "resource \"acme_vm\" \"a\"",
                "code": "  input = foo.bar",
                "start_line": 4,
                "highlight_start_offset": 10,
                "highlight_end_offset": 17,
                "values": [
                    {"traversal": "var.n", "statement": "is \"x\""},
                    {"traversal": "var.m", "statement": "has a sensitive value"},
                ],
            }),
            &json!("acme_vm.a[0]"),
        )
    );
}

#[test]
fn validate_counts_errors_and_warnings() {
    let sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(Diagnostic::warning("Odd", "Very."));
    let expected = json!({
        "format_version": "1.0",
        "valid": true,
        "error_count": 0,
        "warning_count": 1,
        "diagnostics": [{"severity": "warning", "summary": "Odd", "detail": "Very."}],
    });
    assert_eq!(validate_json(&diagnostics, &sources), expected);
}

#[test]
fn odd_spans_are_shown_all_the_same() {
    let sources = Sources::new();
    let long = format!("x = \"{}é\"", "a".repeat(5_000));
    for (text, start, end) in [("", 0, 0), ("a", 1, 1), ("a\n\nb", 2, 2), ("a\r\nb", 0, 4), (&*long, 5_000, 5_007)] {
        let id = sources.add("x.tf", text);
        let diagnostic = Diagnostic::error("Odd", "Very.").at(Span::new(id, start, end));
        let two = diagnostic.clone().label(Span::new(id, 0, 0), "here");
        for diagnostic in [diagnostic, two] {
            let shown = diagnostic_text(&diagnostic, &sources, Style::PLAIN);
            assert!(shown.contains("on x.tf line ") && shown.lines().all(|line| line.len() < 400), "{shown}");
            serde_json::to_value(diagnostic_json(&diagnostic, &sources)).unwrap();
        }
    }
}
