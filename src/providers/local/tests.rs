use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path as FilePath;

use super::*;
use crate::provider::Planned;
use crate::providers::testing::configure;
use crate::providers::testing::cx;
use crate::providers::testing::proposed;
use crate::schema::ObjectExt;
use crate::schema::Presence;
use crate::value::Type;
use crate::value::Value;

type Config<'a> = &'a [(&'static str, Value)];

const PLAIN: File = File(Secrecy::Plain);
const SENSITIVE: File = File(Secrecy::Sensitive);

fn client(dir: &FilePath) -> Client {
    Local.configure(&Local.schema().empty(), configure(dir)).unwrap()
}

fn plan(ty: &File, prior: Option<&Object>, config: Config<'_>) -> Object {
    let Planned { object, replace, warnings } = ty.plan(prior, proposed(&ty.schema(), prior, config));
    assert!(replace.is_empty() && warnings.is_empty());
    object
}

async fn create(ty: &File, dir: &FilePath, config: Config<'_>) -> Result<Object> {
    ty.create(&client(dir), &cx(), &plan(ty, None, config)).await
}

fn text(value: &str) -> Value {
    Value::from(value)
}

fn mode_of(path: &FilePath) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_file_is_written_with_its_checksums_from_any_kind_of_content() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("original"), "abc").unwrap();
    for (at, content) in [
        ("content", text("abc")),
        ("content_base64", text("YWJj")),
        ("sensitive_content", text("abc")),
        ("source", text("original")),
    ] {
        let config = [("filename", text(&format!("a/{at}/f"))), (at, content)];
        let planned = plan(&PLAIN, None, &config);
        assert!(checksums::NAMES.iter().all(|name| !planned.get(name).unwrap().is_known()));
        let made = create(&PLAIN, dir.path(), &config).await.unwrap();
        assert_eq!(fs::read(dir.path().join("a").join(at).join("f")).unwrap(), b"abc");
        for (name, sum) in [
            ("id", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("content_sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("content_md5", "900150983cd24fb0d6963f7d28e17f72"),
            ("content_sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("content_base64sha256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
            (
                "content_base64sha512",
                "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==",
            ),
        ] {
            assert_eq!(made.str(name), Some(sum), "{name}");
        }
        assert!(made.str("content_sha512").unwrap().starts_with("ddaf35a193617aba"));
        assert_eq!(plan(&PLAIN, Some(&made), &config), made);
    }
}

#[tokio::test]
async fn permissions_are_asked_for_and_a_secret_is_never_more_open() {
    let dir = tempfile::tempdir().unwrap();
    let config = |name: &str, mode: &str| {
        [
            ("filename", text(name)),
            ("content", text("x")),
            ("file_permission", text(mode)),
            ("directory_permission", text("0700")),
        ]
    };
    create(&PLAIN, dir.path(), &config("d/plain", "0600")).await.unwrap();
    assert_eq!((mode_of(&dir.path().join("d")), mode_of(&dir.path().join("d/plain"))), (0o700, 0o600));
    create(&PLAIN, dir.path(), &config("d/plain", "0400")).await.unwrap();
    assert_eq!(mode_of(&dir.path().join("d/plain")), 0o600, "a file that is there keeps its permissions");

    fs::write(dir.path().join("open"), "").unwrap();
    fs::set_permissions(dir.path().join("open"), fs::Permissions::from_mode(0o644)).unwrap();
    create(&SENSITIVE, dir.path(), &[("filename", text("open")), ("content", text("s"))]).await.unwrap();
    assert_eq!(mode_of(&dir.path().join("open")), 0o600);
}

#[tokio::test]
async fn a_file_that_is_changed_or_removed_outside_is_gone_and_what_took_its_place_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    let config = [("filename", text("f")), ("content", text("ours"))];
    let made = create(&PLAIN, dir.path(), &config).await.unwrap();
    let read = async || PLAIN.read(&client(dir.path()), &cx(), &made).await.unwrap();
    let delete = async || PLAIN.delete(&client(dir.path()), &cx(), &made).await.unwrap();
    assert_eq!(read().await, Some(made.clone()));

    fs::write(&path, "theirs").unwrap();
    assert_eq!(read().await, None);
    delete().await;
    assert_eq!(fs::read(&path).unwrap(), b"theirs");

    fs::remove_file(&path).unwrap();
    assert_eq!(read().await, None);
    delete().await;

    fs::create_dir(&path).unwrap();
    assert_eq!(read().await, None);
    delete().await;
    fs::remove_dir(&path).unwrap();

    create(&PLAIN, dir.path(), &config).await.unwrap();
    delete().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn what_cannot_be_written_is_said_with_the_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for (config, message) in [
        ([("filename", text("file/f")), ("content", text("x"))], "writing the file `file/f`"),
        ([("filename", text(".")), ("content", text("x"))], "writing the file `.`"),
        ([("filename", text("f")), ("source", text("missing"))], "reading the source `missing`"),
        ([("filename", text("f")), ("content_base64", text("???"))], "content_base64 is not base64"),
    ] {
        let error = create(&PLAIN, dir.path(), &config).await.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let error = PLAIN.import(&client(dir.path()), &cx(), "f").await.unwrap_err().to_string();
    assert!(error.contains("cannot be imported"), "{error}");
}

#[test]
fn exactly_one_content_and_octal_permissions_are_asked_for() {
    let unknown = || Value::unknown(Type::STRING);
    let cases: [(&File, Config<'_>, &[&str]); 9] = [
        (&PLAIN, &[("content", text(""))], &[]),
        (&PLAIN, &[], &["content"]),
        (&PLAIN, &[("content", text("x")), ("source", text("f"))], &["content"]),
        (&SENSITIVE, &[("content_base64", text("")), ("source", text("f"))], &["content_base64"]),
        (&PLAIN, &[("content", unknown()), ("source", text("f"))], &[]),
        (&PLAIN, &[("content", unknown())], &[]),
        (&PLAIN, &[("content", text("x")), ("file_permission", text("rw"))], &["file_permission"]),
        (&PLAIN, &[("content", text("x")), ("directory_permission", text("0888"))], &["directory_permission"]),
        (&PLAIN, &[("content", text("x")), ("file_permission", text("644"))], &[]),
    ];
    for (ty, config, arguments) in cases {
        let problems = ty.validate(&ty.schema().object(config.iter().cloned()));
        let paths: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, arguments, "{config:?}");
    }
}

#[test]
fn every_argument_replaces_and_secrets_are_marked() {
    for (ty, mode, secret) in
        [(PLAIN, "0777", vec!["sensitive_content"]), (SENSITIVE, "0700", vec!["content", "content_base64"])]
    {
        let schema = ty.schema();
        let attributes = schema.root().attributes();
        assert!(attributes.iter().all(|(_, it)| it.replaces == (it.presence != Presence::Computed)));
        let marked = attributes.iter().filter(|(_, attribute)| attribute.is_sensitive());
        assert_eq!(marked.map(|(name, _)| &**name).collect::<Vec<_>>(), secret);
        for permission in ["file_permission", "directory_permission"] {
            assert_eq!(attributes[permission].default, Some(text(mode)));
        }
    }
}

#[tokio::test]
async fn a_data_source_reads_any_bytes() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f"), b"a\xff").unwrap();
    for secrecy in [Secrecy::Plain, Secrecy::Sensitive] {
        let data = FileData(secrecy);
        let read = async |name: &str| {
            let config = data.schema().object([("filename", text(name))]);
            data.read(&client(dir.path()), &cx(), &config).await
        };
        let file = read("f").await.unwrap();
        assert_eq!((file.str("content"), file.str("content_base64")), (Some("a\u{fffd}"), Some("Yf8=")));
        assert_eq!(file.id(), checksums::sha1(b"a\xff"));
        let error = read("missing").await.unwrap_err().to_string();
        assert!(error.starts_with("reading the file `missing`"), "{error}");
        let schema = data.schema();
        assert_eq!(schema.root().attributes()["content"].is_sensitive(), secrecy == Secrecy::Sensitive);
    }
}
