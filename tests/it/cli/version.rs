use insta::assert_snapshot;

use super::Folder;

#[test]
fn the_version_is_told_in_words_and_as_terraforms_json() {
    let folder = Folder::empty();
    assert_eq!(folder.run("version"), folder.run("-version"));
    let json = folder.json("version -json");
    assert_eq!((&json["terraform_version"], &json["infra_version"]), (&"1.11.4".into(), &"0.1.0".into()));
    assert_snapshot!(folder.stdout("version").lines().next().unwrap(), @"infra v0.1.0");
}
