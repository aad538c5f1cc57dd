use super::expression;
use super::file;
use super::show::show;

#[test]
fn mistakes_in_expressions_have_the_summaries_people_search_for() {
    for (text, problem) in [
        ("1 ++ 1", "4 Invalid expression"),
        ("1 +", "4 Missing expression"),
        ("1 2", "3 Extra characters after expression"),
        ("(1 2)", "4 Unbalanced parentheses"),
        ("[1 2]", "4 Missing item separator"),
        ("[1,", "4 Missing expression"),
        ("[1", "1 Unterminated tuple constructor expression"),
        ("{a = 1", "1 Unterminated object constructor expression"),
        ("{a = 1 b = 2}", "8 Missing attribute separator"),
        ("{a}", "3 Missing key/value separator"),
        ("f(1 2)", "5 Missing argument separator"),
        ("f(1", "4 Unterminated function call"),
        ("f(1..., 2)", "4 Missing closing parenthesis"),
        ("a::", "4 Missing function name"),
        ("a::b", "5 Missing open parenthesis"),
        ("a.", "3 Invalid attribute name"),
        ("a.0.1", "3 Invalid legacy index syntax"),
        ("a.*.*", "5 Nested splat expression not allowed"),
        ("a[1 2]", "5 Missing close bracket on index"),
        ("a[*", "3 Missing close bracket on splat index"),
        ("a ? 1", "6 Missing false expression in conditional"),
        ("1..2", "1 Invalid number literal"),
        ("[for \"x\" in l : 1]", "6 Invalid 'for' expression"),
        ("[for x in l : a => b]", "17 Invalid 'for' expression"),
        ("{for x in l : x}", "16 Invalid 'for' expression"),
        ("\"\\x\"", "2 Invalid escape sequence"),
        ("\"\\uD800\"", "2 Invalid escape sequence"),
        ("\"${1 2}\"", "6 Extra characters after interpolation expression"),
        ("\"%{if}\"", "6 Invalid expression"),
        ("\"%{if a}\"", "9 Unexpected end of template"),
        ("\"%{endif}\"", "2 Unexpected endif directive"),
        ("\"%{if a}%{endfor}\"", "9 Unexpected endfor directive"),
        ("\"%{iff a}\"", "4 Invalid template control keyword"),
        ("\"%{if a x}%{endif}\"", "9 Extra characters in if marker"),
    ] {
        let problems = expression(text).map(|expr| show(&expr)).unwrap_err();
        assert_eq!(problems, [format!("1,{problem}")], "{text}");
    }
}

#[test]
fn mistakes_in_bodies_are_told_once_and_where_they_are() {
    for (text, expected) in [
        ("locals", "1,1 Argument or block definition required"),
        ("a b = 1", "1,5 Invalid block definition"),
        ("\"a\" = 1", "1,1 Invalid argument name"),
        ("a = 1 b = 2", "1,7 Missing newline after argument"),
        ("a = 1,\n", "1,6 Unexpected comma after argument"),
        ("a {} b {}", "1,6 Missing newline after block definition"),
        ("a { b = 1 c = 2 }", "1,11 Invalid single-argument block definition"),
        ("a { b = 1\nc = 2\n}", "1,10 Invalid single-argument block definition"),
        ("a { b {} }", "1,5 Argument definition required"),
        ("a {\n", "1,3 Unclosed configuration block"),
        ("}", "1,1 Argument or block definition required"),
        ("a = 1\na = 2\n", "2,1 Attribute redefined"),
        ("a \"x${b}\" {}", "1,5 Invalid string literal"),
        ("a \"x", "1,3 Unterminated string literal | 1,5 Invalid block definition"),
        ("a = 'x'", "1,5 Invalid character | 1,5 Invalid expression"),
        ("a = 1 & 2", "1,7 Unsupported operator | 1,7 Missing newline after argument"),
        ("a = \"x\nb = \"y\"\n", "1,7 Invalid multi-line string"),
        ("a = \"x\n", "1,7 Invalid multi-line string | 1,7 Unterminated template string"),
        ("a = \"two\nlines\"\nb = 1\n", "1,9 Invalid multi-line string"),
    ] {
        assert_eq!(file(text).1.join(" | "), expected, "{text}");
    }
}

#[test]
fn a_mistake_spoils_its_own_argument_or_block_only() {
    let text = r#"
one {
  a = [1, 2
  b = 2
  c = foo(
}
two "x" {
  d = {
    e = @
  }
  f = "open
  g = 3
}
three "x" 4 {
  h = 1
}
four {
  i = "1"
}
"#;
    let (body, problems) = file(text);
    assert_eq!(
        problems,
        [
            "11,12 Invalid multi-line string",
            "9,9 Invalid character",
            "4,3 Missing item separator",
            "6,1 Invalid expression",
            "9,9 Invalid expression",
            "14,11 Invalid block definition",
        ]
    );
    let shape: Vec<String> = body
        .blocks
        .iter()
        .map(|block| {
            let attributes = block.body.attributes.iter().map(|a| format!("{}={}", a.name, show(&a.value)));
            format!("{}: {}", block.kind, attributes.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(shape, ["one: a=error b=2 c=error", "two: d=error f=\"open\" g=3", "three: ", "four: i=\"1\""]);
}

#[test]
fn what_follows_an_unclosed_block_is_read_as_if_it_were_closed() {
    let text = "a {\n  b {\n    c = 1\n}\n\nd {\n  e = 1\n}\n";
    let (body, problems) = file(text);
    assert_eq!(problems, ["1,3 Unclosed configuration block"]);
    let kinds: Vec<_> = body.blocks.iter().map(|block| &*block.kind).collect();
    assert_eq!(kinds, ["a", "d"]);
}
