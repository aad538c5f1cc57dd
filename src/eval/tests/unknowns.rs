//! What unknown and marked values give.

use super::evaluate;
use super::fails;
use super::gives;

#[test]
fn unknowns_go_through_with_their_types() {
    gives(&[
        ("num_u + 1", "unknown(number)"),
        ("u == \"a\"", "unknown(bool)"),
        ("false && bool_u", "unknown(bool)"),
        ("!bool_u", "unknown(bool)"),
        ("any_u.a.b[0]", "unknown(dynamic)"),
        ("list_u[0].n", "unknown(number)"),
        ("object_u.n", "unknown(number)"),
        ("list_u[*].n", "unknown(list of number)"),
        ("any_u[*].n", "unknown(dynamic)"),
        ("object_u[*].n", "[unknown(number)]"),
        ("u[*]", "unknown(dynamic)"),
        ("set_u[*]", "[unknown(string)]"),
        ("[for x in list_u : x]", "unknown(dynamic)"),
        ("[for x in [u] : x]", "[unknown(string)]"),
        ("{for x in [u] : x => 1}", "unknown(dynamic)"),
        ("[for x in [1] : x if bool_u]", "unknown(dynamic)"),
        ("{(u) = 1}", "unknown(dynamic)"),
        ("bool_u ? 1 : \"a\"", "unknown(string)"),
        ("bool_u ? null : none", "null(list of string)"),
        ("list[num_u]", "unknown(string)"),
        ("[1, \"a\"][num_u]", "unknown(dynamic)"),
        ("try(u, 1)", "unknown(dynamic)"),
        ("can(u)", "unknown(bool)"),
        ("\"a${u}\"", "unknown(string)"),
        ("\"%{ for x in list_u }a%{ endfor }\"", "unknown(string)"),
    ]);
    fails(&[
        ("object_u.m", "Unsupported attribute: This object does not have an attribute named \"m\"."),
        ("list_u + 1", "Invalid operand: Unsuitable value for left operand: number required."),
        (
            "[for x in u : x]",
            "Iteration over non-iterable value: A value of type string cannot be used as the collection in a 'for' \
             expression.",
        ),
    ]);
}

#[test]
fn what_is_known_of_an_unknown_decides() {
    gives(&[
        ("set_u == null", "false"),
        ("u == null", "unknown(bool)"),
        ("\"a-${u}\" == null", "false"),
        ("\"a-${u}\" == \"b\"", "false"),
        ("\"ab${u}\" == \"ac\"", "unknown(bool)"),
        ("prefixed == \"ac\"", "false"),
        ("prefixed == \"abc\"", "unknown(bool)"),
        ("[1, u] == [2, \"a\"]", "false"),
        ("(bool_u ? 1 : 2) > 5", "false"),
        ("(bool_u ? 1 : 2) <= 2", "true"),
        ("(bool_u ? 1 : 2) > 1", "unknown(bool)"),
    ]);
}

#[test]
fn marks_follow_what_they_touch() {
    for (text, is_sensitive) in [
        ("secret == \"x\"", true),
        ("[secret] == [\"x\"]", true),
        ("[secret]", false),
        ("\"${secret}\"", true),
        ("[secret][0]", true),
        ("bool_u ? secret : \"a\"", true),
        ("[for x in [1] : x if secret == \"x\"]", true),
        ("{for x in [secret] : x => 1}", true),
        ("{(secret) = 1}", true),
        ("secrets[1]", false),
        ("try(secret, 1)", true),
    ] {
        let (value, problems) = evaluate(text);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        assert_eq!(value.is_sensitive(), is_sensitive, "{text}");
    }
}
