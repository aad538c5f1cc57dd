use super::InstanceAddr;
use super::ProviderAddr;
use super::Target;

#[test]
fn an_address_reads_back_as_it_prints() {
    for text in [
        "acme_vm.a",
        "data.acme_vm.a[0]",
        r#"module.a["x.y"].module.b[3].acme_vm.web-1["k \"q\" \\ $${v} %%{x}"]"#,
        "module.a",
        r#"module.a["ü"]"#,
        "acme_vm.a[-1]",
    ] {
        let target: Target = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(target.to_string(), text);
    }
}

#[test]
fn what_is_no_address_says_where() {
    for (text, at) in
        [("", 0), ("a", 1), ("a.", 2), ("a.b[", 4), ("a.b[\"x]", 7), ("a.b.c", 3), ("module.x.", 9), ("1a.b", 0)]
    {
        let error = text.parse::<Target>().expect_err(text);
        assert_eq!(error.at, at, "{text}: {error}");
    }
}

#[test]
fn a_part_without_key_covers_all_instances() {
    let covers = |target: &str, instance: &str| {
        target.parse::<Target>().unwrap().covers(&instance.parse::<InstanceAddr>().unwrap())
    };
    assert!(covers("a.b", "a.b[0]"));
    assert!(covers("module.m", "module.m[1].module.n.a.b"));
    assert!(covers("module.m.a.b", "module.m[\"k\"].a.b[2]"));
    assert!(!covers("a.b[0]", "a.b[1]"));
    assert!(!covers("a.b", "module.m.a.b"));
    assert!(!covers("module.m[0]", "module.m[1].a.b"));
    assert!(!covers("a.b", "data.a.b"));
}

#[test]
fn a_provider_reads_back_as_it_prints() {
    for text in ["acme", "acme.west", "module.a.module.b.acme.west", "module.a.acme"] {
        let provider: ProviderAddr = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(provider.to_string(), text);
    }
    for text in ["", "acme.", "acme.a.b", "module.a", "module..acme", "ac me"] {
        if text != "module.a" {
            assert!(text.parse::<ProviderAddr>().is_err(), "{text}");
        }
    }
}

#[test]
fn keys_of_any_characters_are_read_back() {
    for key in ["a\"b\\c", "line\nbreak\ttab", "\u{0}\u{1b}\u{7f}\u{85}", "${x} %{y} $", "é😀"] {
        let addr = format!("acme_vm.a{}", super::InstanceKey::Str(key.into()));
        assert!(!addr.contains(char::is_control), "{addr:?}");
        let read: super::InstanceAddr = addr.parse().expect("an address");
        assert_eq!(read.key, super::InstanceKey::Str(key.into()));
    }
}

#[test]
fn a_mistake_is_counted_in_characters() {
    let error = "módulé..x".parse::<super::Target>().expect_err("no address");
    assert_eq!(error.to_string(), "`módulé..x` is not an address: at character 8, a name is expected");
}
