use super::expression;
use super::file;
use super::show::show;

#[test]
fn expressions_have_the_tree_of_the_language() {
    for (text, tree) in [
        ("1 + 2 * 3 - 4", "(Subtract (Add 1 (Multiply 2 3)) 4)"),
        ("a || b && c == d < e", "(Or a (And b (Equal c (Less d e))))"),
        ("1 - 2 - 3", "(Subtract (Subtract 1 2) 3)"),
        ("-a.b + !c[0]", "(Add (- a.b) (! c[0]))"),
        ("- -1", "(- (- 1))"),
        ("a ? b : c ? d : e", "(if a b (if c d e))"),
        ("a ? b ? 1 : 2 : 3", "(if a (if b 1 2) 3)"),
        ("(1 +\n 2)", "(p (Add 1 2))"),
        ("a-b", "a-b"),
        ("a - b", "(Subtract a b)"),
        ("f(1, [2], {})", "(f! 1 [2] {})"),
        ("f(a...)", "(f! a...)"),
        ("f(\n1,\n)", "(f! 1)"),
        ("provider::x::y(1)", "(provider::x::y! 1)"),
        ("a.b[c.d].e", "a.b[c.d].e"),
        ("a.0.b", "a[0].b"),
        ("a.*.b.0[1]", "a.*(.b[0])[1]"),
        ("a[*].b[0].c", "a[*](.b[0].c)"),
        ("a[*].b[*].c.*.d", "a[*](.b[*](.c.*(.d)))"),
        ("a.*.b[*].c", "a.*(.b)[*](.c)"),
        ("{a = 1, \"b\" : 2, (c) = 3, null = 4, 5 = 6\n d.e = 7\n}", r#"{"a"=1 "b"=2 (p c)=3 "null"=4 5=6 d.e=7}"#),
        ("{a = 1, a = 2}", r#"{"a"=1 "a"=2}"#),
        ("[for k, v in m : k if v]", "(for k,v in m: k if v)"),
        ("{\nfor v in m : v.k => v...\n}", "(for v in m: v.k=>v...)"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("\"e\u{301}\"", "\"\u{e9}\""),
        ("\u{feff}1", "1"),
        ("1 /* a */ + # b\n 2", "(Add 1 2)"),
        ("null == true", "(Equal null true)"),
        (r#""\n\t\"\\\u00e9\U0001F600 $${a} %%{b} $ % $$ %%%{c}""#, "\"\\n\\t\\\"\\\\é😀 ${a} %{b} $ % $$ %%{c}\""),
    ] {
        match expression(text) {
            Ok(expr) => assert_eq!(show(&expr), tree, "{text}"),
            Err(problems) => panic!("{text}: {problems:?}"),
        }
    }
}

#[test]
fn large_exponents_are_numbers() {
    let expr = expression("1e400").unwrap();
    assert_eq!(show(&expr).len(), 401);
}

#[test]
fn spans_cover_what_was_written() {
    let text = "f(a.b, \"x${ c }\")[0] + (1)";
    let expr = expression(text).unwrap();
    let crate::syntax::ExprKind::Binary { op_span, left, right, .. } = &expr.kind else { panic!("an operator") };
    let slice = |span: crate::diag::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(slice(expr.span), text);
    assert_eq!((slice(left.span), slice(*op_span), slice(right.span)), ("f(a.b, \"x${ c }\")[0]", "+", "(1)"));
}

#[test]
fn bodies_keep_order_labels_and_places() {
    let text = "a = 1\nb \"x\" y {\n  c = 2\n  d {}\n}\ne { f = 3 }\n";
    let (body, problems) = file(text);
    assert_eq!(problems, Vec::<String>::new());
    let kinds: Vec<_> = body.blocks.iter().map(super::super::Block::title).collect();
    assert_eq!(kinds, ["b \"x\" \"y\"", "e"]);
    let block = &body.blocks[0];
    assert_eq!(&text[block.header.start as usize..block.header.end as usize], "b \"x\" y");
    assert_eq!(&text[block.body.span.start as usize..block.body.span.end as usize], "\n  c = 2\n  d {}\n");
    assert_eq!(show(&body.blocks[1].body.attributes[0].value), "3");
}

#[test]
fn another_parser_of_the_language_sees_the_same_places() {
    let text = "a = [1, { b = \"x${c}\" }]\nblock \"l\" {\n  d = e ? f(g) : h[0]\n  nested {\n    i = !j\n  }\n}\n";
    let (ours, _) = file(text);
    let theirs: hcl_edit::structure::Body = text.parse().unwrap();
    let mut spans = Vec::new();
    collect(&theirs, &mut spans);
    let mut own = Vec::new();
    collect_own(&ours, &mut own);
    assert_eq!(own, spans);
}

fn collect(body: &hcl_edit::structure::Body, spans: &mut Vec<std::ops::Range<usize>>) {
    use hcl_edit::Span;
    for attribute in body.attributes() {
        spans.extend(attribute.value.span());
    }
    body.blocks().for_each(|block| collect(&block.body, spans));
}

fn collect_own(body: &crate::syntax::Body, spans: &mut Vec<std::ops::Range<usize>>) {
    for attribute in &body.attributes {
        let span = attribute.value.span;
        spans.push(span.start as usize..span.end as usize);
    }
    body.blocks.iter().for_each(|block| collect_own(&block.body, spans));
}
