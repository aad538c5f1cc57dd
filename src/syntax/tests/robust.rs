use proptest::prelude::*;

use super::expression;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::syntax::Body;
use crate::syntax::parse;
use crate::syntax::parse_expression;
use crate::syntax::parse_template;
use crate::syntax::scan;

#[test]
fn chains_of_any_length_are_read_copied_and_freed() {
    for operator in [" + ", " && ", " == "] {
        let text = vec!["a"; 20_000].join(operator);
        let chain = expression(&text).unwrap();
        assert_eq!(chain.clone().span, chain.span);
    }
}

#[test]
fn a_label_that_the_file_cuts_off_is_read() {
    check("for \"${é");
}

#[test]
fn nesting_has_a_limit_and_no_crash() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{a=", "}"), ("f(", ")"), ("\"${", "}\""), ("a[", "]")] {
        let nest = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(expression(&nest(150)).is_ok(), "{open}");
        let problems = expression(&nest(5000)).map(|_| ()).unwrap_err();
        assert!(problems[0].ends_with("Nesting too deep"), "{open}: {problems:?}");
    }
    for prefix in ["!", "-", "a ? 1 : "] {
        assert!(expression(&format!("{}1", prefix.repeat(100))).is_ok());
        assert!(expression(&format!("{}1", prefix.repeat(100_000))).is_err());
    }
    assert!(expression(&format!("a{}", ".b".repeat(300))).is_ok());
    assert!(expression(&format!("a{}", ".b".repeat(100_000))).is_err());
    assert!(expression(&format!("a[*]{}", "[*]".repeat(100_000))).is_err());
    let blocks = format!("{}{}", "a {\n".repeat(5000), "}\n".repeat(5000));
    assert!(!super::file(&blocks).1.is_empty());
}

const SAMPLE: &str = r#"resource "acme_vm" "web" {
  count = var.n > 0 ? 1 : 0 # why
  name  = "web-${count.index}%{ if a ~} x %{ endif }"
  tags  = { for k, v in local.t : k => "${v}" if v != null }
  text  = <<-EOT
    a ${b}
  EOT
  list  = [1, a[*].b.0, f(x...)]
}
"#;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_signs_of_the_language_are_read_without_a_panic(
        text in r#"([a-z"{}()\[\]$%~.*=<>&|!?:,/#\n\r\\ 0-9é-]|\$\{|%\{|<<-?A\n|\nA\n|for |if |endif){0,60}"#,
    ) {
        check(&text);
    }

    #[test]
    fn a_damaged_file_is_read_without_a_panic(at in 0..SAMPLE.len(), length in 0..40_usize, put in "[\"{}()\\n$a]{0,3}") {
        let end = (at + length).min(SAMPLE.len());
        let text = format!("{}{put}{}", &SAMPLE[..at], &SAMPLE[end..]);
        check(&text);
    }
}

/// Reads a text in every way; every place that comes out lies in the text.
fn check(text: &str) {
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let id = sources.add("x", text);
    let mut spans = Vec::new();
    body_spans(&parse(&sources, id, &mut diags), &mut spans);
    spans.extend(parse_expression(&sources, id, &mut diags).map(|expr| expr.span));
    spans.extend(parse_template(&sources, id, &mut diags).map(|expr| expr.span));
    spans.extend(diags.iter().flat_map(|known| known.labels.iter().map(|label| label.span)));
    for span in spans {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
    }
    let mut end = 0;
    for token in scan(text).tokens {
        assert!(token.start >= end && token.end >= token.start, "{token:?} in {text:?}");
        end = token.end;
    }
    assert!(end as usize <= text.len());
}

fn body_spans(body: &Body, spans: &mut Vec<Span>) {
    spans.push(body.span);
    for attribute in &body.attributes {
        spans.extend([attribute.name_span, attribute.value.span]);
    }
    for block in &body.blocks {
        spans.extend([block.kind_span, block.header]);
        spans.extend(block.labels.iter().map(|label| label.span));
        body_spans(&block.body, spans);
    }
}
