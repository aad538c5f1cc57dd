use std::path::Path;

use super::load_files;
use super::problems;
use crate::config::DiskFiles;
use crate::config::ModuleId;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;

#[test]
fn calls_of_one_folder_share_its_module() {
    let (config, problems) = load_files(&[
        (
            "main.tf",
            "module \"a\" {\n source = \"./m\"\n v = 1\n}\nmodule \"b\" {\n source = \"./x/../m/\"\n v = 2\n}\n",
        ),
        ("m/main.tf", "variable \"v\" {}\nmodule \"c\" { source = \"../n\" }\n"),
        ("n/main.tf", "output \"o\" { value = path.module }\n"),
    ]);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(config.modules.len(), 3);
    let calls = &config.root().calls;
    assert_eq!((calls["a"].module, calls["b"].module), (Some(ModuleId(1)), Some(ModuleId(1))));
    assert_eq!(config.modules[2].dir, Path::new("n"));
    assert_eq!(config.modules[2].path.to_string(), "module.a.module.c");
}

#[test]
fn calls_are_checked_against_what_the_module_wants() {
    let module = "variable \"v\" {}\nvariable \"d\" { default = 1 }\noutput \"o\" { value = 1 }\n";
    for (text, expected) in [
        ("", "1 Missing required argument"),
        ("v = 1\nvv = 2", "4 Unsupported argument"),
        ("v = 1\ncount = 1\nfor_each = {}", "5 Invalid combination of \"count\" and \"for_each\""),
        ("v = 1\nproviders = [x]", "4 Invalid expression"),
        ("v = 1\nproviders = { x = y.z.a }", "4 Invalid provider configuration reference"),
        ("v = 1\nproviders = { x = y }", "~4 Reference to undefined provider | 4 Provider type mismatch"),
        ("v = 1\nproviders = { x = x.far }", "4 Provider configuration not present"),
        ("v = 1\nlifecycle {}", "4 Reserved block type name in module block"),
    ] {
        let main = format!("module \"m\" {{\nsource = \"./m\"\n{text}\n}}\n");
        assert_eq!(load_files(&[("main.tf", &main), ("m/main.tf", module)]).1.join(" | "), expected, "{text}");
    }
}

#[test]
fn a_module_that_contains_itself_is_refused() {
    for path in ["./", "../m", "../"] {
        let inner = format!("module \"again\" {{ source = \"{path}\" }}");
        let (_, problems) = load_files(&[("main.tf", "module \"m\" { source = \"./m\" }"), ("m/a.tf", &inner)]);
        assert_eq!(problems, ["m/a.tf:1 Module calls itself"], "{path}");
    }
}

#[test]
fn what_only_the_root_may_hold_is_refused_elsewhere() {
    let inner = "terraform {\n backend \"local\" {}\n}\nimport {\n to = a.b\n id = \"x\"\n}\nresource \"a\" \"b\" {}\n";
    let (_, problems) = load_files(&[("main.tf", "module \"m\" { source = \"./m\" }"), ("m/a.tf", inner)]);
    assert_eq!(problems, ["m/a.tf:4 Invalid import configuration", "~m/a.tf:2 Backend configuration ignored"]);
}

#[test]
fn our_files_win_over_terraforms() {
    let (config, problems) = load_files(&[
        ("main.tf", "locals { a = 1 }"),
        ("main.infra.hcl", "locals { b = 1 }"),
        ("other.tf", "locals { c = 1 }"),
        (".hidden.tf", "nonsense"),
        ("main.tf~", "nonsense"),
    ]);
    assert_eq!(problems, ["~Configuration file ignored"]);
    let names: Vec<_> = config.root().locals.keys().map(|name| &**name).collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!(config.root().settings.deferral, Some(true));
    assert_eq!(load_files(&[("a.tf.json", "{}")]).1, ["JSON configuration is not supported yet"]);
}

#[test]
fn the_disk_is_read_like_memory() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    std::fs::create_dir(dir.path().join("m")).expect("the folder is new");
    std::fs::write(dir.path().join("main.tf"), "module \"m\" { source = \"./m\" }").expect("the file can be written");
    std::fs::write(dir.path().join("m/bad.tf"), b"locals { a = \"\xff\" }").expect("the file can be written");
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let config = load(Path::new("."), &sources, &DiskFiles::new(dir.path()), &mut diags);
    assert_eq!(problems(&sources, &diags), ["m/bad.tf:1 Invalid character encoding"]);
    assert_eq!(config.modules.len(), 2);
    load(Path::new("absent"), &sources, &DiskFiles::new(dir.path()), &mut diags);
    assert_eq!(problems(&sources, &diags)[1..], ["Failed to read module directory"]);
}
