use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use super::EnvKey;
use super::KeyError;
use super::KeyKind;
use super::KeySource;
use super::KeySources;
use super::Looked;
use super::WrapKey;
use crate::state::KeyFile;
use crate::state::Notice;

fn env(text: Option<&str>) -> Arc<dyn KeySource> {
    Arc::new(EnvKey::new("INFRA_STATE_KEY", text.map(str::to_owned)))
}

#[test]
fn a_key_file_is_made_once_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/.key");
    let sources = KeySources::new(vec![env(None), Arc::new(KeyFile::new(&path))]);
    let (sealer, entry, notice) = sources.make().unwrap();
    assert_eq!(notice, Some(Notice::KeyMade { path: path.clone() }));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(sources.open(&entry).unwrap().id(), sealer.id());

    let (_, second, notice) = sources.make().unwrap();
    assert_eq!(notice, None, "the file is used again");
    assert_eq!(second.recipients[0].id, entry.recipients[0].id);

    // The file's text is what the variable takes, as on another machine.
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(KeySources::new(vec![env(Some(&text))]).open(&entry).unwrap().id(), sealer.id());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".key");
    KeyFile::new(&path).make().unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = KeyFile::new(&path).find().expect_err("exposed");
    assert!(matches!(error, KeyError::Exposed { mode: 0o640, .. }), "{error}");
}

#[test]
fn what_is_no_key_says_where_it_is() {
    let error = env(Some("hunter2")).find().expect_err("too short");
    let text = error.to_string();
    assert!(text.starts_with("INFRA_STATE_KEY does not hold a key"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(env(Some("")).find().unwrap().is_none(), "empty is not set");
}

#[test]
fn a_missing_key_says_where_was_looked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".key");
    let (_, entry, _) = KeySources::new(vec![Arc::new(KeyFile::new(&path))]).make().unwrap();
    let other = WrapKey::generate(KeyKind::Env);
    let absent = Arc::new(KeyFile::new(dir.path().join("none")));
    let error = KeySources::new(vec![env(Some(&other.to_text())), absent]).open(&entry).expect_err("no key");
    let KeyError::Missing { id, looked } = &error else { panic!("{error}") };
    assert_eq!(*id, entry.id);
    assert_eq!(looked[0], ("INFRA_STATE_KEY".to_owned(), Looked::Other(other.id())));
    assert_eq!(looked[1].1, Looked::Nothing);
    assert!(error.to_string().contains(&entry.id), "{error}");
}

#[test]
fn without_a_place_to_keep_it_no_key_is_made() {
    assert!(matches!(KeySources::new(vec![env(None)]).make(), Err(KeyError::NoPlace)));
}
