use super::expression;
use super::file;
use super::show::show;
use super::template;

#[test]
fn quoted_strings_are_text_wrapped_or_templates() {
    for (text, tree) in [
        (r#""""#, r#""""#),
        (r#""a""#, r#""a""#),
        (r#""${a}""#, "(wrap a)"),
        (r#""${~ a ~}""#, "(wrap a)"),
        (r#""x${a}""#, r#"<"x" $a>"#),
        (r#"" ${~ a ~} ""#, "<$a>"),
        (r#""a ${~ b} c""#, r#"<"a" $b " c">"#),
        (r#""${"${a}"}b""#, r#"<$(wrap a) "b">"#),
        (r#""${ {a = 1}["a"] }x""#, r#"<${"a"=1}["a"] "x">"#),
        (r#""%{ if a ~} x %{~ else ~} y %{ endif }""#, r#"<(if a <"x"> <"y ">)>"#),
        (r#""%{for i, v in l}${v}%{endfor}.""#, r#"<(for i,v in l <$v>) ".">"#),
    ] {
        match expression(text) {
            Ok(expr) => assert_eq!(show(&expr), tree, "{text}"),
            Err(problems) => panic!("{text}: {problems:?}"),
        }
    }
}

#[test]
fn heredocs_keep_lose_or_share_their_indentation() {
    for (text, tree) in [
        ("<<EOT\n  a\n    b\n  EOT", r#""  a\n    b\n""#),
        ("<<-EOT\n    a\n  b\n  EOT", r#""  a\nb\n""#),
        ("<<-EOT\n    a\n  \n    b\n    EOT", r#""a\n  \nb\n""#),
        ("<<-EOT\n\t a\n  b\n  EOT", r#""a\nb\n""#),
        ("<<-EOT\n  ${a}b\n    c\n  EOT", r#"<$a "b\n  c\n">"#),
        ("<<-EOT\n${a}\n    c\n  EOT", r#"<$a "\n    c\n">"#),
        (
            "<<-EOT\n    top\n    %{ for x in l }\n      - ${x}\n    %{ endfor }\n  EOT",
            r#"<"top\n" (for x in l <"\n  - " $x "\n">) "\n">"#,
        ),
        ("<<-EOT\n  %{ for x in l ~}\n  item ${x}\n  %{ endfor ~}\nEOT", r#"<(for x in l <"  item " $x "\n">)>"#),
        ("<<EOT\nstart\n  ${~ a ~}\nend\nEOT", r#"<"start\n" $a "end\n">"#),
        ("<<EOT\n\\n \"q\" $${a} %%{b}\nEOT", r#""\\n \"q\" ${a} %{b}\n""#),
        ("<<A\n${<<B\nin\nB\n}out\nA", r#"<$"in\n" "out\n">"#),
        ("<<EOT\nEOT", r#""""#),
        ("<<EOT\r\na\r\nEOT", r#""a\r\n""#),
    ] {
        let (body, problems) = file(&format!("x = {text}\n"));
        assert_eq!(problems, Vec::<String>::new(), "{text}");
        assert_eq!(show(&body.attributes[0].value), tree, "{text}");
    }
}

#[test]
fn a_heredoc_needs_the_line_break_behind_its_end() {
    assert_eq!(file("x = <<EOT\na\nEOT").1, ["1,5 Unterminated template string"]);
}

#[test]
fn a_text_of_its_own_is_a_template() {
    for (text, tree) in [
        ("", r#""""#),
        ("a \"b\" \\n\nc", r#""a \"b\" \\n\nc""#),
        ("${a}", "(wrap a)"),
        ("%{ for v in l ~}\n  ${v}\n%{ endfor ~}\n", r#"<(for v in l <$v "\n">)>"#),
    ] {
        match template(text) {
            Ok(expr) => assert_eq!(show(&expr), tree, "{text}"),
            Err(problems) => panic!("{text}: {problems:?}"),
        }
    }
    assert_eq!(template("${a").unwrap_err(), ["1,1 Unclosed template interpolation sequence"]);
}
