use super::super::tests::check;

#[test]
fn files_are_read_below_the_base() {
    check(&[
        ("file", "\"./sub/../hello.txt\"", Ok("\"Hello!\\n\"")),
        ("file", "\"~/key\"", Ok("\"secret\"")),
        ("filebase64", "\"binary\"", Ok("\"gP8=\"")),
        ("filemd5", "\"sub/data.json\"", Ok("\"99914b932bd37a50b983c5e7c90ae93b\"")),
        ("fileexists", "\"hello.txt\"", Ok("true")),
        ("fileexists", "\"nope\"", Ok("false")),
        ("fileexists", "\"sub\"", Err("Call to function \"fileexists\" failed: \"sub\" is a directory, not a file.")),
        (
            "file",
            "\"binary\"",
            Err(
                "Call to function \"file\" failed: contents of \"binary\" are not valid UTF-8; use the filebase64 function \
             to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain \
             file hashing results instead.",
            ),
        ),
        (
            "file",
            "\"nope\"",
            Err(
                "Invalid value for \"path\" parameter: no file exists at \"nope\"; this function works only with files that \
             are distributed as part of the configuration source code, so if this file will be created by a resource \
             in this configuration you must instead obtain this result from an attribute of that resource.",
            ),
        ),
        (
            "file",
            "\"sub\"",
            Err("Invalid value for \"path\" parameter: failed to read file: read sub: is a directory."),
        ),
        ("filesha1", "\"nope\"", Err("Call to function \"filesha1\" failed: open nope: no such file or directory.")),
    ]);
}

#[test]
fn sets_of_files_are_relative_to_their_folder() {
    check(&[
        ("fileset", r#"".", "*.txt""#, Ok(r#"["hello.txt"]"#)),
        ("fileset", r#"".", "**""#, Ok(r#"["binary","hello.txt","sub/data.json","sub/deep/x.txt"]"#)),
        ("fileset", r#"".", "**/*.txt""#, Ok(r#"["hello.txt","sub/deep/x.txt"]"#)),
        ("fileset", r#""sub", "{*,deep/*}""#, Ok(r#"["data.json"]"#)),
        ("fileset", r#""sub", "../hello.*""#, Ok(r#"["../hello.txt"]"#)),
        ("fileset", r#""/work/sub", "d*/x.txt""#, Ok(r#"["deep/x.txt"]"#)),
        ("fileset", r#"".", "sub""#, Ok("[]")),
        ("fileset", r#""missing", "*""#, Ok("[]")),
        (
            "fileset",
            r#""sub", "[""#,
            Err("Call to function \"fileset\" failed: failed to glob pattern \"sub/[\": syntax error in pattern."),
        ),
    ]);
}

#[test]
fn paths_are_taken_apart_by_their_text() {
    check(&[
        ("basename", "\"a//b//\"", Ok("\"b\"")),
        ("basename", "\"\"", Ok("\".\"")),
        ("basename", "\"/\"", Ok("\"/\"")),
        ("dirname", "\"a/b/\"", Ok("\"a/b\"")),
        ("dirname", "\"a/../b/c\"", Ok("\"b\"")),
        ("dirname", "\"x\"", Ok("\".\"")),
        ("abspath", "\"a/../b\"", Ok("\"/work/b\"")),
        ("pathexpand", "\"~/a/../b//\"", Ok("\"/home/user/b\"")),
        ("pathexpand", "\"a/~/b\"", Ok("\"a/~/b\"")),
        (
            "pathexpand",
            "\"~root/x\"",
            Err("Call to function \"pathexpand\" failed: cannot expand user-specific home dir."),
        ),
    ]);
}
